"""Ageing, collection rate, DSO, promises: sums over the ledger's own SELECTs (glossary: docs/glossary)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
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


def _stands() -> ColumnElement[bool]:
    return and_(col(Invoice.number).is_not(None), col(Invoice.state) != "cancelled")


def credit_sales(_today: date) -> Select[Any]:
    """Invoices of goods sold on credit (those of no order count as credit): id, customer, number, day, total_fen."""
    on_credit = func.coalesce(col(SalesOrder.payment), literal("credit")) == "credit"
    return (
        select(
            *(col(getattr(Invoice, name)) for name in ("id", "number", "customer_id", "invoice_on", "total_fen")),
            col(CustomerAccount.legal_name).label("customer"),
            col(SalesOrder.number).label("order_number"),
        )
        .join(CustomerAccount, col(CustomerAccount.id) == col(Invoice.customer_id))
        .outerjoin(SalesOrder, col(SalesOrder.id) == col(Invoice.order_id))
        .where(_stands(), on_credit)
    )


def instalments(_today: date) -> Select[Any]:
    """What falls due on which day, by the invoice itself (an extension moves no due date here)."""
    query: Select[Any] = (
        select(  # type: ignore[assignment]
            col(Invoice.id).label("id"),
            col(Invoice.number).label("number"),
            col(Invoice.customer_id).label("customer_id"),
            col(CustomerAccount.legal_name).label("customer"),
            col(PaymentSchedule.seq).label("seq"),
            col(PaymentSchedule.due_on).label("due_on"),
            col(PaymentSchedule.amount_fen).label("amount_fen"),
        )
        .join(Invoice, col(Invoice.id) == col(PaymentSchedule.invoice_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Invoice.customer_id))
        .where(_stands())
    )
    return query


def received(_today: date) -> Select[Any]:
    """Confirmed money, by the day it came."""
    return (
        select(
            *(col(getattr(Receipt, name)) for name in ("id", "number", "customer_id", "received_on", "amount_fen")),
            col(Receipt.method).label("method"),
            col(CustomerAccount.legal_name).label("customer"),
        )
        .join(CustomerAccount, col(CustomerAccount.id) == col(Receipt.customer_id))
        .where(col(Receipt.state) == "confirmed")
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

    async def sum_of(query: Select[Any], on: str, fen: str) -> int:
        sub = query.subquery()
        return int(await session.scalar(select(total(sub.c[fen])).where(sub.c[on].between(from_on, to_on))) or 0)

    sales = await sum_of(credit_sales(to_on), "invoice_on", "total_fen")
    due = await sum_of(instalments(to_on), "due_on", "amount_fen")
    money = await sum_of(received(to_on), "received_on", "amount_fen")
    days = (to_on - from_on).days + 1
    return Figures(
        receivable, sales, rules.dso_tenths(receivable, sales, days), due, money, rules.rate_basis_points(money, due)
    )
