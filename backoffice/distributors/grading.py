"""AAA, AA, A: the standard and its versions, the year's grading, and what a grade does at once (M12-11, M12-12)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, text
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.accounts.models import CustomerAccount
from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.distributors import rules
from backoffice.distributors.machines import GRADE_REVIEW, GRADE_STANDARD
from backoffice.distributors.models import Distributor, GradeLine, GradeReview, GradeStandard
from backoffice.distributors.rules import DistributorPolicy, GradeMethod, ShareReading, Standard
from backoffice.kit.duties import Actor
from backoffice.kit.machine import Machine
from backoffice.kit.refusals import Refused
from backoffice.policies import service as policies
from backoffice.receivables.models import CreditNote, Invoice
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

STANDARD_KIND, REVIEW_KIND = "grade_standard", "grade_review"


def plain(row: GradeStandard) -> Standard:
    return Standard(GradeMethod(row.method), ShareReading(row.reading), row.aaa, row.aa)


# ---------------------------------------------------------------- the standard


async def draft_standard(session: Session, now: datetime, actor: Actor, values: dict[str, Any]) -> GradeStandard:
    acts.require_duty(actor, GRADE_STANDARD.roles("draft", "edit"))
    standard = Standard(GradeMethod(values["method"]), ShareReading(values["reading"]), values["aaa"], values["aa"])
    if not rules.consistent(standard):
        raise BadInput(
            field="aaa",
            problem_zh="AAA 与 AA 的界限不一致",
            problem_en="the borders of AAA and AA contradict",
        )
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('grade_standards'))"))
    number = int(await session.scalar(select(func.coalesce(func.max(col(GradeStandard.number)), 0))) or 0) + 1
    row = GradeStandard(number=number, made_by=actor.user_id, **values)
    await acts.born(session, now, actor, row, GRADE_STANDARD, note=row.reason)
    return row


async def submit_standard(
    session: Session, now: datetime, actor: Actor, standard_id: UUID, version: int
) -> GradeStandard:
    row = await acts.take(session, GradeStandard, standard_id, "grade_standard", version)
    await acts.move(session, now, actor, row, GRADE_STANDARD, "submit")
    content = row.model_dump(include={"number", "from_year", "method", "reading", "aaa", "aa"})
    ask = Ask(STANDARD_KIND, "grade_standard", row.id, f"分级标准 第{row.number}版", 0, content)
    await approvals.submit(session, now, Actor(row.made_by, "", actor.roles), ask)
    return row


async def settle(session: Session, now: datetime, row: Any, machine: Machine[Any], approval: Approval) -> bool:
    """Carry the end of an approval to the thing; whether it was agreed to."""
    command = {"approved": "approve", "rejected": "reject"}.get(approval.state, "reopen")
    if machine.after(row.state, command) is None:
        return False
    await acts.move(session, now, None, row, machine, command, detail={"approval": str(approval.id)})
    return command == "approve"


async def _standard_decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, GradeStandard, approval.thing_id, "grade_standard", None)
    await settle(session, now, row, GRADE_STANDARD, approval)


outcomes.register(STANDARD_KIND, "分级标准", "grading standard", _standard_decided)


async def standard_for(session: Session, year: int) -> GradeStandard | None:
    """The latest approved version that counts for sales of `year`."""
    found: GradeStandard | None = await session.scalar(
        select(GradeStandard)
        .where(col(GradeStandard.state) == "approved", col(GradeStandard.from_year) <= year)
        .order_by(col(GradeStandard.number).desc())
        .limit(1)
    )
    return found


# ---------------------------------------------------------------- the year's grading


def sales(year: int) -> Select[Any]:
    """Contribution to sales of a year: invoices issued, less credit notes for goods and prices, per customer."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    standing: ColumnElement[bool] = and_(
        col(Invoice.number).is_not(None),
        col(Invoice.cancelled_on).is_(None),
        col(Invoice.invoice_on).between(first, last),
    )
    billed: Any = select(col(Invoice.customer_id), col(Invoice.total_fen).label("fen")).where(standing)
    given = select(col(CreditNote.customer_id), (-col(CreditNote.amount_fen)).label("fen")).where(
        col(CreditNote.state) == "issued",
        col(CreditNote.kind) != "reward",
        col(CreditNote.issued_on).between(first, last),
    )
    both = billed.union_all(given).subquery("moved")
    return select(both.c.customer_id, func.sum(both.c.fen).label("fen")).group_by(both.c.customer_id)


async def _contributions(session: Session, year: int) -> list[tuple[Distributor, str | None, int]]:
    sub = sales(year).subquery("sales")
    rows = await session.execute(
        select(Distributor, col(CustomerAccount.grade), func.coalesce(sub.c.fen, 0))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Distributor.customer_id))
        .outerjoin(sub, sub.c.customer_id == col(Distributor.customer_id))
        .where(col(Distributor.state).in_(["active", "suspended"]))
        .order_by(col(Distributor.file_number))
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


async def make(session: Session, now: datetime, today: date, actor: Actor | None, year: int) -> GradeReview:
    """The grading of a finished year, by the standard in force, on the sales as they stand."""
    acts.require_duty(actor, GRADE_REVIEW.roles("draft", "edit"))
    if year >= today.year:
        raise BadInput(field="year", problem_zh="该年度尚未结束", problem_en="that year is not over")
    policy = await policies.load(session, DistributorPolicy)
    standard = await standard_for(session, year)
    if standard is None:
        raise Refused("m12-12", "该年度没有已批准的分级标准。", "No grading standard has been approved for that year.")
    alive = select(col(GradeReview.id)).where(col(GradeReview.year) == year, col(GradeReview.state) != "rejected")
    if await session.scalar(alive) is not None:
        raise Refused("m12-12-once", "该年度已评定:每年评定一次。", "That year has its grading: there is one a year.")
    due = date(year + 1, policy.grading_month, policy.grading_day)
    row = GradeReview(year=year, standard_id=standard.id, due_on=due, made_on=today)
    await acts.born(session, now, actor, row, GRADE_REVIEW, detail={"standard": standard.number})
    await _compute(session, row, standard)
    return row


async def _compute(session: Session, row: GradeReview, standard: GradeStandard) -> None:
    found = await _contributions(session, row.year)
    graded = {item.key: item for item in rules.grade([(d.id, fen) for d, _, fen in found], plain(standard))}
    await session.execute(delete(GradeLine).where(col(GradeLine.review_id) == row.id))
    session.add_all(
        GradeLine(
            review_id=row.id,
            distributor_id=distributor.id,
            sales_fen=fen,
            cumulative_fen=graded[distributor.id].cumulative_fen,
            old_grade=old,
            computed=graded[distributor.id].grade,
            grade=graded[distributor.id].grade,
        )
        for distributor, old, fen in found
    )
    await session.flush()


async def recompute(session: Session, now: datetime, actor: Actor, review_id: UUID, version: int) -> GradeReview:
    """Anew from the sales; departures set by hand are gone."""
    row = await acts.take(session, GradeReview, review_id, "grade_review", version)
    await acts.move(session, now, actor, row, GRADE_REVIEW, "edit", note="重新计算")
    await _compute(session, row, await acts.get(session, GradeStandard, row.standard_id, "grade_standard"))
    return row


async def depart(
    session: Session, now: datetime, actor: Actor, review_id: UUID, version: int, line_id: UUID, grade: str, why: str
) -> GradeReview:
    """Another grade than computed, with its reason; the approval sees both."""
    row = await acts.take(session, GradeReview, review_id, "grade_review", version)
    line = await acts.get(session, GradeLine, line_id, "grade_review", lock=True)
    if line.review_id != row.id or (grade != line.computed and not why.strip()):
        raise BadInput(field="reason", problem_zh="须写明理由", problem_en="another grade needs its reason")
    await acts.move(session, now, actor, row, GRADE_REVIEW, "edit", note=why, detail={"grade": grade})
    line.grade, line.reason = grade, why
    await session.flush()
    return row


async def lines_of(session: Session, review_id: UUID) -> list[GradeLine]:
    rows = await session.scalars(
        select(GradeLine).where(col(GradeLine.review_id) == review_id).order_by(col(GradeLine.sales_fen).desc())
    )
    return list(rows)


async def submit(session: Session, now: datetime, actor: Actor, review_id: UUID, version: int) -> GradeReview:
    row = await acts.take(session, GradeReview, review_id, "grade_review", version)
    await acts.move(session, now, actor, row, GRADE_REVIEW, "submit")
    lines = await lines_of(session, row.id)
    content = {"year": row.year, "lines": [[str(x.distributor_id), x.sales_fen, x.grade, x.reason] for x in lines]}
    title = f"{row.year} 年度分销商等级评定"
    await approvals.submit(session, now, actor, Ask(REVIEW_KIND, "grade_review", row.id, title, 0, content))
    return row


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, GradeReview, approval.thing_id, "grade_review", None)
    if await settle(session, now, row, GRADE_REVIEW, approval):
        row.applied_on = approval.approved_on
        await _apply(session, now, row)


outcomes.register(REVIEW_KIND, "年度等级评定", "yearly grading", _decided)


async def _apply(session: Session, now: datetime, row: GradeReview) -> None:
    """The grades count from this moment: M8 reads the account, so grade A stops new credit at once."""
    policy = await policies.load(session, DistributorPolicy)
    for line in await lines_of(session, row.id):
        distributor = await acts.get(session, Distributor, line.distributor_id, "distributor_record", lock=True)
        account = await accounts.of(session, distributor.customer_id, lock=True)
        cash, by_grade = rules.cash_only_after(line.grade, account.cash_only, distributor.cash_only_by_grade, policy)
        before = account.grade
        # Together in one statement: the schema refuses a grade A that is not cash only.
        account.grade, account.cash_only = line.grade, cash
        account.version += 1
        distributor.cash_only_by_grade = by_grade
        detail = {"from": before, "to": line.grade, "year": row.year, "cash_only": cash}
        await acts.write(session, now, None, distributor, "distributor_record", "graded", detail=detail)


async def run(session: Session, now: datetime, today: date) -> int:
    """Nightly: the grading of last year is drafted once its day has come and a standard is there."""
    policy = await policies.load(session, DistributorPolicy)
    year = rules.graded_year(today, policy)
    if year is None or await standard_for(session, year) is None:
        return 0
    known = await session.scalar(select(col(GradeReview.id)).where(col(GradeReview.year) == year).limit(1))
    if known is not None or not await _contributions(session, year):
        return 0
    await make(session, now, today, None, year)
    return 1
