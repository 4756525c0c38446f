"""Every night: yesterday's attempts judged once more from what they left behind, and the result kept.

Calls outside windows and days must be none (source 7.3.1 rule 8; notes, 14: "calls outside windows", "calls outside
7–14 days"). This says so daily, with the calls by name where it is not so.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from callcenter.kit import log
from callcenter.kit.db import Session
from campaigns.control.models import CallingProof
from campaigns.control.rules import Attempt, Fault, faults_of
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules
from campaigns.schedule.windows import day_start

_log = log.get(__name__)

MAX_DAYS_BACK = 31
"""A worker that was away catches up, but not for ever."""
_NAMED = 20
_CHUNK = 5_000

_CAMPAIGNS = text(
    "SELECT DISTINCT queue_id FROM calls WHERE created_at >= :since AND created_at < :until AND launched_at IS NOT NULL"
)
# A preview is created before it is dialled: `created_at` finds the rows, `launched_at` is what is judged.
_ATTEMPTS = text(
    """
    SELECT c.id, c.launched_at, coalesce(g.timezone, cu.timezone) AS timezone,
      coalesce(g.posted_on, l.posted_on) AS posted_on, g.grounds, d.added_at AS on_list_since,
      ARRAY(SELECT extract(epoch FROM c.launched_at - e.launched_at)::float FROM calls e
            WHERE e.customer_id = c.customer_id AND e.id <> c.id AND e.launched_at <= c.launched_at
              AND e.created_at > c.created_at - make_interval(secs => :back + 3600)
              AND e.launched_at > c.launched_at - make_interval(secs => :back)) AS earlier_s,
      EXISTS (SELECT 1 FROM calls o WHERE o.to_number = c.to_number AND o.id <> c.id
              AND o.created_at BETWEEN c.created_at - interval '1 day' AND c.created_at + interval '1 day'
              AND tstzrange(o.launched_at, o.ended_at) && tstzrange(c.launched_at, c.ended_at)
              AND o.launched_at IS NOT NULL) AS overlaps
    FROM calls c JOIN customers cu ON cu.id = c.customer_id LEFT JOIN leads l ON l.id = c.subject_id
    LEFT JOIN gate_passes g ON g.call_id = c.id LEFT JOIN do_not_call d ON d.phone = c.to_number
    WHERE c.queue_id = :campaign AND c.created_at >= :since AND c.created_at < :until AND c.launched_at IS NOT NULL
    ORDER BY c.created_at, c.id
    """
)
_MISSING = text(
    """
    SELECT DISTINCT (created_at AT TIME ZONE :zone)::date AS day FROM calls c
    WHERE created_at >= :since AND created_at < :until AND launched_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM calling_proofs p WHERE p.campaign_id = c.queue_id
                      AND p.day = (c.created_at AT TIME ZONE :zone)::date)
    ORDER BY 1
    """
)


def _bounds(day: date, where: ZoneInfo) -> dict[str, Any]:
    return {
        "since": day_start(day, where),
        "until": day_start(day + timedelta(days=1), where),
    }


async def prove_missing(session: Session, now: datetime, where: ZoneInfo) -> list[CallingProof]:
    """Prove each day before today (in `where`) that has attempts and no proof yet."""
    today = now.astimezone(where).date()
    span = {
        "since": _bounds(today - timedelta(days=MAX_DAYS_BACK), where)["since"],
        "until": _bounds(today, where)["since"],
        "zone": where.key,
    }
    days = [row.day for row in await session.execute(_MISSING, span)]
    return [proof for day in days for proof in await prove_day(session, day, now, where)]


async def prove_day(session: Session, day: date, now: datetime, where: ZoneInfo) -> list[CallingProof]:
    """Judge the attempts of `day` (in `where`) of every campaign; a proof made before is replaced.

    The attempts of one day are read in chunks: a day of a large house is hundreds of thousands.
    """
    campaigns = [row.queue_id for row in await session.execute(_CAMPAIGNS, _bounds(day, where))]
    proofs = []
    for campaign_id in campaigns:
        campaign = await session.get(Campaign, campaign_id)
        if campaign is not None:
            proofs.append(await _prove(session, campaign, day, now, where))
    return proofs


async def _prove(session: Session, campaign: Campaign, day: date, now: datetime, where: ZoneInfo) -> CallingProof:
    judge = CallingRules.from_json(campaign.rules)
    given = _bounds(day, where) | {"campaign": campaign.id, "back": judge.longest_cap_s()}
    attempts = faulty = 0
    found: dict[Fault, list[UUID]] = defaultdict(list)
    counts: dict[Fault, int] = defaultdict(int)
    stream = await session.stream(_ATTEMPTS.execution_options(yield_per=_CHUNK), given)
    async for row in stream:
        attempts += 1
        faults = faults_of(
            Attempt(
                launched_at=row.launched_at,
                timezone=row.timezone,
                posted_on=row.posted_on,
                grounds=row.grounds,
                on_list_since=row.on_list_since,
                earlier_s=row.earlier_s,
                overlaps=row.overlaps,
            ),
            judge,
        )
        faulty += bool(faults)
        for fault in faults:
            counts[fault] += 1
            if len(found[fault]) < _NAMED:
                found[fault].append(row.id)
    values: dict[str, Any] = {
        "campaign_id": campaign.id,
        "day": day,
        "attempts": attempts,
        "faulty": faulty,
        "faults": {f.value: {"calls": counts[f], "first": [str(i) for i in found[f]]} for f in Fault if counts[f]},
        "rules": judge.to_json(),
        "proved_at": now,
    }
    statement = insert(CallingProof).values(**values)
    await session.execute(statement.on_conflict_do_update(index_elements=["campaign_id", "day"], set_=values))
    if faulty:
        _log.error("calling.faults_found", campaign=str(campaign.id), day=str(day), faulty=faulty)
    return CallingProof(**values)
