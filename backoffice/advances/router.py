"""/api/backoffice/advances and refunds."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Date, Select, case, cast, exists, func, literal, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.advances import service
from backoffice.advances.models import Refund
from backoffice.advances.rules import REFUND, AdvancePolicy
from backoffice.listing.http import Command, StoryLine, Today, add_list
from backoffice.listing.query import Listing
from backoffice.receivables import ledger
from backoffice.receivables.models import Allocation, Purpose
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: advances"], responses=PROBLEMS)


class AdvanceRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    order_id: UUID | None
    purpose: Purpose
    received_on: date
    amount_fen: int
    allocated_fen: int
    refunded_fen: int
    balance_fen: int
    age_days: int
    status: str
    version: int


class RefundRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    receipt_id: UUID
    amount_fen: int
    payee_name: str
    reason: str
    paid_on: date | None
    state: str
    version: int


class RefundNew(BaseModel):
    receipt_id: UUID
    amount_fen: int = Field(gt=0)
    reason: str = Field(min_length=1, max_length=500)


class RefundOut(RefundRow):
    commands: list[str]
    timeline: list[StoryLine]


def _advances(today: date, policy: AdvancePolicy) -> Select[Any]:
    """Money that came as an advance, and whatever was paid too much; `rules.advance_state` in SQL.

    A test holds both to the same answer.
    """
    r = ledger.receipts(today).subquery("r")
    moved = select(func.max(col(Allocation.allocated_on))).where(col(Allocation.receipt_id) == r.c.id).scalar_subquery()
    asked = exists().where(col(Refund.receipt_id) == r.c.id, col(Refund.state).in_(["draft", "submitted", "approved"]))
    idle_to = cast(func.coalesce(moved, r.c.received_on) + func.make_interval(0, policy.dormant_months), Date)
    status = case(
        (r.c.state == "recorded", "received_unconfirmed"),
        ((r.c.balance_fen == 0) & (r.c.refunded_fen > 0) & (r.c.allocated_fen == 0), "refunded"),
        (r.c.balance_fen == 0, "fully_allocated"),
        (asked, "refunding"),
        (literal(today, Date) > idle_to, "dormant"),
        ((r.c.allocated_fen > 0) | (r.c.refunded_fen > 0), "partly_allocated"),
        else_="confirmed",
    )
    plain = [r.c[n] for n in AdvanceRow.model_fields if n in r.c]
    return (
        select(
            *plain,
            col(CustomerAccount.legal_name).label("customer"),
            (literal(today, Date) - r.c.received_on).label("age_days"),
            status.label("status"),
        )
        .join(CustomerAccount, col(CustomerAccount.id) == r.c.customer_id)
        .where(r.c.state.in_(["recorded", "confirmed"]), (r.c.purpose != "payment") | (r.c.balance_fen > 0))
    )


def _refunds(_today: date) -> Select[Any]:
    return select(
        *(col(getattr(Refund, n)) for n in RefundRow.model_fields if n in Refund.model_fields),
        col(CustomerAccount.legal_name).label("customer"),
    ).join(CustomerAccount, col(CustomerAccount.id) == col(Refund.customer_id))


ADVANCES = Listing(
    name="advances",
    row=AdvanceRow,
    source=lambda today: _advances(today, AdvancePolicy()),
    policy=AdvancePolicy,
    tuned=_advances,
    search=("number", "customer"),
    filters=("status", "purpose", "customer_id", "order_id"),
    on="received_on",
    totals=("amount_fen", "allocated_fen", "refunded_fen", "balance_fen"),
)
REFUNDS = Listing(
    name="refunds",
    row=RefundRow,
    source=_refunds,
    search=("number", "customer"),
    filters=("state", "customer_id", "receipt_id"),
    totals=("amount_fen",),
)
add_list(router, ADVANCES, "/advances")
add_list(router, REFUNDS, "/refunds")
LISTINGS = (ADVANCES, REFUNDS)


async def _out(session: DbSession, actor: OfficeActor, row: Refund) -> RefundOut:
    account = await acts.get(session, CustomerAccount, row.customer_id, "account")
    return RefundOut(
        **row.model_dump(exclude={"made_by", "paid_by", "made_at"}),
        customer=account.legal_name,
        commands=REFUND.commands(row.state, actor.roles),
        timeline=[StoryLine(**line) for line in await acts.story(session, "refund", row.id)],
    )


@router.post("/refunds", status_code=201)
async def ask(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: RefundNew) -> RefundOut:
    row = await service.ask(session, now, today, actor, body.receipt_id, body.amount_fen, body.reason)
    return await _out(session, actor, row)


@router.get("/refunds/{refund_id}")
async def read(session: DbSession, actor: OfficeActor, refund_id: UUID) -> RefundOut:
    return await _out(session, actor, await acts.get(session, Refund, refund_id, "refund"))


@router.post("/refunds/{refund_id}/submit")
async def submit(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, refund_id: UUID, body: Command
) -> RefundOut:
    return await _out(session, actor, await service.submit(session, now, today, actor, refund_id, body.version))


@router.post("/refunds/{refund_id}/pay")
async def pay(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, refund_id: UUID, body: Command
) -> RefundOut:
    row = await service.pay(session, now, today, actor, refund_id, body.version, body.note)
    return await _out(session, actor, row)


@router.post("/refunds/{refund_id}/drop")
async def drop(session: DbSession, now: Now, actor: OfficeActor, refund_id: UUID, body: Command) -> RefundOut:
    return await _out(session, actor, await service.drop(session, now, actor, refund_id, body.version, body.note))
