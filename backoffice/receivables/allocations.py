"""Matching money with invoices (M4-1), and undoing it. The caller holds the customer's ledger lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.advances import rules as advances
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused
from backoffice.receivables import rules
from backoffice.receivables.models import Allocation, CreditNote, Invoice, PaymentSchedule, Receipt
from backoffice.receivables.repository import receipt_balance
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

FINANCE = frozenset({OfficeRole.FIN})


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one invoice, from its allocations in force."""

    total_fen: int
    paid_fen: int
    credited_fen: int
    written_off_fen: int
    outstanding_fen: int
    due_on: date
    """The earliest open instalment's date (the last one's, when all are settled)."""


async def sums(session: Session, invoice: Invoice) -> Sums:
    amount = func.sum(col(Allocation.amount_fen))
    row = (
        await session.execute(
            select(
                amount.filter(col(Allocation.receipt_id).is_not(None)).label("paid"),
                amount.filter(col(Allocation.credit_note_id).is_not(None)).label("credited"),
                amount.filter(col(Allocation.write_off_id).is_not(None)).label("written_off"),
            ).where(col(Allocation.invoice_id) == invoice.id, col(Allocation.reversed_on).is_(None))
        )
    ).one()
    schedule = (
        await session.execute(
            select(col(PaymentSchedule.due_on), col(PaymentSchedule.amount_fen)).where(
                col(PaymentSchedule.invoice_id) == invoice.id
            )
        )
    ).all()
    paid, credited, off = int(row.paid or 0), int(row.credited or 0), int(row.written_off or 0)
    settled = paid + credited + off
    claim = invoice.total_fen if invoice.state in ("issued", "disputed") else 0
    lines = rules.open_lines([(due, amount_fen) for due, amount_fen in schedule], settled)
    due = lines[0][0] if lines else max(due for due, _ in schedule)
    return Sums(invoice.total_fen, paid, credited, off, max(0, claim - settled), due)


async def put(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor | None,
    source: Receipt | CreditNote,
    invoice: Invoice,
    amount_fen: int,
) -> Allocation:
    """Allocate. Raises Refused `m4-1` when it is more than the source has or the invoice asks for."""
    outstanding = (await sums(session, invoice)).outstanding_fen
    free = await receipt_balance(session, source)
    if source.customer_id != invoice.customer_id:
        raise BadInput(
            field="invoice_id",
            problem_zh="该发票属于另一客户",
            problem_en="that invoice is another customer's",
        )
    if not rules.may_allocate(amount_fen, free, outstanding):
        raise Refused(
            "m4-1",
            f"冲抵金额 {amount_words(amount_fen)} 超过可用余额 {amount_words(free)} 或发票未付金额 "
            f"{amount_words(outstanding)}。多收部分留作预收款。",
            f"{amount_words(amount_fen)} is more than the receipt still has ({amount_words(free)}) or the invoice "
            f"still asks for ({amount_words(outstanding)}). What is too much stays an advance.",
            field="amount_fen",
        )
    is_receipt = isinstance(source, Receipt)
    row = Allocation(
        customer_id=invoice.customer_id,
        receipt_id=source.id if is_receipt else None,
        credit_note_id=None if is_receipt else source.id,
        invoice_id=invoice.id,
        amount_fen=amount_fen,
        allocated_on=today,
        allocated_by=actor.user_id if actor else None,
    )
    session.add(row)
    await session.flush()
    left = outstanding - amount_fen
    figures = {"amount_fen": amount_fen, "outstanding_fen": left, "source": str(source.id), "invoice": str(invoice.id)}
    await acts.write(
        session, now, actor, invoice, "invoice", "settled_in_full" if left == 0 else "allocated", detail=figures
    )
    await acts.write(
        session, now, actor, source, "receipt" if is_receipt else "credit_note", "allocated", detail=figures
    )
    return row


async def allocate(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    receipt_id: UUID,
    version: int,
    invoice_id: UUID,
    amount_fen: int,
) -> Allocation:
    """FIN puts so much of a confirmed receipt on one invoice."""
    acts.require_duty(actor, FINANCE)
    seen = await acts.get(session, Receipt, receipt_id, "receipt")
    await accounts.of(session, seen.customer_id, lock=True)
    receipt = await acts.take(session, Receipt, receipt_id, "receipt", version)
    invoice = await acts.get(session, Invoice, invoice_id, "invoice", lock=True)
    return await put(session, now, today, actor, receipt, invoice, amount_fen)


async def set_off(
    session: Session, now: datetime, today: date, actor: Actor | None, receipt_id: UUID, version: int | None
) -> list[Allocation]:
    """M5-2: put the whole balance where it belongs: the order's invoices first, then the oldest ones."""
    acts.require_duty(actor, FINANCE)
    seen = await acts.get(session, Receipt, receipt_id, "receipt")
    await accounts.of(session, seen.customer_id, lock=True)
    receipt = await acts.take(session, Receipt, receipt_id, "receipt", version)
    invoices = await session.scalars(
        select(Invoice)
        .where(col(Invoice.customer_id) == receipt.customer_id, col(Invoice.state) == "issued")
        .order_by(col(Invoice.id))
        .with_for_update()
    )
    known = {invoice.id: invoice for invoice in invoices}
    targets = [
        advances.Target(i.id, i.order_id, i.invoice_on, (await sums(session, i)).outstanding_fen)
        for i in known.values()
    ]
    free = await receipt_balance(session, receipt)
    return [
        await put(session, now, today, actor, receipt, known[target.key], part)  # type: ignore[index]
        for target, part in advances.set_off(free, receipt.order_id, targets)
    ]


async def reverse(
    session: Session, now: datetime, today: date, actor: Actor, allocation_id: UUID, reason: str
) -> Allocation:
    """FIN undoes one allocation, with a reason."""
    acts.require_duty(actor, FINANCE)
    if not reason.strip():
        raise BadInput(field="note", problem_zh="冲回须写明原因", problem_en="undoing an allocation needs a reason")
    seen = await acts.get(session, Allocation, allocation_id, "allocation")
    await accounts.of(session, seen.customer_id, lock=True)
    row = await acts.get(session, Allocation, allocation_id, "allocation", lock=True)
    if row.write_off_id is not None:
        raise Refused("written_off", "核销由问题账款冲回。", "A write-off is undone in its problem case.")
    if row.reversed_on is not None:
        raise Refused("already_reversed", "该冲抵已冲回。", "This allocation has been undone already.")
    await _undo(session, now, today, actor, row, reason)
    return row


async def release(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor | None,
    *,
    invoice: Invoice | None = None,
    receipt: Receipt | None = None,
    reason: str,
) -> int:
    """Undo every allocation in force of an invoice or of a receipt; gives the sum in fen."""
    of = (Allocation.invoice_id, invoice.id) if invoice is not None else (Allocation.receipt_id, receipt and receipt.id)
    where = col(of[0]) == of[1]
    rows = (
        await session.scalars(
            select(Allocation).where(where, col(Allocation.reversed_on).is_(None)).order_by(col(Allocation.id))
        )
    ).all()
    for row in rows:
        await _undo(session, now, today, actor, row, reason)
    return sum(row.amount_fen for row in rows)


async def _undo(
    session: Session, now: datetime, today: date, actor: Actor | None, row: Allocation, reason: str
) -> None:
    row.reversed_on, row.reverse_reason = today, reason
    row.reversed_by = actor.user_id if actor else None
    await session.flush()
    detail = {"amount_fen": row.amount_fen, "allocation": str(row.id)}
    invoice = await acts.get(session, Invoice, row.invoice_id, "invoice", lock=True)
    await acts.write(session, now, actor, invoice, "invoice", "allocation_reversed", note=reason, detail=detail)
    if row.receipt_id is not None:
        receipt = await acts.get(session, Receipt, row.receipt_id, "receipt", lock=True)
        await acts.write(session, now, actor, receipt, "receipt", "allocation_reversed", note=reason, detail=detail)
