"""What the back office does by itself once a day, and the record of it.

Beside the usual files: `clock.py` (what the worker starts: it wakes the work of the day by the installation's clock).
"""
