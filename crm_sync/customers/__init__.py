"""The customer master: one row a person, found by phone number.

Beside the usual files: `numbers.py` keeps a person's further numbers; `personal.py` says what is held of a person and
takes it out (crm_sync/privacy).
"""
