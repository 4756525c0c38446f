"""/api/backoffice/stock, stock-moves: what is there, who gets it, what moved."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Integer, Select, cast, func, select
from sqlmodel import col

from backoffice.listing.http import Today, add_list
from backoffice.listing.query import Listing
from backoffice.roles.access import OfficeActor
from backoffice.stock import service
from backoffice.stock.models import StockArticle, StockMove
from backoffice.stock.rules import MoveKind
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: deliveries"], responses=PROBLEMS)


class StockRow(BaseModel):
    sku: str
    name: str
    on_hand: int
    committed: int
    """In deliveries that have not left."""
    wanted: int
    """Of confirmed orders, still to be asked for."""
    free: int
    short: int


class MoveRow(BaseModel):
    id: UUID
    sku: str
    name: str
    lot: str
    kind: MoveKind
    quantity: int
    moved_on: date
    delivery_id: UUID | None
    note: str


class MoveNew(BaseModel):
    sku: str = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=200)
    lot: str = Field(min_length=1, max_length=100)
    kind: MoveKind
    quantity: int = Field(ge=-(10**7), le=10**7)
    note: str = Field(default="", max_length=500)


class LotPieces(BaseModel):
    lot: str
    pieces: int


class ShareOut(BaseModel):
    line_id: UUID
    order_id: UUID
    number: str
    customer: str
    grade: str | None
    confirmed_on: date | None
    wanted: int
    gets: int


class SharesOut(BaseModel):
    free: int
    lots: list[LotPieces]
    """First in, first out."""
    shares: list[ShareOut]


def _stock(_today: date) -> Select[Any]:
    there, gone, want = service.on_hand().subquery("h"), service.committed().subquery("c"), service.wanted().subquery()
    rest = (
        select(want.c.sku, cast(func.sum(want.c.rest), Integer).label("wanted")).group_by(want.c.sku).subquery("rest")
    )
    on_hand, committed = func.coalesce(there.c.on_hand, 0), func.coalesce(gone.c.committed, 0)
    wanted = func.coalesce(rest.c.wanted, 0)
    free = func.greatest(on_hand - committed, 0)
    return (
        select(
            col(StockArticle.sku).label("sku"),
            col(StockArticle.name).label("name"),
            on_hand.label("on_hand"),
            committed.label("committed"),
            wanted.label("wanted"),
            free.label("free"),
            func.greatest(wanted - free, 0).label("short"),
        )
        .outerjoin(there, there.c.sku == col(StockArticle.sku))
        .outerjoin(gone, gone.c.sku == col(StockArticle.sku))
        .outerjoin(rest, rest.c.sku == col(StockArticle.sku))
    )


def _moves(_today: date) -> Select[Any]:
    names = [n for n in MoveRow.model_fields if n in StockMove.model_fields]
    return select(*(col(getattr(StockMove, n)) for n in names), col(StockArticle.name).label("name")).join(
        StockArticle, col(StockArticle.sku) == col(StockMove.sku)
    )


STOCK = Listing(
    name="stock",
    row=StockRow,
    source=_stock,
    search=("sku", "name"),
    filters=("sku",),
    sort="sku",
    totals=("on_hand", "committed", "wanted", "short"),
    ties="sku",
    hidden=(),
)
MOVES = Listing(
    name="stock_moves",
    row=MoveRow,
    source=_moves,
    search=("sku", "name", "lot"),
    filters=("sku", "lot", "kind", "delivery_id"),
    on="moved_on",
    sort="-moved_on",
    totals=("quantity",),
)
LISTINGS = (STOCK, MOVES)
add_list(router, STOCK, "/stock")
add_list(router, MOVES, "/stock-moves")


@router.post("/stock-moves", status_code=201)
async def book(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: MoveNew) -> SharesOut:
    """WH books opening stock, goods received, or what a count found; answers the article as it is then."""
    await service.book(session, now, today, actor, **body.model_dump())
    return await _shares(session, body.sku)


@router.get("/stock/{sku}/shares")
async def shares(session: DbSession, _: OfficeActor, sku: str) -> SharesOut:
    """Who gets the free pieces: by confirmed date, then grade AAA, AA, A, then the time of the order (M9-3)."""
    return await _shares(session, sku)


async def _shares(session: DbSession, sku: str) -> SharesOut:
    free, found = await service.shares(session, sku)
    return SharesOut(
        free=free,
        lots=[LotPieces(lot=lot, pieces=pieces) for lot, pieces in await service.lots(session, sku)],
        shares=[
            ShareOut(
                line_id=x.line_id,
                order_id=x.order_id,
                number=x.number,
                customer=x.customer,
                grade=x.grade,
                confirmed_on=x.confirmed_on,
                wanted=x.wanted,
                gets=x.gets,
            )
            for x in found
        ],
    )
