"""Problem accounts (M6): reported fast, planned by legal, decided, recovered or written off.

Beyond the usual files: `losses.py` is write-off, provision and money that comes after all;
`papers.py` is the report on paper.
"""
