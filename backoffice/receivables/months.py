"""What a customer did in a month: bought, returned, paid ahead, was late. One definition, for rewards too (M13).

for month in await of_year(session, customer_id, 2026, today): month.purchases_fen …
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.deliveries.models import Delivery, DeliveryLine
from backoffice.kit.dates import month_end
from backoffice.orders.models import SalesOrderLine
from backoffice.receivables import ledger
from backoffice.receivables.models import CreditKind, CreditNote, PaymentSchedule, Purpose, Receipt
from callcenter.kit.db import Session


@dataclass(frozen=True, slots=True)
class Month:
    """Of one customer. Money is fen; `first` is the first day of the month."""

    first: date
    bought_fen: int
    """Goods accepted in the month, at the order's (wholesale) prices."""
    returned_fen: int
    """Credited for returns in the month: they reduce the month of the return (M9, M13)."""
    prepaid_fen: int
    """Confirmed money received ahead in the month, without deposits (定金, M5-5)."""
    overdue: bool
    """Whether anything was past its due date on any day of the month."""

    @property
    def purchases_fen(self) -> int:
        """Never below zero: a month of returns alone is a month without a purchase."""
        return max(0, self.bought_fen - self.returned_fen)


async def of_year(session: Session, customer_id: UUID, year: int, today: date) -> list[Month]:
    """The months of the year that have begun."""
    firsts = [date(year, month, 1) for month in range(1, 13)]
    return [await of_month(session, customer_id, first, today) for first in firsts if first <= today]


async def of_month(session: Session, customer_id: UUID, first: date, today: date) -> Month:
    last = min(month_end(first), today)

    async def fen(query: Any) -> int:
        return int(await session.scalar(query) or 0)

    bought = await fen(
        select(ledger.total(col(DeliveryLine.accepted) * col(SalesOrderLine.price_fen)))
        .join(Delivery, col(Delivery.id) == col(DeliveryLine.delivery_id))
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(DeliveryLine.order_line_id))
        .where(col(Delivery.customer_id) == customer_id, col(Delivery.signed_on).between(first, last))
    )
    returned = await fen(
        select(ledger.total(col(CreditNote.amount_fen))).where(
            col(CreditNote.customer_id) == customer_id,
            col(CreditNote.kind) == CreditKind.RETURN.value,
            col(CreditNote.issued_on).between(first, last),
        )
    )
    prepaid = await fen(
        select(ledger.total(col(Receipt.amount_fen))).where(
            col(Receipt.customer_id) == customer_id,
            col(Receipt.purpose) == Purpose.PREPAYMENT.value,
            col(Receipt.state) == "confirmed",
            col(Receipt.received_on).between(first, last),
        )
    )
    return Month(first, bought, returned, prepaid, await _overdue(session, customer_id, first, last))


async def _overdue(session: Session, customer_id: UUID, first: date, last: date) -> bool:
    """Lateness only begins on the day after a due date: those days and the first one are enough to look at."""
    dues = await session.scalars(
        select(col(PaymentSchedule.due_on))
        .where(
            col(PaymentSchedule.invoice_id).in_(select(ledger.facts(last, customer_id).subquery("f").c.id)),
            col(PaymentSchedule.due_on).between(first, last - timedelta(days=1)),
        )
        .distinct()
    )
    for day in sorted({first, last, *(due + timedelta(days=1) for due in dues)}):
        lines = ledger.open_lines(day, customer_id=customer_id).subquery("lines")
        late = select(func.count()).select_from(lines).where(lines.c.due_on < day)
        if await session.scalar(late):
            return True
    return False
