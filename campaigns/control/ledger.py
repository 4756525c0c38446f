"""The abandonment ledger: per campaign, by day and by the periods in which laws count it.

16 CFR 310.4(b)(4)(i) and 47 CFR 64.1200(a)(7): at most 3 % of the calls answered by a person, per campaign, over
the campaign where it is shorter than 30 days, else over each successive 30 days. Ofcom looks at each 24 hours and
adds people taken for machines: `machine_verdicts` is the number that a tested rate of such errors applies to.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.control import rules
from campaigns.control.figures import PERSON
from campaigns.control.schemas import Ledger, LedgerDay, LedgerPeriod
from campaigns.plans.models import Campaign
from campaigns.schedule.windows import day_start

LEGAL_LIMIT = 0.03
_HALF_HOUR_NEEDS = 20
"""Answers that a half-hour needs before its rate says anything."""

_HALVES = text(
    f"""
    SELECT to_char(c.launched_at AT TIME ZONE :zone, 'YYYY-MM-DD')::date AS day,
      floor(extract(epoch FROM c.launched_at) / 1800)::bigint AS half,
      count(*) FILTER (WHERE {PERSON}) AS answered, count(*) FILTER (WHERE c.abandoned) AS abandoned,
      count(*) FILTER (WHERE c.answered_by = 'machine') AS machines
    FROM calls c WHERE c.queue_id = :campaign AND c.launched_at IS NOT NULL
      AND c.created_at >= :since AND c.created_at < :until
    GROUP BY 1, 2 ORDER BY 1, 2
    """
)
_SPAN = text(
    "SELECT min(created_at) AS first, max(created_at) AS last FROM calls"
    " WHERE queue_id = :campaign AND launched_at IS NOT NULL"
)


def _rate(abandoned: int, answered: int) -> float | None:
    return abandoned / answered if answered else None


async def of_campaign(session: Session, campaign: Campaign, now: datetime, where: ZoneInfo) -> Ledger:
    """From the campaign's first attempt to its last (at most to today in `where`)."""
    limit = min(campaign.target_abandonment, LEGAL_LIMIT)
    span = (await session.execute(_SPAN, {"campaign": campaign.id})).one()
    ledger = Ledger(campaign_id=campaign.id, campaign_name=campaign.name, limit=limit, periods=[], days=[])
    if span.first is None:
        return ledger
    first, last = span.first.astimezone(where).date(), min(span.last, now).astimezone(where).date()
    given: dict[str, Any] = {
        "campaign": campaign.id,
        "zone": where.key,
        "since": day_start(first, where),
        "until": day_start(last + timedelta(days=1), where),
    }
    halves = (await session.execute(_HALVES, given)).all()
    ledger.days = [_day(day, [half for half in halves if half.day == day]) for day in sorted({h.day for h in halves})]
    ledger.periods = [_period(begin, end, ledger.days, limit) for begin, end in rules.periods(first, last)]
    return ledger


def _day(day: date, halves: list[Any]) -> LedgerDay:
    answered, abandoned = sum(h.answered for h in halves), sum(h.abandoned for h in halves)
    rates = [h.abandoned / h.answered for h in halves if h.answered >= _HALF_HOUR_NEEDS]
    return LedgerDay(
        day=day,
        answered=answered,
        abandoned=abandoned,
        rate=_rate(abandoned, answered),
        machine_verdicts=sum(h.machines for h in halves),
        worst_half_hour=max(rates, default=None),
    )


def _period(begin: date, end: date, days: list[LedgerDay], limit: float) -> LedgerPeriod:
    inside = [day for day in days if begin <= day.day <= end]
    answered, abandoned = sum(d.answered for d in inside), sum(d.abandoned for d in inside)
    return LedgerPeriod(
        first=begin,
        last=end,
        answered=answered,
        abandoned=abandoned,
        rate=_rate(abandoned, answered),
        within=abandoned <= limit * answered,
    )
