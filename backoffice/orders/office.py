"""What the back office does with an order: confirms, changes, cancels, closes short (M8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backoffice.accounts import service as accounts
from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.contracts import service as contracts
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused
from backoffice.numbering.service import next_number
from backoffice.orders import checks, figures, replies, rules
from backoffice.orders.models import OrderChange, SalesOrder, SalesOrderLine
from backoffice.orders.rules import ORDER, Finding
from backoffice.orders.states import ChangeKind, ChangeState, OrderSource, PaymentMode
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound

KIND = "order_price"


@dataclass(frozen=True, slots=True)
class NewLine:
    sku: str
    name: str
    quantity: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class NewOrder:
    customer_id: UUID
    lines: Sequence[NewLine]
    payment: PaymentMode
    recipient: str
    phone: str
    address: str
    requested_on: date | None = None
    contract_id: UUID | None = None
    note: str = ""
    source: OrderSource = OrderSource.OFFICE
    mailing_id: UUID | None = None
    """The mailing whose reply slip (or whose reader, on the telephone) brought the order."""


async def make(session: Session, now: datetime, today: date, actor: Actor, new: NewOrder) -> SalesOrder:
    """An order written down in the office (orders taken on the phone start in service.take_phone_order)."""
    acts.require_duty(actor, frozenset({OfficeRole.SUP}))
    await accounts.of(session, new.customer_id)
    fen = sum(line.quantity * line.price_fen for line in new.lines)
    if fen <= 0:
        raise BadInput(field="lines", problem_zh="合计必须大于零", problem_en="the total has to be above zero")
    if new.contract_id is not None:
        await contracts.require_for_order(session, new.contract_id, new.customer_id, today, fen)
    _check_source(new)
    order = SalesOrder(
        number=await next_number(session, "SO", today),
        customer_id=new.customer_id,
        source=new.source.value,
        channel_id=new.mailing_id,
        taken_by=actor.user_id,
        payment=new.payment.value,
        recipient=new.recipient,
        phone=new.phone,
        address=new.address,
        total_fen=fen,
        requested_on=new.requested_on,
        contract_id=new.contract_id,
        note=new.note,
        created_at=now,
    )
    await acts.born(session, now, actor, order, ORDER, detail={"total_fen": fen})
    session.add_all(
        SalesOrderLine(
            order_id=order.id,
            line_no=number,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            price_fen=line.price_fen,
            amount_fen=line.quantity * line.price_fen,
        )
        for number, line in enumerate(new.lines, start=1)
    )
    await session.flush()
    if new.mailing_id is not None:
        await replies.answered(session, new.mailing_id, new.customer_id, today, now)
    return order


def _check_source(new: NewOrder) -> None:
    """An order by reply slip names the mailing it came with; one of the office names none."""
    if new.source is OrderSource.CALL:
        raise BadInput(
            field="source",
            problem_zh="通话中的订单由坐席在通话页面登记",
            problem_en="orders of calls are taken by agents in their calls",
        )
    if new.source is OrderSource.REPLY_SLIP and new.mailing_id is None:
        raise BadInput(
            field="mailing_id",
            problem_zh="回执单订单须注明所属邮寄",
            problem_en="an order by reply slip names the mailing the slip came with",
        )
    if new.source is OrderSource.OFFICE and new.mailing_id is not None:
        raise BadInput(
            field="mailing_id",
            problem_zh="办公室订单不属于任何邮寄",
            problem_en="an order of the office belongs to no mailing",
            mend_zh="请将来源改为“订购回执单”或“来电订购”。",
            mend_en="Say that it came by reply slip or by telephone.",
        )


async def take(session: Session, order_id: UUID, version: int | None) -> SalesOrder:
    """The order with its customer's ledger locked: exposure cannot move while it is judged."""
    seen = await acts.get(session, SalesOrder, order_id, "order")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, SalesOrder, order_id, "order", version)


async def open_value(session: Session, order_id: UUID) -> int:
    """What of the order is neither cancelled nor delivered, in fen."""
    return sum(
        max(0, row.ordered - row.cancelled - row.delivered) * row.price_fen
        for row in await figures.of_order(session, order_id)
    )


async def confirm(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    order_id: UUID,
    version: int,
    promised_on: date | None = None,
) -> list[Finding]:
    """Confirm, or hold: gives the grounds of the hold (empty: confirmed). A hold is an answer, not an error."""
    order = await take(session, order_id, version)
    acts.require_duty(actor, ORDER.roles("submitted", "confirm"))
    if order.state == "submitted":
        blocking = await checks.run(session, now, today, order, "confirm", await open_value(session, order_id))
        if blocking:
            return blocking
    sets = {"confirmed_on": today, "promised_on": promised_on}
    await acts.move(session, now, actor, order, ORDER, "confirm", sets=sets)
    return []


async def release(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    order_id: UUID,
    version: int,
    hold_id: UUID,
    *,
    until: date,
    fen: int | None,
    reason: str,
) -> SalesOrder:
    order = await take(session, order_id, version)
    await checks.release(session, now, today, actor, order, hold_id, until=until, fen=fen, reason=reason)
    return order


async def _line(session: Session, order: SalesOrder, line_id: UUID) -> tuple[SalesOrderLine, Any]:
    line = await session.get(SalesOrderLine, line_id, with_for_update=True, populate_existing=True)
    if line is None or line.order_id != order.id:
        raise NotFound(what_zh="订单行", what_en="order line", id=line_id)
    row = next(found for found in await figures.of_order(session, order.id) if found.line_id == line_id)
    return line, row


async def reduce(
    session: Session,
    now: datetime,
    actor: Actor,
    order_id: UUID,
    version: int,
    line_id: UUID,
    to_quantity: int,
    reason: str,
) -> OrderChange:
    """M8-7: only what is not delivered (nor on its way) can be taken off."""
    order = await take(session, order_id, version)
    line, row = await _line(session, order, line_id)
    if not rules.may_reduce(figures.plain(row), to_quantity):
        raise Refused(
            "m8-7",
            f"数量只能减少到不低于已发货数量 {row.committed}。",
            f"The quantity can only be made smaller, and not below the {row.committed} that are on their way.",
            field="to_quantity",
        )
    change = OrderChange(
        order_id=order.id,
        line_id=line.id,
        kind=ChangeKind.REDUCE.value,
        state=ChangeState.APPLIED.value,
        before=line.quantity - line.cancelled,
        after=to_quantity,
        reason=reason,
        made_by=actor.user_id,
        made_at=now,
    )
    detail = {"line": line.line_no, "before": change.before, "after": to_quantity}
    await acts.move(session, now, actor, order, ORDER, "change", note=reason, detail=detail)
    line.cancelled = line.quantity - to_quantity
    session.add(change)
    await session.flush()
    return change


def _content(change: OrderChange) -> dict[str, Any]:
    return {"line": str(change.line_id), "price_fen": change.after}


async def change_price(
    session: Session,
    now: datetime,
    actor: Actor,
    order_id: UUID,
    version: int,
    line_id: UUID,
    price_fen: int,
    reason: str,
) -> OrderChange:
    """M8-7: another price after confirmation needs a new approval, and only while nothing of the line has left."""
    order = await take(session, order_id, version)
    line, row = await _line(session, order, line_id)
    if row.committed:
        raise Refused("m8-7", "该行已有发货,价格不能再改。", "Part of this line is on its way; its price stays.")
    change = OrderChange(
        order_id=order.id,
        line_id=line.id,
        kind=ChangeKind.PRICE.value,
        state=ChangeState.SUBMITTED.value,
        before=line.price_fen,
        after=price_fen,
        reason=reason,
        made_by=actor.user_id,
        made_at=now,
    )
    detail = {"line": line.line_no, "before": line.price_fen, "after": price_fen}
    await acts.move(session, now, actor, order, ORDER, "change", note=reason, detail=detail)
    session.add(change)
    await session.flush()
    fen = price_fen * (line.quantity - line.cancelled)
    title = f"{order.number} 第{line.line_no}行价格变更"
    await approvals.submit(session, now, actor, Ask(KIND, "price_change", change.id, title, fen, _content(change)))
    return change


async def _price_decided(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    change = await acts.take(session, OrderChange, approval.thing_id, "price_change", None)
    if change.state != ChangeState.SUBMITTED.value:
        return
    order = await take(session, change.order_id, None)
    line, row = await _line(session, order, change.line_id)
    fits = approval.state == "approved" and not row.committed and order.state in ("submitted", "confirmed")
    change.state = (ChangeState.APPLIED if fits else ChangeState.REJECTED).value
    change.version += 1
    if fits:
        line.price_fen, line.amount_fen = change.after, change.after * line.quantity
        await session.flush()
        order.total_fen = sum(r.ordered * r.price_fen for r in await figures.of_order(session, order.id))
    detail = {"line": line.line_no, "price_fen": line.price_fen, "approval": str(approval.id)}
    act = "price_changed" if fits else "price_kept"
    await acts.write(session, now, None, order, "order", act, detail=detail)


outcomes.register(KIND, "订单价格变更", "price change of an order", _price_decided)


async def cancel(
    session: Session, now: datetime, actor: Actor, order_id: UUID, version: int, reason: str
) -> SalesOrder:
    """Nothing delivered and nothing on its way: a delivery is cancelled first (SUP before picking, SM after)."""
    order = await take(session, order_id, version)
    if not reason.strip():
        raise BadInput(field="note", problem_zh="须写明取消原因", problem_en="a cancellation needs a reason")
    if any(row.committed for row in await figures.of_order(session, order_id)):
        raise Refused(
            "on_its_way",
            "已有发货单在办理或已发货,不能取消订单;请先取消发货单,或短交关闭。",
            "A delivery is under way or has left; cancel that first, or close the order short.",
        )
    await acts.move(session, now, actor, order, ORDER, "cancel", note=reason, sets={"cancel_reason": reason})
    return order


async def close_short(
    session: Session, now: datetime, actor: Actor, order_id: UUID, version: int, reason: str
) -> SalesOrder:
    """M9-2: the rest is not delivered any more, which frees its part of the exposure."""
    order = await take(session, order_id, version)
    rows = await figures.of_order(session, order_id)
    if any(row.committed > row.delivered for row in rows):
        raise Refused("on_its_way", "还有未发出的发货单。", "A delivery has not left yet; cancel it first.")
    if not any(row.delivered for row in rows):
        raise Refused("nothing_delivered", "尚未发货,请取消订单。", "Nothing was delivered; cancel the order instead.")
    freed = await open_value(session, order_id)
    await acts.move(session, now, actor, order, ORDER, "close_short", note=reason, detail={"freed_fen": freed})
    for row in rows:
        line = await session.get(SalesOrderLine, row.line_id)
        if line is not None:
            line.cancelled = max(line.cancelled, line.quantity - row.delivered)
    await session.flush()
    return order
