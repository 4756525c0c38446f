"""/api/backoffice/accounts, credit-groups, price-floors: whom we sell to, on what credit, and not below which price."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.accounts.models import CreditGroup, CustomerAccount, Grade, PartialPolicy
from backoffice.accounts.rules import AccountPolicy
from backoffice.credit import service as credit
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing.http import Command, StoryLine, add_command, add_get, add_list
from backoffice.listing.query import Listing
from backoffice.orders.models import PriceFloor
from backoffice.problem_accounts.models import ProblemCase
from backoffice.problem_accounts.rules import OPEN
from backoffice.receivables import ledger
from backoffice.receivables.ledger import total
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession
from callcenter.people.models import User

router = APIRouter(prefix="/api/backoffice", tags=["back office: orders"], responses=PROBLEMS)


class AccountRow(BaseModel):
    id: UUID
    customer: str
    grade: Grade | None
    cash_only: bool
    limit_in_force_fen: int
    terms_days: int
    outstanding_fen: int
    overdue_fen: int
    balance_fen: int
    """Of confirmed receipts: what is free to be set off."""
    in_case: bool
    """A problem case is open (M6-2)."""
    region: str
    rep: str | None
    group: str | None
    version: int


def _accounts(today: date, policy: AccountPolicy) -> Select[Any]:
    """Whom we sell to, the credit in force (M8-4), and how the money stands today."""
    f, r = ledger.facts(today).subquery("f"), ledger.receipts(today).subquery("r")
    owed = (
        select(
            f.c.customer_id,
            total(f.c.outstanding_fen).label("outstanding_fen"),
            total(f.c.overdue_fen).label("overdue_fen"),
        )
        .group_by(f.c.customer_id)
        .subquery("owed")
    )
    free = select(r.c.customer_id, total(r.c.balance_fen).label("fen")).group_by(r.c.customer_id).subquery("free")
    account = CustomerAccount
    return (
        select(
            *(col(getattr(account, name)) for name in ("id", "grade", "cash_only", "region", "version")),
            col(account.legal_name).label("customer"),
            func.coalesce(col(account.credit_limit_fen), col(CreditGroup.limit_fen), policy.company_limit_fen).label(
                "limit_in_force_fen"
            ),
            func.coalesce(col(account.terms_days), policy.terms_days).label("terms_days"),
            func.coalesce(owed.c.outstanding_fen, 0).label("outstanding_fen"),
            func.coalesce(owed.c.overdue_fen, 0).label("overdue_fen"),
            func.coalesce(free.c.fen, 0).label("balance_fen"),
            exists()
            .where(col(ProblemCase.customer_id) == col(account.id), col(ProblemCase.state).in_(OPEN))
            .label("in_case"),
            case((col(User.name) == "", None), else_=col(User.name)).label("rep"),
            col(CreditGroup.name).label("group"),
        )
        .outerjoin(CreditGroup, col(CreditGroup.id) == col(account.group_id))
        .outerjoin(User, col(User.id) == col(account.rep_id))
        .outerjoin(owed, owed.c.customer_id == col(account.id))
        .outerjoin(free, free.c.customer_id == col(account.id))
    )


ACCOUNTS = Listing(
    name="accounts",
    row=AccountRow,
    source=lambda today: _accounts(today, AccountPolicy()),
    policy=AccountPolicy,
    tuned=_accounts,
    search=("customer", "rep", "region"),
    filters=("grade", "cash_only", "in_case", "region"),
    sort="-outstanding_fen",
    totals=("outstanding_fen", "overdue_fen", "balance_fen"),
)
LISTINGS = (ACCOUNTS,)
add_list(router, ACCOUNTS, "/accounts")


class AccountOut(BaseModel):
    id: UUID
    legal_name: str
    grade: Grade | None
    cash_only: bool
    credit_limit_fen: int | None
    limit_in_force_fen: int
    group_id: UUID | None
    terms_days: int | None
    partial_policy: PartialPolicy
    region: str
    rep_id: UUID | None
    outstanding_fen: int
    overdue_fen: int
    balance_fen: int
    """Of confirmed receipts: what is free to be set off."""
    version: int
    timeline: list[StoryLine]


class AccountChange(Command):
    """By CRED. More or longer credit is refused here: it goes through a credit application (M8-4)."""

    legal_name: str = Field(min_length=1, max_length=200)
    grade: Grade | None = None
    cash_only: bool = False
    credit_limit_fen: int | None = Field(default=None, ge=0)
    group_id: UUID | None = None
    terms_days: int | None = Field(default=None, ge=0, le=365)
    partial_policy: PartialPolicy = PartialPolicy.ASK
    region: str = Field(default="", max_length=50)
    rep_id: UUID | None = None


async def _account(session: Session, today: date, _actor: Actor, customer_id: UUID) -> AccountOut:
    """The account of any customer: made with plain terms when nobody has asked for it before."""
    row = await accounts.of(session, customer_id)
    f = ledger.facts(today, customer_id).subquery("f")
    r = ledger.receipts(today, customer_id).subquery("r")
    owed = (
        await session.execute(
            select(func.coalesce(total(f.c.outstanding_fen), 0), func.coalesce(total(f.c.overdue_fen), 0))
        )
    ).one()
    return AccountOut(
        **row.model_dump(),
        limit_in_force_fen=await accounts.credit_limit(session, row),
        outstanding_fen=owed[0],
        overdue_fen=owed[1],
        balance_fen=await session.scalar(select(func.coalesce(total(r.c.balance_fen), 0))) or 0,
        timeline=[StoryLine(**line) for line in await acts.story(session, "account", customer_id)],
    )


async def _change_account(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: AccountChange) -> None:
    acts.require_duty(a, frozenset({OfficeRole.CRED}))
    await accounts.of(s, i, lock=True)
    row = await acts.take(s, CustomerAccount, i, "account", b.version)
    values = b.model_dump(mode="json", exclude={"version", "note"})
    values |= {"group_id": b.group_id, "rep_id": b.rep_id}
    if b.grade is Grade.A:
        values["cash_only"] = True  # M8-3 [S]: goods only against confirmed money
    before = {name: getattr(row, name) for name in values}
    credit_before = (await accounts.credit_limit(s, row), await accounts.terms_days(s, row))
    for name, value in values.items():
        setattr(row, name, value)
    credit_after = (await accounts.credit_limit(s, row), await accounts.terms_days(s, row))
    await credit.require_no_more(s, row, credit_before, credit_after)
    changed = {name: [str(old), str(values[name])] for name, old in before.items() if old != values[name]}
    changed.pop("legal_name", None)  # no names on the timeline
    await acts.write(s, n, a, row, "account", "changed", note=b.note, detail=changed)


add_get(router, "/accounts", _account, AccountOut)
add_command(router, "/accounts", "change", _change_account, _account, AccountOut, AccountChange)


class GroupBody(BaseModel):
    id: UUID | None = None
    name: str = Field(min_length=1, max_length=100)
    limit_fen: int = Field(ge=0)


@router.get("/credit-groups")
async def groups(session: DbSession, _: OfficeActor) -> list[GroupBody]:
    rows = await session.scalars(select(CreditGroup).order_by(col(CreditGroup.name)))
    return [GroupBody(**row.model_dump()) for row in rows]


@router.put("/credit-groups")
async def set_group(session: DbSession, actor: OfficeActor, body: GroupBody) -> GroupBody:
    """A new group (no id), or another limit of one. More credit for a whole group is the director's word (M8-4)."""
    acts.require_duty(actor, frozenset({OfficeRole.CRED, OfficeRole.CMO}))
    row = CreditGroup(name=body.name, limit_fen=body.limit_fen)
    known = await acts.get(session, CreditGroup, body.id, "credit_group", lock=True) if body.id is not None else None
    if body.limit_fen > (known.limit_fen if known is not None else 0):
        acts.require_duty(actor, frozenset({OfficeRole.CMO}))
    if known is not None:
        row = known
        row.name, row.limit_fen = body.name, body.limit_fen
    session.add(row)
    await session.flush()
    return GroupBody(**row.model_dump())


class FloorBody(BaseModel):
    sku: str = Field(min_length=1, max_length=50)
    floor_fen: int = Field(ge=0)


@router.get("/price-floors")
async def floors(session: DbSession, _: OfficeActor) -> list[FloorBody]:
    rows = await session.scalars(select(PriceFloor).order_by(col(PriceFloor.sku)))
    return [FloorBody(**row.model_dump()) for row in rows]


@router.put("/price-floors")
async def set_floor(session: DbSession, actor: OfficeActor, body: FloorBody) -> FloorBody:
    acts.require_duty(actor, frozenset({OfficeRole.CMO}))
    values = body.model_dump()
    await session.execute(
        insert(PriceFloor).values(**values).on_conflict_do_update(index_elements=["sku"], set_=values)
    )
    return body
