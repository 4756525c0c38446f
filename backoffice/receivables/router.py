"""/api/backoffice/invoices, receipts, allocations, credit-notes: the money and what it pays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from backoffice.kit.duties import Actor
from backoffice.kit.fen import first_come
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list, shown
from backoffice.listing.query import one
from backoffice.policies import service as policies
from backoffice.receivables import allocations, collection, invoices, ledger, lists, receipts, repository, rules
from backoffice.receivables.invoices import Bill, Line
from backoffice.receivables.machines import CREDIT_NOTE, INVOICE, RECEIPT
from backoffice.receivables.models import Allocation, Invoice
from backoffice.receivables.receipts import Money
from backoffice.receivables.rules import ReceivablesPolicy
from backoffice.receivables.schemas import (
    AllocateBody,
    AllocationOut,
    Confirm,
    CreditNew,
    CreditOut,
    DueOut,
    InvoiceNew,
    InvoiceOut,
    LineOut,
    QuasiBadBody,
    Reason,
    ReceiptNew,
    ReceiptOut,
)
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: receivables"], responses=PROBLEMS)
add_list(router, lists.INVOICES, "/invoices")
add_list(router, lists.RECEIPTS, "/receipts")
add_list(router, lists.CREDITS, "/credit-notes")


async def _told(session: Session, used: Sequence[Allocation]) -> list[AllocationOut]:
    return [
        AllocationOut(**row.model_dump(), invoice_number=invoice, source_number=source)
        for row, invoice, source in await repository.numbers_of(session, used)
    ]


async def _invoice(session: Session, today: date, actor: Actor, invoice_id: UUID) -> InvoiceOut:
    values = await one(session, lists.INVOICES, invoice_id, today)
    row = await acts.get(session, Invoice, invoice_id, "invoice")
    policy = await policies.load(session, ReceivablesPolicy)
    sums = await allocations.sums(session, row)
    schedule = await invoices.schedule_of(session, invoice_id)
    used = first_come(sums.paid_fen + sums.credited_fen + sums.written_off_fen, [part.amount_fen for part in schedule])
    opened = list(zip(schedule, used, strict=True))
    lines = ledger.open_lines(today, customer_id=row.customer_id).subquery("lines")
    overdue = await session.execute(
        select(lines.c.open_fen, lines.c.overdue_days).where(lines.c.invoice_id == invoice_id, lines.c.due_on < today)
    )
    late = [(line.open_fen, line.overdue_days) for line in overdue]
    interest = penalty = None
    if policy.yearly_rate is not None and row.state == "issued":
        interest = sum(rules.interest_fen(fen, policy.yearly_rate, days) for fen, days in late)
    if policy.daily_rate is not None and row.state == "issued":
        penalty = sum(rules.penalty_fen(fen, policy.daily_rate, days) for fen, days in late)
    return InvoiceOut.model_validate(
        values
        | {
            "lines": [
                LineOut(**line.model_dump(), sku=sku) for line, sku in await invoices.articles_of(session, invoice_id)
            ],
            "schedule": [DueOut(**part.model_dump(), open_fen=part.amount_fen - paid) for part, paid in opened],
            "allocations": await _told(session, await repository.allocations_of(session, invoice_id=invoice_id)),
            "collection_class": rules.collection_class(
                row.goods_on,
                sums.due_on,
                sums.outstanding_fen,
                today,
                policy,
                quasi_bad=row.quasi_bad is not None,
                written_off=sums.written_off_fen > 0,
            ),
            "quasi_bad": row.quasi_bad,
            "interest_fen": interest,
            "penalty_fen": penalty,
            "commands": INVOICE.commands(row.state, actor.roles),
            "timeline": [StoryLine(**line) for line in await acts.story(session, "invoice", invoice_id)],
        }
    )


@router.post("/invoices", status_code=201)
async def make_invoice(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: InvoiceNew) -> InvoiceOut:
    bill = Bill(
        body.customer_id,
        [Line(line.name, line.quantity, line.price_fen, line.order_line_id) for line in body.lines],
        body.invoice_on,
        body.goods_on,
        body.order_id,
        [(due.due_on, due.amount_fen) for due in body.dues],
        body.note,
    )
    invoice = await invoices.make(session, now, actor, bill)
    return await _invoice(session, today, actor, invoice.id)


async def _issue(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await invoices.issue(s, n, t, a, i, b.version, b.note)


async def _dispute(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await invoices.dispute(s, n, a, i, b.version, b.note)


async def _settle_dispute(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await invoices.settle_dispute(s, n, a, i, b.version, b.note)


async def _cancel(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    """What had paid it is free again."""
    await invoices.cancel(s, n, t, a, i, b.version, b.note)


async def _quasi_bad(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: QuasiBadBody) -> None:
    """准呆账; bankrupt or seized opens a task for legal that is due today."""
    policy = await policies.load(s, ReceivablesPolicy)
    stopped = b.shipments_stopped_on
    invoice = await invoices.mark_quasi_bad(
        s, n, t, a, i, b.version, b.case, shipments_stopped_on=stopped, policy=policy, note=b.note
    )
    await collection.to_legal(s, n, t, a, invoice, b.case)


add_get(router, "/invoices", _invoice, InvoiceOut)
add_command(router, "/invoices", "issue", _issue, _invoice, InvoiceOut)
add_command(router, "/invoices", "dispute", _dispute, _invoice, InvoiceOut)
add_command(router, "/invoices", "settle-dispute", _settle_dispute, _invoice, InvoiceOut)
add_command(router, "/invoices", "cancel", _cancel, _invoice, InvoiceOut)
add_command(router, "/invoices", "mark-quasi-bad", _quasi_bad, _invoice, InvoiceOut, QuasiBadBody)


async def _uses(session: Session, _today: date, _actor: Actor, receipt_id: UUID) -> dict[str, Any]:
    return {"allocations": await _told(session, await repository.allocations_of(session, receipt_id=receipt_id))}


_receipt = shown(lists.RECEIPTS, ReceiptOut, RECEIPT, _uses)


@router.post("/receipts", status_code=201, response_model=ReceiptOut)
async def record_receipt(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ReceiptNew) -> BaseModel:
    receipt = await receipts.record(session, now, today, actor, Money(**body.model_dump()))
    return await _receipt(session, today, actor, receipt.id)


async def _confirm(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Confirm) -> None:
    await receipts.confirm(s, n, t, a, i, b.version, accept_payer=b.accept_payer, note=b.note)


async def _cancel_receipt(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await receipts.cancel(s, n, a, i, b.version, b.note)


async def _bounce(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    """The note was dishonoured: its allocations are undone."""
    await receipts.bounce(s, n, t, a, i, b.version, b.note)


async def _allocate(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: AllocateBody) -> None:
    await allocations.allocate(s, n, t, a, i, b.version, b.invoice_id, b.amount_fen)


async def _set_off(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    """The whole balance: the order's own invoices first, then the oldest ones (M5-2)."""
    await allocations.set_off(s, n, t, a, i, b.version)


add_get(router, "/receipts", _receipt, ReceiptOut)
add_command(router, "/receipts", "confirm", _confirm, _receipt, ReceiptOut, Confirm)
add_command(router, "/receipts", "cancel", _cancel_receipt, _receipt, ReceiptOut)
add_command(router, "/receipts", "bounce", _bounce, _receipt, ReceiptOut)
add_command(router, "/receipts", "allocate", _allocate, _receipt, ReceiptOut, AllocateBody)
add_command(router, "/receipts", "set-off", _set_off, _receipt, ReceiptOut)


@router.post("/allocations/{allocation_id}/reverse")
async def reverse(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, allocation_id: UUID, body: Reason
) -> AllocationOut:
    row = await allocations.reverse(session, now, today, actor, allocation_id, body.note)
    return (await _told(session, [row]))[0]


_credit = shown(lists.CREDITS, CreditOut, CREDIT_NOTE)


@router.post("/credit-notes", status_code=201, response_model=CreditOut)
async def make_credit(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: CreditNew) -> BaseModel:
    note = await invoices.make_credit(
        session, now, today, actor, body.customer_id, body.kind, body.amount_fen, body.reason, body.invoice_id
    )
    return await _credit(session, today, actor, note.id)


async def _issue_credit(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await invoices.issue_credit(s, n, t, a, i, b.version)


async def _cancel_credit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await invoices.cancel_credit(s, n, a, i, b.version)


add_get(router, "/credit-notes", _credit, CreditOut)
add_command(router, "/credit-notes", "issue", _issue_credit, _credit, CreditOut)
add_command(router, "/credit-notes", "cancel", _cancel_credit, _credit, CreditOut)
