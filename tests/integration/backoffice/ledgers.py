"""Builders of the ledger: each goes through the services, so that what exists could have come to exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.accounts.models import CustomerAccount
from backoffice.receivables import invoices, ledger, receipts, statements
from backoffice.receivables.invoices import Bill, Line
from backoffice.receivables.models import Allocation, Invoice, Purpose, Receipt, ReceiptMethod
from backoffice.receivables.receipts import Money
from callcenter.kit.db import Session
from tests.factories import make_customer


def at(day: date) -> datetime:
    """Ten in the morning in Shanghai."""
    return datetime.combine(day, time(2, 0), UTC)


async def account(session: Session, **given: Any) -> CustomerAccount:
    customer = await make_customer(session, **{k: given.pop(k) for k in ("company",) if k in given})
    row = await accounts.of(session, customer.id)
    for name, value in given.items():
        setattr(row, name, value)
    await session.flush()
    return row


async def invoice(
    session: Session,
    staff: Any,
    customer: UUID,
    fen: int,
    on: date,
    *,
    due: date | None = None,
    dues: Sequence[tuple[date, int]] = (),
    order_id: UUID | None = None,
    issue: bool = True,
) -> Invoice:
    parts = dues or ([(due, fen)] if due else ())
    bill = Bill(customer, [Line("礼盒", 1, fen)], on, order_id=order_id, dues=parts)
    row = await invoices.make(session, at(on), staff.sup, bill)
    return await invoices.issue(session, at(on), on, staff.fin, row.id, row.version) if issue else row


async def receipt(
    session: Session,
    staff: Any,
    customer: UUID,
    fen: int,
    on: date,
    *,
    confirm: bool = True,
    **given: Any,
) -> Receipt:
    values = {"method": ReceiptMethod.TRANSFER, "purpose": Purpose.PAYMENT} | given
    name = values.pop("payer_name", None) or (await accounts.of(session, customer)).legal_name
    money = Money(customer_id=customer, amount_fen=fen, received_on=on, payer_name=name, **values)
    row = await receipts.record(session, at(on), on, staff.cash, money)
    return await receipts.confirm(session, at(on), on, staff.fin, row.id, row.version) if confirm else row


async def outstanding(session: Session, invoice_id: UUID, on: date) -> int:
    f = ledger.facts(on).subquery()
    return int((await session.execute(select(f.c.outstanding_fen).where(f.c.id == invoice_id))).scalar_one())


async def balance(session: Session, receipt_id: UUID, on: date) -> int:
    r = ledger.receipts(on).subquery()
    return int((await session.execute(select(r.c.balance_fen).where(r.c.id == receipt_id))).scalar_one())


async def check_equations(session: Session, customer: UUID, on: date) -> None:
    """What must hold after every step, whatever was done."""
    f, r, n = ledger.facts(on).subquery(), ledger.receipts(on).subquery(), ledger.credit_notes(on).subquery()
    lines = ledger.open_lines(on, customer_id=customer).subquery()

    async def total(column: Any, where: Any) -> int:
        return int(await session.scalar(select(func.coalesce(func.sum(column), 0)).where(where)) or 0)

    owed = await total(f.c.outstanding_fen, f.c.customer_id == customer)
    free = await total(r.c.balance_fen, r.c.customer_id == customer)
    credit = await total(n.c.balance_fen, n.c.customer_id == customer)
    # 1 The statement's balance is what is owed, less what we hold of theirs.
    assert await statements.balance(session, customer, on) == owed - free - credit
    # 2 Instalments still open are the invoices still open.
    assert await total(lines.c.open_fen, lines.c.customer_id == customer) == owed
    # 3 Nothing is below zero, nothing is paid twice.
    for row in await session.execute(select(f).where(f.c.customer_id == customer)):
        assert 0 <= row.outstanding_fen <= row.total_fen
        assert row.paid_fen + row.credited_fen + row.written_off_fen <= row.total_fen
    for row in await session.execute(select(r).where(r.c.customer_id == customer)):
        assert row.balance_fen >= 0
        if row.state == "confirmed":
            assert row.allocated_fen + row.refunded_fen + row.balance_fen == row.amount_fen
        else:
            assert row.allocated_fen == 0
    # 4 Money in force is between things in force.
    live = await session.execute(
        select(col(Allocation.amount_fen), col(Invoice.state))
        .join(Invoice, col(Invoice.id) == col(Allocation.invoice_id))
        .where(col(Allocation.customer_id) == customer, col(Allocation.reversed_on).is_(None))
    )
    assert all(state in ("issued", "disputed") for _, state in live)
