"""Reading caller numbers and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.lines.models import CallerNumber, CallerPolicy, CallerSign
from callcenter.lines.rules import Figures, Policy

# A talk that we had nobody for, or that our agent ended, says nothing of the number.
_COUNTED = (
    "count(*) AS calls,"
    " count(*) FILTER (WHERE answered_at IS NOT NULL AND answered_by IS DISTINCT FROM 'machine') AS answered,"
    " count(*) FILTER (WHERE outcome = 'talked' AND cause = 'customer_hung_up'"
    " AND ended_at - answered_at < make_interval(secs => :short)) AS short,"
    " count(*) FILTER (WHERE outcome = 'rejected') AS declined"
)
_LAUNCHED = "launched_at IS NOT NULL AND outcome IS DISTINCT FROM 'cancelled'"
_HERE = "from_number ~ '^\\+[1-9][0-9]{6,14}$'"


async def policy(session: Session) -> Policy:
    row = await session.get(CallerPolicy, 1)
    return Policy() if row is None else Policy(**{one.name: getattr(row, one.name) for one in fields(Policy)})


async def numbers(session: Session, *, lock: bool = False) -> Sequence[CallerNumber]:
    statement = select(CallerNumber).order_by(col(CallerNumber.number))
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement)).scalars().all()


async def lock(session: Session, number: str) -> CallerNumber | None:
    statement = select(CallerNumber).where(CallerNumber.number == number).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def of_queue(session: Session, queue_id: UUID, own: str) -> Sequence[CallerNumber]:
    """Its own, and everybody's. The number the queue names is its own also where it was entered for another."""
    statement = select(CallerNumber).where(
        (col(CallerNumber.queue_id) == queue_id) | col(CallerNumber.queue_id).is_(None) | (CallerNumber.number == own)
    )
    # As it stands now: a number sent to rest a moment ago is not called from.
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalars().all()


async def calls_since(session: Session, since: datetime) -> dict[str, int]:
    statement = text(
        "SELECT from_number, count(*) FROM calls WHERE created_at >= :since AND launched_at IS NOT NULL"
        " GROUP BY from_number"
    )
    return {number: int(count) for number, count in (await session.execute(statement, {"since": since})).all()}


async def usual(session: Session, to_numbers: Sequence[str], since: datetime) -> dict[str, str]:
    """From which number each of these was last talked with."""
    statement = text(
        "SELECT DISTINCT ON (to_number) to_number, from_number FROM calls"
        " WHERE to_number = ANY(:these) AND created_at >= :since AND outcome = 'talked'"
        " ORDER BY to_number, created_at DESC"
    )
    rows = (await session.execute(statement, {"these": list(to_numbers), "since": since})).all()
    return {row.to_number: row.from_number for row in rows}


async def figures(session: Session, since: datetime, short_s: float) -> dict[str, Figures]:
    """Of each number that calls were made from, counted from `since`, or from the end of its last rest."""
    counted = text(
        f"SELECT from_number, {_COUNTED} FROM calls LEFT JOIN caller_numbers n ON n.number = calls.from_number"
        f" WHERE created_at >= :since AND created_at >= coalesce(n.counts_from, :since) AND {_LAUNCHED} AND {_HERE}"
        " GROUP BY from_number"
    )
    rows = (await session.execute(counted, {"since": since, "short": short_s})).all()
    found = {row.from_number: Figures(row.calls, row.answered, row.short, row.declined) for row in rows}
    signs = text(
        "SELECT s.number, count(*) FROM caller_signs s LEFT JOIN caller_numbers n ON n.number = s.number"
        " WHERE s.at >= :since AND s.at >= coalesce(n.counts_from, :since) GROUP BY s.number"
    )
    for number, count in (await session.execute(signs, {"since": since})).all():
        found[number] = replace(found.get(number, Figures()), signs=int(count))
    return found


async def by_day(session: Session, since: datetime, short_s: float, zone: str) -> list[tuple[str, str, Figures]]:
    """(number, day as in 2026-03-09, figures), whatever rests there were; signs are not counted here."""
    statement = text(
        f"SELECT from_number, to_char(created_at AT TIME ZONE :zone, 'YYYY-MM-DD') AS day, {_COUNTED} FROM calls"
        f" WHERE created_at >= :since AND {_LAUNCHED} AND {_HERE} GROUP BY from_number, day ORDER BY from_number, day"
    )
    rows = (await session.execute(statement, {"since": since, "short": short_s, "zone": zone})).all()
    return [(row.from_number, row.day, Figures(row.calls, row.answered, row.short, row.declined)) for row in rows]


async def signs(session: Session, number: str, limit: int) -> Sequence[CallerSign]:
    """The newest."""
    statement = (
        select(CallerSign).where(CallerSign.number == number).order_by(col(CallerSign.at).desc(), col(CallerSign.id))
    )
    return (await session.execute(statement.limit(limit))).scalars().all()
