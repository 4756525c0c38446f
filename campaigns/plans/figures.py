"""Today's figures of campaigns: one definition of each number, in SQL, for the board, reports and the pacer's words.

attempts    calls asked of the carrier today
answered    of these, answered by a person (a machine's answer is none; nobody looked: a person)
connected   answered, and the person heard an agent
abandoned   answered, and no agent within the patience (domain.call.counts_as_abandoned)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.leads.funnel import Funnel
from campaigns.leads.funnels import FunnelCache, shared
from campaigns.plans import notices
from campaigns.plans.models import Campaign, CampaignState
from campaigns.plans.schemas import Notice
from campaigns.schedule.rules import CallingRules, window_closes, window_opens

_PERSON = "answered_at IS NOT NULL AND answered_by IS DISTINCT FROM 'machine'"
_TODAY = text(
    f"""
    SELECT queue_id, count(*) FILTER (WHERE launched_at IS NOT NULL) AS attempts,
      count(*) FILTER (WHERE {_PERSON}) AS answered,
      count(*) FILTER (WHERE {_PERSON} AND connected_at IS NOT NULL) AS connected,
      count(*) FILTER (WHERE abandoned) AS abandoned,
      avg(talk_s) FILTER (WHERE {_PERSON} AND talk_s IS NOT NULL) AS talk_s_mean,
      count(*) FILTER (WHERE launched_at IS NOT NULL AND state = 'ended') AS finished
    FROM calls WHERE queue_id = ANY(CAST(:campaigns AS uuid[])) AND created_at >= :since GROUP BY queue_id
    """
)
# Live ones also from before midnight.
_LIVE = text(
    """
    SELECT queue_id, count(*) FILTER (WHERE state IN ('launching', 'ringing')) AS ringing,
      count(*) FILTER (WHERE state IN ('waiting', 'connecting')) AS waiting,
      count(*) FILTER (WHERE state IN ('connected', 'held')) AS talking
    FROM calls WHERE queue_id = ANY(CAST(:campaigns AS uuid[])) AND state <> 'ended' GROUP BY queue_id
    """
)
_ORDERS = text(
    "SELECT campaign_id, count(*) AS orders FROM call_results WHERE campaign_id = ANY(CAST(:campaigns AS uuid[]))"
    " AND saved_at >= :since AND order_id IS NOT NULL GROUP BY campaign_id"
)
_FOLLOW_UPS = text(
    "SELECT campaign_id, count(*) AS due FROM follow_ups WHERE campaign_id = ANY(CAST(:campaigns AS uuid[]))"
    " AND state = 'due' AND due_at <= :now GROUP BY campaign_id"
)


_NOT_ON_THE_BOARD = ("orders", "warnings")
"""`orders` are counted by the orders themselves; warnings are put into the board's own form."""


@dataclass(frozen=True, slots=True)
class Figures:
    """See the head of this module; seconds are the installation's clock's."""

    attempts: int
    answered: int
    connected: int
    abandoned: int
    abandonment_rate: float | None
    """abandoned / answered; None before anybody answered."""
    abandonments_left: int
    """How many more people may be abandoned now, with as many answers as there are, without passing the limit."""
    answer_rate: float | None
    """answered / attempts that have ended or were answered."""
    talk_s_mean: float | None
    orders: int
    ringing: int
    waiting: int
    talking: int
    callable_now: int
    callable_today: int
    expiring_today: int
    callbacks_overdue: int
    follow_ups_due: int
    next_window_at: datetime | None
    """None while a window is open."""
    why_idle: str | None
    """Reason code when nobody may be called now."""
    funnel_as_of: datetime | None
    """When the four counts from the funnel (callable …) were true; None: not counted yet, they are 0."""
    warnings: tuple[Notice, ...]
    """What the board should say beside the figures: a year the holiday calendar does not know."""

    def shown(self) -> dict[str, Any]:
        """As the live board takes them; orders and amounts come from the orders themselves."""
        return {name: value for name, value in asdict(self).items() if name not in _NOT_ON_THE_BOARD}


def abandonments_left(answered: int, abandoned: int, limit: float) -> int:
    """Further abandonments n that keep (abandoned + n) / (answered + n) within `limit`: each is an answer, too."""
    room = limit * answered - abandoned
    return max(0, math.floor(room / (1 - limit) + 1e-9))


async def figures(
    session: Session,
    campaign_ids: Sequence[UUID],
    now: datetime,
    where: ZoneInfo,
    *,
    funnels: FunnelCache | None = None,
) -> dict[UUID, Figures]:
    """Figures of `campaign_ids` since local midnight in `where`. Cheap enough for once a second.

    `funnels`: a cache of one's own; by default all callers in the process share one.
    """
    if not campaign_ids:
        return {}
    midnight = datetime.combine(now.astimezone(where).date(), time.min, where).astimezone(UTC)
    given = {"campaigns": list(campaign_ids), "since": midnight, "now": now}
    today = {row.queue_id: row for row in await session.execute(_TODAY, given)}
    live = {row.queue_id: row for row in await session.execute(_LIVE, given)}
    orders = {row.campaign_id: row.orders for row in await session.execute(_ORDERS, given)}
    follow_ups = {row.campaign_id: row.due for row in await session.execute(_FOLLOW_UPS, given)}
    statement = select(Campaign).where(col(Campaign.id).in_(campaign_ids))
    campaigns = {row.id: row for row in (await session.execute(statement)).scalars()}
    judged = await (funnels or shared(session)).of(session, campaigns, now)
    return {
        cid: _figures(
            campaign,
            today.get(cid),
            live.get(cid),
            orders.get(cid, 0),
            follow_ups.get(cid, 0),
            judged.get(cid),
            now,
            where,
        )
        for cid, campaign in campaigns.items()
    }


def _figures(
    campaign: Campaign,
    today: Any,
    live: Any,
    orders: int,
    follow_ups: int,
    judged: Funnel | None,
    now: datetime,
    where: ZoneInfo,
) -> Figures:
    rules = CallingRules.from_json(campaign.rules)
    attempts, answered, abandoned = (
        (today.attempts, today.answered, today.abandoned) if today is not None else (0, 0, 0)
    )
    ringing = live.ringing if live is not None else 0
    settled = max(answered, attempts - ringing)
    closes = window_closes(rules, now, where)
    calling = campaign.state == CampaignState.OPEN.value and closes is not None
    return Figures(
        attempts=attempts,
        answered=answered,
        connected=today.connected if today is not None else 0,
        abandoned=abandoned,
        abandonment_rate=abandoned / answered if answered else None,
        abandonments_left=abandonments_left(answered, abandoned, campaign.target_abandonment),
        answer_rate=answered / settled if settled else None,
        talk_s_mean=float(today.talk_s_mean) if today is not None and today.talk_s_mean is not None else None,
        orders=orders,
        ringing=ringing,
        waiting=live.waiting if live is not None else 0,
        talking=live.talking if live is not None else 0,
        callable_now=judged.callable_now if judged is not None else 0,
        callable_today=judged.callable_today if judged is not None else 0,
        expiring_today=judged.expiring_today if judged is not None else 0,
        callbacks_overdue=judged.callbacks_overdue if judged is not None else 0,
        follow_ups_due=follow_ups,
        next_window_at=None if closes is not None else window_opens(rules, now, where),
        why_idle=_why_idle(campaign, judged, outside=closes is None),
        funnel_as_of=judged.at if judged is not None else None,
        warnings=(
            *notices.of_calendar(rules, now.date(), (judged and judged.final_day) or now.date()),
            *(notices.of_list(judged.open, judged.callable_today) if judged is not None and calling else ()),
        ),
    )


def _why_idle(campaign: Campaign, judged: Funnel | None, *, outside: bool) -> str | None:
    if campaign.state != CampaignState.OPEN.value:
        return "campaign_not_open"
    if judged is None:
        return "outside_window" if outside else None
    if judged.callable_now:
        return None
    # Outside the windows most leads may be resting or too early, but it is the window that everyone waits for.
    return "outside_window" if outside and judged.open else judged.why_none
