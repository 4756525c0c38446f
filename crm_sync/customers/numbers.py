"""The numbers of a person: their own, and further ones in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from callcenter.people.audit import audit
from callcenter.people.models import User
from crm_sync.customers import repository
from crm_sync.customers.errors import Changed
from crm_sync.customers.models import CustomerPhone
from crm_sync.customers.rules import NumberKind, NumberState

OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a person, in E.164. `position` 0 is their own."""

    phone: str
    position: int = 0
    state: NumberState = NumberState.USABLE
    kind: NumberKind = NumberKind.MOBILE


_OF = text(
    """
    SELECT c.id, c.phone AS own, p.phone, p.kind, p.position, p.state
    FROM customers c LEFT JOIN customer_phones p ON p.customer_id = c.id
    WHERE c.id = ANY(CAST(:ids AS uuid[])) ORDER BY c.id, p.position, p.phone
    """
)


async def numbers_of(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, list[Number]]:
    """Every number of each person, their own first."""
    found: dict[UUID, list[Number]] = {}
    for row in await session.execute(_OF, {"ids": list(customer_ids)}):
        mine = found.setdefault(row.id, [Number(row.own)])
        if row.phone is None:
            continue
        if row.phone == row.own:
            mine[0] = Number(row.own, 0, NumberState(row.state), NumberKind(row.kind))
        else:
            mine.append(Number(row.phone, max(1, row.position), NumberState(row.state), NumberKind(row.kind)))
    return found


_MARK = text(
    """
    INSERT INTO customer_phones (customer_id, phone, kind, position, state, state_at, source, created_at)
    VALUES (:customer, :phone, 'other', 0, :state, :now, '', :now)
    ON CONFLICT (customer_id, phone) DO UPDATE SET state = excluded.state, state_at = excluded.state_at
    """
)


async def mark(session: Session, customer_id: UUID, phone: str, state: NumberState, now: datetime) -> None:
    """Write down what became of a number: dead, or somebody else's."""
    await session.execute(_MARK, {"customer": customer_id, "phone": phone, "state": state.value, "now": now})


async def put(
    session: Session,
    now: datetime,
    user: User,
    customer_id: UUID,
    version: int,
    wanted: Sequence[tuple[str, NumberKind]],
) -> list[Number]:
    """The further numbers of a person are these, in this order. What is known of a number that stays is kept.

    Raises Changed when somebody else changed the customer meanwhile.
    """
    customer = await repository.get(session, customer_id)
    if customer is None or await repository.change(session, customer_id, version=version, values={}, now=now) is None:
        raise Changed(version=customer.version if customer is not None else version)
    own = customer.phone
    further = [(phone, kind) for phone, kind in dict(wanted).items() if phone != own]
    await session.execute(
        text("DELETE FROM customer_phones WHERE customer_id = :id AND phone <> :own AND phone <> ALL(:kept)"),
        {"id": customer_id, "own": own, "kept": [phone for phone, _ in further]},
    )
    for position, (phone, kind) in enumerate(further, start=1):
        row = await session.get(CustomerPhone, (customer_id, phone))
        if row is None:
            row = CustomerPhone(customer_id=customer_id, phone=phone, source=OFFICE, created_at=now)
            session.add(row)
        row.kind, row.position = kind.value, position
    await session.flush()
    await audit(session, now, user, "customer_numbers_changed", "customer", str(customer_id), {"numbers": len(further)})
    session.expire_all()
    return (await numbers_of(session, [customer_id]))[customer_id]
