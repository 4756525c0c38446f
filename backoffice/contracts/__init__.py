"""Sales contracts (M7): drafted, checked, approved, sealed, effective; amended the way they were signed.

Beside the usual files: `papers.py` (a contract on paper).
"""
