"""Orders taken on the phone: numbered without gaps, priced once, at most one a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from backoffice.kit.duties import Actor
from backoffice.orders.models import OrderSource, PaymentMode, SalesOrder, SalesOrderLine
from backoffice.orders.rules import ORDER
from backoffice.timeline import acts
from callcenter.calls.models import Call
from callcenter.kit.db import Session, zone_of
from callcenter.kit.errors import BadInput, Conflict, NotFound
from callcenter.kit.money import MAX_FEN
from crm_sync.customers.models import Customer

MAX_QUANTITY = 9999


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """One line as it was ordered, at the price that was offered."""

    sku: str
    name: str
    price_fen: int
    quantity: int


async def take_phone_order(
    session: Session,
    *,
    call: Call,
    customer: Customer,
    lines: Sequence[OrderedItem],
    recipient: str,
    address: str,
    payment: PaymentMode | str,
    note: str,
    by: UUID | None,
    now: datetime,
) -> SalesOrder:
    """The order of a call. Asked again for the same call with the same content, it answers the same order.

    Raises:
        BadInput: no lines, an impossible quantity or price, no recipient or address.
        Conflict: the call has another order already.
    """
    _check(lines, recipient, address)
    before = await of_call(session, call.id)
    if before is not None:
        return await _same_or_conflict(session, before, lines, recipient.strip(), address.strip(), payment)
    order = SalesOrder(
        number=await _next_number(session, now),
        customer_id=customer.id,
        source=OrderSource.CALL.value,
        call_id=call.id,
        channel_id=call.queue_id,
        taken_by=by,
        payment=PaymentMode(payment).value,
        recipient=recipient.strip(),
        phone=customer.phone,
        address=address.strip(),
        total_fen=sum(line.price_fen * line.quantity for line in lines),
        note=note.strip(),
        created_at=now,
    )
    # Whoever takes an order on the phone holds no duty of the back office: the act is theirs all the same.
    agent = Actor(by, "", frozenset()) if by is not None else None
    await acts.born(session, now, agent, order, ORDER, act="taken", detail={"total_fen": order.total_fen})
    for line_no, line in enumerate(lines, start=1):
        session.add(
            SalesOrderLine(
                order_id=order.id,
                line_no=line_no,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                price_fen=line.price_fen,
                amount_fen=line.price_fen * line.quantity,
            )
        )
    await session.flush()
    return order


def _check(lines: Sequence[OrderedItem], recipient: str, address: str) -> None:
    if not lines:
        raise BadInput(
            field="order.lines",
            problem_zh="订单没有商品",
            problem_en="the order has no items",
            mend_zh="请至少选择一件商品。",
            mend_en="Choose at least one item.",
        )
    for line in lines:
        if not 1 <= line.quantity <= MAX_QUANTITY:
            raise BadInput(
                field="order.lines.quantity",
                problem_zh=f"{line.name} 的数量 {line.quantity} 不在 1 到 {MAX_QUANTITY} 之间",
                problem_en=f"the quantity {line.quantity} of {line.name} is not between 1 and {MAX_QUANTITY}",
            )
        if line.price_fen <= 0:
            raise BadInput(
                field="order.lines.price_fen",
                problem_zh=f"{line.name} 没有单价",
                problem_en=f"{line.name} has no price",
            )
    if sum(line.price_fen * line.quantity for line in lines) > MAX_FEN:
        raise BadInput(field="order.lines", problem_zh="订单金额过大", problem_en="the total is too large")
    for field, value, zh, en in (
        ("recipient", recipient, "收件人", "recipient"),
        ("address", address, "地址", "address"),
    ):
        if not value.strip():
            raise BadInput(field=f"order.{field}", problem_zh=f"未填写{zh}", problem_en=f"the {en} is missing")


async def _next_number(session: Session, now: datetime) -> str:
    """`SO-20260309-000123`, by the company's date.

    The day's row stays locked until the commit: no gap, never the same number twice.
    """
    day = now.astimezone(zone_of(session)).date()
    last: int = (
        await session.execute(
            text(
                "INSERT INTO sales_order_number_days AS d (day, last) VALUES (:day, 1)"
                " ON CONFLICT (day) DO UPDATE SET last = d.last + 1 RETURNING last"
            ),
            {"day": day},
        )
    ).scalar_one()
    return f"SO-{day:%Y%m%d}-{last:06d}"


async def _same_or_conflict(
    session: Session,
    before: SalesOrder,
    lines: Sequence[OrderedItem],
    recipient: str,
    address: str,
    payment: PaymentMode | str,
) -> SalesOrder:
    known = [OrderedItem(row.sku, row.name, row.price_fen, row.quantity) for row in await lines_of(session, before.id)]
    same = known == list(lines) and (before.recipient, before.address, before.payment) == (
        recipient,
        address,
        PaymentMode(payment).value,
    )
    if same:
        return before
    raise Conflict(
        code="order_exists",
        why_zh=f"该通话已有订单 {before.number}。",
        why_en=f"This call already has the order {before.number}.",
    )


async def of_call(session: Session, call_id: UUID) -> SalesOrder | None:
    return (await session.execute(select(SalesOrder).where(SalesOrder.call_id == call_id))).scalar_one_or_none()


async def get(session: Session, order_id: UUID) -> SalesOrder:
    row = await session.get(SalesOrder, order_id)
    if row is None:
        raise NotFound(what_zh="订单", what_en="order", id=order_id)
    return row


async def lines_of(session: Session, order_id: UUID) -> Sequence[SalesOrderLine]:
    statement = select(SalesOrderLine).where(SalesOrderLine.order_id == order_id).order_by(col(SalesOrderLine.line_no))
    return (await session.execute(statement)).scalars().all()


async def totals_by_channel(
    session: Session, channel_ids: Sequence[UUID], *, since: datetime
) -> dict[UUID, tuple[int, int]]:
    """(orders, fen) by channel of the orders taken on calls since `since`, without cancelled ones."""
    rows = await session.execute(
        text(
            "SELECT channel_id, count(*) AS orders, sum(total_fen) AS fen FROM sales_orders"
            " WHERE channel_id = ANY(CAST(:channels AS uuid[])) AND created_at >= :since AND source = 'call'"
            " AND state <> 'cancelled' GROUP BY channel_id"
        ),
        {"channels": list(channel_ids), "since": since},
    )
    return {row.channel_id: (row.orders, int(row.fen)) for row in rows}
