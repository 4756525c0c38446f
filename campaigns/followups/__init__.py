"""Follow-ups: who is called again after the first talk, why, by whom, when, and how it ended.

Beside the usual files: `history.py` (what happened to each, in order).
"""
