"""/api/backoffice/credit-applications."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.credit import service
from backoffice.credit.models import CreditApplication
from backoffice.credit.rules import CREDIT
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import Listing, one
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: orders"], responses=PROBLEMS)


class ApplicationRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    before_fen: int
    limit_fen: int
    terms_days: int
    reason: str
    asked_on: date
    recorded_on: date | None
    state: str
    version: int


class ApplicationOut(ApplicationRow):
    commands: list[str]
    timeline: list[StoryLine]


class ApplicationNew(BaseModel):
    customer_id: UUID
    limit_fen: int = Field(ge=0, le=10**13)
    terms_days: int = Field(ge=0, le=365)
    reason: str = Field(min_length=1, max_length=1000)


def _applications(_today: date) -> Select[Any]:
    names = [n for n in ApplicationRow.model_fields if n in CreditApplication.model_fields]
    return select(
        *(col(getattr(CreditApplication, n)) for n in names), col(CustomerAccount.legal_name).label("customer")
    ).join(CustomerAccount, col(CustomerAccount.id) == col(CreditApplication.customer_id))


APPLICATIONS = Listing(
    name="credit_applications",
    row=ApplicationRow,
    source=_applications,
    search=("number", "customer", "reason"),
    filters=("state", "customer_id"),
    on="asked_on",
    totals=("limit_fen",),
)
LISTINGS = (APPLICATIONS,)
add_list(router, APPLICATIONS, "/credit-applications")


async def _show(session: Session, today: date, actor: Actor, row_id: UUID) -> ApplicationOut:
    values = await one(session, APPLICATIONS, row_id, today)
    return ApplicationOut.model_validate(
        values
        | {
            "commands": CREDIT.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "credit_application", row_id)],
        }
    )


@router.post("/credit-applications", status_code=201)
async def apply(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ApplicationNew) -> ApplicationOut:
    row = await service.apply(
        session,
        now,
        today,
        actor,
        body.customer_id,
        limit_fen=body.limit_fen,
        terms_days=body.terms_days,
        reason=body.reason,
    )
    return await _show(session, today, actor, row.id)


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.submit(s, n, a, i, b.version)


async def _record(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.record(s, n, t, a, i, b.version, b.note)


async def _drop(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.drop(s, n, a, i, b.version, b.note)


add_get(router, "/credit-applications", _show, ApplicationOut)
add_command(router, "/credit-applications", "submit", _submit, _show, ApplicationOut)
add_command(router, "/credit-applications", "record", _record, _show, ApplicationOut)
add_command(router, "/credit-applications", "drop", _drop, _show, ApplicationOut)
