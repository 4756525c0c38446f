"""Deliveries (M9): asked for, signed, cleared by finance, picked, shipped, signed for; differences and returns.

Beyond the usual files: `machines.py` is the table of states; `returns.py` is goods that come back;
`papers.py` is the delivery note.
"""
