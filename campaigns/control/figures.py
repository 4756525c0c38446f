"""Results of the calling by whatever one likes to compare: one definition of each number, in SQL.

attempts     calls asked of the carrier
answered     of these, answered by a person (a machine is none; nobody looked: a person)
connected    answered, and the person heard an agent
abandoned    answered, and no agent within the patience (domain.call.counts_as_abandoned)
orders       results with an order
refused      results that are a refusal or do-not-call, by the flags of their disposition
connect rate         connected / attempts            (notes, 14: "connect rate = connected / dials")
abandonment rate     abandoned / answered
conversion           orders / connected
orders per attempt   orders / attempts
mean talk            seconds of talk / connected
too short, too long  talks beyond the limits of their campaign (`call_norms`)

Hours, windows and weekdays are those of the customer's clock.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.control import rules
from campaigns.control.schemas import Bin, Result, Results
from campaigns.schedule.rules import CallingRules
from campaigns.schedule.windows import day_start

PERSON = "c.answered_at IS NOT NULL AND c.answered_by IS DISTINCT FROM 'machine'"
_LOCAL = "(c.launched_at AT TIME ZONE cu.timezone)"


class By(StrEnum):
    """What results are compared by."""

    DAY = "day"
    HOUR = "hour"
    WINDOW = "window"
    WEEKDAY = "weekday"
    DAY_N = "day_n"
    CAMPAIGN = "campaign"
    AGENT = "agent"
    LIST = "list"
    SCRIPT = "script"
    STAGE = "stage"
    ATTEMPT = "attempt"
    CALLER = "caller"


# Each: (expression of the key, expression of its name for people or NULL, what else has to be joined).
_KEYS: dict[By, tuple[str, str, str]] = {
    By.DAY: ("to_char(c.launched_at AT TIME ZONE :zone, 'YYYY-MM-DD')", "NULL", ""),
    By.HOUR: (f"to_char({_LOCAL}, 'HH24')", "NULL", ""),
    By.WEEKDAY: (f"extract(isodow FROM {_LOCAL})::int::text", "NULL", ""),
    By.DAY_N: (f"({_LOCAL}::date - l.posted_on)::text", "NULL", "JOIN leads l ON l.id = c.subject_id"),
    By.CAMPAIGN: ("c.queue_id::text", "p.name", "JOIN campaigns p ON p.id = c.queue_id"),
    By.AGENT: ("c.agent_id::text", "u.name", "LEFT JOIN users u ON u.id = c.agent_id"),
    By.LIST: ("cu.source", "cu.source", ""),
    By.SCRIPT: (
        "c.card->>'script_id'",
        "s.name || ' · ' || s.version",
        "LEFT JOIN scripts s ON s.id = CAST(c.card->>'script_id' AS uuid)",
    ),
    By.STAGE: ("c.stage", "NULL", ""),
    By.ATTEMPT: ("c.attempt_no::text", "NULL", ""),
    By.CALLER: ("c.from_number", "c.from_number", ""),
}
# The campaign's own windows: the one that holds the customer's time of day, or none (a time the customer asked for).
_WINDOW = (
    "(SELECT w->>0 || '–' || (w->>1) FROM campaigns p, jsonb_array_elements("
    " coalesce(p.rules->'windows', CAST(:windows AS jsonb))) w"
    f" WHERE p.id = c.queue_id AND {_LOCAL}::time >= CAST(w->>0 AS time) AND {_LOCAL}::time < CAST(w->>1 AS time)"
    " LIMIT 1)"
)
_FROM = """
    FROM calls c JOIN customers cu ON cu.id = c.customer_id
    LEFT JOIN call_results r ON r.call_id = c.id LEFT JOIN dispositions d ON d.code = r.code
    LEFT JOIN call_norms n ON n.campaign_id = c.queue_id
"""
_WHERE = """
    WHERE c.created_at >= :since AND c.created_at < :until AND c.launched_at IS NOT NULL
      AND (CAST(:campaign AS uuid) IS NULL OR c.queue_id = :campaign)
      AND (CAST(:agent AS uuid) IS NULL OR c.agent_id = :agent)
"""
_COUNTS = f"""
    count(*) AS attempts,
    count(*) FILTER (WHERE {PERSON}) AS answered,
    count(*) FILTER (WHERE {PERSON} AND c.connected_at IS NOT NULL) AS connected,
    count(*) FILTER (WHERE c.abandoned) AS abandoned,
    count(r.order_id) AS orders,
    count(*) FILTER (WHERE d.refusal OR d.do_not_call) AS refused,
    coalesce(sum(c.talk_s) FILTER (WHERE {PERSON} AND c.connected_at IS NOT NULL), 0)::float AS talk_s,
    count(*) FILTER (WHERE {PERSON} AND c.connected_at IS NOT NULL AND c.state = 'ended'
                     AND c.talk_s < coalesce(n.too_short_s, :short)) AS too_short,
    count(*) FILTER (WHERE {PERSON} AND c.connected_at IS NOT NULL
                     AND c.talk_s > coalesce(n.too_long_s, :long)) AS too_long
"""


def _given(
    since: date, until: date, where: ZoneInfo, campaign_id: UUID | None, agent_id: UUID | None
) -> dict[str, Any]:
    return {
        "since": day_start(since, where),
        "until": day_start(until + timedelta(days=1), where),
        "campaign": campaign_id,
        "agent": agent_id,
        "short": rules.TOO_SHORT_S,
        "long": rules.TOO_LONG_S,
    }


async def results(
    session: Session,
    by: By,
    since: date,
    until: date,
    where: ZoneInfo,
    *,
    campaign_id: UUID | None = None,
    agent_id: UUID | None = None,
) -> Results:
    """Results of the attempts launched from `since` to `until` (days in `where`, both included), grouped by `by`,
    and in all."""
    given = _given(since, until, where, campaign_id, agent_id)
    if by is By.WINDOW:
        key, name, join = _WINDOW, "NULL", ""
        given["windows"] = _default_windows()
    else:
        key, name, join = _KEYS[by]
    if by is By.DAY:
        given["zone"] = where.key
    statement = (
        f"SELECT {key} AS key, max({name}) AS name, {_COUNTS} {_FROM} {join} {_WHERE} GROUP BY 1 ORDER BY 1 NULLS LAST"
    )
    rows = [Result(**row._mapping) for row in await session.execute(text(statement), given)]
    return Results(by=by.value, since=since, until=until, rows=rows, total=_sum(rows))


def _sum(rows: list[Result]) -> Result:
    """The totals are the rows added up: they cannot disagree."""
    names = ("attempts", "answered", "connected", "abandoned", "orders", "refused", "talk_s", "too_short", "too_long")
    return Result(key=None, name=None, **{name: sum(getattr(row, name) for row in rows) for name in names})


def _default_windows() -> str:
    windows = ", ".join(f'["{w.start:%H:%M}", "{w.end:%H:%M}"]' for w in CallingRules().windows)
    return f"[{windows}]"


_LENGTHS = f"""
    SELECT floor(c.talk_s / 60)::int AS minute, count(*) AS talks, count(r.order_id) AS orders {_FROM} {_WHERE}
      AND {PERSON} AND c.connected_at IS NOT NULL AND c.talk_s IS NOT NULL GROUP BY 1 ORDER BY 1
"""


async def lengths(
    session: Session,
    since: date,
    until: date,
    where: ZoneInfo,
    *,
    campaign_id: UUID | None = None,
    agent_id: UUID | None = None,
) -> list[Bin]:
    """Talks by their length in full minutes; what is longer than half an hour is one bin."""
    given = _given(since, until, where, campaign_id, agent_id)
    bins: dict[int, Bin] = {}
    for row in await session.execute(text(_LENGTHS), given):
        minute = min(row.minute, 30)
        before = bins.get(minute, Bin(minute=minute, talks=0, orders=0))
        bins[minute] = Bin(minute=minute, talks=before.talks + row.talks, orders=before.orders + row.orders)
    return [bins.get(minute, Bin(minute=minute, talks=0, orders=0)) for minute in range(max(bins, default=-1) + 1)]
