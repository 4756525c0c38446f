"""The channel plans of 1 and 5 November (M12-5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.distributors import rules
from backoffice.distributors.machines import CHANNEL_PLAN, LIVE
from backoffice.distributors.models import ChannelPlan, Distributor
from backoffice.distributors.rules import DistributorPolicy
from backoffice.distributors.seed import PlanPart
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

PLANNERS = frozenset({OfficeRole.SM, OfficeRole.CMO})


async def _ensure(session: Session, now: datetime, actor: Actor | None, year: int, region: str) -> ChannelPlan | None:
    """A draft of the year and region, unless there is one. None: there was."""
    policy = await policies.load(session, DistributorPolicy)
    row = ChannelPlan(year=year, region=region, due_on=rules.plan_due(year, region == "", policy))
    made = await session.execute(
        insert(ChannelPlan).values(**row.model_dump()).on_conflict_do_nothing().returning(col(ChannelPlan.id))
    )
    if made.scalar_one_or_none() is None:
        return None
    kept = await acts.get(session, ChannelPlan, row.id, "channel_plan")
    await acts.write(session, now, actor, kept, "channel_plan", "made", states=(None, kept.state), new=True)
    return kept


async def make(session: Session, now: datetime, actor: Actor, year: int, region: str) -> ChannelPlan:
    acts.require_duty(actor, PLANNERS)
    row = await _ensure(session, now, actor, year, region)
    if row is None:
        raise BadInput(field="year", problem_zh="该年度规划已存在", problem_en="there is a plan of that year already")
    return row


async def edit(
    session: Session, now: datetime, actor: Actor, plan_id: UUID, version: int, body: str, targets: list[dict[str, Any]]
) -> ChannelPlan:
    row = await acts.take(session, ChannelPlan, plan_id, "channel_plan", version)
    await acts.move(session, now, actor, row, CHANNEL_PLAN, "edit", sets={"body": body, "targets": targets})
    return row


async def qualified(session: Session, region: str) -> list[dict[str, Any]]:
    """合格分销商名录 of a region: those on the list, active."""
    rows = await session.execute(
        select(col(Distributor.file_number), col(CustomerAccount.legal_name), col(Distributor.kind))
        .add_columns(col(Distributor.city), col(CustomerAccount.grade))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Distributor.customer_id))
        .where(col(CustomerAccount.region) == region, col(Distributor.state).in_([s.value for s in LIVE]))
        .order_by(col(Distributor.file_number))
    )
    return [dict(row._mapping) for row in rows]


async def issue(session: Session, now: datetime, today: date, actor: Actor, plan_id: UUID, version: int) -> ChannelPlan:
    """The company's plan first; a region's goes out with the qualified list and the selection standard."""
    row = await acts.take(session, ChannelPlan, plan_id, "channel_plan", version)
    if not row.body.strip():
        raise BadInput(field="body", problem_zh="规划内容为空", problem_en="the plan says nothing yet")
    sets: dict[str, Any] = {"issued_on": today, "issued_by": actor.user_id}
    if row.region:
        if OfficeRole.SM not in actor.roles:
            raise NotYourDuty(frozenset({OfficeRole.SM}))
        above = select(col(ChannelPlan.id)).where(
            col(ChannelPlan.year) == row.year, col(ChannelPlan.region) == "", col(ChannelPlan.state) == "issued"
        )
        if await session.scalar(above) is None:
            raise Refused(
                "m12-5",
                "销售部的年度销售渠道规划尚未下发,不能下发片区规划。",
                "The company's plan of the year has not been issued; a region's follows it.",
            )
        policy = await policies.load(session, DistributorPolicy)
        sets["issued"] = {
            PlanPart.REGION_PLAN.value: row.body,
            PlanPart.QUALIFIED_LIST.value: await qualified(session, row.region),
            PlanPart.SELECTION_STANDARD.value: policy.model_dump(
                mode="json", include={"min_years", "min_assets_fen", "min_turnover_fen"}
            ),
        }
    late = rules.late_days(row.due_on, today, today)
    await acts.move(session, now, actor, row, CHANNEL_PLAN, "issue", sets=sets, detail={"late_days": late})
    return row


async def run(session: Session, now: datetime, today: date) -> int:
    """Nightly: the plans that are to be at work now exist, so that one that nobody began is seen to be late."""
    policy = await policies.load(session, DistributorPolicy)
    year = rules.planned_year(today, policy)
    if year is None:
        return 0
    regions = await session.scalars(
        select(col(CustomerAccount.region))
        .join(Distributor, col(Distributor.customer_id) == col(CustomerAccount.id))
        .where(col(Distributor.state).in_([s.value for s in LIVE]), col(CustomerAccount.region) != "")
        .distinct()
        .order_by(col(CustomerAccount.region))
    )
    return sum([await _ensure(session, now, None, year, region) is not None for region in ["", *regions]])
