"""Problem cases: opened by the nightly job or by hand, reported, planned, decided, recovered or written off (M6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Uuid, column, exists, func, insert, select, table, text
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.accounts.models import CustomerAccount
from backoffice.calendar import service as calendars
from backoffice.kit.dates import Calendar
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number, next_numbers
from backoffice.policies import service as policies
from backoffice.problem_accounts import rules
from backoffice.problem_accounts.models import ProblemCase
from backoffice.problem_accounts.rules import CASE, CaseKind, ProblemPolicy
from backoffice.receivables import allocations, ledger
from backoffice.receivables.models import CreditKind, CreditNote, Invoice
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.ids import new_id


async def _open(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor | None,
    invoice: Invoice,
    amount_fen: int,
    kind: CaseKind,
    occurred_on: date | None,
) -> ProblemCase:
    account = await session.get(CustomerAccount, invoice.customer_id)
    new = _New(invoice.id, invoice.customer_id, invoice.invoice_on, amount_fen, account.rep_id if account else None)
    policy, calendar = await policies.load(session, ProblemPolicy), await calendars.load(session)
    case = _case(await next_number(session, "PC", today), new, today, policy, calendar, kind, occurred_on)
    await acts.born(session, now, actor, case, CASE, detail={"amount_fen": amount_fen, "invoice": str(invoice.id)})
    return case


@dataclass(frozen=True, slots=True)
class _New:
    invoice_id: UUID
    customer_id: UUID
    invoice_on: date
    amount_fen: int
    rep_id: UUID | None


def _case(
    number: str,
    new: _New,
    today: date,
    policy: ProblemPolicy,
    calendar: Calendar,
    kind: CaseKind = CaseKind.LATE,
    occurred_on: date | None = None,
) -> ProblemCase:
    """The case with its deadlines (M6-1)."""
    report_due = calendar.add(today, policy.report_days)
    occurred = occurred_on or rules.case_dates(new.invoice_on, policy, calendar).occurred_on
    start = report_due if policy.full_liability_from is rules.LiabilityFrom.REPORT_DUE else occurred
    return ProblemCase(
        number=number,
        customer_id=new.customer_id,
        invoice_id=new.invoice_id,
        kind=kind.value,
        amount_fen=new.amount_fen,
        occurred_on=occurred,
        discovered_on=today,
        report_due=report_due,
        full_liability_on=calendar.add(start, policy.full_liability_days),
        liable_id=new.rep_id,
    )


_DUE = table(
    "problem_due",
    column("invoice_id", Uuid()),
    column("customer_id", Uuid()),
    column("rep_id", Uuid()),
    column("invoice_on", Date()),
    column("fen", BigInteger()),
    column("returned", Boolean()),
)
"""What is open and has no case: kept by the database for the length of a night, because the first night of a company
that brings years of old invoices finds a hundred thousand. What they have in common is judged here, once."""


async def run(session: Session, now: datetime, today: date) -> int:
    """M6-1, daily: a case for each invoice older than two months, unpaid, without a return; closes what was paid."""
    policy, calendar = await policies.load(session, ProblemPolicy), await calendars.load(session)
    await _gather(session, today)
    alike = await session.execute(select(_DUE.c.invoice_on, _DUE.c.returned).distinct())
    days = [on for on, returned in alike if rules.is_problem(on, 1, returned, today, policy)]
    made = await _open_many(session, now, today, days, policy, calendar) if days else 0
    await _settle(session, now, today)
    return made


async def _gather(session: Session, today: date) -> None:
    """Fill `problem_due`: what of each invoice is open, where no case was ever opened for it."""
    await session.execute(
        text(
            "CREATE TEMPORARY TABLE IF NOT EXISTS problem_due (invoice_id uuid, customer_id uuid, rep_id uuid,"
            " invoice_on date, fen bigint, returned boolean) ON COMMIT DROP"
        )
    )
    await session.execute(text("TRUNCATE problem_due"))
    f = ledger.facts(today).subquery("f")
    # Once a case was exempted or closed, the same invoice opens no second one by itself.
    known = exists().where(col(ProblemCase.invoice_id) == f.c.id)
    returned = exists().where(
        col(CreditNote.invoice_id) == f.c.id,
        col(CreditNote.kind) == CreditKind.RETURN.value,
        col(CreditNote.state) == "issued",
    )
    open_ones = (
        select(f.c.id, f.c.customer_id, col(CustomerAccount.rep_id), f.c.invoice_on, f.c.outstanding_fen, returned)
        .join(CustomerAccount, col(CustomerAccount.id) == f.c.customer_id)
        .where(f.c.outstanding_fen > 0, ~known)
    )
    await session.execute(insert(_DUE).from_select([c.name for c in _DUE.c], open_ones))


async def _open_many(
    session: Session, now: datetime, today: date, days: Sequence[date], policy: ProblemPolicy, calendar: Calendar
) -> int:
    """A case for each gathered invoice of `days`, with the dates that its day of invoice gives it."""
    count = await session.scalar(
        select(func.count()).select_from(_DUE).where(_DUE.c.invoice_on.in_(days), ~_DUE.c.returned)
    )
    if not count:
        return 0
    nobody = new_id()
    dated = [_case("", _New(nobody, nobody, on, 1, None), today, policy, calendar) for on in days]
    numbers = await next_numbers(session, "PC", today, count)
    await session.execute(
        text(
            "WITH made AS (INSERT INTO problem_cases (id, number, customer_id, invoice_id, liable_id, amount_fen,"
            " occurred_on, full_liability_on, report_due, discovered_on, state, kind, cause, opinion, plan, decision,"
            " version) SELECT gen_random_uuid(), n.number, d.customer_id, d.invoice_id, d.rep_id, d.fen, d.occurred,"
            " d.liable, :due, :today, :state, :kind, '', '', '', '', 1"
            " FROM (SELECT p.*, j.occurred, j.liable, row_number() OVER (ORDER BY p.invoice_on, p.invoice_id) AS at"
            "  FROM problem_due p"
            "  JOIN unnest(CAST(:days AS date[]), CAST(:occurred AS date[]), CAST(:liable AS date[]))"
            "  AS j (on_day, occurred, liable) ON j.on_day = p.invoice_on WHERE NOT p.returned) d"
            " JOIN unnest(CAST(:numbers AS text[])) WITH ORDINALITY AS n (number, at) ON n.at = d.at"
            " RETURNING id, number, state, amount_fen, invoice_id)"
            " INSERT INTO office_timeline (thing, thing_id, thing_version, at, act, to_state, note, detail)"
            " SELECT :thing, id, 1, :now, 'made', state, '',"
            " jsonb_build_object('amount_fen', amount_fen, 'invoice', invoice_id) FROM made ORDER BY number"
        ),
        {
            "numbers": numbers,
            "days": list(days),
            "occurred": [one.occurred_on for one in dated],
            "liable": [one.full_liability_on for one in dated],
            "due": dated[0].report_due,
            "today": today,
            "state": dated[0].state,
            "kind": dated[0].kind,
            "thing": CASE.name,
            "now": now,
        },
    )
    return len(numbers)


async def _settle(session: Session, now: datetime, today: date) -> None:
    """Cases whose invoice asks for nothing any more are recovered."""
    f = ledger.facts(today).subquery("f")
    paid = await session.scalars(
        select(ProblemCase)
        .join(f, f.c.id == col(ProblemCase.invoice_id))
        .where(col(ProblemCase.state).in_(rules.OPEN), f.c.outstanding_fen == 0, f.c.written_off_fen == 0)
    )
    for case in paid.all():
        if CASE.after(case.state, "recover_all") is not None:
            await acts.move(session, now, None, case, CASE, "recover_all")


async def open_by_hand(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    invoice_id: UUID,
    kind: CaseKind,
    occurred_on: date,
    cause: str,
) -> ProblemCase:
    """Somebody found out before the two months were over: fraud, a dishonoured note, a dumped account."""
    acts.require_duty(actor, CASE.roles("detected", "report") | CASE.roles("reported", "verify"))
    invoice = await acts.get(session, Invoice, invoice_id, "invoice", lock=True)
    outstanding = (await allocations.sums(session, invoice)).outstanding_fen
    if outstanding <= 0:
        raise Refused("nothing_open", "该发票没有未付金额。", "Nothing of this invoice is open.")
    case = await _open(session, now, today, actor, invoice, outstanding, kind, occurred_on)
    case.cause = cause
    await session.flush()
    return case


async def take(session: Session, case_id: UUID, version: int | None) -> ProblemCase:
    seen = await acts.get(session, ProblemCase, case_id, "problem_case")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, ProblemCase, case_id, "problem_case", version)


async def report(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    case_id: UUID,
    version: int,
    *,
    cause: str,
    history: Sequence[tuple[date, str]],
    opinion: str,
) -> ProblemCase:
    """问题账款报告书: cause, history in the order of time up to today, opinion."""
    case = await take(session, case_id, version)
    if not cause.strip():
        raise BadInput(field="cause", problem_zh="须写明原因", problem_en="the cause is missing")
    days = [on for on, _ in history]
    if not days or days != sorted(days) or days[-1] > today:
        raise BadInput(
            field="history",
            problem_zh="经过须按时间先后填写至报告日为止",
            problem_en="the history has to be in the order of time, up to the day of the report",
        )
    sets = {
        "cause": cause,
        "history": [{"on": on.isoformat(), "what": what} for on, what in history],
        "opinion": opinion,
        "reported_on": case.reported_on or today,
        "reported_by": actor.user_id,
    }
    detail = {"late": rules.late_report(case.reported_on or today, case.report_due, today)}
    await acts.move(session, now, actor, case, CASE, "report", note=opinion, detail=detail, sets=sets)
    return case


async def verify(
    session: Session, now: datetime, today: date, actor: Actor, case_id: UUID, version: int, note: str
) -> ProblemCase:
    """The head of the unit signs with an opinion; legal's days for a plan begin."""
    case = await take(session, case_id, version)
    if actor.user_id == case.reported_by:
        raise SameHands(("报告", "report"), ("核实", "verify a case"))
    policy, calendar = await policies.load(session, ProblemPolicy), await calendars.load(session)
    sets = {"verified_by": actor.user_id, "plan_due": calendar.add(today, policy.plan_days)}
    await acts.move(session, now, actor, case, CASE, "verify", note=note, sets=sets)
    return case


async def return_report(
    session: Session, now: datetime, today: date, actor: Actor, case_id: UUID, version: int, note: str
) -> ProblemCase:
    """Badly filled: refile within two days."""
    case = await take(session, case_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明退回原因", problem_en="say what is wrong with the report")
    policy, calendar = await policies.load(session, ProblemPolicy), await calendars.load(session)
    sets = {"verified_by": None, "plan_due": None, "report_due": calendar.add(today, policy.correct_days)}
    await acts.move(session, now, actor, case, CASE, "return_report", note=note, sets=sets)
    return case


async def plan(
    session: Session, now: datetime, today: date, actor: Actor, case_id: UUID, version: int, words: str
) -> ProblemCase:
    case = await take(session, case_id, version)
    if not words.strip():
        raise BadInput(field="plan", problem_zh="须写明处理方案", problem_en="the plan is missing")
    sets = {"plan": words, "planned_on": today, "planned_by": actor.user_id}
    await acts.move(session, now, actor, case, CASE, "plan", note=words, sets=sets)
    return case


async def decide(
    session: Session,
    now: datetime,
    actor: Actor,
    case_id: UUID,
    version: int,
    decision: str,
    liable_percent: int | None,
) -> ProblemCase:
    """The general manager decides; a percentage is an opinion on liability and deducts nothing."""
    case = await take(session, case_id, version)
    if actor.user_id == case.planned_by:
        raise SameHands(("拟定方案", "plan"), ("裁决", "decide a case"))
    sets: dict[str, Any] = {"decision": decision, "decided_by": actor.user_id, "liable_percent": liable_percent}
    await acts.move(session, now, actor, case, CASE, "decide", note=decision, sets=sets)
    return case


async def execute(session: Session, now: datetime, actor: Actor, case_id: UUID, version: int, note: str) -> ProblemCase:
    case = await take(session, case_id, version)
    await acts.move(session, now, actor, case, CASE, "execute", note=note)
    return case


async def exempt(session: Session, now: datetime, actor: Actor, case_id: UUID, version: int, note: str) -> ProblemCase:
    """The general manager's special approval: this one is no problem account."""
    case = await take(session, case_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="特批须写明理由", problem_en="an exemption needs a reason")
    await acts.move(session, now, actor, case, CASE, "exempt", note=note)
    return case


async def review(session: Session, now: datetime, today: date, case_id: UUID, version: int) -> ProblemCase:
    """Look at the invoice's money: part of it or all of it may have come."""
    case = await take(session, case_id, version)
    invoice = await acts.get(session, Invoice, case.invoice_id, "invoice")
    outstanding = (await allocations.sums(session, invoice)).outstanding_fen
    if outstanding == 0 and CASE.after(case.state, "recover_all") is not None:
        await acts.move(session, now, None, case, CASE, "recover_all")
    elif 0 < outstanding < case.amount_fen and CASE.after(case.state, "recover_part") is not None:
        detail = {"outstanding_fen": outstanding}
        await acts.move(session, now, None, case, CASE, "recover_part", detail=detail)
    return case


async def close(session: Session, now: datetime, actor: Actor, case_id: UUID, version: int, note: str) -> ProblemCase:
    case = await take(session, case_id, version)
    await acts.move(session, now, actor, case, CASE, "close", note=note)
    return case
