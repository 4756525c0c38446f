"""/api/backoffice/deliveries, returns, carrier-claims."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Date, Integer, Select, and_, case, cast, func, literal, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.deliveries import returns, service
from backoffice.deliveries.machines import CLAIM, DELIVERY, RETURN
from backoffice.deliveries.models import (
    CarrierClaim,
    Delivery,
    DeliveryLine,
    DeliveryLot,
    ReturnLine,
    ReturnOrder,
)
from backoffice.deliveries.rules import DeliveryPolicy, Rest
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list, shown
from backoffice.listing.query import Listing, one
from backoffice.orders.models import SalesOrder, SalesOrderLine
from backoffice.receivables.ledger import total
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: deliveries"], responses=PROBLEMS)


class DeliveryRow(BaseModel):
    id: UUID
    number: str
    order_id: UUID
    order_number: str
    customer_id: UUID
    customer: str
    value_fen: int
    pieces: int
    accepted: int | None
    wanted_on: date
    shipped_on: date | None
    signed_on: date | None
    days_unsigned: int | None
    chase: bool
    """Unsigned for longer than the setting allows."""
    on_time_in_full: bool | None
    carrier: str
    waybill: str
    region: str
    state: str
    version: int


class DeliveryLineOut(BaseModel):
    order_line_id: UUID
    quantity: int
    accepted: int | None
    damaged: int
    short: int


class LotOut(BaseModel):
    order_line_id: UUID
    lot: str = Field(min_length=1, max_length=100)
    quantity: int = Field(gt=0)


class DeliveryOut(DeliveryRow):
    address: str
    lines: list[DeliveryLineOut]
    lots: list[LotOut]
    commands: list[str]
    timeline: list[StoryLine]


class LotRow(BaseModel):
    lot: str
    name: str
    quantity: int
    region: str
    customer_id: UUID
    customer: str
    number: str
    shipped_on: date | None


class ReturnRow(BaseModel):
    id: UUID
    number: str
    order_number: str
    customer_id: UUID
    customer: str
    delivery_id: UUID
    pieces: int
    good: int | None
    value_fen: int
    reason: str
    received_on: date | None
    state: str
    version: int


class ReturnLineOut(BaseModel):
    order_line_id: UUID
    quantity: int
    good: int | None


class ReturnOut(ReturnRow):
    lines: list[ReturnLineOut]
    commands: list[str]
    timeline: list[StoryLine]


class ClaimRow(BaseModel):
    id: UUID
    number: str
    delivery_id: UUID
    waybill: str
    carrier: str
    damaged: int
    short: int
    amount_fen: int
    settled_fen: int | None
    opened_on: date
    state: str
    version: int


def _int(column: Any) -> Any:
    return cast(func.sum(column), Integer)


def _deliveries(today: date, policy: DeliveryPolicy) -> Select[Any]:
    line = SalesOrderLine
    sums = (
        select(
            col(DeliveryLine.delivery_id).label("delivery_id"),
            _int(col(DeliveryLine.quantity)).label("pieces"),
            _int(col(DeliveryLine.accepted)).label("accepted"),
            total(col(DeliveryLine.quantity) * col(line.price_fen)).label("value_fen"),
        )
        .join(line, col(line.id) == col(DeliveryLine.order_line_id))
        .group_by(col(DeliveryLine.delivery_id))
        .subquery("sums")
    )
    unsigned = case((col(Delivery.state) == "shipped", literal(today, Date) - col(Delivery.shipped_on)))
    # OTIF of one delivery: every piece accepted, on or before the day the order was promised for.
    promised = func.coalesce(col(SalesOrder.promised_on), col(Delivery.wanted_on))
    otif = case(
        (
            col(Delivery.signed_on).is_not(None),
            and_(col(Delivery.signed_on) <= promised, sums.c.accepted == sums.c.pieces),
        )
    )
    return (
        select(
            *(col(getattr(Delivery, n)) for n in DeliveryRow.model_fields if n in Delivery.model_fields),
            col(SalesOrder.number).label("order_number"),
            col(CustomerAccount.legal_name).label("customer"),
            sums.c.pieces,
            sums.c.accepted,
            sums.c.value_fen,
            unsigned.label("days_unsigned"),
            func.coalesce(unsigned > policy.sign_days, False).label("chase"),
            otif.label("on_time_in_full"),
        )
        .join(sums, sums.c.delivery_id == col(Delivery.id))
        .join(SalesOrder, col(SalesOrder.id) == col(Delivery.order_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Delivery.customer_id))
    )


def _lots(_today: date) -> Select[Any]:
    query: Select[Any] = (
        select(  # type: ignore[assignment]
            (col(DeliveryLot.delivery_id)).label("id"),
            col(DeliveryLot.lot).label("lot"),
            col(SalesOrderLine.name).label("name"),
            col(DeliveryLot.quantity).label("quantity"),
            col(DeliveryLot.region).label("region"),
            col(Delivery.customer_id).label("customer_id"),
            col(CustomerAccount.legal_name).label("customer"),
            col(Delivery.number).label("number"),
            col(Delivery.shipped_on).label("shipped_on"),
        )
        .join(Delivery, col(Delivery.id) == col(DeliveryLot.delivery_id))
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(DeliveryLot.order_line_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Delivery.customer_id))
    )
    return query


def _returns(_today: date) -> Select[Any]:
    sums = (
        select(
            col(ReturnLine.return_id).label("return_id"),
            _int(col(ReturnLine.quantity)).label("pieces"),
            _int(col(ReturnLine.good)).label("good"),
            total(col(ReturnLine.quantity) * col(SalesOrderLine.price_fen)).label("value_fen"),
        )
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(ReturnLine.order_line_id))
        .group_by(col(ReturnLine.return_id))
        .subquery("sums")
    )
    return (
        select(
            *(col(getattr(ReturnOrder, n)) for n in ReturnRow.model_fields if n in ReturnOrder.model_fields),
            col(SalesOrder.number).label("order_number"),
            col(CustomerAccount.legal_name).label("customer"),
            sums.c.pieces,
            sums.c.good,
            sums.c.value_fen,
        )
        .join(sums, sums.c.return_id == col(ReturnOrder.id))
        .join(SalesOrder, col(SalesOrder.id) == col(ReturnOrder.order_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(ReturnOrder.customer_id))
    )


def _claims(_today: date) -> Select[Any]:
    return select(
        *(col(getattr(CarrierClaim, n)) for n in ClaimRow.model_fields if n in CarrierClaim.model_fields),
        col(Delivery.waybill).label("waybill"),
        col(Delivery.carrier).label("carrier"),
    ).join(Delivery, col(Delivery.id) == col(CarrierClaim.delivery_id))


DELIVERIES = Listing(
    name="deliveries",
    row=DeliveryRow,
    source=lambda today: _deliveries(today, DeliveryPolicy()),
    policy=DeliveryPolicy,
    tuned=_deliveries,
    search=("number", "order_number", "customer", "waybill"),
    filters=("state", "customer_id", "order_id", "region", "on_time_in_full", "chase"),
    on="wanted_on",
    totals=("value_fen",),
)
LOTS = Listing(
    name="lots",
    row=LotRow,
    source=_lots,
    search=("lot", "customer", "name"),
    filters=("region", "customer_id", "lot"),
    on="shipped_on",
    hidden=(),
)
RETURNS = Listing(
    name="returns",
    row=ReturnRow,
    source=_returns,
    search=("number", "order_number", "customer", "reason"),
    filters=("state", "customer_id", "delivery_id"),
    totals=("value_fen",),
)
CLAIMS = Listing(
    name="carrier_claims",
    row=ClaimRow,
    source=_claims,
    search=("number", "waybill", "carrier"),
    filters=("state", "delivery_id"),
    on="opened_on",
    totals=("amount_fen",),
)
LISTINGS = (DELIVERIES, LOTS, RETURNS, CLAIMS)
add_list(router, DELIVERIES, "/deliveries")
add_list(router, LOTS, "/lots")
add_list(router, RETURNS, "/returns")
add_list(router, CLAIMS, "/carrier-claims")


async def _show(session: Session, today: date, actor: Actor, delivery_id: UUID) -> DeliveryOut:
    values = await one(session, DELIVERIES, delivery_id, today)
    row = await acts.get(session, Delivery, delivery_id, "delivery")
    lots = await session.scalars(select(DeliveryLot).where(col(DeliveryLot.delivery_id) == delivery_id))
    return DeliveryOut.model_validate(
        values
        | {
            "address": row.address,
            "lines": [DeliveryLineOut(**x.model_dump()) for x in await service.lines_of(session, delivery_id)],
            "lots": [LotOut(**x.model_dump()) for x in lots],
            "commands": DELIVERY.commands(row.state, actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "delivery", delivery_id)],
        }
    )


class LineIn(BaseModel):
    order_line_id: UUID
    quantity: int = Field(gt=0)


class DeliveryNew(BaseModel):
    order_id: UUID
    lines: list[LineIn] = Field(min_length=1)
    wanted_on: date
    rest: Rest | None = None
    region: str = Field(default="", max_length=50)


class Ship(Command):
    carrier: str = Field(min_length=1, max_length=100)
    waybill: str = Field(default="", max_length=100)
    lots: list[LotOut]


class AcceptedIn(BaseModel):
    order_line_id: UUID
    accepted: int = Field(ge=0)
    damaged: int = Field(default=0, ge=0)
    short: int = Field(default=0, ge=0)


class Sign(Command):
    signer: str = Field(min_length=1, max_length=100)
    lines: list[AcceptedIn]


@router.post("/deliveries", status_code=201)
async def make(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: DeliveryNew) -> DeliveryOut:
    quantities = {line.order_line_id: line.quantity for line in body.lines}
    request = service.Request(body.order_id, quantities, body.wanted_on, body.rest, body.region)
    row = await service.make(session, now, today, actor, request)
    return await _show(session, today, actor, row.id)


async def _approve(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.approve(s, n, a, i, b.version, b.note)


async def _reject(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.reject(s, n, a, i, b.version, b.note)


async def _clear(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.clear(s, n, t, a, i, b.version, b.note)


async def _pick(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.pick(s, n, a, i, b.version)


async def _ship(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Ship) -> None:
    lots = [service.Lot(**lot.model_dump()) for lot in b.lots]
    await service.ship(s, n, t, a, i, b.version, carrier=b.carrier, waybill=b.waybill, lots=lots)


async def _sign(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Sign) -> None:
    lines = [service.Accepted(**line.model_dump()) for line in b.lines]
    await service.sign(s, n, t, a, i, b.version, signer=b.signer, lines=lines)


async def _refused(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.refused(s, n, a, i, b.version, b.note)


async def _take_back(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.take_back(s, n, t, a, i, b.version, b.note)


async def _cancel(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.plain_move(s, n, a, i, b.version, "cancel", b.note)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.plain_move(s, n, a, i, b.version, "close", b.note)


add_get(router, "/deliveries", _show, DeliveryOut)
add_command(router, "/deliveries", "approve", _approve, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "reject", _reject, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "clear", _clear, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "pick", _pick, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "ship", _ship, _show, DeliveryOut, Ship)
add_command(router, "/deliveries", "sign", _sign, _show, DeliveryOut, Sign)
add_command(router, "/deliveries", "refused", _refused, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "take-back", _take_back, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "cancel", _cancel, _show, DeliveryOut, Command)
add_command(router, "/deliveries", "close", _close, _show, DeliveryOut, Command)


async def _show_return(session: Session, today: date, actor: Actor, return_id: UUID) -> ReturnOut:
    values = await one(session, RETURNS, return_id, today)
    return ReturnOut.model_validate(
        values
        | {
            "lines": [ReturnLineOut(**x.model_dump()) for x in await returns.lines_of(session, return_id)],
            "commands": RETURN.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "return_order", return_id)],
        }
    )


class ReturnNew(BaseModel):
    delivery_id: UUID
    lines: list[LineIn] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=500)


class GoodIn(BaseModel):
    order_line_id: UUID
    good: int = Field(ge=0)


class Inspect(Command):
    lines: list[GoodIn]


@router.post("/returns", status_code=201)
async def ask_return(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ReturnNew) -> ReturnOut:
    quantities = {line.order_line_id: line.quantity for line in body.lines}
    row = await returns.ask(session, now, today, actor, body.delivery_id, quantities, body.reason)
    return await _show_return(session, today, actor, row.id)


async def _approve_return(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await returns.decide(s, n, a, i, b.version, True, b.note)


async def _reject_return(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await returns.decide(s, n, a, i, b.version, False, b.note)


async def _receive(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await returns.receive(s, n, t, a, i, b.version)


async def _inspect(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Inspect) -> None:
    await returns.inspect(s, n, a, i, b.version, {line.order_line_id: line.good for line in b.lines})


async def _credit(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await returns.credit(s, n, t, a, i, b.version)


async def _send_back(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await returns.send_back(s, n, a, i, b.version, b.note)


add_get(router, "/returns", _show_return, ReturnOut)
add_command(router, "/returns", "approve", _approve_return, _show_return, ReturnOut, Command)
add_command(router, "/returns", "reject", _reject_return, _show_return, ReturnOut, Command)
add_command(router, "/returns", "receive", _receive, _show_return, ReturnOut, Command)
add_command(router, "/returns", "inspect", _inspect, _show_return, ReturnOut, Inspect)
add_command(router, "/returns", "credit", _credit, _show_return, ReturnOut, Command)
add_command(router, "/returns", "send-back", _send_back, _show_return, ReturnOut, Command)


class Settle(Command):
    settled_fen: int = Field(gt=0)


class ClaimOut(ClaimRow):
    commands: list[str]
    timeline: list[StoryLine]


async def _settle(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Settle) -> None:
    await service.settle_claim(s, n, a, i, b.version, b.settled_fen, b.note)


async def _drop(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.drop_claim(s, n, a, i, b.version, b.note)


_show_claim = shown(CLAIMS, ClaimOut, CLAIM)
add_get(router, "/carrier-claims", _show_claim, ClaimOut)
add_command(router, "/carrier-claims", "settle", _settle, _show_claim, ClaimOut, Settle)
add_command(router, "/carrier-claims", "drop", _drop, _show_claim, ClaimOut)
