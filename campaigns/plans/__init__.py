"""Campaigns: whom to call from which mailing, by which rules.

Beyond the usual files: `filling.py` makes leads of a mailing and foresees its days; `figures.py` defines
today's numbers; `notices.py` is what is said beside a campaign before somebody relies on it.
"""
