"""Asking for, paying and settling prepayments to suppliers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.duties import Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.outlays import rules
from backoffice.outlays.models import Outlay, OutlayUse
from backoffice.outlays.rules import OUTLAY
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

KIND = "outlay"


@dataclass(frozen=True, slots=True)
class New:
    supplier: str
    purpose: str
    total_price_fen: int
    amount_fen: int
    needed_on: date
    contract_reference: str = ""


def _content(row: Outlay) -> dict[str, Any]:
    return {"supplier": row.supplier, "amount_fen": row.amount_fen, "total_price_fen": row.total_price_fen}


async def ask(session: Session, now: datetime, today: date, actor: Actor, new: New) -> Outlay:
    acts.require_duty(actor, rules.ASKERS)
    if not 0 < new.amount_fen <= new.total_price_fen:
        raise BadInput(
            field="amount_fen",
            problem_zh="预付金额须大于零且不超过总价",
            problem_en="what is paid ahead is above zero and at most the whole price",
        )
    row = Outlay(
        number=await next_number(session, "PP", today),
        supplier=new.supplier.strip(),
        purpose=new.purpose,
        contract_reference=new.contract_reference,
        total_price_fen=new.total_price_fen,
        amount_fen=new.amount_fen,
        needed_on=new.needed_on,
        made_by=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, row, OUTLAY, detail={"amount_fen": row.amount_fen})
    return row


async def _take(session: Session, row_id: UUID, version: int | None) -> Outlay:
    return await acts.take(session, Outlay, row_id, "outlay", version)


async def submit(session: Session, now: datetime, actor: Actor, row_id: UUID, version: int) -> Outlay:
    row = await _take(session, row_id, version)
    await acts.move(session, now, actor, row, OUTLAY, "submit")
    title = f"{row.number} 预付款 {amount_words(row.amount_fen)}"
    await approvals.submit(session, now, actor, Ask(KIND, "outlay", row.id, title, row.amount_fen, _content(row)))
    return row


async def _ended(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await _take(session, approval.thing_id, None)
    command = {"approved": "approve", "rejected": "reject"}.get(approval.state, "reopen")
    if OUTLAY.after(row.state, command) is not None:
        await acts.move(session, now, None, row, OUTLAY, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "预付供应商款", "prepayment to a supplier", _ended)


async def drop(session: Session, now: datetime, actor: Actor, row_id: UUID, version: int, note: str) -> Outlay:
    row = await _take(session, row_id, version)
    await acts.move(session, now, actor, row, OUTLAY, "drop", note=note)
    await approvals.void(session, now, actor, KIND, row.id, "预付款申请放弃")
    return row


async def pay(
    session: Session, now: datetime, today: date, actor: Actor, row_id: UUID, version: int, voucher: str
) -> Outlay:
    """The cashier pays exactly what was approved, and keeps the voucher."""
    row = await _take(session, row_id, version)
    acts.require_duty(actor, OUTLAY.roles("approved", "pay"))
    if actor.user_id == row.made_by:
        raise SameHands(("申请预付款", "ask for a prepayment"), ("付款", "pay it"))
    if row.state == "approved" and not await approvals.approved(session, KIND, row.id, _content(row)):
        raise Refused("not_approved", "该预付款未获批准或内容已变。", "Exactly this prepayment has not been approved.")
    sets = {"paid_by": actor.user_id, "paid_on": today, "voucher": voucher}
    await acts.move(session, now, actor, row, OUTLAY, "pay", note=voucher, sets=sets)
    return row


async def uses_of(session: Session, row_id: UUID) -> list[OutlayUse]:
    rows = await session.scalars(
        select(OutlayUse).where(col(OutlayUse.outlay_id) == row_id).order_by(col(OutlayUse.on_day), col(OutlayUse.id))
    )
    return list(rows)


async def balance_of(session: Session, row: Outlay) -> int:
    used = await session.scalar(
        select(func.coalesce(func.sum(col(OutlayUse.amount_fen)), 0)).where(col(OutlayUse.outlay_id) == row.id)
    )
    return rules.balance(row.state in ("paid", "closed"), row.amount_fen, int(used or 0), 0)


async def set_off(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    row_id: UUID,
    version: int,
    *,
    invoice_no: str,
    invoice_fen: int,
    accepted_on: date,
    amount_fen: int,
) -> OutlayUse:
    """The supplier's invoice for what was accepted; what the prepayment does not cover is paid as usual."""
    row = await _take(session, row_id, version)
    acts.require_duty(actor, OUTLAY.roles("paid", "set_off"))
    if accepted_on > today:
        raise BadInput(field="accepted_on", problem_zh="验收日期晚于今天", problem_en="the day is in the future")
    left = await balance_of(session, row)
    if row.state == "paid" and not rules.may_set_off(amount_fen, invoice_fen, left):
        raise Refused(
            "m5-1",
            f"冲抵 {amount_words(amount_fen)} 超过发票 {amount_words(invoice_fen)} 或预付余额 {amount_words(left)}。",
            f"{amount_words(amount_fen)} is more than the invoice ({amount_words(invoice_fen)}) or than what is left "
            f"of the prepayment ({amount_words(left)}).",
            field="amount_fen",
        )
    known = await session.scalar(
        select(col(OutlayUse.id)).where(
            col(OutlayUse.supplier) == row.supplier, col(OutlayUse.invoice_no) == invoice_no.strip()
        )
    )
    if known is not None:
        raise Refused("invoice_used", "该发票已登记过。", "This invoice has been booked already.", field="invoice_no")
    detail = {"amount_fen": amount_fen, "invoice": invoice_no, "rest_fen": invoice_fen - amount_fen}
    await acts.move(session, now, actor, row, OUTLAY, "set_off", detail=detail)
    use = OutlayUse(
        outlay_id=row.id,
        supplier=row.supplier,
        invoice_no=invoice_no.strip(),
        invoice_fen=invoice_fen,
        accepted_on=accepted_on,
        amount_fen=amount_fen,
        on_day=today,
        made_by=actor.user_id,
    )
    session.add(use)
    await session.flush()
    return use


async def money_back(
    session: Session, now: datetime, today: date, actor: Actor, row_id: UUID, version: int, amount_fen: int, note: str
) -> OutlayUse:
    """The supplier returned money that was not used."""
    row = await _take(session, row_id, version)
    acts.require_duty(actor, OUTLAY.roles("paid", "money_back"))
    left = await balance_of(session, row)
    if row.state == "paid" and not 0 < amount_fen <= left:
        raise Refused(
            "m5-1",
            f"退回金额超过预付余额 {amount_words(left)}。",
            f"That is more than what is left of the prepayment ({amount_words(left)}).",
            field="amount_fen",
        )
    await acts.move(session, now, actor, row, OUTLAY, "money_back", note=note, detail={"amount_fen": amount_fen})
    use = OutlayUse(outlay_id=row.id, supplier=row.supplier, amount_fen=amount_fen, on_day=today, made_by=actor.user_id)
    session.add(use)
    await session.flush()
    return use


async def close(session: Session, now: datetime, actor: Actor, row_id: UUID, version: int) -> Outlay:
    """Nothing of it is left with the supplier."""
    row = await _take(session, row_id, version)
    if row.state == "paid" and (left := await balance_of(session, row)):
        raise Refused(
            "balance_left",
            f"预付余额 {amount_words(left)} 尚未核销,不能关闭。",
            f"{amount_words(left)} of it is still with the supplier; it cannot be closed.",
        )
    await acts.move(session, now, actor, row, OUTLAY, "close")
    return row
