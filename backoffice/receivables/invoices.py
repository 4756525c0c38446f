"""Invoices and credit notes: made, issued, disputed, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.accounts import rules as terms
from backoffice.accounts import service as accounts
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.orders.models import SalesOrderLine
from backoffice.receivables import allocations, rules
from backoffice.receivables.machines import CREDIT_NOTE, INVOICE
from backoffice.receivables.models import CreditKind, CreditNote, Invoice, InvoiceLine, PaymentSchedule
from backoffice.receivables.rules import QuasiBad
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

MAKERS = frozenset({OfficeRole.SUP, OfficeRole.FIN})


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    quantity: int
    price_fen: int
    order_line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be invoiced. `dues`: instalments as (date, fen); empty: all of it at the end of the terms."""

    customer_id: UUID
    lines: Sequence[Line]
    invoice_on: date
    goods_on: date | None = None
    order_id: UUID | None = None
    dues: Sequence[tuple[date, int]] = ()
    note: str = ""


async def make(session: Session, now: datetime, actor: Actor | None, bill: Bill) -> Invoice:
    """A draft. `actor` None: the house itself, from a delivery that was signed for."""
    acts.require_duty(actor, MAKERS)
    account = await accounts.of(session, bill.customer_id, lock=True)
    total = sum(line.quantity * line.price_fen for line in bill.lines)
    dues = list(bill.dues) or [(terms.due_on(bill.invoice_on, await accounts.terms_days(session, account)), total)]
    if total <= 0:
        raise BadInput(field="lines", problem_zh="合计必须大于零", problem_en="the total has to be above zero")
    if sum(amount for _, amount in dues) != total or any(amount <= 0 for _, amount in dues):
        raise BadInput(
            field="dues",
            problem_zh="各期金额之和不等于发票金额",
            problem_en="the instalments do not add up to the invoice",
        )
    invoice = Invoice(
        customer_id=bill.customer_id,
        order_id=bill.order_id,
        invoice_on=bill.invoice_on,
        goods_on=bill.goods_on or bill.invoice_on,
        total_fen=total,
        note=bill.note,
        made_by=actor.user_id if actor else None,
        made_at=now,
    )
    await acts.born(session, now, actor, invoice, INVOICE, detail={"total_fen": total})
    session.add_all(
        InvoiceLine(
            invoice_id=invoice.id,
            line_no=number,
            order_line_id=line.order_line_id,
            name=line.name,
            quantity=line.quantity,
            price_fen=line.price_fen,
            amount_fen=line.quantity * line.price_fen,
        )
        for number, line in enumerate(bill.lines, start=1)
    )
    session.add_all(
        PaymentSchedule(invoice_id=invoice.id, seq=seq, due_on=due, amount_fen=amount)
        for seq, (due, amount) in enumerate(sorted(dues), start=1)
    )
    await session.flush()
    return invoice


async def take(session: Session, invoice_id: UUID, version: int | None) -> Invoice:
    """The invoice with its customer's ledger locked (in that order everywhere, so nobody waits in a circle)."""
    seen = await acts.get(session, Invoice, invoice_id, "invoice")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, Invoice, invoice_id, "invoice", version)


async def issue(
    session: Session, now: datetime, today: date, actor: Actor, invoice_id: UUID, version: int, note: str = ""
) -> Invoice:
    """FIN issues what somebody else made; the number is given now, so that the series has no gaps."""
    invoice = await take(session, invoice_id, version)
    acts.require_duty(actor, INVOICE.roles("draft", "issue"))
    if actor.user_id == invoice.made_by:
        raise SameHands(("制单", "make"), ("开具", "issue an invoice"))
    if invoice.invoice_on > today:
        raise BadInput(
            field="invoice_on", problem_zh="开票日期晚于今天", problem_en="the invoice date is in the future"
        )
    sets: dict[str, Any] = {"issued_by": actor.user_id}
    if invoice.state == "draft":
        sets["number"] = await next_number(session, "INV", invoice.invoice_on)
    await acts.move(session, now, actor, invoice, INVOICE, "issue", note=note, sets=sets)
    return invoice


async def dispute(session: Session, now: datetime, actor: Actor, invoice_id: UUID, version: int, note: str) -> Invoice:
    """Blocked for dunning until settled (M4-2)."""
    invoice = await take(session, invoice_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明争议内容", problem_en="say what is in dispute")
    await acts.move(session, now, actor, invoice, INVOICE, "dispute", note=note)
    return invoice


async def settle_dispute(
    session: Session, now: datetime, actor: Actor, invoice_id: UUID, version: int, note: str = ""
) -> Invoice:
    invoice = await take(session, invoice_id, version)
    await acts.move(session, now, actor, invoice, INVOICE, "settle_dispute", note=note)
    return invoice


async def cancel(
    session: Session, now: datetime, today: date, actor: Actor, invoice_id: UUID, version: int, note: str
) -> Invoice:
    """The claim ends; what had paid it is free again (M5-6's worked example). Written-off money stays in its case."""
    invoice = await take(session, invoice_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明取消原因", problem_en="a cancellation needs a reason")
    if INVOICE.after(invoice.state, "cancel") is not None:
        acts.require_duty(actor, INVOICE.roles(invoice.state, "cancel"))
        if (await allocations.sums(session, invoice)).written_off_fen:
            raise Refused(
                "written_off", "该发票已有核销,不能取消。", "Part of it is written off; it cannot be cancelled."
            )
        await allocations.release(session, now, today, actor, invoice=invoice, reason=f"发票取消:{note}")
    await acts.move(session, now, actor, invoice, INVOICE, "cancel", note=note, sets={"cancelled_on": today})
    return invoice


async def mark_quasi_bad(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    invoice_id: UUID,
    version: int,
    case: QuasiBad,
    *,
    shipments_stopped_on: date | None,
    policy: rules.ReceivablesPolicy,
    note: str,
) -> Invoice:
    """准呆账. The case has to be carried by the facts (see rules.quasi_bad_holds)."""
    invoice = await take(session, invoice_id, version)
    sums = await allocations.sums(session, invoice)
    cls = rules.collection_class(invoice.goods_on, sums.due_on, sums.outstanding_fen, today, policy)
    if sums.outstanding_fen <= 0 or not rules.quasi_bad_holds(case, cls, shipments_stopped_on, today):
        raise Refused(
            "not_quasi_bad",
            "事实不足以列为准呆账:该情形须停止发货超过一个月(“未解决”还须已属催收款)。",
            "The facts do not carry it: this case needs shipments stopped for more than a month "
            "('unsolved' also needs the money to be under collection).",
        )
    sets = {"quasi_bad": case.value}
    await acts.move(session, now, actor, invoice, INVOICE, "mark_quasi_bad", note=note, sets=sets)
    return invoice


async def lines_of(session: Session, invoice_id: UUID) -> list[InvoiceLine]:
    rows = await session.scalars(
        select(InvoiceLine).where(col(InvoiceLine.invoice_id) == invoice_id).order_by(col(InvoiceLine.line_no))
    )
    return list(rows)


async def articles_of(session: Session, invoice_id: UUID) -> list[tuple[InvoiceLine, str]]:
    """The lines, each with the article of the order's line it bills ('' for a line of its own)."""
    lines = await lines_of(session, invoice_id)
    billed = [line.order_line_id for line in lines if line.order_line_id is not None]
    rows = await session.execute(
        select(col(SalesOrderLine.id), col(SalesOrderLine.sku)).where(col(SalesOrderLine.id).in_(billed))
    )
    articles: dict[UUID | None, str] = {}
    for line_id, sku in rows:
        articles[line_id] = sku
    return [(line, articles.get(line.order_line_id, "")) for line in lines]


async def schedule_of(session: Session, invoice_id: UUID) -> list[PaymentSchedule]:
    rows = await session.scalars(
        select(PaymentSchedule).where(col(PaymentSchedule.invoice_id) == invoice_id).order_by(col(PaymentSchedule.seq))
    )
    return list(rows)


# ---------------------------------------------------------------- credit notes


async def make_credit(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor | None,
    customer_id: UUID,
    kind: CreditKind,
    amount_fen: int,
    reason: str,
    invoice_id: UUID | None = None,
) -> CreditNote:
    """A draft credit note, for an invoice or for the account."""
    acts.require_duty(actor, MAKERS)
    await accounts.of(session, customer_id, lock=True)
    if invoice_id is not None:
        invoice = await acts.get(session, Invoice, invoice_id, "invoice")
        if invoice.customer_id != customer_id or amount_fen > invoice.total_fen:
            raise BadInput(
                field="amount_fen",
                problem_zh="贷项超过该发票金额或客户不符",
                problem_en="it exceeds the invoice or belongs to another customer",
            )
    note = CreditNote(
        number=await next_number(session, "CN", today),
        customer_id=customer_id,
        invoice_id=invoice_id,
        kind=kind.value,
        amount_fen=amount_fen,
        reason=reason,
        made_by=actor.user_id if actor else None,
        made_at=now,
    )
    await acts.born(session, now, actor, note, CREDIT_NOTE, detail={"amount_fen": amount_fen})
    return note


async def issue_credit(
    session: Session, now: datetime, today: date, actor: Actor, note_id: UUID, version: int
) -> CreditNote:
    """Takes effect: it settles its invoice as far as that still asks for money; the rest stays on account."""
    seen = await acts.get(session, CreditNote, note_id, "credit_note")
    await accounts.of(session, seen.customer_id, lock=True)
    note = await acts.take(session, CreditNote, note_id, "credit_note", version)
    if actor.user_id == note.made_by:
        raise SameHands(("制单", "make"), ("开具", "issue a credit note"))
    sets = {"issued_by": actor.user_id, "issued_on": today}
    await acts.move(session, now, actor, note, CREDIT_NOTE, "issue", sets=sets)
    if note.invoice_id is not None:
        invoice = await acts.get(session, Invoice, note.invoice_id, "invoice", lock=True)
        outstanding = (await allocations.sums(session, invoice)).outstanding_fen
        if outstanding > 0:
            await allocations.put(session, now, today, actor, note, invoice, min(outstanding, note.amount_fen))
    return note


async def cancel_credit(session: Session, now: datetime, actor: Actor, note_id: UUID, version: int) -> CreditNote:
    note = await acts.take(session, CreditNote, note_id, "credit_note", version)
    if OfficeRole.FIN not in actor.roles and actor.user_id != note.made_by:
        raise NotYourDuty(frozenset({OfficeRole.FIN}))
    await acts.move(session, now, actor, note, CREDIT_NOTE, "cancel")
    return note
