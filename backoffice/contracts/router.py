"""/api/backoffice/contracts, obligations, archive-loans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Date, Select, and_, case, func, literal, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.contracts import service
from backoffice.contracts.models import (
    ArchiveLoan,
    Contract,
    ContractKind,
    ContractRevision,
    Obligation,
)
from backoffice.contracts.rules import CONTRACT, LOAN, ContractPolicy, notices
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list, shown
from backoffice.listing.query import Listing, one
from backoffice.orders.models import SalesOrder
from backoffice.policies import service as policies
from backoffice.receivables.ledger import total
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: contracts"], responses=PROBLEMS)


class ContractRow(BaseModel):
    id: UUID
    number: str
    revision: int
    kind: ContractKind
    title: str
    customer_id: UUID
    customer: str
    amount_fen: int
    ordered_fen: int
    capped: bool
    terms_days: int
    start_on: date
    end_on: date | None
    days_left: int | None
    region: str
    standard_form: bool
    state: str
    version: int


class LineBody(BaseModel):
    sku: str = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=200)
    quantity: int = Field(gt=0, le=10**7)
    price_fen: int = Field(ge=0, le=10**12)


class TextBody(BaseModel):
    kind: ContractKind
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(default="", max_length=200_000)
    lines: list[LineBody] = Field(default_factory=list, max_length=500)
    terms_days: int = Field(ge=0, le=365)
    start_on: date
    end_on: date | None = None
    delivery_terms: str = Field(default="", max_length=1000)
    region: str = Field(default="", max_length=50)
    capped: bool = False
    standard_form: bool = True


class ContractNew(TextBody):
    customer_id: UUID


class ContractEdit(Command, TextBody):
    pass


class RevisionOut(BaseModel):
    revision: int
    effective_on: date
    content: dict[str, Any]


class ContractOut(ContractRow):
    body: str
    delivery_terms: str
    lines: list[LineBody]
    deviations: list[str]
    notice: int | None
    """The notice of its end that has been reached, in days (60, then 30)."""
    signed_name: str
    signed_on: date | None
    sealed_on: date | None
    archive_place: str
    revisions: list[RevisionOut]
    commands: list[str]
    timeline: list[StoryLine]


class ObligationRow(BaseModel):
    id: UUID
    contract_id: UUID
    number: str
    what: str
    due_on: date
    done_on: date | None
    status: str


class LoanRow(BaseModel):
    id: UUID
    contract_id: UUID
    number: str
    unit: str
    purpose: str
    lent_on: date | None
    due_on: date | None
    back_on: date | None
    overdue: bool
    state: str
    version: int


def _contracts(today: date) -> Select[Any]:
    ordered = (
        select(func.coalesce(total(col(SalesOrder.total_fen)), 0))
        .where(col(SalesOrder.contract_id) == col(Contract.id), col(SalesOrder.state) != "cancelled")
        .scalar_subquery()
    )
    return select(
        *(col(getattr(Contract, n)) for n in ContractRow.model_fields if n in Contract.model_fields),
        col(CustomerAccount.legal_name).label("customer"),
        ordered.label("ordered_fen"),
        (col(Contract.end_on) - literal(today, Date)).label("days_left"),
    ).join(CustomerAccount, col(CustomerAccount.id) == col(Contract.customer_id))


def _obligations(today: date) -> Select[Any]:
    status = case(
        (col(Obligation.done_on).is_not(None), "done"),
        (col(Obligation.due_on) < today, "lapsed"),
        else_="open",
    )
    return select(
        *(col(getattr(Obligation, n)) for n in ObligationRow.model_fields if n in Obligation.model_fields),
        col(Contract.number).label("number"),
        status.label("status"),
    ).join(Contract, col(Contract.id) == col(Obligation.contract_id))


def _loans(today: date) -> Select[Any]:
    late = and_(col(ArchiveLoan.state) == "lent", col(ArchiveLoan.due_on) < today)
    return select(
        *(col(getattr(ArchiveLoan, n)) for n in LoanRow.model_fields if n in ArchiveLoan.model_fields),
        col(Contract.number).label("number"),
        func.coalesce(late, False).label("overdue"),
    ).join(Contract, col(Contract.id) == col(ArchiveLoan.contract_id))


CONTRACTS = Listing(
    name="contracts",
    row=ContractRow,
    source=_contracts,
    search=("number", "title", "customer"),
    filters=("state", "kind", "customer_id", "region", "standard_form", "capped"),
    on="end_on",
    totals=("amount_fen", "ordered_fen"),
)
OBLIGATIONS = Listing(
    name="obligations",
    row=ObligationRow,
    source=_obligations,
    search=("number", "what"),
    filters=("status", "contract_id"),
    on="due_on",
    sort="due_on",
)
LOANS = Listing(
    name="archive_loans",
    row=LoanRow,
    source=_loans,
    search=("number", "unit", "purpose"),
    filters=("state", "overdue", "contract_id"),
    on="due_on",
    sort="-lent_on",
)
LISTINGS = (CONTRACTS, OBLIGATIONS, LOANS)
add_list(router, CONTRACTS, "/contracts")
add_list(router, OBLIGATIONS, "/obligations")
add_list(router, LOANS, "/archive-loans")


async def _show(session: Session, today: date, actor: Actor, contract_id: UUID) -> ContractOut:
    values = await one(session, CONTRACTS, contract_id, today)
    row = await acts.get(session, Contract, contract_id, "contract")
    policy = await policies.load(session, ContractPolicy)
    kept = await session.scalars(
        select(ContractRevision)
        .where(col(ContractRevision.contract_id) == contract_id)
        .order_by(col(ContractRevision.revision))
    )
    texts = ("body", "delivery_terms", "signed_name", "signed_on", "sealed_on", "archive_place")
    return ContractOut.model_validate(
        values
        | {name: getattr(row, name) for name in texts}
        | {
            "lines": [LineBody(**x.model_dump()) for x in await service.lines_of(session, contract_id)],
            "deviations": await service.deviations(session, row, policy),
            "notice": notices(row.end_on, today, policy.notice_days) if row.state == "effective" else None,
            "revisions": [RevisionOut(**x.model_dump()) for x in kept],
            "commands": CONTRACT.commands(row.state, actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "contract", contract_id)],
        }
    )


def _text(customer_id: UUID, body: TextBody) -> service.Text:
    values = {name: getattr(body, name) for name in TextBody.model_fields if name != "lines"}
    return service.Text(
        customer_id=customer_id, lines=[service.NewLine(**x.model_dump()) for x in body.lines], **values
    )


@router.post("/contracts", status_code=201)
async def draft(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ContractNew) -> ContractOut:
    row = await service.draft(session, now, today, actor, _text(body.customer_id, body))
    return await _show(session, today, actor, row.id)


class Seal(Command):
    pages: int = Field(gt=0)
    signed_name: str = Field(min_length=1, max_length=100)
    signed_on: date


class Register(Command):
    archive_place: str = Field(min_length=1, max_length=100)


class Amend(Command):
    """What is to be another way from then on; what is not named stays. `note` says why."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    body: str | None = Field(default=None, max_length=200_000)
    terms_days: int | None = Field(default=None, ge=0, le=365)
    delivery_terms: str | None = Field(default=None, max_length=1000)
    end_on: date | None = None
    """Null, said expressly: without an end."""
    amount_fen: int | None = Field(default=None, ge=0, le=10**13)
    capped: bool | None = None
    region: str | None = Field(default=None, max_length=50)

    def delta(self) -> dict[str, Any]:
        said = self.model_dump(mode="json", exclude={"version", "note"}, exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None or name == "end_on"}


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: ContractEdit) -> None:
    row = await acts.get(s, Contract, i, "contract")
    await service.edit(s, n, a, i, b.version, _text(row.customer_id, b), b.note)


async def _propose(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.propose(s, n, t, a, i, b.version)


async def _check(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.check(s, n, a, i, b.version, True, b.note)


async def _return(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.check(s, n, a, i, b.version, False, b.note)


async def _seal(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Seal) -> None:
    await service.seal(s, n, t, a, i, b.version, pages=b.pages, signed_name=b.signed_name, signed_on=b.signed_on)


async def _register(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Register) -> None:
    await service.register(s, n, t, a, i, b.version, b.archive_place)


async def _amend(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Amend) -> None:
    await service.ask_change(s, n, a, i, b.version, terminate=False, delta=b.delta(), reason=b.note)


async def _terminate(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.ask_change(s, n, a, i, b.version, terminate=True, delta={}, reason=b.note)


async def _fulfil(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.end(s, n, a, i, b.version, "fulfil", b.note)


async def _breach(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.end(s, n, a, i, b.version, "breach", b.note)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.end(s, n, a, i, b.version, "close", b.note)


add_get(router, "/contracts", _show, ContractOut)
add_command(router, "/contracts", "edit", _edit, _show, ContractOut, ContractEdit)
add_command(router, "/contracts", "propose", _propose, _show, ContractOut)
add_command(router, "/contracts", "check", _check, _show, ContractOut)
add_command(router, "/contracts", "return", _return, _show, ContractOut)
add_command(router, "/contracts", "seal", _seal, _show, ContractOut, Seal)
add_command(router, "/contracts", "register", _register, _show, ContractOut, Register)
add_command(router, "/contracts", "amend", _amend, _show, ContractOut, Amend)
add_command(router, "/contracts", "terminate", _terminate, _show, ContractOut)
add_command(router, "/contracts", "fulfil", _fulfil, _show, ContractOut)
add_command(router, "/contracts", "breach", _breach, _show, ContractOut)
add_command(router, "/contracts", "close", _close, _show, ContractOut)


class ObligationNew(BaseModel):
    contract_id: UUID
    what: str = Field(min_length=1, max_length=500)
    due_on: date


async def _obligation(session: Session, today: date, row_id: UUID) -> ObligationRow:
    return ObligationRow.model_validate(await one(session, OBLIGATIONS, row_id, today))


@router.post("/obligations", status_code=201)
async def add_obligation(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ObligationNew
) -> ObligationRow:
    row = await service.add_obligation(session, now, actor, body.contract_id, body.what, body.due_on)
    return await _obligation(session, today, row.id)


@router.post("/obligations/{obligation_id}/done")
async def do_obligation(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, obligation_id: UUID
) -> ObligationRow:
    await service.do_obligation(session, now, today, actor, obligation_id)
    return await _obligation(session, today, obligation_id)


class LoanNew(BaseModel):
    contract_id: UUID
    unit: str = Field(min_length=1, max_length=100)
    purpose: str = Field(min_length=1, max_length=500)


class LoanOut(LoanRow):
    commands: list[str]
    timeline: list[StoryLine]


_loan = shown(LOANS, LoanOut, LOAN)


@router.post("/archive-loans", status_code=201, response_model=LoanOut)
async def ask_loan(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: LoanNew) -> BaseModel:
    row = await service.ask_loan(session, now, actor, body.contract_id, body.unit, body.purpose)
    return await _loan(session, today, actor, row.id)


async def _approve_loan(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.move_loan(s, n, t, a, i, b.version, "approve", b.note)


async def _reject_loan(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.move_loan(s, n, t, a, i, b.version, "reject", b.note)


async def _lend(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.move_loan(s, n, t, a, i, b.version, "lend", b.note)


async def _take_back(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.move_loan(s, n, t, a, i, b.version, "take_back", b.note)


add_get(router, "/archive-loans", _loan, LoanOut)
add_command(router, "/archive-loans", "approve", _approve_loan, _loan, LoanOut)
add_command(router, "/archive-loans", "reject", _reject_loan, _loan, LoanOut)
add_command(router, "/archive-loans", "lend", _lend, _loan, LoanOut)
add_command(router, "/archive-loans", "take-back", _take_back, _loan, LoanOut)
