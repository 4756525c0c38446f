"""Sales contracts (M7): drafted, checked, approved, sealed, effective; amended the way they were signed."""
