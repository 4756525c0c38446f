"""Receivables and their collection (M4): bill, chase, receive, match, report.

Beyond the usual files, one for each step: `invoices.py`, `receipts.py`, `allocations.py` (matching the
two), `dunning.py`, `extensions.py`, `statements.py`, `collection.py` (nightly; `backoffice/collection` over REST).
`machines.py` is the tables of states, `ledger.py` the one definition of every figure; `lists.py`, `reports.py`,
`months.py` (a customer's month, for rewards) and `papers.py` (invoice, statement and letter on paper) read from it.
"""
