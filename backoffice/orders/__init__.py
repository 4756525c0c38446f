"""Orders (M8): taken, checked against credit, held and released, confirmed, delivered, billed.

Beyond the usual files: `states.py` is the words and `office.py` what the back office does with an order
(`backoffice/order_book` over REST); `checks.py` is the credit check; `figures.py` defines what of an order is delivered
and invoiced; `nightly.py` is what happens to unpaid and to held ones by themselves; `personal.py` says what is held
of a person who ordered (crm_sync/privacy); `replies.py` tells whoever listens that somebody answered a mailing.
"""
