"""/api/backoffice/orders, order-holds, back-orders: the order book (what credit it stands on: customer_accounts)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Date, Integer, Select, and_, case, cast, func, literal, or_, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.deliveries.models import Delivery, ReturnOrder
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import Listing, one
from backoffice.orders import figures, office
from backoffice.orders.models import CreditCheck, OrderHold, SalesOrder
from backoffice.orders.rules import ORDER
from backoffice.orders.states import OrderSource, PaymentMode
from backoffice.receivables.models import Allocation, Invoice, Receipt
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: orders"], responses=PROBLEMS)


class BookedOrder(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    source: str
    payment: PaymentMode
    total_fen: int
    wanted_fen: int
    delivered_fen: int
    invoiced_fen: int
    open_fen: int
    delivered_percent: int
    invoiced_percent: int
    requested_on: date | None
    promised_on: date | None
    created_at: datetime
    status: str
    state: str
    version: int


class OrderLineOut(BaseModel):
    line_id: UUID
    line_no: int
    sku: str
    name: str
    price_fen: int
    ordered: int
    cancelled: int
    committed: int
    delivered: int
    invoiced: int
    open: int


class HoldRow(BaseModel):
    id: UUID
    order_id: UUID
    number: str
    customer_id: UUID
    customer: str
    kind: str
    detail: str
    short_fen: int
    age_days: int
    placed_at: datetime
    released_at: datetime | None
    release_reason: str
    release_until: date | None
    release_fen: int | None
    status: str


class CheckOut(BaseModel):
    at: datetime
    stage: str
    receivable_fen: int
    delivered_fen: int
    ordered_fen: int
    advances_fen: int
    this_fen: int
    exposure_fen: int
    limit_fen: int
    cash_only: bool
    findings: list[str]


class OrderOut(BookedOrder):
    lines: list[OrderLineOut]
    holds: list[HoldRow]
    checks: list[CheckOut]
    commands: list[str]
    timeline: list[StoryLine]


class BackOrderRow(BaseModel):
    order_id: UUID
    number: str
    customer_id: UUID
    customer: str
    sku: str
    name: str
    ordered: int
    delivered: int
    open: int
    open_fen: int
    promised_on: date | None


def _share(part: Any, whole: Any) -> Any:
    """Whole percent, rounded down, as rules.percent."""
    return cast(func.div(100 * part, func.greatest(whole, 1)), Integer)


def _orders(_today: date, customer: UUID | None = None) -> Select[Any]:
    o = figures.orders(customer).subquery("o")
    plain = [o.c[n] for n in BookedOrder.model_fields if n in o.c]
    return (
        select(
            *plain,
            func.coalesce(col(CustomerAccount.legal_name), o.c.recipient).label("customer"),
            _share(o.c.delivered, o.c.wanted).label("delivered_percent"),
            _share(o.c.invoiced, o.c.wanted).label("invoiced_percent"),
            figures.status(o).label("status"),
        )
        .select_from(o)
        .outerjoin(CustomerAccount, col(CustomerAccount.id) == o.c.customer_id)
    )


def _holds(today: date) -> Select[Any]:
    status = case(
        (col(OrderHold.lifted_at).is_not(None), "lifted"),
        (col(OrderHold.released_by).is_(None), "held"),
        (col(OrderHold.release_until) < today, "release_expired"),
        else_="released",
    )
    end = func.coalesce(col(OrderHold.released_at), col(OrderHold.lifted_at))
    return (
        select(
            *(col(getattr(OrderHold, n)) for n in HoldRow.model_fields if n in OrderHold.model_fields),
            col(SalesOrder.number).label("number"),
            col(SalesOrder.customer_id).label("customer_id"),
            func.coalesce(col(CustomerAccount.legal_name), col(SalesOrder.recipient)).label("customer"),
            (func.coalesce(cast(end, Date), literal(today, Date)) - cast(col(OrderHold.placed_at), Date)).label(
                "age_days"
            ),
            status.label("status"),
        )
        .join(SalesOrder, col(SalesOrder.id) == col(OrderHold.order_id))
        .outerjoin(CustomerAccount, col(CustomerAccount.id) == col(SalesOrder.customer_id))
    )


def _back_orders(_today: date) -> Select[Any]:
    """Confirmed orders of which a part has left and a part has not: the rest, line by line (欠货单)."""
    line = figures.lines().subquery("l")
    started = select(line.c.order_id).where(line.c.committed > 0).distinct().subquery("started")
    rest = line.c.ordered - line.c.cancelled - line.c.committed
    return (
        select(
            line.c.line_id.label("id"),
            line.c.order_id,
            col(SalesOrder.number).label("number"),
            col(SalesOrder.customer_id).label("customer_id"),
            func.coalesce(col(CustomerAccount.legal_name), col(SalesOrder.recipient)).label("customer"),
            line.c.sku,
            line.c.name,
            line.c.ordered,
            line.c.delivered,
            rest.label("open"),
            (rest * line.c.price_fen).label("open_fen"),
            col(SalesOrder.promised_on).label("promised_on"),
        )
        .join(SalesOrder, col(SalesOrder.id) == line.c.order_id)
        .join(started, started.c.order_id == line.c.order_id)
        .outerjoin(CustomerAccount, col(CustomerAccount.id) == col(SalesOrder.customer_id))
        .where(and_(col(SalesOrder.state) == "confirmed", rest > 0))
    )


ORDERS = Listing(
    name="orders",
    row=BookedOrder,
    source=_orders,
    narrowed=_orders,
    model=SalesOrder,
    search=("number", "customer"),
    filters=("status", "state", "payment", "source", "customer_id"),
    on="promised_on",
    sort="-created_at",
    totals=("total_fen", "wanted_fen", "delivered_fen", "invoiced_fen", "open_fen"),
)
HOLDS = Listing(
    name="order_holds",
    row=HoldRow,
    source=_holds,
    search=("number", "customer", "detail"),
    filters=("status", "kind", "customer_id", "order_id"),
    sort="-age_days",
    totals=("short_fen",),
)
BACK_ORDERS = Listing(
    name="back_orders",
    row=BackOrderRow,
    source=_back_orders,
    search=("number", "customer", "sku", "name"),
    filters=("customer_id", "order_id", "sku"),
    on="promised_on",
    sort="number",
    totals=("open_fen",),
    hidden=("id",),
)
LISTINGS = (ORDERS, HOLDS, BACK_ORDERS)
add_list(router, ORDERS, "/orders")
add_list(router, HOLDS, "/order-holds")
add_list(router, BACK_ORDERS, "/back-orders")


async def story_of(session: Session, order_id: UUID) -> list[dict[str, Any]]:
    """From the call to the cash: what happened to the order, its deliveries, returns, invoices and its money."""
    paid = select(col(Allocation.receipt_id)).where(
        col(Allocation.invoice_id).in_(select(col(Invoice.id)).where(col(Invoice.order_id) == order_id)),
        col(Allocation.receipt_id).is_not(None),
    )
    told: dict[UUID, str] = {order_id: ""}
    for model, where in (
        (Delivery, col(Delivery.order_id) == order_id),
        (ReturnOrder, col(ReturnOrder.order_id) == order_id),
        (Invoice, col(Invoice.order_id) == order_id),
        (Receipt, or_(col(Receipt.order_id) == order_id, col(Receipt.id).in_(paid))),
    ):
        rows = await session.execute(select(col(model.id), col(model.number)).where(where))
        told |= {row.id: row.number or "" for row in rows}
    return await acts.stories(session, told)


async def _show(session: Session, today: date, actor: Actor, order_id: UUID) -> OrderOut:
    values = await one(session, ORDERS, order_id, today)
    sub = _holds(today).subquery()
    holds = await session.execute(select(sub).where(sub.c.order_id == order_id).order_by(sub.c.placed_at))
    checked = await session.scalars(
        select(CreditCheck).where(col(CreditCheck.order_id) == order_id).order_by(col(CreditCheck.at))
    )
    return OrderOut.model_validate(
        values
        | {
            "lines": [
                OrderLineOut(**row._mapping, open=figures.plain(row).open)
                for row in await figures.of_order(session, order_id)
            ],
            "holds": [HoldRow(**row._mapping) for row in holds],
            "checks": [CheckOut(**row.model_dump()) for row in checked],
            "commands": ORDER.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**line) for line in await story_of(session, order_id)],
        }
    )


class NewLineIn(BaseModel):
    sku: str = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=200)
    quantity: int = Field(gt=0, le=10**6)
    price_fen: int = Field(ge=0, le=10**12)


class OrderNew(BaseModel):
    customer_id: UUID
    lines: list[NewLineIn] = Field(min_length=1, max_length=200)
    payment: PaymentMode
    recipient: str = Field(min_length=1, max_length=100)
    phone: str = Field(min_length=1, max_length=30)
    address: str = Field(min_length=1, max_length=300)
    requested_on: date | None = None
    contract_id: UUID | None = None
    note: str = Field(default="", max_length=1000)
    source: OrderSource = OrderSource.OFFICE
    """office, reply_slip or phone_in; `call` is refused: those are taken by agents in their calls."""
    mailing_id: UUID | None = None


class Confirm(Command):
    promised_on: date | None = None


class Release(Command):
    hold_id: UUID
    until: date
    fen: int | None = Field(default=None, ge=0)


class Reduce(Command):
    line_id: UUID
    to_quantity: int = Field(ge=0)


class ChangePrice(Command):
    line_id: UUID
    price_fen: int = Field(gt=0)


@router.post("/orders", status_code=201)
async def make(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: OrderNew) -> OrderOut:
    values = body.model_dump(exclude={"lines"}) | {"lines": [office.NewLine(**x.model_dump()) for x in body.lines]}
    order = await office.make(session, now, today, actor, office.NewOrder(**values))
    return await _show(session, today, actor, order.id)


async def _confirm(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Confirm) -> None:
    await office.confirm(s, n, t, a, i, b.version, b.promised_on)


async def _release(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Release) -> None:
    await office.release(s, n, t, a, i, b.version, b.hold_id, until=b.until, fen=b.fen, reason=b.note)


async def _reduce(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Reduce) -> None:
    await office.reduce(s, n, a, i, b.version, b.line_id, b.to_quantity, b.note)


async def _price(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: ChangePrice) -> None:
    await office.change_price(s, n, a, i, b.version, b.line_id, b.price_fen, b.note)


async def _cancel(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await office.cancel(s, n, a, i, b.version, b.note)


async def _close_short(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await office.close_short(s, n, a, i, b.version, b.note)


add_get(router, "/orders", _show, OrderOut)
add_command(router, "/orders", "confirm", _confirm, _show, OrderOut, Confirm)
add_command(router, "/orders", "release", _release, _show, OrderOut, Release)
add_command(router, "/orders", "reduce", _reduce, _show, OrderOut, Reduce)
add_command(router, "/orders", "change-price", _price, _show, OrderOut, ChangePrice)
add_command(router, "/orders", "cancel", _cancel, _show, OrderOut)
add_command(router, "/orders", "close-short", _close_short, _show, OrderOut)
