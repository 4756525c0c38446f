"""Distributors (分销商, M12): finding, filing, visiting and grading them. Their credit is the room `backoffice/credit`.

Beside the usual files: `machines.py` (states), `seed.py` (the source's numbers, lists and dates), `plans.py` (the
channel plans of 1 and 5 November), `grading.py` (AAA/AA/A once a year), `key_accounts.py` (end key accounts),
`files.py` (the file, its changes and loans), `care.py` (visits, complaints, risks, evaluations), `lists.py` (lists).

`papers.py`: what is printed, in both languages.
"""
