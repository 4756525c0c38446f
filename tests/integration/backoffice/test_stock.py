"""M9-3 on the real database: scarce goods go in turn, lots never fall below nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from backoffice.deliveries import returns
from backoffice.deliveries import service as deliveries
from backoffice.deliveries.rules import Rest
from backoffice.deliveries.service import Accepted, Lot
from backoffice.kit.refusals import NotYourDuty, Refused
from backoffice.orders import figures, office
from backoffice.orders.models import SalesOrder
from backoffice.stock import service
from backoffice.stock.models import StockMove
from backoffice.stock.router import STOCK
from backoffice.stock.rules import MoveKind
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Staff
from tests.integration.backoffice.deliveries import asked
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

DAY = date(2026, 3, 9)


async def _stock(session: Session, staff: Staff, quantity: int, lot: str = "L1", day: date = DAY) -> None:
    await service.book(
        session, at(day), day, staff.wh, sku="A01", name="礼盒", lot=lot, kind=MoveKind.RECEIVED, quantity=quantity
    )


async def _order(session: Session, staff: Staff, pieces: int, on: date = DAY, **account: Any) -> SalesOrder:
    who = (await ledgers.account(session, credit_limit_fen=10**9, **account)).id
    order = await make_order(session, who, [("A01", pieces, 100)], created_at=at(on))
    assert not await office.confirm(session, at(on), on, staff.sup, order.id, order.version)
    return order


async def _row(session: Session) -> tuple[int, int, int, int, int]:
    sub = STOCK.source(DAY).subquery()
    row = (await session.execute(select(sub))).one()
    return row.on_hand, row.committed, row.wanted, row.free, row.short


async def test_m9_3_scarce_goods_go_by_confirmed_date_then_grade_then_time(session: Session, staff: Staff) -> None:
    plain = await _order(session, staff, 30, grade="AA")
    best = await _order(session, staff, 30, grade="AAA")
    early = await _order(session, staff, 30, DAY - timedelta(days=1))
    await _stock(session, staff, 70)
    free, shares = await service.shares(session, "A01")
    assert (free, [(share.number, share.gets) for share in shares]) == (
        70, [(early.number, 30), (best.number, 30), (plain.number, 10)],
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        await asked(session, staff, plain, 11, DAY)
    assert refused.value.code == "m9-3"
    assert early.number in refused.value.sentence("en")
    assert await _row(session) == (70, 0, 90, 70, 20)
    await asked(session, staff, plain, 10, DAY)
    assert await _row(session) == (70, 10, 80, 60, 20)
    await asked(session, staff, best, 30, DAY)  # what the others were promised is not taken away
    await asked(session, staff, early, 30, DAY)
    assert await _row(session) == (70, 70, 20, 0, 20)
    with pytest.raises(Refused):
        await asked(session, staff, plain, 1, DAY)


async def test_an_article_nobody_booked_is_not_watched(session: Session, staff: Staff) -> None:
    order = await _order(session, staff, 5)
    await asked(session, staff, order, 5, DAY)
    assert await session.scalar(select(StockMove)) is None


async def test_goods_leave_from_their_lots_first_in_first_out_and_come_back(session: Session, staff: Staff) -> None:
    await _stock(session, staff, 4, "OLD", DAY - timedelta(days=9))
    await _stock(session, staff, 10, "NEW")
    assert await service.lots(session, "A01") == [("OLD", 4), ("NEW", 10)]
    order = await _order(session, staff, 6)
    goods = await asked(session, staff, order, 6, DAY, rest=Rest.BACK_ORDER)
    await deliveries.approve(session, at(DAY), staff.sm, goods.id, goods.version)
    await deliveries.clear(session, at(DAY), DAY, staff.fin, goods.id, goods.version)
    await deliveries.pick(session, at(DAY), staff.wh, goods.id, goods.version)
    line = (await figures.of_order(session, order.id))[0].line_id

    async def ship(*lots: tuple[str, int]) -> Any:
        wanted = [Lot(line, lot, pieces) for lot, pieces in lots]
        return await deliveries.ship(
            session, at(DAY), DAY, staff.wh, goods.id, goods.version, carrier="顺丰", waybill="SF1", lots=wanted
        )

    async with session.begin_nested() as tried:
        with pytest.raises(Refused) as refused:
            await ship(("OLD", 5), ("NEW", 1))
        await tried.rollback()
    assert refused.value.code == "no_such_lot"
    await session.refresh(goods)
    await ship(("OLD", 4), ("NEW", 2))
    assert await service.lots(session, "A01") == [("NEW", 8)]
    await deliveries.sign(
        session, at(DAY), DAY, staff.sup, goods.id, goods.version, signer="李四", lines=[Accepted(line, 6)]
    )
    back = await returns.ask(session, at(DAY), DAY, staff.sup, goods.id, {line: 3}, "多订")
    await returns.decide(session, at(DAY), staff.sm, back.id, back.version, True, "")
    await returns.receive(session, at(DAY), DAY, staff.wh, back.id, back.version)
    await returns.inspect(session, at(DAY), staff.qc, back.id, back.version, {line: 2})
    await returns.credit(session, at(DAY), DAY, staff.fin, back.id, back.version)
    assert sum(pieces for _, pieces in await service.lots(session, "A01")) == 10  # two of three were fit


async def test_refused_goods_are_there_again(session: Session, staff: Staff) -> None:
    await _stock(session, staff, 6)
    order = await _order(session, staff, 6)
    goods = await asked(session, staff, order, 6, DAY)
    await deliveries.approve(session, at(DAY), staff.sm, goods.id, goods.version)
    await deliveries.clear(session, at(DAY), DAY, staff.fin, goods.id, goods.version)
    await deliveries.pick(session, at(DAY), staff.wh, goods.id, goods.version)
    line = (await figures.of_order(session, order.id))[0].line_id
    await deliveries.ship(
        session, at(DAY), DAY, staff.wh, goods.id, goods.version, carrier="c", waybill="", lots=[Lot(line, "L1", 6)]
    )
    assert await _row(session) == (0, 0, 0, 0, 0)
    await deliveries.refused(session, at(DAY), staff.sup, goods.id, goods.version, "客户拒收")
    await deliveries.take_back(session, at(DAY), DAY, staff.wh, goods.id, goods.version)
    assert await _row(session) == (6, 0, 6, 6, 0)


async def test_who_books_what(session: Session, staff: Staff) -> None:
    with pytest.raises(NotYourDuty):
        await service.book(
            session, at(DAY), DAY, staff.sup, sku="A01", name="礼盒", lot="L", kind=MoveKind.RECEIVED, quantity=1
        )
    for kind, quantity in ((MoveKind.SHIPPED, -1), (MoveKind.RECEIVED, -1), (MoveKind.COUNTED, 5)):
        with pytest.raises(BadInput):
            await service.book(
                session, at(DAY), DAY, staff.wh, sku="A01", name="礼盒", lot="L", kind=kind, quantity=quantity
            )
    await _stock(session, staff, 3)
    with pytest.raises(Refused):
        await service.book(
            session, at(DAY), DAY, staff.wh, sku="A01", name="礼盒", lot="L1", kind=MoveKind.COUNTED, quantity=-4,
            note="盘亏",
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO stock_moves (id, sku, lot, kind, quantity, moved_on, note, made_at) VALUES"
        " (gen_random_uuid(), 'A01', 'L1', 'counted', -4, '2026-03-09', 'x', now())",
        "UPDATE stock_moves SET quantity = 9",
        "DELETE FROM stock_moves",
    ],
)
async def test_the_database_itself_keeps_lots_and_their_moves(session: Session, staff: Staff, statement: str) -> None:
    await _stock(session, staff, 3)
    with pytest.raises(DBAPIError):
        await session.execute(text(statement))


async def test_moves_name_their_delivery(session: Session, staff: Staff) -> None:
    await _stock(session, staff, 3)
    rows = (await session.scalars(select(StockMove).order_by(col(StockMove.made_at)))).all()
    assert [(row.kind, row.quantity, row.delivery_id) for row in rows] == [("received", 3, None)]
