"""Money in: recorded by the cashier, confirmed by finance, bounced by the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.advances import rules as advances
from backoffice.advances.rules import AdvancePolicy
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.orders.models import SalesOrder
from backoffice.policies import service as policies
from backoffice.receivables import allocations
from backoffice.receivables.machines import RECEIPT
from backoffice.receivables.models import Purpose, Receipt, ReceiptMethod
from backoffice.receivables.repository import refunded
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

RECORDERS = frozenset({OfficeRole.CASH})


@dataclass(frozen=True, slots=True)
class Money:
    customer_id: UUID
    amount_fen: int
    received_on: date
    method: ReceiptMethod
    payer_name: str
    purpose: Purpose = Purpose.PAYMENT
    order_id: UUID | None = None
    note_due_on: date | None = None
    bank_reference: str = ""


async def record(session: Session, now: datetime, today: date, actor: Actor, money: Money) -> Receipt:
    """The cashier writes down what came in. It counts for nothing until finance confirms it."""
    acts.require_duty(actor, RECORDERS)
    await accounts.of(session, money.customer_id)
    if money.received_on > today:
        raise BadInput(field="received_on", problem_zh="收款日期晚于今天", problem_en="the day is in the future")
    if (money.method is ReceiptMethod.BANK_ACCEPTANCE) != (money.note_due_on is not None):
        raise BadInput(
            field="note_due_on",
            problem_zh="银行承兑汇票须填到期日,其他方式不填",
            problem_en="a bank acceptance draft has a maturity, other money has none",
        )
    if money.purpose is Purpose.DEPOSIT:
        await _check_deposit(session, money)
    receipt = Receipt(
        number=await next_number(session, "RC", today),
        customer_id=money.customer_id,
        order_id=money.order_id,
        purpose=money.purpose.value,
        received_on=money.received_on,
        reported_on=today,
        amount_fen=money.amount_fen,
        method=money.method.value,
        note_due_on=money.note_due_on,
        payer_name=money.payer_name.strip(),
        bank_reference=money.bank_reference,
        recorded_by=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, receipt, RECEIPT, act="recorded", detail={"amount_fen": money.amount_fen})
    return receipt


async def _check_deposit(session: Session, money: Money) -> None:
    """M5-5: a 定金 belongs to an order and is at most a share of its price; what is above is another thing in law."""
    order = await session.get(SalesOrder, money.order_id) if money.order_id else None
    if order is None or order.customer_id != money.customer_id:
        raise BadInput(
            field="order_id",
            problem_zh="定金须注明该客户的订单",
            problem_en="a deposit names the order of this customer that it secures",
        )
    policy = await policies.load(session, AdvancePolicy)
    already = await session.scalar(
        select(func.coalesce(func.sum(col(Receipt.amount_fen)), 0)).where(
            col(Receipt.order_id) == order.id,
            col(Receipt.purpose) == Purpose.DEPOSIT.value,
            col(Receipt.state).in_(["recorded", "confirmed"]),
        )
    )
    percent = policy.deposit_cap_percent
    if not advances.deposit_within_cap(int(already or 0) + money.amount_fen, order.total_fen, percent):
        most = order.total_fen * percent // 100 - int(already or 0)
        raise Refused(
            "m5-5",
            f"定金不得超过价款的 {percent}%,该订单还可收定金 {amount_words(max(0, most))};超过部分请登记为预付款。",
            f"A deposit is at most {percent} % of the price: {amount_words(max(0, most))} more for this order. Record "
            "what is above as a prepayment.",
            field="amount_fen",
        )


async def take(session: Session, receipt_id: UUID, version: int | None) -> Receipt:
    seen = await acts.get(session, Receipt, receipt_id, "receipt")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, Receipt, receipt_id, "receipt", version)


async def confirm(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    receipt_id: UUID,
    version: int,
    *,
    accept_payer: str = "",
    note: str = "",
) -> Receipt:
    """Finance sees the money in the bank. Another payer than the invoiced party needs its reason (M4-9)."""
    receipt = await take(session, receipt_id, version)
    if actor.user_id == receipt.recorded_by:
        raise SameHands(("登记收款", "record a receipt"), ("确认收款", "confirm it"))
    account = await accounts.of(session, receipt.customer_id)
    if receipt.state == "recorded" and receipt.payer_name != account.legal_name and not accept_payer.strip():
        raise Refused(
            "m4-9",
            f"付款人“{receipt.payer_name}”与开票单位“{account.legal_name}”不一致,须由财务写明同意的理由。",
            f"The payer '{receipt.payer_name}' is not the invoiced party '{account.legal_name}'; finance has to say "
            "why it accepts the money.",
            field="accept_payer",
        )
    sets = {"confirmed_by": actor.user_id, "confirmed_on": today, "payer_accepted": accept_payer.strip()}
    await acts.move(session, now, actor, receipt, RECEIPT, "confirm", note=note, sets=sets)
    return receipt


async def cancel(session: Session, now: datetime, actor: Actor, receipt_id: UUID, version: int, note: str) -> Receipt:
    """Recorded by mistake. Confirmed money is not cancelled: it bounces or is refunded."""
    receipt = await take(session, receipt_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明取消原因", problem_en="a cancellation needs a reason")
    await acts.move(session, now, actor, receipt, RECEIPT, "cancel", note=note)
    return receipt


async def bounce(
    session: Session, now: datetime, today: date, actor: Actor, receipt_id: UUID, version: int, note: str
) -> Receipt:
    """The note was dishonoured: its allocations are undone and the invoices ask again, with their old dates."""
    receipt = await take(session, receipt_id, version)
    acts.require_duty(actor, RECEIPT.roles("confirmed", "bounce"))
    if await refunded(session, receipt.id):
        raise Refused(
            "refunded_money",
            "该款已部分退还,不能作退票处理;请先追回退款。",
            "Part of this money was paid back; get that back before it is marked as bounced.",
        )
    if receipt.state == "confirmed":
        await allocations.release(session, now, today, actor, receipt=receipt, reason=f"退票:{note or '银行拒付'}")
    await acts.move(session, now, actor, receipt, RECEIPT, "bounce", note=note, sets={"bounced_on": today})
    return receipt
