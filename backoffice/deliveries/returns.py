"""Goods that come back: asked for, approved, received, inspected, credited (M9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.deliveries import service
from backoffice.deliveries.machines import RETURN
from backoffice.deliveries.models import Delivery, DeliveryLine, ReturnLine, ReturnOrder
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.orders import figures
from backoffice.receivables import invoices
from backoffice.receivables.models import CreditKind, Invoice, InvoiceLine
from backoffice.stock import service as stock
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

ASKERS = frozenset({OfficeRole.SUP, OfficeRole.REP})


async def ask(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    delivery_id: UUID,
    quantities: Mapping[UUID, int],
    reason: str,
) -> ReturnOrder:
    """No more than was accepted of that delivery and is not on its way back already."""
    acts.require_duty(actor, ASKERS)
    delivery = await acts.get(session, Delivery, delivery_id, "delivery", lock=True)
    lines = {
        line.order_line_id: line.accepted or 0
        for line in await session.scalars(select(DeliveryLine).where(col(DeliveryLine.delivery_id) == delivery_id))
    }
    back = await session.execute(
        select(col(ReturnLine.order_line_id), func.sum(col(ReturnLine.quantity)))
        .join(ReturnOrder, col(ReturnOrder.id) == col(ReturnLine.return_id))
        .where(col(ReturnOrder.delivery_id) == delivery_id, col(ReturnOrder.state).not_in(["rejected", "sent_back"]))
        .group_by(col(ReturnLine.order_line_id))
    )
    already = {line_id: int(pieces) for line_id, pieces in back}
    for line_id, quantity in quantities.items():
        left = lines.get(line_id, 0) - already.get(line_id, 0)
        if not 0 < quantity <= left:
            raise BadInput(
                field="lines",
                problem_zh=f"最多可退 {left} 件",
                problem_en=f"at most {left} pieces can come back",
            )
    if not quantities or not reason.strip():
        raise BadInput(field="reason", problem_zh="须写明退货行和原因", problem_en="lines and a reason are needed")
    row = ReturnOrder(
        number=await next_number(session, "RT", today),
        order_id=delivery.order_id,
        customer_id=delivery.customer_id,
        delivery_id=delivery.id,
        reason=reason,
        made_by=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, row, RETURN, note=reason)
    session.add_all(
        ReturnLine(return_id=row.id, order_line_id=line_id, quantity=quantity)
        for line_id, quantity in quantities.items()
    )
    await session.flush()
    return row


async def _take(session: Session, return_id: UUID, version: int) -> ReturnOrder:
    return await acts.take(session, ReturnOrder, return_id, "return_order", version)


async def decide(
    session: Session, now: datetime, actor: Actor, return_id: UUID, version: int, agreed: bool, note: str
) -> ReturnOrder:
    row = await _take(session, return_id, version)
    if actor.user_id == row.made_by:
        raise SameHands(("申请退货", "ask for a return"), ("批准", "approve it"))
    sets = {"approved_by": actor.user_id} if agreed else {}
    await acts.move(session, now, actor, row, RETURN, "approve" if agreed else "reject", note=note, sets=sets)
    return row


async def receive(
    session: Session, now: datetime, today: date, actor: Actor, return_id: UUID, version: int
) -> ReturnOrder:
    row = await _take(session, return_id, version)
    await acts.move(session, now, actor, row, RETURN, "receive", sets={"received_on": today})
    return row


async def lines_of(session: Session, return_id: UUID) -> list[ReturnLine]:
    return list(await session.scalars(select(ReturnLine).where(col(ReturnLine.return_id) == return_id)))


async def inspect(
    session: Session, now: datetime, actor: Actor, return_id: UUID, version: int, good: Mapping[UUID, int]
) -> ReturnOrder:
    """How many of each line are fit to be credited."""
    row = await _take(session, return_id, version)
    lines = await lines_of(session, return_id)
    if {line.order_line_id for line in lines} != set(good) or any(
        not 0 <= good[line.order_line_id] <= line.quantity for line in lines
    ):
        raise BadInput(field="good", problem_zh="每行合格数不正确", problem_en="say for each line how many are good")
    await acts.move(session, now, actor, row, RETURN, "inspect")
    for line in lines:
        line.good = good[line.order_line_id]
    await session.flush()
    return row


async def credit(
    session: Session, now: datetime, today: date, actor: Actor, return_id: UUID, version: int
) -> ReturnOrder:
    """The good pieces at the order's price: a credit note, made by the house and issued by FIN."""
    row = await _take(session, return_id, version)
    acts.require_duty(actor, RETURN.roles("inspected", "credit"))
    prices = {line.line_id: line.price_fen for line in await figures.of_order(session, row.order_id)}
    fen = sum((line.good or 0) * prices[line.order_line_id] for line in await lines_of(session, return_id))
    if fen <= 0:
        raise Refused("nothing_good", "没有可冲账的合格退货。", "Nothing of it is fit to be credited.")
    if row.state == "inspected":
        invoice_id = await session.scalar(
            select(col(Invoice.id))
            .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
            .where(
                col(Invoice.order_id) == row.order_id,
                col(Invoice.state).in_(["issued", "disputed"]),
                col(InvoiceLine.order_line_id).in_(list(prices)),
                col(Invoice.total_fen) >= fen,
            )
            .order_by(col(Invoice.invoice_on))
            .limit(1)
        )
        note = await invoices.make_credit(
            session, now, today, None, row.customer_id, CreditKind.RETURN, fen, row.number, invoice_id
        )
        await invoices.issue_credit(session, now, today, actor, note.id, note.version)
        row.credit_note_id = note.id
    await acts.move(session, now, actor, row, RETURN, "credit", detail={"amount_fen": fen})
    await _into_stock(session, now, today, actor, row)
    return row


async def _into_stock(session: Session, now: datetime, today: date, actor: Actor, row: ReturnOrder) -> None:
    """The good pieces go back into the lots they came from, the last lots of the delivery first."""
    delivery = await acts.get(session, Delivery, row.delivery_id, "delivery")
    good = {line.order_line_id: line.good or 0 for line in await lines_of(session, row.id)}
    back = []
    for sku, lot in await service.lots_of(session, delivery):
        pieces = min(good.get(lot.order_line_id, 0), lot.quantity)
        if pieces:
            good[lot.order_line_id] -= pieces
            back.append((sku, lot.lot, pieces))
    await stock.put_back(session, now, today, actor, delivery.id, back, row.number)


async def send_back(
    session: Session, now: datetime, actor: Actor, return_id: UUID, version: int, note: str
) -> ReturnOrder:
    row = await _take(session, return_id, version)
    await acts.move(session, now, actor, row, RETURN, "send_back", note=note)
    return row
