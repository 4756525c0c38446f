"""Rules of campaigns: written by supervisors, carried out by the worker's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.kit.db import Session
from callcenter.kit.errors import AppError, Conflict, NotFound
from callcenter.people.audit import audit
from campaigns.automation import repository
from campaigns.automation.models import Automation, AutomationRun
from campaigns.automation.rules import Condition, Deed, Judged, Metric, judge
from campaigns.automation.schemas import AutomationChange, AutomationNew, ConditionForm
from campaigns.plans import service as plans
from campaigns.plans.models import CampaignState
from campaigns.plans.schemas import CampaignChange


def _conditions(row: Automation) -> list[Condition]:
    return [ConditionForm.model_validate(one).plain() for one in row.conditions]


async def get(session: Session, automation_id: UUID, *, lock: bool = False) -> Automation:
    row = await session.get(Automation, automation_id, with_for_update=lock or None, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="活动规则", what_en="campaign rule", id=automation_id)
    return row


async def create(session: Session, body: AutomationNew, now: datetime, by: UUID) -> Automation:
    """A new rule. It fires when its conditions begin to hold after it was made, or hold at its first look."""
    await plans.get(session, body.campaign_id)
    values = body.model_dump(mode="json", exclude={"campaign_id", "settings"})
    settings = body.settings.model_dump(mode="json", exclude_none=True)
    row = Automation(**values, campaign_id=body.campaign_id, settings=settings, created_at=now, created_by=by)
    session.add(row)
    await session.flush()
    return row


async def change(session: Session, automation_id: UUID, body: AutomationChange) -> Automation:
    """Compare-and-set; a changed rule is looked at as a new one."""
    row = await get(session, automation_id, lock=True)
    if row.version != body.version:
        raise Conflict(
            why_zh="该规则已被别人修改,请刷新后重做。",
            why_en="Someone else has changed this rule. Refresh and do it again.",
        )
    for name, value in body.model_dump(mode="json", exclude={"version", "settings"}).items():
        setattr(row, name, value)
    row.settings = body.settings.model_dump(mode="json", exclude_none=True)
    row.held = False
    row.version += 1
    await session.flush()
    return row


async def would_fire(
    session: Session, campaign_id: UUID, now: datetime, zone: ZoneInfo
) -> tuple[dict[Metric, float], list[UUID]]:
    """The figures at this moment, and the rules that the next look will carry out. Changes nothing."""
    await plans.get(session, campaign_id)
    figures = await repository.figures(session, campaign_id, now, zone)
    rows = await repository.active(session, campaign_id)
    return figures, [row.id for row in rows if judge(_conditions(row), figures, held=row.held).fires]


async def look(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Judge every active rule, and carry out those that fire. Returns how many did.

    Rules that another worker is looking at are left to it. A rule that cannot be carried out says why in its run, and
    is not tried again before its conditions have ceased to hold.
    """
    fired = 0
    rows = await repository.active(session, lock=True)
    wanted: dict[UUID, set[Metric]] = {}
    for row in rows:
        wanted.setdefault(row.campaign_id, set()).update(one.metric for one in _conditions(row))
    figures = {campaign: await repository.figures(session, campaign, now, zone, of) for campaign, of in wanted.items()}
    for row in rows:
        judged = judge(_conditions(row), figures[row.campaign_id], held=row.held)
        row.held, row.looked_at = judged.holds, now
        if judged.fires:
            await _carry_out(session, row, judged, now)
            fired += 1
    await session.flush()
    return fired


async def _carry_out(session: Session, row: Automation, judged: Judged, now: datetime) -> None:
    run = AutomationRun(
        automation_id=row.id,
        campaign_id=row.campaign_id,
        at=now,
        deed=row.deed,
        because="; ".join(judged.because),
        seen=[dict(one) | {"seen": value} for one, value in zip(row.conditions, judged.seen, strict=True)],
    )
    try:
        async with session.begin_nested():
            await _do(session, row, now)
    except AppError as error:
        run.problem_zh, run.problem_en = error.sentence("zh"), error.sentence("en")
    session.add(run)
    await session.flush()
    detail = {"rule": str(row.id), "deed": row.deed, "because": list(judged.because), "done": run.problem_en is None}
    await audit(session, now, None, "campaign_rule_fired", "campaign", str(row.campaign_id), detail)


async def _do(session: Session, row: Automation, now: datetime) -> None:
    campaign = await plans.get(session, row.campaign_id)
    match Deed(row.deed):
        case Deed.OPEN:
            if campaign.state != CampaignState.OPEN.value:
                await plans.open_campaign(session, campaign, now, None)
        case Deed.PAUSE:
            await plans.pause(session, campaign, now, None)
        case Deed.CLOSE:
            await plans.close(session, campaign, now, None)
        case Deed.CHANGE:
            body = CampaignChange(version=campaign.version, **row.settings)
            await plans.change(session, campaign.id, body, now)


async def list_of(session: Session, campaign_id: UUID, limit: int, offset: int) -> tuple[Sequence[Automation], int]:
    return await repository.page(session, campaign_id, limit, offset)
