"""Which duties of the back office a person holds."""
