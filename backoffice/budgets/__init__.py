"""Budgets (M3): by department and account, checked before anything is committed; changes, reservations, warnings.

Beside the usual files: `ledger.py` (the one definition of budget, actual, reserved, available), `lists.py`,
`changes.py` (supplements and transfers), `warnings.py` (by night), `guards.py` (triggers), `seed.py` (departments and
accounts to start with).

`papers.py`: what is printed, in both languages.
"""
