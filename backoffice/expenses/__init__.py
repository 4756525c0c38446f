"""Selling expenses (M2): request, cash advance, claim with invoices, set-off, payment; each checked against M3.

Beside the usual files: `requests.py`, `advances.py`, `claims.py` (the services of each), `ledger.py` (what is
claimed and what is open, once), `lists.py`, `guards.py` (triggers).

`papers.py`: what is printed, in both languages.
"""
