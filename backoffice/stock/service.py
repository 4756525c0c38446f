"""Booking moves, sharing out what is scarce, taking out what leaves (M9-3, first in first out)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.deliveries.machines import GONE
from backoffice.deliveries.models import Delivery, DeliveryLine
from backoffice.deliveries.rules import Wanting, share_out
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused
from backoffice.orders import figures
from backoffice.orders.models import SalesOrder, SalesOrderLine
from backoffice.stock.models import StockArticle, StockMove
from backoffice.stock.rules import MoveKind
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

BOOKERS = frozenset({OfficeRole.WH})


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), Integer)


def on_hand() -> Select[Any]:
    """Per article: pieces that are there."""
    return select(col(StockMove.sku).label("sku"), _sum(col(StockMove.quantity)).label("on_hand")).group_by(
        col(StockMove.sku)
    )


def committed() -> Select[Any]:
    """Per article: pieces in deliveries that are asked for and have not left."""
    return (
        select(col(SalesOrderLine.sku).label("sku"), _sum(col(DeliveryLine.quantity)).label("committed"))
        .join(Delivery, col(Delivery.id) == col(DeliveryLine.delivery_id))
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(DeliveryLine.order_line_id))
        .where(col(Delivery.shipped_on).is_(None), col(Delivery.state).not_in([state.value for state in GONE]))
        .group_by(col(SalesOrderLine.sku))
    )


def wanted() -> Select[Any]:
    """Each line of a confirmed order with pieces still to be asked for."""
    line = figures.lines().subquery("l")
    rest = line.c.ordered - line.c.cancelled - line.c.committed
    return (
        select(
            line.c.line_id,
            line.c.sku,
            line.c.order_id,
            rest.label("rest"),
            col(SalesOrder.number).label("number"),
            col(SalesOrder.confirmed_on).label("confirmed_on"),
            col(SalesOrder.created_at).label("created_at"),
            col(CustomerAccount.grade).label("grade"),
            func.coalesce(col(CustomerAccount.legal_name), col(SalesOrder.recipient)).label("customer"),
        )
        .join(SalesOrder, col(SalesOrder.id) == line.c.order_id)
        .outerjoin(CustomerAccount, col(CustomerAccount.id) == col(SalesOrder.customer_id))
        .where(col(SalesOrder.state) == "confirmed", rest > 0)
    )


async def _locked(session: Session, skus: Iterable[str]) -> list[str]:
    """The watched ones of these articles, locked in one order so that nobody waits in a circle."""
    rows = await session.scalars(
        select(col(StockArticle.sku))
        .where(col(StockArticle.sku).in_(sorted(set(skus))))
        .order_by(col(StockArticle.sku))
        .with_for_update()
    )
    return list(rows)


async def book(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    *,
    sku: str,
    name: str,
    lot: str,
    kind: MoveKind,
    quantity: int,
    note: str = "",
) -> StockMove:
    """WH books what came in or what a count found. Goods leave by deliveries, and only so."""
    acts.require_duty(actor, BOOKERS)
    if kind in (MoveKind.SHIPPED, MoveKind.RETURNED):
        raise BadInput(
            field="kind",
            problem_zh="出库与退货入库由发货单和退货单登记",
            problem_en="what leaves and what comes back is booked by deliveries and returns",
        )
    if quantity == 0 or (kind is not MoveKind.COUNTED and quantity < 0):
        raise BadInput(field="quantity", problem_zh="数量不正确", problem_en="this is no quantity")
    if kind is MoveKind.COUNTED and not note.strip():
        raise BadInput(field="note", problem_zh="盘点差异须写明原因", problem_en="a difference needs its reason")
    article = insert(StockArticle).values(sku=sku, name=name)
    await session.execute(article.on_conflict_do_update(index_elements=["sku"], set_={"name": name}))
    await _locked(session, [sku])
    if quantity < 0 and (there := dict(await lots(session, sku)).get(lot, 0)) + quantity < 0:
        raise Refused(
            "below_nothing",
            f"批号 {lot} 只有 {there} 件。",
            f"There are only {there} pieces of lot {lot}.",
            field="quantity",
        )
    return await _move(session, now, today, actor, sku, lot, kind, quantity, note=note)


async def _move(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor | None,
    sku: str,
    lot: str,
    kind: MoveKind,
    quantity: int,
    *,
    delivery_id: UUID | None = None,
    note: str = "",
) -> StockMove:
    row = StockMove(
        sku=sku,
        lot=lot,
        kind=kind.value,
        quantity=quantity,
        moved_on=today,
        delivery_id=delivery_id,
        note=note,
        made_by=actor.user_id if actor else None,
        made_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def lots(session: Session, sku: str) -> list[tuple[str, int]]:
    """Lots with their pieces, the one that came first before the others (先进先出)."""
    rows = await session.execute(
        select(col(StockMove.lot), _sum(col(StockMove.quantity)))
        .where(col(StockMove.sku) == sku)
        .group_by(col(StockMove.lot))
        .having(func.sum(col(StockMove.quantity)) > 0)
        .order_by(func.min(col(StockMove.moved_on)), func.min(col(StockMove.made_at)), col(StockMove.lot))
    )
    return [(lot, pieces) for lot, pieces in rows]


@dataclass(frozen=True, slots=True)
class Share:
    """What an order line gets of what is free now."""

    line_id: UUID
    order_id: UUID
    number: str
    customer: str
    grade: str | None
    confirmed_on: date | None
    wanted: int
    gets: int


async def shares(session: Session, sku: str) -> tuple[int, list[Share]]:
    """The free pieces of an article, and who gets them (M9-3)."""
    there = on_hand().subquery("h")
    gone = committed().subquery("c")
    pieces = await session.scalar(select(there.c.on_hand).where(there.c.sku == sku)) or 0
    promised = await session.scalar(select(gone.c.committed).where(gone.c.sku == sku)) or 0
    want = wanted().subquery("w")
    rows = list(await session.execute(select(want).where(want.c.sku == sku)))
    free = max(0, pieces - promised)
    wanting = [
        Wanting(row.line_id, row.confirmed_on or date.max, row.grade, row.created_at.timestamp(), row.rest)
        for row in rows
    ]
    by_line = {row.line_id: row for row in rows}
    return free, [
        Share(
            line_id,
            by_line[line_id].order_id,
            by_line[line_id].number,
            by_line[line_id].customer,
            by_line[line_id].grade,
            by_line[line_id].confirmed_on,
            by_line[line_id].rest,
            gets,
        )
        for line_id, gets in share_out(free, wanting)
    ]


async def require_share(session: Session, lines: Mapping[UUID, tuple[str, str, int]]) -> None:
    """Raises Refused m9-3 when a delivery asks for more of a watched article than its order's turn gives.

    `lines`: order line → (article, name, pieces).
    """
    for sku in await _locked(session, (sku for sku, _, _ in lines.values())):
        free, found = await shares(session, sku)
        gets = {share.line_id: share for share in found}
        for line_id, (wanted_sku, name, quantity) in lines.items():
            if wanted_sku != sku:
                continue
            own = gets[line_id].gets if line_id in gets else 0
            if quantity > own:
                before = [share.number for share in found if share.gets and share.line_id != line_id]
                zh = f"(先满足 {'、'.join(before[:3])})" if before else ""
                en = f" ({', '.join(before[:3])} come first)" if before else ""
                raise Refused(
                    "m9-3",
                    f"{name}:可用库存 {free} 件,按顺序本单可得 {own} 件,申请 {quantity} 件{zh}。",
                    f"{name}: {free} pieces are free; this order's turn gives {own}, not {quantity}{en}.",
                    field="lines",
                )


async def take_out(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    delivery_id: UUID,
    lots_of: Iterable[tuple[str, str, int]],
) -> None:
    """What leaves with a delivery: (article, lot, pieces). Raises Refused when a lot has not that many."""
    wanted_lots = list(lots_of)
    watched = set(await _locked(session, (sku for sku, _, _ in wanted_lots)))
    for sku, lot, pieces in wanted_lots:
        if sku not in watched:
            continue
        there = dict(await lots(session, sku)).get(lot, 0)
        if there < pieces:
            raise Refused(
                "no_such_lot",
                f"{sku} 批号 {lot} 库存 {there} 件,不足 {pieces} 件。",
                f"There are {there} pieces of lot {lot} of {sku}, not {pieces}.",
                field="lots",
            )
        await _move(session, now, today, actor, sku, lot, MoveKind.SHIPPED, -pieces, delivery_id=delivery_id)


async def put_back(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor | None,
    delivery_id: UUID,
    lots_of: Iterable[tuple[str, str, int]],
    note: str,
) -> None:
    """What came back and can be sold again."""
    wanted_lots = [(sku, lot, pieces) for sku, lot, pieces in lots_of if pieces > 0]
    watched = set(await _locked(session, (sku for sku, _, _ in wanted_lots)))
    for sku, lot, pieces in wanted_lots:
        if sku in watched:
            await _move(
                session, now, today, actor, sku, lot, MoveKind.RETURNED, pieces, delivery_id=delivery_id, note=note
            )
