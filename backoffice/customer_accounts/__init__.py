"""Whom we sell to: the page of a customer's account, above what it reads (ledger, cases, credit)."""
