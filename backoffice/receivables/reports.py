"""Ageing, collection rate, DSO, promises: sums over the ledger's own SELECTs (glossary: docs/glossary)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.orders.models import SalesOrder
from backoffice.receivables import ledger, rules
from backoffice.receivables.ledger import total
from backoffice.receivables.models import Invoice, PaymentSchedule, Receipt
from callcenter.kit.db import Session


def ageing(as_of: date, ends: tuple[int, ...] = (30, 60, 90), *, by_invoice_date: bool = False) -> Select[Any]:
    """A row a customer: not_due_fen, three-ends buckets b1_fen … b4_fen, total_fen. `ends` has three numbers."""
    lines = ledger.open_lines(as_of, by_invoice_date=by_invoice_date).subquery("lines")
    days, fen = lines.c.overdue_days, lines.c.open_fen
    edges = (0, *ends)
    late = [
        total(case((and_(days > low, days <= high), fen), else_=0)).label(f"b{n}_fen")
        for n, (low, high) in enumerate(itertools.pairwise(edges), start=1)
    ]
    return (
        select(
            lines.c.customer_id.label("customer_id"),
            col(CustomerAccount.legal_name).label("customer"),
            total(case((days <= 0, fen), else_=0)).label("not_due_fen"),
            *late,
            total(case((days > ends[-1], fen), else_=0)).label(f"b{len(ends) + 1}_fen"),
            total(fen).label("total_fen"),
        )
        .join(CustomerAccount, col(CustomerAccount.id) == lines.c.customer_id)
        .group_by(lines.c.customer_id, col(CustomerAccount.legal_name))
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a period. Rates in hundredths of a percent, DSO in tenths of a day; None when there is no base."""

    receivable_fen: int
    credit_sales_fen: int
    dso_tenths: int | None
    due_fen: int
    received_fen: int
    collection_rate: int | None


async def figures(session: Session, from_on: date, to_on: date) -> Figures:
    """AR at the end; sales on credit in the period; what fell due and what was received in it."""
    lines = ledger.open_lines(to_on).subquery("lines")
    receivable = int(await session.scalar(select(func.coalesce(total(lines.c.open_fen), 0))) or 0)
    stands = and_(col(Invoice.number).is_not(None), col(Invoice.state) != "cancelled")
    on_credit = func.coalesce(col(SalesOrder.payment), literal("credit")) == "credit"
    sales = await session.scalar(
        select(total(col(Invoice.total_fen)))
        .outerjoin(SalesOrder, col(SalesOrder.id) == col(Invoice.order_id))
        .where(stands, on_credit, col(Invoice.invoice_on).between(from_on, to_on))
    )
    due = await session.scalar(
        select(total(col(PaymentSchedule.amount_fen)))
        .join(Invoice, col(Invoice.id) == col(PaymentSchedule.invoice_id))
        .where(stands, col(PaymentSchedule.due_on).between(from_on, to_on))
    )
    received = await session.scalar(
        select(total(col(Receipt.amount_fen))).where(
            col(Receipt.state) == "confirmed", col(Receipt.received_on).between(from_on, to_on)
        )
    )
    sales, due, received = int(sales or 0), int(due or 0), int(received or 0)
    days = (to_on - from_on).days + 1
    return Figures(
        receivable,
        sales,
        rules.dso_tenths(receivable, sales, days),
        due,
        received,
        rules.rate_basis_points(received, due),
    )
