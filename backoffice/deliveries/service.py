"""A delivery from the request to the signature, and the invoice that follows it (M9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.deliveries import rules
from backoffice.deliveries.machines import CLAIM, DELIVERY
from backoffice.deliveries.models import CarrierClaim, Delivery, DeliveryLine, DeliveryLot
from backoffice.deliveries.rules import DeliveryPolicy, Rest
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.orders import checks, figures, office
from backoffice.orders.models import SalesOrder, SalesOrderLine
from backoffice.orders.rules import Finding
from backoffice.orders.states import PaymentMode
from backoffice.policies import service as policies
from backoffice.receivables import invoices
from backoffice.receivables.invoices import Bill, Line
from backoffice.receivables.models import Invoice, Receipt
from backoffice.stock import service as stock
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

ASKERS = frozenset({OfficeRole.SUP})


@dataclass(frozen=True, slots=True)
class Request:
    """What is to leave. `rest`: for customers who want to be asked, what becomes of the rest (back_order, cancel)."""

    order_id: UUID
    quantities: Mapping[UUID, int]
    wanted_on: date
    rest: Rest | None = None
    region: str = ""


async def make(session: Session, now: datetime, today: date, actor: Actor, request: Request) -> Delivery:
    """SUP asks for a delivery of a confirmed order. Raises Refused m9-1, m9-2."""
    acts.require_duty(actor, ASKERS)
    order = await office.take(session, request.order_id, None)
    if order.state != "confirmed":
        raise Refused(
            "not_confirmed", "订单未确认,不能申请发货。", "The order is not confirmed; nothing can be shipped."
        )
    policy = await policies.load(session, DeliveryPolicy)
    account = await accounts.of(session, order.customer_id)
    rows = {row.line_id: row for row in await figures.of_order(session, order.id)}
    if not request.quantities or set(request.quantities) - set(rows):
        raise BadInput(field="lines", problem_zh="没有该订单的行", problem_en="there are no such lines in the order")
    for line_id, quantity in request.quantities.items():
        row = rows[line_id]
        if not rules.may_ship(row.committed, quantity, row.ordered - row.cancelled, policy.allowance_percent):
            raise Refused(
                "m9-1",
                f"{row.name}:已发 {row.committed},再发 {quantity} 超过订货 {row.ordered - row.cancelled}。",
                f"{row.name}: {row.committed} are on their way; {quantity} more pass the {row.ordered - row.cancelled} "
                "ordered.",
                field="lines",
            )
    rest = _rest(account.partial_policy, request, rows)
    wanted = {line_id: (rows[line_id].sku, rows[line_id].name, n) for line_id, n in request.quantities.items()}
    await stock.require_share(session, wanted)
    delivery = Delivery(
        number=await next_number(session, "DN", today),
        order_id=order.id,
        customer_id=order.customer_id,
        wanted_on=request.wanted_on,
        recipient=order.recipient,
        address=order.address,
        region=request.region or account.region,
        made_by=actor.user_id,
        made_at=now,
    )
    detail = {"order": order.number, "rest": rest.value}
    await acts.born(session, now, actor, delivery, DELIVERY, detail=detail)
    session.add_all(
        DeliveryLine(delivery_id=delivery.id, order_line_id=line_id, quantity=quantity)
        for line_id, quantity in sorted(request.quantities.items(), key=lambda item: rows[item[0]].line_no)
    )
    await session.flush()
    if rest is Rest.CANCEL:
        await _cancel_rest(session, order.id)
    await acts.write(session, now, actor, order, "order", "delivery_requested", detail={"delivery": delivery.number})
    return delivery


def _rest(policy: str, request: Request, rows: Mapping[UUID, object]) -> Rest:
    """M9-2 over all lines of the order: the strictest answer counts."""
    found = set()
    for line_id, row in rows.items():
        open_now = figures.plain(row).open
        if open_now:
            found.add(rules.rest_of(policy, open_now, request.quantities.get(line_id, 0)))
    found.discard(Rest.NOTHING)
    if not found:
        return Rest.NOTHING
    rest = found.pop()
    if rest is Rest.REFUSE:
        raise Refused(
            "m9-2",
            "该客户要求整单发货,不能部分发货。",
            "This customer takes complete orders only; nothing leaves in part.",
        )
    if rest is Rest.ASK:
        if request.rest not in (Rest.BACK_ORDER, Rest.CANCEL):
            raise Refused(
                "m9-2",
                "部分发货前须询问客户:余数欠货(back_order)还是取消(cancel)。",
                "Ask the customer before shipping in part: back-order the rest (back_order) or cancel it (cancel).",
                field="rest",
            )
        return request.rest
    return rest


async def _cancel_rest(session: Session, order_id: UUID) -> None:
    for row in await figures.of_order(session, order_id):
        line = await session.get(SalesOrderLine, row.line_id)
        if line is not None:
            line.cancelled = max(line.cancelled, line.quantity - row.committed)
    await session.flush()


async def take(session: Session, delivery_id: UUID, version: int | None) -> Delivery:
    seen = await acts.get(session, Delivery, delivery_id, "delivery")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, Delivery, delivery_id, "delivery", version)


async def lines_of(session: Session, delivery_id: UUID) -> list[DeliveryLine]:
    rows = await session.scalars(
        select(DeliveryLine)
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(DeliveryLine.order_line_id))
        .where(col(DeliveryLine.delivery_id) == delivery_id)
        .order_by(col(SalesOrderLine.line_no))
    )
    return list(rows)


async def _value(session: Session, delivery: Delivery) -> int:
    prices = {row.line_id: row.price_fen for row in await figures.of_order(session, delivery.order_id)}
    return sum(line.quantity * prices[line.order_line_id] for line in await lines_of(session, delivery.id))


async def approve(
    session: Session, now: datetime, actor: Actor, delivery_id: UUID, version: int, note: str = ""
) -> Delivery:
    delivery = await take(session, delivery_id, version)
    if actor.user_id == delivery.made_by:
        raise SameHands(("申请发货", "ask for a delivery"), ("批准", "approve it"))
    await acts.move(session, now, actor, delivery, DELIVERY, "approve", note=note, sets={"approved_by": actor.user_id})
    return delivery


async def reject(session: Session, now: datetime, actor: Actor, delivery_id: UUID, version: int, note: str) -> Delivery:
    """By SM before, by FIN at the clearance; always with a reason."""
    delivery = await take(session, delivery_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明退回原因", problem_en="a refusal needs a reason")
    command = "reject" if delivery.state == "draft" else "refuse_clearance"
    await acts.move(session, now, actor, delivery, DELIVERY, command, note=note, sets={"reason": note})
    return delivery


async def _check_hands(session: Session, actor: Actor, delivery: Delivery) -> None:
    """M9-5, and 不相容职务: who recorded this order's money does not release its goods."""
    if actor.user_id in (delivery.made_by, delivery.approved_by):
        raise SameHands(("申请或批准发货", "ask for or approve a delivery"), ("财务放行", "clear it"))
    recorded = await session.scalar(
        select(col(Receipt.id))
        .where(col(Receipt.order_id) == delivery.order_id, col(Receipt.recorded_by) == actor.user_id)
        .limit(1)
    )
    if recorded is not None:
        raise SameHands(("登记该订单的收款", "record the order's money"), ("财务放行", "clear its goods"))


async def clear(
    session: Session, now: datetime, today: date, actor: Actor, delivery_id: UUID, version: int, note: str = ""
) -> list[Finding]:
    """FIN lets it leave: the order's check is made again, for what leaves now (M8-2, M5-4).

    Gives the grounds that stand in the way; empty: cleared. They become holds of the order, to be released.
    """
    delivery = await take(session, delivery_id, version)
    acts.require_duty(actor, DELIVERY.roles("approved", "clear"))
    await _check_hands(session, actor, delivery)
    if delivery.state == "approved":
        order = await acts.get(session, SalesOrder, delivery.order_id, "order", lock=True)
        blocking = await checks.run(session, now, today, order, "ship", await _ship_value(session, order, delivery))
        if blocking:
            return blocking
    sets = {"cleared_by": actor.user_id, "cleared_on": today}
    await acts.move(session, now, actor, delivery, DELIVERY, "clear", note=note, sets=sets)
    return []


async def _ship_value(session: Session, order: SalesOrder, delivery: Delivery) -> int:
    """What is asked about: against money, what leaves now and what is cleared already; on credit, all that is open."""
    account = await accounts.of(session, order.customer_id)
    if not account.cash_only and order.payment != "prepaid":
        return await office.open_value(session, order.id)
    waiting = await session.scalars(
        select(Delivery).where(
            col(Delivery.order_id) == order.id,
            col(Delivery.state).in_(["finance_cleared", "picking"]),
            col(Delivery.id) != delivery.id,
        )
    )
    return await _value(session, delivery) + sum([await _value(session, other) for other in waiting.all()])


async def pick(session: Session, now: datetime, actor: Actor, delivery_id: UUID, version: int) -> Delivery:
    delivery = await take(session, delivery_id, version)
    acts.require_duty(actor, DELIVERY.roles("finance_cleared", "pick"))
    if not rules.three_hands(delivery.made_by, delivery.cleared_by, actor.user_id):
        raise SameHands(("申请或放行", "ask for or clear a delivery"), ("配货", "pick it"))
    await acts.move(session, now, actor, delivery, DELIVERY, "pick", sets={"picked_by": actor.user_id})
    return delivery


@dataclass(frozen=True, slots=True)
class Lot:
    order_line_id: UUID
    lot: str
    quantity: int


async def ship(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    delivery_id: UUID,
    version: int,
    *,
    carrier: str,
    waybill: str,
    lots: Sequence[Lot],
) -> Delivery:
    """It leaves. Each piece has its lot (M9-6); a clearance of another day is checked once more (M8-2)."""
    delivery = await take(session, delivery_id, version)
    lines = await lines_of(session, delivery.id)
    by_line: dict[UUID, int] = {}
    for lot in lots:
        by_line[lot.order_line_id] = by_line.get(lot.order_line_id, 0) + lot.quantity
    if by_line != {line.order_line_id: line.quantity for line in lines}:
        raise BadInput(
            field="lots",
            problem_zh="批号数量与发货数量不一致",
            problem_en="the lots do not add up to what is shipped",
        )
    if delivery.state == "picking" and delivery.cleared_on != today:
        order = await acts.get(session, SalesOrder, delivery.order_id, "order", lock=True)
        blocking = await checks.run(session, now, today, order, "ship", await _ship_value(session, order, delivery))
        if blocking:
            raise checks.refuse(blocking)
    sets = {"shipped_on": today, "carrier": carrier, "waybill": waybill}
    await acts.move(session, now, actor, delivery, DELIVERY, "ship", note=waybill, sets=sets)
    skus = {row.line_id: row.sku for row in await figures.of_order(session, delivery.order_id)}
    leaving = [(skus[lot.order_line_id], lot.lot, lot.quantity) for lot in lots]
    await stock.take_out(session, now, today, actor, delivery.id, leaving)
    session.add_all(
        DeliveryLot(
            delivery_id=delivery.id,
            order_line_id=lot.order_line_id,
            lot=lot.lot,
            quantity=lot.quantity,
            region=delivery.region,
        )
        for lot in lots
    )
    await session.flush()
    return delivery


@dataclass(frozen=True, slots=True)
class Accepted:
    order_line_id: UUID
    accepted: int
    damaged: int = 0
    short: int = 0


async def sign(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    delivery_id: UUID,
    version: int,
    *,
    signer: str,
    lines: Sequence[Accepted],
) -> tuple[Delivery, Invoice | None, CarrierClaim | None]:
    """The customer signed. What was accepted is billed at once (a draft); a difference opens a claim (M9-4)."""
    delivery = await take(session, delivery_id, version)
    known = {line.order_line_id: line for line in await lines_of(session, delivery.id)}
    said = {line.order_line_id: line for line in lines}
    if set(said) != set(known) or any(
        min(s.accepted, s.damaged, s.short) < 0 or s.accepted + s.damaged + s.short != known[k].quantity
        for k, s in said.items()
    ):
        raise BadInput(
            field="lines",
            problem_zh="每行签收、破损、短少之和须等于发货数量",
            problem_en="accepted, damaged and short have to add up to what was shipped, on every line",
        )
    differs = any(s.damaged or s.short for s in said.values())
    sets = {"signed_on": today, "signer": signer}
    command = "sign_with_difference" if differs else "sign"
    await acts.move(session, now, actor, delivery, DELIVERY, command, note=signer, sets=sets)
    for line_id, s in said.items():
        known[line_id].accepted, known[line_id].damaged, known[line_id].short = s.accepted, s.damaged, s.short
    await session.flush()
    claim = await _claim(session, now, today, actor, delivery, list(said.values())) if differs else None
    return delivery, await _bill(session, now, today, delivery, list(said.values())), claim


async def _claim(
    session: Session, now: datetime, today: date, actor: Actor, delivery: Delivery, lines: Sequence[Accepted]
) -> CarrierClaim:
    prices = {row.line_id: row.price_fen for row in await figures.of_order(session, delivery.order_id)}
    claim = CarrierClaim(
        number=await next_number(session, "CC", today),
        delivery_id=delivery.id,
        damaged=sum(line.damaged for line in lines),
        short=sum(line.short for line in lines),
        amount_fen=max(1, sum((line.damaged + line.short) * prices[line.order_line_id] for line in lines)),
        opened_on=today,
    )
    await acts.born(session, now, actor, claim, CLAIM, detail={"delivery": delivery.number})
    return claim


async def _bill(
    session: Session, now: datetime, today: date, delivery: Delivery, lines: Sequence[Accepted]
) -> Invoice | None:
    rows = {row.line_id: row for row in await figures.of_order(session, delivery.order_id)}
    parts = [
        Line(rows[s.order_line_id].name, s.accepted, rows[s.order_line_id].price_fen, s.order_line_id)
        for s in lines
        if rules.billable(0, s.accepted) > 0
    ]
    if not any(part.price_fen for part in parts):
        return None
    total = sum(part.quantity * part.price_fen for part in parts)
    dues = await _dues(session, today, delivery.order_id, total)
    bill = Bill(delivery.customer_id, parts, today, today, delivery.order_id, dues, note=delivery.number)
    return await invoices.make(session, now, None, bill)


async def _dues(session: Session, today: date, order_id: UUID, total: int) -> list[tuple[date, int]]:
    """What the carrier collects at the door is due when the carrier hands it over; the rest, at the account's terms."""
    order = await acts.get(session, SalesOrder, order_id, "order")
    if order.payment != PaymentMode.CASH_ON_DELIVERY.value:
        return []
    policy = await policies.load(session, DeliveryPolicy)
    return [(today + timedelta(days=policy.collected_days), total)]


async def refused(
    session: Session, now: datetime, actor: Actor, delivery_id: UUID, version: int, note: str
) -> Delivery:
    delivery = await take(session, delivery_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明拒收原因", problem_en="say why it was refused")
    await acts.move(session, now, actor, delivery, DELIVERY, "customer_refused", note=note, sets={"reason": note})
    return delivery


async def plain_move(
    session: Session, now: datetime, actor: Actor, delivery_id: UUID, version: int, command: str, note: str = ""
) -> Delivery:
    """`cancel`, `close`: commands that only move."""
    delivery = await take(session, delivery_id, version)
    if command == "cancel" and not note.strip():
        raise BadInput(field="note", problem_zh="须写明取消原因", problem_en="a cancellation needs a reason")
    await acts.move(session, now, actor, delivery, DELIVERY, command, note=note)
    return delivery


async def take_back(
    session: Session, now: datetime, today: date, actor: Actor, delivery_id: UUID, version: int, note: str = ""
) -> Delivery:
    """Refused goods are in the warehouse again, lot by lot."""
    delivery = await take(session, delivery_id, version)
    await acts.move(session, now, actor, delivery, DELIVERY, "take_back", note=note)
    back = [(sku, lot.lot, lot.quantity) for sku, lot in await lots_of(session, delivery)]
    await stock.put_back(session, now, today, actor, delivery.id, back, delivery.number)
    return delivery


async def lots_of(session: Session, delivery: Delivery) -> list[tuple[str, DeliveryLot]]:
    """Which lots went out with it, each with its article."""
    rows = await session.execute(
        select(col(SalesOrderLine.sku), DeliveryLot)
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(DeliveryLot.order_line_id))
        .where(col(DeliveryLot.delivery_id) == delivery.id)
        .order_by(col(SalesOrderLine.line_no), col(DeliveryLot.lot))
    )
    return [(sku, lot) for sku, lot in rows]


async def settle_claim(
    session: Session, now: datetime, actor: Actor, claim_id: UUID, version: int, settled_fen: int, note: str
) -> CarrierClaim:
    """The carrier pays `settled_fen`."""
    claim = await acts.take(session, CarrierClaim, claim_id, "carrier_claim", version)
    await acts.move(session, now, actor, claim, CLAIM, "settle", note=note, sets={"settled_fen": settled_fen})
    return claim


async def drop_claim(
    session: Session, now: datetime, actor: Actor, claim_id: UUID, version: int, note: str
) -> CarrierClaim:
    """Given up: the carrier pays nothing, and somebody says why."""
    claim = await acts.take(session, CarrierClaim, claim_id, "carrier_claim", version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明放弃原因", problem_en="say why the claim is given up")
    await acts.move(session, now, actor, claim, CLAIM, "drop", note=note, sets={"settled_fen": 0})
    return claim
