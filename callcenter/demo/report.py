"""What a run did, counted from the tables alone: anybody can ask the same questions of the same rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session

# One question each; `:campaign` is the campaign's id. Times of day and dates are the customer's local ones.
QUESTIONS: dict[str, str] = {
    "attempts": "SELECT count(*) FROM calls WHERE queue_id = :campaign AND launched_at IS NOT NULL",
    "answered": (
        "SELECT count(*) FROM calls WHERE queue_id = :campaign AND answered_at IS NOT NULL AND answered_by <> 'machine'"
    ),
    "connected": (
        "SELECT count(*) FROM calls WHERE queue_id = :campaign AND connected_at IS NOT NULL"
        " AND answered_by <> 'machine'"
    ),
    "abandoned": "SELECT count(*) FROM calls WHERE queue_id = :campaign AND abandoned",
    "abandonment_rate": (
        "SELECT coalesce(round(count(*) FILTER (WHERE abandoned)::numeric / nullif(count(*), 0), 6), 0)::float"
        " FROM calls WHERE queue_id = :campaign AND answered_at IS NOT NULL AND answered_by <> 'machine'"
    ),
    "occupancy": (
        "SELECT coalesce(round((sum(s) FILTER (WHERE state IN ('talking', 'wrap_up')) / nullif(sum(s), 0))::numeric,"
        " 6), 0)::float FROM (SELECT state, extract(epoch FROM until_at - from_at) AS s FROM agent_state_log"
        " WHERE queue_id = :campaign AND until_at IS NOT NULL"
        " AND state IN ('ready', 'previewing', 'dialing', 'talking', 'wrap_up')) AS stays"
    ),
    "talk_seconds_mean": (
        "SELECT coalesce(round(avg(talk_s)::numeric, 3), 0)::float FROM calls"
        " WHERE queue_id = :campaign AND connected_at IS NOT NULL AND answered_by <> 'machine'"
    ),
    "orders": "SELECT count(*) FROM sales_orders WHERE channel_id = :campaign",
    "attempts_outside_window": (
        "SELECT count(*) FROM (SELECT (c.launched_at AT TIME ZONE cu.timezone)::time AS t FROM calls c"
        " JOIN customers cu ON cu.id = c.customer_id WHERE c.queue_id = :campaign AND c.launched_at IS NOT NULL) AS a"
        " WHERE NOT (t >= '10:00' AND t < '11:00' OR t >= '12:00' AND t < '13:00' OR t >= '15:00' AND t < '17:00')"
    ),
    "attempts_outside_days": (
        "SELECT count(*) FROM calls c JOIN customers cu ON cu.id = c.customer_id JOIN leads l ON l.id = c.subject_id"
        " WHERE c.queue_id = :campaign AND c.launched_at IS NOT NULL"
        " AND (c.launched_at AT TIME ZONE cu.timezone)::date NOT BETWEEN l.posted_on + 7 AND l.posted_on + 14"
    ),
    "attempts_to_do_not_call": (
        "SELECT count(*) FROM calls c JOIN do_not_call d ON d.phone = c.to_number"
        " WHERE c.queue_id = :campaign AND c.launched_at > d.added_at"
    ),
    "duplicate_attempts_in_flight": (
        "SELECT count(*) FROM calls a JOIN calls b ON a.to_number = b.to_number AND a.id < b.id"
        " WHERE a.queue_id = :campaign AND a.launched_at IS NOT NULL AND b.launched_at IS NOT NULL"
        " AND tstzrange(a.launched_at, a.ended_at) && tstzrange(b.launched_at, b.ended_at)"
    ),
    "connect_wait_p99_s": (
        "SELECT coalesce(round((percentile_cont(0.99) WITHIN GROUP (ORDER BY wait_s))::numeric, 3), 0)::float"
        " FROM calls WHERE queue_id = :campaign AND connected_at IS NOT NULL AND answered_by <> 'machine'"
    ),
}
_FOLLOW_UPS = 'SELECT "case", count(*) FROM follow_ups WHERE campaign_id = :campaign GROUP BY 1'
_CASES = ("asked_to_buy", "great_interest", "considering", "not_reached")


async def count(session: Session, campaign_id: UUID) -> dict[str, Any]:
    """The report of one campaign's calls."""
    parameters = {"campaign": campaign_id}
    found: dict[str, Any] = {}
    for name, question in QUESTIONS.items():
        found[name] = (await session.execute(text(question), parameters)).scalar_one()
        if name == "orders":
            rows = (await session.execute(text(_FOLLOW_UPS), parameters)).all()
            by_case = {row[0]: row[1] for row in rows}
            found["follow_ups"] = {case: by_case.get(case, 0) for case in _CASES}
    return found
