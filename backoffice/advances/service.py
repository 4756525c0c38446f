"""Refunds of advances: asked for, checked, approved, paid by the cashier to whom the money came from (M5-3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.advances import rules
from backoffice.advances.models import Refund
from backoffice.advances.rules import REFUND
from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.duties import Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.receivables import ledger
from backoffice.receivables.models import Receipt
from backoffice.receivables.repository import receipt_balance
from backoffice.timeline import acts
from callcenter.kit.db import Session

KIND = "refund"


def _content(row: Refund) -> dict[str, Any]:
    return {"receipt": str(row.receipt_id), "amount_fen": row.amount_fen, "payee": row.payee_name}


async def overdue_fen(session: Session, customer_id: UUID, today: date) -> int:
    """What of the customer's debt is past its date (extensions counted)."""
    lines = ledger.open_lines(today, customer_id=customer_id).subquery("lines")
    late = select(func.coalesce(ledger.total(lines.c.open_fen), 0)).where(lines.c.due_on < today)
    return int(await session.scalar(late) or 0)


async def _check(session: Session, today: date, receipt: Receipt, amount_fen: int) -> None:
    """M5-3, asked again when it is paid: debts and balances move."""
    balance = await receipt_balance(session, receipt)
    overdue = await overdue_fen(session, receipt.customer_id, today)
    if not rules.may_refund(amount_fen, balance, overdue):
        raise Refused(
            "m5-3",
            f"不能退款:余额 {amount_words(balance)},客户逾期欠款 {amount_words(overdue)}。请先冲抵欠款。",
            f"No refund: the balance is {amount_words(balance)} and the customer has {amount_words(overdue)} overdue. "
            "Set the debt off first.",
            field="amount_fen",
        )


async def ask(
    session: Session, now: datetime, today: date, actor: Actor, receipt_id: UUID, amount_fen: int, reason: str
) -> Refund:
    """A draft. The payee is the original payer and nobody else."""
    acts.require_duty(actor, REFUND.roles("draft", "submit"))
    receipt = await acts.get(session, Receipt, receipt_id, "receipt", lock=True)
    await _check(session, today, receipt, amount_fen)
    row = Refund(
        number=await next_number(session, "RF", today),
        customer_id=receipt.customer_id,
        receipt_id=receipt.id,
        amount_fen=amount_fen,
        payee_name=receipt.payer_name,
        reason=reason,
        made_by=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, row, REFUND, detail={"amount_fen": amount_fen})
    return row


async def _take(session: Session, refund_id: UUID, version: int | None) -> Refund:
    seen = await acts.get(session, Refund, refund_id, "refund")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, Refund, refund_id, "refund", version)


async def submit(session: Session, now: datetime, today: date, actor: Actor, refund_id: UUID, version: int) -> Refund:
    row = await _take(session, refund_id, version)
    await _check(session, today, await acts.get(session, Receipt, row.receipt_id, "receipt"), row.amount_fen)
    await acts.move(session, now, actor, row, REFUND, "submit")
    title = f"{row.number} 退款 {amount_words(row.amount_fen)}"
    await approvals.submit(session, now, actor, Ask(KIND, "refund", row.id, title, row.amount_fen, _content(row)))
    return row


async def _ended(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await _take(session, approval.thing_id, None)
    command = {"approved": "approve", "rejected": "reject"}.get(approval.state, "reopen")
    if REFUND.after(row.state, command) is not None:
        await acts.move(session, now, None, row, REFUND, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "预收款退款", "refund of an advance", _ended)


async def pay(
    session: Session, now: datetime, today: date, actor: Actor, refund_id: UUID, version: int, note: str = ""
) -> Refund:
    """The cashier pays; M5-3 is asked once more, and the approval has to be of exactly this refund."""
    row = await _take(session, refund_id, version)
    acts.require_duty(actor, REFUND.roles("approved", "pay"))
    if actor.user_id == row.made_by:
        raise SameHands(("申请退款", "ask for a refund"), ("付款", "pay it"))
    receipt = await acts.get(session, Receipt, row.receipt_id, "receipt", lock=True)
    if row.state == "approved":
        await _check(session, today, receipt, row.amount_fen)
        if not await approvals.approved(session, KIND, row.id, _content(row)):
            raise Refused("not_approved", "该退款未获批准或内容已变。", "Exactly this refund has not been approved.")
    sets = {"paid_by": actor.user_id, "paid_on": today}
    await acts.move(session, now, actor, row, REFUND, "pay", note=note, sets=sets)
    figures = {"amount_fen": row.amount_fen, "refund": str(row.id)}
    await acts.write(session, now, actor, receipt, "receipt", "refunded", detail=figures)
    return row


async def drop(session: Session, now: datetime, actor: Actor, refund_id: UUID, version: int, note: str) -> Refund:
    row = await _take(session, refund_id, version)
    await acts.move(session, now, actor, row, REFUND, "drop", note=note)
    await approvals.void(session, now, actor, KIND, row.id, "退款申请放弃")
    return row


async def confirmed_balance(session: Session, customer_id: UUID, order_id: UUID | None = None) -> int:
    """Confirmed money of the customer that no invoice has taken; of one order when given (M5-4, M8-1)."""
    rows = ledger.receipts(date.max, customer_id).subquery("r")
    query = select(func.coalesce(ledger.total(rows.c.balance_fen), 0)).where(rows.c.customer_id == customer_id)
    if order_id is not None:
        query = query.where(rows.c.order_id == order_id)
    return int(await session.scalar(query) or 0)


async def refunds_of(session: Session, receipt_id: UUID) -> list[Refund]:
    rows = await session.scalars(
        select(Refund).where(col(Refund.receipt_id) == receipt_id).order_by(col(Refund.made_at))
    )
    return list(rows)
