"""Year-end rewards of dealers (经销商年终奖励, M13): tables, the year's figures, statements, payouts, violations.

Beside the usual files: `machines.py` (states), `seed.py` (the source's numbers and cities), `purchases.py` (what
counts as one), `months.py` (overdue and prepaid months), `engine.py` (the year of every dealer, in one pass),
`payouts.py` (calculating, confirming, paying), `payments.py` (the payment reward of a month), `violations.py`
(investigations), `trace.py` (from a line to the purchases behind it), `jobs.py` (nightly), `lists.py` (lists),
`guards.py` (triggers).

`papers.py`: what is printed, in both languages.
"""
