"""Taking out what is too old: one small statement a batch, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.retention.models import RetentionRun, RetentionTerm
from campaigns.retention.rules import TERMS, Kind

# The calls of a stretch of time, by the index on created_at. One that has not ended is never touched.
_CALLS = """
    SELECT id, created_at FROM calls WHERE created_at >= :since AND created_at < :before AND state = 'ended'
      AND {holds} ORDER BY created_at LIMIT :limit
"""
_WITH_CARD = _CALLS.format(holds="card <> '{}'::jsonb")
_BLANK_CARDS = text(
    f"""
    WITH old AS ({_WITH_CARD})
    , done AS (UPDATE calls c SET card = '{{}}', version = c.version + 1 FROM old WHERE c.id = old.id)
    SELECT count(*) AS rows, max(created_at) AS until FROM old
    """
)
NOBODY = "+99900000"
"""Stands for a number that is not kept any more: of a country code that nobody has (crm_sync.customers.personal)."""
_WITH_NUMBER = _CALLS.format(holds=f"to_number <> '{NOBODY}'")
_BLANK_NUMBERS = text(
    f"""
    WITH old AS ({_WITH_NUMBER})
    , done AS (UPDATE calls c SET to_number = '{NOBODY}', version = c.version + 1 FROM old WHERE c.id = old.id)
    SELECT count(*) AS rows, max(created_at) AS until FROM old
    """
)
_WITH_RESULT = _CALLS.format(holds="disposed_at IS NOT NULL")
_BLANK_NOTES = text(
    f"""
    WITH old AS ({_WITH_RESULT})
    , calls_done AS (UPDATE calls c SET note = '', version = c.version + 1 FROM old
                     WHERE c.id = old.id AND c.note <> '')
    , results AS (UPDATE call_results r SET note = '' FROM old WHERE r.call_id = old.id AND r.note <> '')
    SELECT count(*) AS rows, max(created_at) AS until FROM old
    """
)
_BLANK_REASONS = text(
    """
    WITH old AS (
      UPDATE follow_ups SET reason = '' WHERE state <> 'due' AND ended_at < :before AND reason <> '' RETURNING id)
    , noted AS (
      UPDATE follow_up_events e SET note = '' FROM follow_ups f
      WHERE f.id = e.follow_up_id AND f.state <> 'due' AND f.ended_at < :before AND e.note <> '')
    SELECT count(*) FROM old
    """
)
OF_CALLS = {Kind.CARDS: _BLANK_CARDS, Kind.NOTES: _BLANK_NOTES, Kind.CALL_NUMBERS: _BLANK_NUMBERS}

# Nobody heard of them, wrote to them or sold to them since; nobody is about to.
_FORGOTTEN = text(
    """
    SELECT c.id FROM customers c
    WHERE c.updated_at < :before AND c.phone NOT LIKE '+999%'
      AND (c.last_purchase_on IS NULL OR c.last_purchase_on < CAST(:before AS timestamptz)::date)
      AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.customer_id = c.id AND l.state = 'open')
      AND NOT EXISTS (SELECT 1 FROM calls k WHERE k.customer_id = c.id AND k.created_at >= :before)
      AND NOT EXISTS (SELECT 1 FROM mailing_recipients m WHERE m.customer_id = c.id
                      AND (m.posted_on IS NULL OR m.posted_on >= CAST(:before AS timestamptz)::date))
      AND NOT EXISTS (SELECT 1 FROM privacy_requests p WHERE p.customer_id = c.id AND p.done_at IS NULL)
    ORDER BY c.updated_at LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)


async def term(session: Session, kind: Kind) -> RetentionTerm:
    """The kind's row, locked; made with the usual days where there is none."""
    row = await session.get(RetentionTerm, kind.value, with_for_update=True, populate_existing=True)
    if row is None:
        row = RetentionTerm(kind=kind.value, days=TERMS[kind].usual_days)
        session.add(row)
        await session.flush()
    return row


async def terms(session: Session) -> dict[str, RetentionTerm]:
    return {row.kind: row for row in (await session.execute(select(RetentionTerm))).scalars()}


async def blank(
    session: Session, kind: Kind, since: datetime | None, before: datetime, limit: int
) -> tuple[int, datetime | None]:
    """Blank up to `limit` calls of the stretch. Returns (rows, creation of the newest of them)."""
    given: dict[str, Any] = {"since": since or datetime.min.replace(tzinfo=before.tzinfo, year=2000), "limit": limit}
    row = (await session.execute(OF_CALLS[kind], given | {"before": before})).one()
    return row.rows, row.until


async def blank_reasons(session: Session, before: datetime) -> int:
    count: int = (await session.execute(_BLANK_REASONS, {"before": before})).scalar_one()
    return count


async def forgotten(session: Session, before: datetime, limit: int) -> Sequence[UUID]:
    """People whose time is over; locked."""
    await session.execute(text("SET LOCAL statement_timeout = '600s'"))
    return (await session.execute(_FORGOTTEN, {"before": before, "limit": limit})).scalars().all()


async def runs(session: Session, limit: int, offset: int) -> tuple[Sequence[RetentionRun], int]:
    total = (await session.execute(select(func.count()).select_from(RetentionRun))).scalar_one()
    statement = select(RetentionRun).order_by(col(RetentionRun.at).desc(), col(RetentionRun.id).desc())
    return (await session.execute(statement.limit(limit).offset(offset))).scalars().all(), total
