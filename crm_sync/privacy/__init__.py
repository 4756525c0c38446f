"""One person's data (个人信息): what is held of them, a copy for them, its erasure, and the record of their consent.

Beside the usual files: `holders.py` (the port by which each room tells what it holds and lets it be erased; a noun
with personal data has a `personal.py` with its `HOLDER`), `guards.py` (triggers: no change of
consent without a record).
"""
