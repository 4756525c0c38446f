"""Figures for rules, and the rules themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, text
from sqlmodel import col, select

from callcenter.kit.clock import midnight_of
from callcenter.kit.db import Session
from campaigns.automation.models import Automation, AutomationRun
from campaigns.automation.rules import Metric, clock_figures, progress, share
from campaigns.plans.models import Campaign, CampaignState

_LEADS = text(
    """
    SELECT count(*) AS leads, count(*) FILTER (WHERE state = 'open') AS still_open,
           count(*) FILTER (WHERE state = 'open' AND call_no = 0) AS untried
    FROM leads WHERE campaign_id = :campaign
    """
)
_TODAY = text(
    """
    SELECT c.attempts, c.answered, c.abandoned, o.orders, a.agents
    FROM (SELECT count(*) FILTER (WHERE launched_at IS NOT NULL) AS attempts,
                 count(*) FILTER (WHERE answered_at IS NOT NULL AND answered_by IS DISTINCT FROM 'machine') AS answered,
                 count(*) FILTER (WHERE abandoned) AS abandoned
          FROM calls WHERE queue_id = :campaign AND created_at >= :midnight) c,
         (SELECT count(*) AS orders FROM call_results
          WHERE campaign_id = :campaign AND saved_at >= :midnight AND order_id IS NOT NULL) o,
         (SELECT count(*) AS agents FROM agents
          WHERE queue_id = :campaign AND state NOT IN ('offline', 'on_break')) a
    """
)
_OF_LEADS = frozenset({Metric.PROGRESS, Metric.LEADS_OPEN, Metric.LEADS_UNTRIED})


async def figures(
    session: Session, campaign_id: UUID, now: datetime, zone: ZoneInfo, wanted: Collection[Metric] = tuple(Metric)
) -> dict[Metric, float]:
    """The figures `wanted` (or more) of one campaign at `now`. Leads are counted only where a rule asks for them."""
    seen = clock_figures(now, zone)
    if not seen.keys() >= set(wanted):
        midnight = midnight_of(now, zone)
        row = (await session.execute(_TODAY, {"campaign": campaign_id, "midnight": midnight})).one()
        seen |= {
            Metric.ATTEMPTS_TODAY: row.attempts,
            Metric.ORDERS_TODAY: row.orders,
            Metric.ABANDONED_TODAY: share(row.abandoned, row.answered),
            Metric.AGENTS: row.agents,
        }
    if not _OF_LEADS.isdisjoint(wanted):
        row = (await session.execute(_LEADS, {"campaign": campaign_id})).one()
        seen |= {
            Metric.PROGRESS: progress(row.leads, row.still_open),
            Metric.LEADS_OPEN: row.still_open,
            Metric.LEADS_UNTRIED: row.untried,
        }
    return seen


async def active(session: Session, campaign_id: UUID | None = None, *, lock: bool = False) -> Sequence[Automation]:
    """Active rules of campaigns that have not ended, in their order. `lock`: those nobody else is looking at."""
    statement = (
        select(Automation)
        .join(Campaign, col(Campaign.id) == Automation.campaign_id)
        .where(Automation.active, Campaign.state != CampaignState.CLOSED.value)
        .order_by(col(Automation.campaign_id), col(Automation.position), col(Automation.id))
    )
    if campaign_id is not None:
        statement = statement.where(Automation.campaign_id == campaign_id)
    if lock:
        statement = statement.with_for_update(skip_locked=True, of=Automation)
    return (await session.execute(statement)).scalars().all()


async def page(session: Session, campaign_id: UUID, limit: int, offset: int) -> tuple[Sequence[Automation], int]:
    where = Automation.campaign_id == campaign_id
    total = (await session.execute(select(func.count()).select_from(Automation).where(where))).scalar_one()
    statement = select(Automation).where(where).order_by(col(Automation.position), col(Automation.id))
    return (await session.execute(statement.limit(limit).offset(offset))).scalars().all(), total


async def runs(session: Session, campaign_id: UUID, limit: int, offset: int) -> tuple[Sequence[AutomationRun], int]:
    where = AutomationRun.campaign_id == campaign_id
    total = (await session.execute(select(func.count()).select_from(AutomationRun).where(where))).scalar_one()
    statement = select(AutomationRun).where(where).order_by(col(AutomationRun.at).desc(), col(AutomationRun.id).desc())
    return (await session.execute(statement.limit(limit).offset(offset))).scalars().all(), total
