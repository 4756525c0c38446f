"""Franchise recruitment (连锁加盟店招募, M11): nine steps as gates, conditions as checks with reasons.

Beside the usual files: `machines.py` (the nine steps), `seed.py` (the source's lists and conditions), `lists.py` (the
lists and the funnel).

`papers.py`: what is printed, in both languages.
"""
