"""Results of calls: a table of codes with flags, and what was saved.

`defaults.py` holds the table to start with; `heard.py` tells whoever listens what was said.
"""
