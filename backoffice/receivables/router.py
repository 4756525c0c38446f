"""/api/backoffice/invoices, receipts, allocations, credit-notes: the money and what it pays."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select

from backoffice.kit.duties import Actor
from backoffice.kit.fen import first_come
from backoffice.listing.http import Command, StoryLine, Today, add_list
from backoffice.listing.query import one
from backoffice.policies import service as policies
from backoffice.receivables import allocations, collection, invoices, ledger, lists, receipts, repository, rules
from backoffice.receivables.invoices import Bill, Line
from backoffice.receivables.machines import INVOICE, RECEIPT
from backoffice.receivables.models import Invoice
from backoffice.receivables.receipts import Money
from backoffice.receivables.rules import ReceivablesPolicy
from backoffice.receivables.schemas import (
    AllocateBody,
    AllocationOut,
    Confirm,
    CreditNew,
    CreditRow,
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
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: receivables"], responses=PROBLEMS)
add_list(router, lists.INVOICES, "/invoices")
add_list(router, lists.RECEIPTS, "/receipts")
add_list(router, lists.CREDITS, "/credit-notes")


async def _invoice(session: DbSession, today: Today, actor: Actor, invoice_id: UUID) -> InvoiceOut:
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
            "lines": [LineOut(**line.model_dump()) for line in await invoices.lines_of(session, invoice_id)],
            "schedule": [DueOut(**part.model_dump(), open_fen=part.amount_fen - paid) for part, paid in opened],
            "allocations": [
                AllocationOut(**a.model_dump()) for a in await repository.allocations_of(session, invoice_id=invoice_id)
            ],
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


@router.get("/invoices/{invoice_id}")
async def read_invoice(session: DbSession, today: Today, actor: OfficeActor, invoice_id: UUID) -> InvoiceOut:
    return await _invoice(session, today, actor, invoice_id)


@router.post("/invoices/{invoice_id}/issue")
async def issue_invoice(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, invoice_id: UUID, body: Command
) -> InvoiceOut:
    await invoices.issue(session, now, today, actor, invoice_id, body.version, body.note)
    return await _invoice(session, today, actor, invoice_id)


@router.post("/invoices/{invoice_id}/dispute")
async def dispute_invoice(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, invoice_id: UUID, body: Command
) -> InvoiceOut:
    await invoices.dispute(session, now, actor, invoice_id, body.version, body.note)
    return await _invoice(session, today, actor, invoice_id)


@router.post("/invoices/{invoice_id}/settle-dispute")
async def settle_dispute(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, invoice_id: UUID, body: Command
) -> InvoiceOut:
    await invoices.settle_dispute(session, now, actor, invoice_id, body.version, body.note)
    return await _invoice(session, today, actor, invoice_id)


@router.post("/invoices/{invoice_id}/cancel")
async def cancel_invoice(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, invoice_id: UUID, body: Command
) -> InvoiceOut:
    """What had paid it is free again."""
    await invoices.cancel(session, now, today, actor, invoice_id, body.version, body.note)
    return await _invoice(session, today, actor, invoice_id)


@router.post("/invoices/{invoice_id}/mark-quasi-bad")
async def mark_quasi_bad(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, invoice_id: UUID, body: QuasiBadBody
) -> InvoiceOut:
    """准呆账; bankrupt or seized opens a task for legal that is due today."""
    invoice = await invoices.mark_quasi_bad(
        session,
        now,
        today,
        actor,
        invoice_id,
        body.version,
        body.case,
        shipments_stopped_on=body.shipments_stopped_on,
        policy=await policies.load(session, ReceivablesPolicy),
        note=body.note,
    )
    await collection.to_legal(session, now, today, actor, invoice, body.case)
    return await _invoice(session, today, actor, invoice_id)


async def _receipt(session: DbSession, today: Today, actor: Actor, receipt_id: UUID) -> ReceiptOut:
    values = await one(session, lists.RECEIPTS, receipt_id, today)
    return ReceiptOut.model_validate(
        values
        | {
            "allocations": [
                AllocationOut(**a.model_dump()) for a in await repository.allocations_of(session, receipt_id=receipt_id)
            ],
            "commands": RECEIPT.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**line) for line in await acts.story(session, "receipt", receipt_id)],
        }
    )


@router.post("/receipts", status_code=201)
async def record_receipt(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ReceiptNew
) -> ReceiptOut:
    receipt = await receipts.record(session, now, today, actor, Money(**body.model_dump()))
    return await _receipt(session, today, actor, receipt.id)


@router.get("/receipts/{receipt_id}")
async def read_receipt(session: DbSession, today: Today, actor: OfficeActor, receipt_id: UUID) -> ReceiptOut:
    return await _receipt(session, today, actor, receipt_id)


@router.post("/receipts/{receipt_id}/confirm")
async def confirm_receipt(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, receipt_id: UUID, body: Confirm
) -> ReceiptOut:
    await receipts.confirm(
        session, now, today, actor, receipt_id, body.version, accept_payer=body.accept_payer, note=body.note
    )
    return await _receipt(session, today, actor, receipt_id)


@router.post("/receipts/{receipt_id}/cancel")
async def cancel_receipt(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, receipt_id: UUID, body: Command
) -> ReceiptOut:
    await receipts.cancel(session, now, actor, receipt_id, body.version, body.note)
    return await _receipt(session, today, actor, receipt_id)


@router.post("/receipts/{receipt_id}/bounce")
async def bounce_receipt(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, receipt_id: UUID, body: Command
) -> ReceiptOut:
    """The note was dishonoured: its allocations are undone."""
    await receipts.bounce(session, now, today, actor, receipt_id, body.version, body.note)
    return await _receipt(session, today, actor, receipt_id)


@router.post("/receipts/{receipt_id}/allocate")
async def allocate(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, receipt_id: UUID, body: AllocateBody
) -> ReceiptOut:
    await allocations.allocate(session, now, today, actor, receipt_id, body.version, body.invoice_id, body.amount_fen)
    return await _receipt(session, today, actor, receipt_id)


@router.post("/receipts/{receipt_id}/set-off")
async def set_off(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, receipt_id: UUID, body: Command
) -> ReceiptOut:
    """The whole balance: the order's own invoices first, then the oldest ones (M5-2)."""
    await allocations.set_off(session, now, today, actor, receipt_id, body.version)
    return await _receipt(session, today, actor, receipt_id)


@router.post("/allocations/{allocation_id}/reverse")
async def reverse(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, allocation_id: UUID, body: Reason
) -> AllocationOut:
    row = await allocations.reverse(session, now, today, actor, allocation_id, body.note)
    return AllocationOut(**row.model_dump())


async def _credit(session: DbSession, today: Today, note_id: UUID) -> CreditRow:
    return CreditRow.model_validate(await one(session, lists.CREDITS, note_id, today))


@router.post("/credit-notes", status_code=201)
async def make_credit(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: CreditNew) -> CreditRow:
    note = await invoices.make_credit(
        session, now, today, actor, body.customer_id, body.kind, body.amount_fen, body.reason, body.invoice_id
    )
    return await _credit(session, today, note.id)


@router.get("/credit-notes/{note_id}")
async def read_credit(session: DbSession, today: Today, _: OfficeActor, note_id: UUID) -> CreditRow:
    return await _credit(session, today, note_id)


@router.post("/credit-notes/{note_id}/issue")
async def issue_credit(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, note_id: UUID, body: Command
) -> CreditRow:
    await invoices.issue_credit(session, now, today, actor, note_id, body.version)
    return await _credit(session, today, note_id)


@router.post("/credit-notes/{note_id}/cancel")
async def cancel_credit(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, note_id: UUID, body: Command
) -> CreditRow:
    await invoices.cancel_credit(session, now, actor, note_id, body.version)
    return await _credit(session, today, note_id)
