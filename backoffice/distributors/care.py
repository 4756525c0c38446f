"""Daily care: visits, complaints, risks passed to finance, SM's evaluation of the work (M12-1, M12-7 … M12-9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from backoffice.distributors import files
from backoffice.distributors.machines import COMPLAINT, RISK_NOTICE
from backoffice.distributors.models import Complaint, Distributor, Evaluation, RiskNotice, Visit
from backoffice.distributors.rules import DistributorPolicy
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import SameHands
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.roles import service as roles
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

_REP, _SM = frozenset({OfficeRole.REP}), frozenset({OfficeRole.SM})


async def visit(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    distributor_id: UUID,
    visited_on: date,
    topics: dict[str, str],
    delta: dict[str, Any],
) -> Visit:
    """M12-7: a record after each visit, on all three topics; changed facts go on to SM and CADM (M12-3)."""
    acts.require_duty(actor, _REP)
    row = await acts.get(session, Distributor, distributor_id, "distributor_record", lock=True)
    if visited_on > today:
        raise BadInput(field="visited_on", problem_zh="拜访日期晚于今天", problem_en="the day is in the future")
    found = Visit(
        distributor_id=distributor_id,
        visited_on=visited_on,
        visited_by=actor.user_id,
        made_at=now,
        stock=topics["stock"],
        orders=topics["orders"],
        changes=topics["changes"],
    )
    session.add(found)
    await session.flush()
    await acts.write(session, now, actor, row, "distributor_record", "visited", detail={"visit": str(found.id)})
    if delta:
        await files.report(session, now, today, actor, distributor_id, topics["changes"], delta, visit_id=found.id)
    return found


async def complain(
    session: Session, now: datetime, today: date, actor: Actor, distributor_id: UUID, what: str
) -> Complaint:
    acts.require_duty(actor, _REP)
    await acts.get(session, Distributor, distributor_id, "distributor_record")
    policy = await policies.load(session, DistributorPolicy)
    row = Complaint(
        number=await next_number(session, "CP", today),
        distributor_id=distributor_id,
        what=what,
        received_on=today,
        due_on=today + timedelta(days=policy.complaint_days),
        received_by=actor.user_id,
        handler_id=actor.user_id,
    )
    await acts.born(session, now, actor, row, COMPLAINT, note=what)
    return row


async def move_complaint(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    complaint_id: UUID,
    version: int,
    command: str,
    *,
    note: str = "",
    kind: str = "",
    importance: int = 0,
) -> Complaint:
    """`classify`, `solve`, `escalate`, `reopen`, `close`. Who is able to solve it, solves it; else the department."""
    row = await acts.take(session, Complaint, complaint_id, "complaint", version)
    sets: dict[str, Any] = {}
    if command == "classify":
        sets = {"kind": kind, "importance": importance}
    elif command == "solve":
        command = "solve_above" if row.state == "escalated" else "solve"
        sets = {"solution": note, "solved_on": today, "handler_id": actor.user_id}
    if command in ("solve", "solve_above", "escalate", "reopen") and not note.strip():
        raise BadInput(field="note", problem_zh="须写明处理情况或原因", problem_en="say what was done, or why")
    if command == "reopen":
        sets = {"solved_on": None}
    await acts.move(session, now, actor, row, COMPLAINT, command, note=note, sets=sets)
    return row


async def warn(
    session: Session, now: datetime, today: date, actor: Actor, distributor_id: UUID, what: str
) -> RiskNotice:
    """M12-9: REP tells finance of a risk."""
    acts.require_duty(actor, _REP)
    await acts.get(session, Distributor, distributor_id, "distributor_record")
    row = RiskNotice(distributor_id=distributor_id, what=what, made_by=actor.user_id, reported_on=today)
    await acts.born(session, now, actor, row, RISK_NOTICE, note=what)
    return row


async def answer_risk(
    session: Session, now: datetime, actor: Actor, risk_id: UUID, version: int, answer: str
) -> RiskNotice:
    row = await acts.take(session, RiskNotice, risk_id, "risk_notice", version)
    if not answer.strip():
        raise BadInput(field="note", problem_zh="须写明处理意见", problem_en="say what finance does about it")
    await acts.move(session, now, actor, row, RISK_NOTICE, "answer", note=answer, sets={"answer": answer})
    return row


async def evaluate(
    session: Session, today: date, actor: Actor, rep_id: UUID, month: date, score: int, advice: str
) -> Evaluation:
    """SM's evaluation of a representative's month; said again, the newer one stands."""
    acts.require_duty(actor, _SM)
    if rep_id == actor.user_id:
        raise SameHands(("业务员工作", "do the work"), ("评价", "evaluate it"))
    if OfficeRole.REP not in await roles.roles_of(session, rep_id):
        raise BadInput(field="rep_id", problem_zh="该人员不是业务员", problem_en="that person is no representative")
    row = Evaluation(
        rep_id=rep_id, month=month.replace(day=1), score=score, advice=advice, made_by=actor.user_id, made_on=today
    )
    values = row.model_dump()
    kept = {name: values[name] for name in ("score", "advice", "made_by", "made_on")}
    again = insert(Evaluation).values(**values).on_conflict_do_update(index_elements=["rep_id", "month"], set_=kept)
    return (await session.scalars(again.returning(Evaluation), execution_options={"populate_existing": True})).one()
