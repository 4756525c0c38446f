"""/api/backoffice/outlays: prepayments to suppliers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Date, Integer, Select, case, cast, func, literal, select
from sqlmodel import col

from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import Listing, one
from backoffice.outlays import service
from backoffice.outlays.models import Outlay, OutlayUse
from backoffice.outlays.rules import OUTLAY
from backoffice.receivables.ledger import total
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: advances"], responses=PROBLEMS)


class OutlayRow(BaseModel):
    id: UUID
    number: str
    supplier: str
    purpose: str
    contract_reference: str
    total_price_fen: int
    amount_fen: int
    set_off_fen: int
    returned_fen: int
    balance_fen: int
    needed_on: date
    paid_on: date | None
    age_days: int | None
    status: str
    state: str
    version: int


class UseOut(BaseModel):
    invoice_no: str
    invoice_fen: int | None
    accepted_on: date | None
    amount_fen: int
    on_day: date


class OutlayOut(OutlayRow):
    uses: list[UseOut]
    commands: list[str]
    timeline: list[StoryLine]


class OutlayNew(BaseModel):
    supplier: str = Field(min_length=1, max_length=200)
    purpose: str = Field(min_length=1, max_length=500)
    total_price_fen: int = Field(gt=0, le=10**13)
    amount_fen: int = Field(gt=0, le=10**13)
    needed_on: date
    contract_reference: str = Field(default="", max_length=100)


class Pay(Command):
    voucher: str = Field(default="", max_length=100)


class SetOff(Command):
    invoice_no: str = Field(min_length=1, max_length=100)
    invoice_fen: int = Field(gt=0, le=10**13)
    accepted_on: date
    amount_fen: int = Field(gt=0, le=10**13)


class Back(Command):
    amount_fen: int = Field(gt=0, le=10**13)


def _outlays(today: date) -> Select[Any]:
    """`rules.status` and `rules.balance` in SQL; a test holds both to the same answer."""
    by_invoice = col(OutlayUse.invoice_no) != ""
    used = (
        select(
            col(OutlayUse.outlay_id).label("outlay_id"),
            total(case((by_invoice, col(OutlayUse.amount_fen)), else_=0)).label("set_off_fen"),
            total(case((by_invoice, 0), else_=col(OutlayUse.amount_fen))).label("returned_fen"),
        )
        .group_by(col(OutlayUse.outlay_id))
        .subquery("used")
    )
    settled, returned = func.coalesce(used.c.set_off_fen, 0), func.coalesce(used.c.returned_fen, 0)
    paid = col(Outlay.paid_on).is_not(None)
    balance = case((paid, col(Outlay.amount_fen) - settled - returned), else_=0)
    status = case(
        (col(Outlay.state) != "paid", col(Outlay.state)),
        (settled + returned >= col(Outlay.amount_fen), "settled"),
        (settled + returned > 0, "partly_settled"),
        else_="paid",
    )
    age = case((balance > 0, literal(today, Date) - col(Outlay.paid_on)))
    return select(
        *(col(getattr(Outlay, n)) for n in OutlayRow.model_fields if n in Outlay.model_fields),
        settled.label("set_off_fen"),
        returned.label("returned_fen"),
        balance.label("balance_fen"),
        cast(age, Integer).label("age_days"),
        status.label("status"),
    ).outerjoin(used, used.c.outlay_id == col(Outlay.id))


OUTLAYS = Listing(
    name="outlays",
    row=OutlayRow,
    source=_outlays,
    search=("number", "supplier", "purpose"),
    filters=("status", "state", "supplier"),
    on="needed_on",
    totals=("total_price_fen", "amount_fen", "set_off_fen", "returned_fen", "balance_fen"),
)
LISTINGS = (OUTLAYS,)
add_list(router, OUTLAYS, "/outlays")


async def _show(session: Session, today: date, actor: Actor, row_id: UUID) -> OutlayOut:
    values = await one(session, OUTLAYS, row_id, today)
    return OutlayOut.model_validate(
        values
        | {
            "uses": [UseOut(**use.model_dump()) for use in await service.uses_of(session, row_id)],
            "commands": OUTLAY.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "outlay", row_id)],
        }
    )


@router.post("/outlays", status_code=201)
async def ask(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: OutlayNew) -> OutlayOut:
    row = await service.ask(session, now, today, actor, service.New(**body.model_dump()))
    return await _show(session, today, actor, row.id)


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.submit(s, n, a, i, b.version)


async def _drop(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.drop(s, n, a, i, b.version, b.note)


async def _pay(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Pay) -> None:
    await service.pay(s, n, t, a, i, b.version, b.voucher)


async def _set_off(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: SetOff) -> None:
    given = b.model_dump(exclude={"version", "note"})
    await service.set_off(s, n, t, a, i, b.version, **given)


async def _back(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Back) -> None:
    await service.money_back(s, n, t, a, i, b.version, b.amount_fen, b.note)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.close(s, n, a, i, b.version)


add_get(router, "/outlays", _show, OutlayOut)
add_command(router, "/outlays", "submit", _submit, _show, OutlayOut)
add_command(router, "/outlays", "drop", _drop, _show, OutlayOut)
add_command(router, "/outlays", "pay", _pay, _show, OutlayOut, Pay)
add_command(router, "/outlays", "set-off", _set_off, _show, OutlayOut, SetOff)
add_command(router, "/outlays", "money-back", _back, _show, OutlayOut, Back)
add_command(router, "/outlays", "close", _close, _show, OutlayOut)
