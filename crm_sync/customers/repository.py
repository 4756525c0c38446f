"""The customer master in the database: set-based, and edits by compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update

from callcenter.kit.db import Session
from crm_sync.customers.models import Consent, Customer
from crm_sync.do_not_call.models import DoNotCallEntry

_c = Customer.__table__.c  # type: ignore[attr-defined]
_listed = DoNotCallEntry.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of customers is narrowed by; None or "" does not narrow."""

    words: str = ""
    """A part of the name."""
    phone: str | None = None
    phone_ending: str | None = None
    province: str = ""
    city: str = ""
    source: str = ""
    gender: str | None = None
    consent: str | None = None
    occupation: str = ""
    interests: str = ""
    born_from: int | None = None
    born_to: int | None = None
    bought_since: date | None = None
    bought_until: date | None = None
    spent_from_fen: int | None = None
    spent_to_fen: int | None = None
    do_not_call: bool | None = None


async def get(session: Session, customer_id: UUID) -> Customer | None:
    return await session.get(Customer, customer_id, populate_existing=True)


async def search(
    session: Session, filters: Filters, *, order: str, limit: int, offset: int
) -> tuple[list[tuple[Customer, bool]], int]:
    """(customer, whether the number is on the do-not-call list) of one page, and how many there are."""
    where = and_(True, *_conditions(filters))
    on_list = select(_listed.phone).where(_listed.phone == _c.phone).exists()
    query: Any = select(Customer, on_list.label("listed"))
    count: Any = select(func.count()).select_from(Customer)
    total = (await session.execute(count.where(where))).scalar_one()
    rows = await session.execute(query.where(where).order_by(*_ORDERS[order]).limit(limit).offset(offset))
    return [(customer, bool(listed)) for customer, listed in rows], int(total)


_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (_c.created_at.desc(), _c.id),
    "name": (_c.name, _c.id),
    "last_purchase": (_c.last_purchase_on.desc().nulls_last(), _c.id),
    "total_purchases": (_c.total_purchases_fen.desc(), _c.id),
}


def _conditions(f: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, text_part in ((_c.name, f.words), (_c.occupation, f.occupation), (_c.interests, f.interests)):
        if text_part:
            found.append(column.contains(text_part, autoescape=True))
    for column, value in (
        (_c.phone, f.phone), (_c.province, f.province), (_c.city, f.city), (_c.source, f.source),
        (_c.gender, f.gender), (_c.consent, f.consent),
    ):  # fmt: skip
        if value:
            found.append(column == value)
    if f.phone_ending:
        found.append(_c.phone.endswith(f.phone_ending, autoescape=True))
    for column, lowest, highest in (
        (_c.birth_year, f.born_from, f.born_to),
        (_c.last_purchase_on, f.bought_since, f.bought_until),
        (_c.total_purchases_fen, f.spent_from_fen, f.spent_to_fen),
    ):
        if lowest is not None:
            found.append(column >= lowest)
        if highest is not None:
            found.append(column <= highest)
    if f.do_not_call is not None:
        barred = or_(
            _c.consent == Consent.REFUSED.value, select(_listed.phone).where(_listed.phone == _c.phone).exists()
        )
        found.append(barred if f.do_not_call else ~barred)
    return found


async def change(
    session: Session, customer_id: UUID, *, version: int, values: Mapping[str, Any], now: datetime
) -> int | None:
    """Write `values` if the customer is still at `version`; the new version, or None when the race was lost."""
    result = await session.execute(
        update(Customer)
        .where(_c.id == customer_id, _c.version == version)
        .values(**values, version=version + 1, updated_at=now)
        .returning(_c.version)
        .execution_options(synchronize_session=False)
    )
    found: int | None = result.scalar_one_or_none()
    return found


async def refuse(session: Session, phone: str, *, now: datetime, source: str) -> None:
    """Mark the customer with this number, if there is one, as refusing calls."""
    await session.execute(
        text(
            "UPDATE customers SET consent = 'refused', consent_source = :source, consent_at = :now,"
            " updated_at = :now, version = version + 1 WHERE consent <> 'refused' AND (phone = :phone"
            " OR id IN (SELECT customer_id FROM customer_phones WHERE phone = :phone AND state <> 'wrong_person'))"
        ),
        {"phone": phone, "now": now, "source": source},
    )


async def sources(session: Session) -> list[tuple[str, int]]:
    """Names of the lists that customers came with, and how many came with each, the largest first."""
    found = await session.execute(
        text("SELECT source, count(*) AS n FROM customers GROUP BY source ORDER BY n DESC, source LIMIT 500")
    )
    return [(row.source, int(row.n)) for row in found]
