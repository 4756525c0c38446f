"""Which duties of the back office a person holds.

Beside the usual files: `access.py` (who is asking, with their duties: what every route depends on).
"""
