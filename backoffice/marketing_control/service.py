"""The plan of a year, and its targets held against what was reached: explain, correct, verify (M1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.dates import month_end
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.marketing_control import actuals, rules
from backoffice.marketing_control.actuals import Where
from backoffice.marketing_control.models import ControlLine, MarketingPlan, MarketingTarget, MarketingYear
from backoffice.marketing_control.rules import (
    CONTROL_LINE,
    PLAN,
    Cause,
    LineState,
    MarketingPolicy,
    Metric,
    PeriodKind,
    Target,
)
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.models import User

KIND = THING = "marketing_plan"
LINE = "control_line"


@dataclass(frozen=True, slots=True)
class TargetLine:
    metric: Metric
    kind: PeriodKind
    period: int
    fen: int
    units: int = 0
    region: str = ""
    series: str = ""
    rep: UUID | None = None


@dataclass(frozen=True, slots=True)
class PlanText:
    title: str
    year: dict[Metric, tuple[int, int]]
    """Money and units of the year, by metric."""
    lines: Sequence[TargetLine]
    expense_ratio_bp: int | None = None
    reason: str = ""


async def draft(
    session: Session, now: datetime, today: date, actor: Actor, year: int, body: PlanText, old: UUID | None = None
) -> MarketingPlan:
    """A new plan, or (old) a new version of one in effect, which stays until the new one is put into effect."""
    acts.require_duty(actor, PLAN.roles("draft", "submit"))
    version = 0
    if old is not None:
        before = await acts.take(session, MarketingPlan, old, THING, None)
        if before.state != "plan_in_effect":
            raise WrongState(thing=THING, state=before.state, command="revise")
        year, version = before.year, before.plan_version + 1
    known = await session.scalar(
        select(col(MarketingPlan.number)).where(
            col(MarketingPlan.year) == year, col(MarketingPlan.plan_version) == version
        )
    )
    if known is not None:
        raise Refused(
            "one_plan_a_year",
            f"{year}年已有计划 {known}(第{version}版),请修改它或在执行后修订。",
            f"{year} has the plan {known} (version {version}) already: edit it, or revise it once it is in effect.",
        )
    row = MarketingPlan(
        number=await next_number(session, "MP", today),
        year=year,
        plan_version=version,
        revision_of=old,
        title=body.title,
        expense_ratio_bp=body.expense_ratio_bp,
        reason=body.reason,
        made_by=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, row, PLAN, note=body.reason)
    await _set_targets(session, row, body)
    return row


async def _set_targets(session: Session, row: MarketingPlan, body: PlanText) -> None:
    await session.execute(delete(MarketingTarget).where(col(MarketingTarget.plan_id) == row.id))
    await session.execute(delete(MarketingYear).where(col(MarketingYear.plan_id) == row.id))
    keys = [(x.metric, x.period, x.region, x.series, x.rep) for x in body.lines]
    if len(set(keys)) < len(keys):
        raise BadInput(field="lines", problem_zh="同一目标出现两次", problem_en="the same target appears twice")
    session.add_all(
        MarketingYear(plan_id=row.id, metric=metric.value, target_fen=fen, target_units=units)
        for metric, (fen, units) in body.year.items()
    )
    session.add_all(
        MarketingTarget(
            plan_id=row.id,
            metric=x.metric.value,
            kind=x.kind.value,
            period=x.period,
            region=x.region,
            series=x.series,
            rep_id=x.rep,
            target_fen=x.fen,
            target_units=x.units,
        )
        for x in body.lines
    )
    await session.flush()


async def targets_of(session: Session, plan_id: UUID) -> list[MarketingTarget]:
    t = MarketingTarget
    rows = await session.scalars(
        select(t)
        .where(col(t.plan_id) == plan_id)
        .order_by(col(t.metric), col(t.period), col(t.region), col(t.series), col(t.id))
    )
    return list(rows)


async def years_of(session: Session, plan_id: UUID) -> dict[Metric, tuple[int, int]]:
    rows = await session.scalars(select(MarketingYear).where(col(MarketingYear.plan_id) == plan_id))
    return {Metric(row.metric): (row.target_fen, row.target_units) for row in rows}


async def edit(
    session: Session, now: datetime, actor: Actor, plan_id: UUID, version: int, body: PlanText
) -> MarketingPlan:
    """Before it is in effect; verdicts are void."""
    row = await acts.take(session, MarketingPlan, plan_id, THING, version)
    acts.require_duty(actor, PLAN.roles("draft", "submit"))
    if row.state not in ("draft", "submitted", "approved"):
        raise WrongState(thing=THING, state=row.state, command="edit")
    await approvals.void(session, now, actor, KIND, row.id, "计划修改 · plan changed")
    if row.state != "draft":
        await acts.move(session, now, None, row, PLAN, "rework")
    row.title, row.expense_ratio_bp, row.reason = body.title, body.expense_ratio_bp, body.reason
    await _set_targets(session, row, body)
    await acts.write(session, now, actor, row, THING, "edit")
    return row


async def wrong(session: Session, row: MarketingPlan) -> list[rules.Wrong]:
    """M1-1: what keeps it from being approved."""
    lines = [
        Target(Metric(t.metric), PeriodKind(t.kind), t.period, t.target_fen, t.target_units)
        for t in await targets_of(session, row.id)
    ]
    return rules.check(await years_of(session, row.id), lines)


async def _content(session: Session, row: MarketingPlan) -> dict[str, Any]:
    lines = [t.model_dump(mode="json", exclude={"id"}) for t in await targets_of(session, row.id)]
    lines.sort(key=str)
    years = {m.value: list(v) for m, v in (await years_of(session, row.id)).items()}
    return {"year": row.year, "ratio": row.expense_ratio_bp, "years": years, "lines": lines}


async def submit(session: Session, now: datetime, actor: Actor, plan_id: UUID, version: int) -> MarketingPlan:
    """Refused m1-1 unless every period has its target and they sum to the year."""
    row = await acts.take(session, MarketingPlan, plan_id, THING, version)
    found = await wrong(session, row)
    if found and row.state == "draft":
        raise Refused("m1-1", ";".join(x.zh for x in found), "; ".join(x.en for x in found), field="lines")
    await acts.move(session, now, actor, row, PLAN, "submit")
    amount = (await years_of(session, row.id)).get(Metric.SALES, (0, 0))[0]
    title = f"{row.number} {row.year} {row.title[:60]}"
    await approvals.submit(session, now, actor, Ask(KIND, THING, row.id, title, amount, await _content(session, row)))
    return row


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, MarketingPlan, approval.thing_id, THING, None)
    command = "approve" if approval.state == "approved" else "rework"
    if row.state == "submitted":
        await acts.move(session, now, None, row, PLAN, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "营销计划", "marketing plan", _decided)


async def put_into_effect(session: Session, now: datetime, actor: Actor, plan_id: UUID, version: int) -> MarketingPlan:
    """The version before it is kept, as revised."""
    row = await acts.take(session, MarketingPlan, plan_id, THING, version)
    acts.require_duty(actor, PLAN.roles("approved", "put_into_effect"))
    if row.state == "approved" and not await approvals.approved(session, KIND, row.id, await _content(session, row)):
        raise Refused("not_approved", "现有内容未获批准。", "Exactly this plan has not been approved.")
    if row.revision_of is not None and row.state == "approved":
        old = await acts.take(session, MarketingPlan, row.revision_of, THING, None)
        await acts.move(session, now, None, old, PLAN, "supersede", detail={"by": row.number})
    await acts.move(session, now, actor, row, PLAN, "put_into_effect")
    return row


async def close_plan(
    session: Session, now: datetime, actor: Actor, plan_id: UUID, version: int, note: str
) -> MarketingPlan:
    row = await acts.take(session, MarketingPlan, plan_id, THING, version)
    await acts.move(session, now, actor, row, PLAN, "close", note=note)
    return row


# ---------------------------------------------------------------- measuring


def where_of(year: int, target: MarketingTarget) -> Where:
    first, last = rules.months_of(PeriodKind(target.kind), target.period)
    return Where(date(year, first, 1), month_end(date(year, last, 1)), target.region, target.series, target.rep_id)


async def measure(session: Session, now: datetime, today: date) -> int:
    """By night: every period that has ended of the plan in effect is measured (again, while nobody explained it)."""
    policy = await policies.load(session, MarketingPolicy)
    plans = await session.scalars(select(MarketingPlan).where(col(MarketingPlan.state) == "plan_in_effect"))
    made = 0
    for plan in plans.all():
        for target in await targets_of(session, plan.id):
            where = where_of(plan.year, target)
            if where.to_on < today:
                made += await _measure(session, now, today, plan, target, where, policy)
    return made


async def _measure(
    session: Session,
    now: datetime,
    today: date,
    plan: MarketingPlan,
    target: MarketingTarget,
    where: Where,
    policy: MarketingPolicy,
) -> bool:
    fen, units = await actuals.reached(session, Metric(target.metric), where)
    level = rules.level(Metric(target.metric), target.target_fen, fen, policy.watch_percent, policy.off_percent)
    row = await session.scalar(select(ControlLine).where(col(ControlLine.target_id) == target.id).with_for_update())
    new = row is None
    if row is None:
        row = ControlLine(target_id=target.id, plan_id=plan.id, measured_on=today, reached_fen=fen, reached_units=units)
        await acts.born(session, now, None, row, CONTROL_LINE, detail={"reached_fen": fen})
    elif row.state not in ("on_track", "on_watch", "off_track") or (row.reached_fen, row.reached_units, row.level) == (
        fen,
        units,
        level.value,
    ):
        return False
    row.reached_fen, row.reached_units, row.measured_on, row.level = fen, units, today, level.value
    if row.state != level.value:
        command = {"on_track": "recover", "on_watch": "ease", "off_track": "find_off_track"}[level.value]
        if level is LineState.WATCH and row.state == "on_track":
            command = "find_lagging"
        await acts.move(session, now, None, row, CONTROL_LINE, command, detail={"reached_fen": fen})
    elif not new:
        await acts.write(session, now, None, row, LINE, "measured", detail={"reached_fen": fen})
    return True


# ---------------------------------------------------------------- explaining and correcting


async def explain(
    session: Session, now: datetime, actor: Actor, line_id: UUID, version: int, code: Cause, cause: str
) -> ControlLine:
    row = await acts.take(session, ControlLine, line_id, LINE, version)
    sets = {"cause_code": code.value, "cause": cause}
    await acts.move(session, now, actor, row, CONTROL_LINE, "explain_gap", note=cause, sets=sets)
    return row


async def take_action(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    line_id: UUID,
    version: int,
    measure_: str,
    owner: UUID,
    due_on: date,
) -> ControlLine:
    """A measure, whose it is, until when."""
    row = await acts.take(session, ControlLine, line_id, LINE, version)
    if await session.get(User, owner) is None:
        raise NotFound(what_zh="责任人", what_en="owner", id=owner)
    if due_on < today:
        raise BadInput(field="due_on", problem_zh="期限早于今天", problem_en="the day is past")
    sets = {"measure": measure_, "owner_id": owner, "action_due_on": due_on, "action_told_on": None}
    await acts.move(session, now, actor, row, CONTROL_LINE, "take_action", note=measure_, sets=sets)
    return row


async def finish(
    session: Session, now: datetime, actor: Actor, line_id: UUID, version: int, result: str
) -> ControlLine:
    """Its owner says what came of it."""
    row = await acts.take(session, ControlLine, line_id, LINE, version)
    if row.state == "action_open" and actor.user_id != row.owner_id:
        raise NotYourDuty(frozenset(), why_zh="由责任人完成。", why_en="Its owner says that it is done.")
    await acts.move(session, now, actor, row, CONTROL_LINE, "finish_action", note=result, sets={"result": result})
    return row


async def verify(session: Session, now: datetime, actor: Actor, line_id: UUID, version: int, note: str) -> ControlLine:
    row = await acts.take(session, ControlLine, line_id, LINE, version)
    if actor.user_id == row.owner_id:
        raise SameHands(("执行改正措施", "carry out the action"), ("核实", "verify it"))
    sets = {"verified_by": actor.user_id}
    await acts.move(session, now, actor, row, CONTROL_LINE, "verify", note=note, sets=sets)
    return row


async def reopen(
    session: Session, now: datetime, today: date, actor: Actor, line_id: UUID, version: int, note: str, due_on: date
) -> ControlLine:
    """It did not help: with another day."""
    row = await acts.take(session, ControlLine, line_id, LINE, version)
    if due_on < today:
        raise BadInput(field="due_on", problem_zh="期限早于今天", problem_en="the day is past")
    sets = {"verified_by": None, "action_due_on": due_on, "action_told_on": None}
    await acts.move(session, now, actor, row, CONTROL_LINE, "reopen", note=note, sets=sets)
    return row


async def close(session: Session, now: datetime, actor: Actor, line_id: UUID, version: int, note: str) -> ControlLine:
    """M1-3: off track it closes only with a cause and a verified action."""
    row = await acts.take(session, ControlLine, line_id, LINE, version)
    unfinished = row.state in ("action_open", "action_done")
    if row.state not in ("closed", "verified") and (row.level == "off_track" or unfinished):
        raise Refused(
            "m1-3",
            "偏离目标的项目须有原因、改正措施(责任人、期限)并经核实后才能关闭。",
            "Off track, it closes only with a cause and a corrective action (owner, date) that was verified.",
        )
    await acts.move(session, now, actor, row, CONTROL_LINE, "close", note=note)
    return row


async def overdue_actions(session: Session, now: datetime, today: date) -> int:
    """By night: an action past its day is told once."""
    rows = await session.scalars(
        select(col(ControlLine.id))
        .where(
            col(ControlLine.state) == "action_open",
            col(ControlLine.action_due_on) < today,
            col(ControlLine.action_told_on).is_(None),
        )
        .order_by(col(ControlLine.id))
    )
    done = 0
    for line_id in rows.all():
        row = await acts.take(session, ControlLine, line_id, LINE, None)
        row.action_told_on = today
        detail = {"owner_id": str(row.owner_id), "due_on": str(row.action_due_on)}
        await acts.write(session, now, None, row, LINE, "action_overdue", detail=detail)
        done += 1
    return done
