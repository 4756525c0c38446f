"""/api/backoffice/problem-cases, write-offs, recoveries, provisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Date, Select, and_, case, func, literal, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import Listing, one
from backoffice.problem_accounts import losses, service
from backoffice.problem_accounts.models import ProblemCase, Provision, Recovery, WriteOff
from backoffice.problem_accounts.rules import CASE, CaseKind, Evidence
from backoffice.receivables import ledger
from backoffice.receivables.ledger import total
from backoffice.receivables.models import Allocation
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: problem accounts"], responses=PROBLEMS)


class CaseRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    invoice_id: UUID
    invoice_number: str | None
    kind: CaseKind
    amount_fen: int
    outstanding_fen: int
    written_off_fen: int
    occurred_on: date
    discovered_on: date
    report_due: date
    reported_on: date | None
    report_late: bool
    full_liability: bool
    plan_due: date | None
    plan_late: bool
    state: str
    version: int


class HistoryLine(BaseModel):
    on: date
    what: str = Field(min_length=1, max_length=1000)


class CaseOut(CaseRow):
    cause: str
    history: list[HistoryLine]
    opinion: str
    plan: str
    decision: str
    liable_id: UUID | None
    liable_percent: int | None
    commands: list[str]
    timeline: list[StoryLine]


class WriteOffRow(BaseModel):
    """On the memo list (账销案存) as long as something of it is written off."""

    id: UUID
    number: str
    case_id: UUID
    customer_id: UUID
    customer: str
    amount_fen: int
    memo_fen: int
    """What of it is still written off: the rest was recovered."""
    evidence: Evidence
    from_provision_fen: int | None
    to_expense_fen: int
    proposed_on: date
    written_off_on: date | None
    status: str


class RecoveryRow(BaseModel):
    id: UUID
    case_id: UUID
    number: str
    receipt_id: UUID
    amount_fen: int
    recovered_on: date
    back_fen: int
    back_due: date | None
    back_on: date | None
    late: bool


class ProvisionRow(BaseModel):
    id: UUID
    as_of: date
    before_fen: int
    required_fen: int
    charge_fen: int


def _cases(today: date, customer: UUID | None = None) -> Select[Any]:
    f = ledger.facts(today, customer).subquery("f")
    now = literal(today, Date)
    return (
        select(
            *(col(getattr(ProblemCase, n)) for n in CaseRow.model_fields if n in ProblemCase.model_fields),
            col(CustomerAccount.legal_name).label("customer"),
            f.c.number.label("invoice_number"),
            f.c.outstanding_fen,
            f.c.written_off_fen,
            (func.coalesce(col(ProblemCase.reported_on), now) > col(ProblemCase.report_due)).label("report_late"),
            and_(col(ProblemCase.reported_on).is_(None), now > col(ProblemCase.full_liability_on)).label(
                "full_liability"
            ),
            func.coalesce(func.coalesce(col(ProblemCase.planned_on), now) > col(ProblemCase.plan_due), False).label(
                "plan_late"
            ),
        )
        .join(f, f.c.id == col(ProblemCase.invoice_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(ProblemCase.customer_id))
    )


def _write_offs(_today: date) -> Select[Any]:
    memo = (
        select(func.coalesce(total(col(Allocation.amount_fen)), 0))
        .where(col(Allocation.write_off_id) == col(WriteOff.id), col(Allocation.reversed_on).is_(None))
        .scalar_subquery()
    )
    status = case(
        (col(WriteOff.refused), "rejected"),
        (col(WriteOff.written_off_on).is_(None), "pending"),
        (memo == 0, "recovered"),
        (memo < col(WriteOff.amount_fen), "partly_recovered"),
        else_="written_off",
    )
    return select(
        *(col(getattr(WriteOff, n)) for n in WriteOffRow.model_fields if n in WriteOff.model_fields),
        col(CustomerAccount.legal_name).label("customer"),
        memo.label("memo_fen"),
        status.label("status"),
    ).join(CustomerAccount, col(CustomerAccount.id) == col(WriteOff.customer_id))


def _recoveries(today: date) -> Select[Any]:
    late = func.coalesce(func.coalesce(col(Recovery.back_on), literal(today, Date)) > col(Recovery.back_due), False)
    return select(
        *(col(getattr(Recovery, n)) for n in RecoveryRow.model_fields if n in Recovery.model_fields),
        col(ProblemCase.number).label("number"),
        late.label("late"),
    ).join(ProblemCase, col(ProblemCase.id) == col(Recovery.case_id))


CASES = Listing(
    name="problem_cases",
    row=CaseRow,
    source=_cases,
    narrowed=_cases,
    model=ProblemCase,
    search=("number", "customer", "invoice_number"),
    filters=("state", "kind", "customer_id", "invoice_id", "report_late", "full_liability", "plan_late"),
    on="discovered_on",
    totals=("amount_fen", "outstanding_fen", "written_off_fen"),
)
WRITE_OFFS = Listing(
    name="write_offs",
    row=WriteOffRow,
    source=_write_offs,
    search=("number", "customer"),
    filters=("status", "customer_id", "case_id", "evidence"),
    on="written_off_on",
    totals=("amount_fen", "memo_fen", "to_expense_fen"),
)
RECOVERIES = Listing(
    name="recoveries",
    row=RecoveryRow,
    source=_recoveries,
    search=("number",),
    filters=("case_id", "late"),
    on="recovered_on",
    sort="-recovered_on",
    totals=("amount_fen", "back_fen"),
)
PROVISIONS = Listing(
    name="provisions",
    row=ProvisionRow,
    source=lambda _today: select(*(col(getattr(Provision, n)) for n in ProvisionRow.model_fields)),
    on="as_of",
    search=(),
    sort="-as_of",
    totals=("charge_fen",),
)
LISTINGS = (CASES, WRITE_OFFS, RECOVERIES, PROVISIONS)
add_list(router, CASES, "/problem-cases")
add_list(router, WRITE_OFFS, "/write-offs")
add_list(router, RECOVERIES, "/recoveries")
add_list(router, PROVISIONS, "/provisions")


class CaseNew(BaseModel):
    invoice_id: UUID
    kind: CaseKind
    occurred_on: date
    cause: str = Field(min_length=1, max_length=1000)


class Report(Command):
    cause: str = Field(min_length=1, max_length=1000)
    history: list[HistoryLine] = Field(min_length=1)
    opinion: str = Field(default="", max_length=2000)


class Plan(Command):
    plan: str = Field(min_length=1, max_length=5000)


class Decide(Command):
    decision: str = Field(min_length=1, max_length=2000)
    liable_percent: int | None = Field(default=None, ge=0, le=100)


class Propose(Command):
    amount_fen: int = Field(gt=0)
    evidence: Evidence
    evidence_note: str = Field(min_length=1, max_length=2000)


class Recover(Command):
    receipt_id: UUID
    amount_fen: int = Field(gt=0)


async def _show(session: Session, today: date, actor: Actor, case_id: UUID) -> CaseOut:
    values = await one(session, CASES, case_id, today)
    row = await acts.get(session, ProblemCase, case_id, "problem_case")
    texts = ("cause", "history", "opinion", "plan", "decision", "liable_id", "liable_percent")
    return CaseOut.model_validate(
        values
        | {name: getattr(row, name) for name in texts}
        | {
            "commands": CASE.commands(row.state, actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "problem_case", case_id)],
        }
    )


class RunOut(BaseModel):
    made: int


@router.post("/problem-cases/run")
async def run(session: DbSession, now: Now, today: Today, actor: OfficeActor) -> RunOut:
    """Open the cases that are due (the nightly job does the same)."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    return RunOut(made=await service.run(session, now, today))


@router.post("/problem-cases", status_code=201)
async def open_case(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: CaseNew) -> CaseOut:
    case_ = await service.open_by_hand(
        session, now, today, actor, body.invoice_id, body.kind, body.occurred_on, body.cause
    )
    return await _show(session, today, actor, case_.id)


async def _report(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Report) -> None:
    history = [(line.on, line.what) for line in b.history]
    await service.report(s, n, t, a, i, b.version, cause=b.cause, history=history, opinion=b.opinion)


async def _verify(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.verify(s, n, t, a, i, b.version, b.note)


async def _return(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.return_report(s, n, t, a, i, b.version, b.note)


async def _plan(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Plan) -> None:
    await service.plan(s, n, t, a, i, b.version, b.plan)


async def _decide(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Decide) -> None:
    await service.decide(s, n, a, i, b.version, b.decision, b.liable_percent)


async def _execute(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.execute(s, n, a, i, b.version, b.note)


async def _exempt(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.exempt(s, n, a, i, b.version, b.note)


async def _review(s: Session, n: datetime, t: date, _a: Actor, i: UUID, b: Command) -> None:
    await service.review(s, n, t, i, b.version)


async def _propose(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Propose) -> None:
    await losses.propose(
        s, n, t, a, i, b.version, amount_fen=b.amount_fen, evidence=b.evidence, evidence_note=b.evidence_note
    )


async def _recover(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Recover) -> None:
    await losses.recover(s, n, t, a, i, b.version, b.receipt_id, b.amount_fen)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.close(s, n, a, i, b.version, b.note)


add_get(router, "/problem-cases", _show, CaseOut)
add_command(router, "/problem-cases", "report", _report, _show, CaseOut, Report)
add_command(router, "/problem-cases", "verify", _verify, _show, CaseOut)
add_command(router, "/problem-cases", "return-report", _return, _show, CaseOut)
add_command(router, "/problem-cases", "plan", _plan, _show, CaseOut, Plan)
add_command(router, "/problem-cases", "decide", _decide, _show, CaseOut, Decide)
add_command(router, "/problem-cases", "execute", _execute, _show, CaseOut)
add_command(router, "/problem-cases", "exempt", _exempt, _show, CaseOut)
add_command(router, "/problem-cases", "review", _review, _show, CaseOut)
add_command(router, "/problem-cases", "propose-loss", _propose, _show, CaseOut, Propose)
add_command(router, "/problem-cases", "recover", _recover, _show, CaseOut, Recover)
add_command(router, "/problem-cases", "close", _close, _show, CaseOut)


@router.post("/recoveries/{recovery_id}/pay-back")
async def pay_back(session: DbSession, today: Today, actor: OfficeActor, recovery_id: UUID) -> RecoveryRow:
    """The cashier paid the representative back what they had compensated (M6-5)."""
    await losses.pay_back(session, today, actor, recovery_id)
    return RecoveryRow.model_validate(await one(session, RECOVERIES, recovery_id, today))


class ProvisionNew(BaseModel):
    as_of: date


@router.post("/provisions", status_code=201)
async def provide(session: DbSession, now: Now, actor: OfficeActor, body: ProvisionNew) -> ProvisionRow:
    """The allowance as of a day, at the rates of the settings (M6-3)."""
    row = await losses.provide(session, now, body.as_of, actor)
    return ProvisionRow(**row.model_dump(include=set(ProvisionRow.model_fields)))
