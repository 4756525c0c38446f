"""What the customer master holds of a person, and how they are taken out of it.

The row stays, for calls, orders and counts hang on it; everything that says who it is goes. Its number is replaced by
one of a country code that nobody has (+999), so that the person, met again in a list, is a new customer; where they
refused to be called, their number stays on the do-not-call list and nowhere else, or we could not keep the promise.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from crm_sync.privacy.holders import Erased, rows

_CUSTOMER = text("SELECT * FROM customers WHERE id = :customer")
_CONSENTS = text("SELECT consent, source, at FROM consent_records WHERE customer_id = :customer ORDER BY id")
_NUMBERS = text("SELECT * FROM customer_phones WHERE customer_id = :customer ORDER BY position, phone")
_LISTED = text(
    "SELECT d.phone, d.source, d.reason, d.added_at FROM do_not_call d WHERE d.phone IN"
    " (SELECT phone FROM customers WHERE id = :customer UNION"
    " SELECT phone FROM customer_phones WHERE customer_id = :customer)"
)
_DROP_NUMBERS = text("DELETE FROM customer_phones WHERE customer_id = :customer")
# A consent that was given ends with the person's data; a refusal is final and stays.
_ERASE = text(
    """
    UPDATE customers SET name = '', phone = :nobody, gender = NULL, birth_year = NULL, province = NULL, city = NULL,
      address = NULL, postcode = NULL, email = NULL, company = NULL, occupation = NULL, income_band = NULL,
      interests = NULL, last_purchase_on = NULL, total_purchases_fen = 0, attributes = '{}', consent = 'refused',
      consent_source = 'erased', consent_at = :now, updated_at = :now, version = version + 1
    WHERE id = :customer AND NOT (phone LIKE '+999%')
    """
)


class _Customers:
    name = "customer"

    async def copy(self, session: Session, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        return {
            "customer": await rows(session, _CUSTOMER, customer_id),
            "numbers": await rows(session, _NUMBERS, customer_id),
            "consents": await rows(session, _CONSENTS, customer_id),
            "do_not_call": await rows(session, _LISTED, customer_id),
        }

    async def erase(self, session: Session, customer_id: UUID, now: datetime) -> Erased:
        listed = await rows(session, _LISTED, customer_id)
        nobody = f"+999{secrets.randbelow(10**11):011d}"
        done = await session.execute(_ERASE, {"customer": customer_id, "nobody": nobody, "now": now})
        numbers = await session.execute(_DROP_NUMBERS, {"customer": customer_id})
        kept = [("consent_records", "何时同意或拒绝的证明，不含姓名和号码", "evidence of consent, nameless")]
        if listed:
            kept.append(("do_not_call", "继续遵守其拒绝来电的意愿，只留号码", "the number alone, to keep the refusal"))
        return Erased(
            {"customers": done.rowcount, "numbers": numbers.rowcount},  # type: ignore[attr-defined]
            kept,
        )


HOLDER = _Customers()
