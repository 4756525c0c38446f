"""Leads: one customer in one campaign.

Beyond the usual files: `facts.py` reads what the gate judges, for a batch at once; `funnel.py` counts why each
lead is not called now and `funnels.py` keeps the counts, so that nobody waits for a dear one; `card.py` is what an
agent sees and `cards.py` composes it; `zones.py` tells in which time zones a number may be.
`guards.py`: triggers that wake leads when what their sleep was judged on has changed.
"""
