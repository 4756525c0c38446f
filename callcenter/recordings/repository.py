"""Reading and claiming recordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from callcenter.calls.models import CallEvent
from callcenter.domain.call import CallEventKind
from callcenter.kit.db import Session
from callcenter.people.models import User
from callcenter.recordings.models import CallMark, Recording, RecordingPolicy, RecordingState


async def lock(session: Session, recording_id: UUID) -> Recording | None:
    statement = (
        select(Recording)
        .where(Recording.id == recording_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def of_call(session: Session, call_id: UUID) -> Sequence[Recording]:
    statement = (
        select(Recording).where(Recording.call_id == call_id).order_by(col(Recording.began_at), col(Recording.id))
    )
    return (await session.execute(statement)).scalars().all()


async def claim_to_fetch(session: Session, now: datetime) -> Recording | None:
    """The expected recording that has waited longest for a try; locked, others pass it by."""
    statement = (
        select(Recording)
        .where(Recording.state == RecordingState.EXPECTED.value, col(Recording.try_at) <= now)
        .order_by(col(Recording.try_at))
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


_DUE = text(
    "SELECT r.id, coalesce(p.retention_days, :usual) AS days FROM recordings r"
    " LEFT JOIN recording_policies p ON p.queue_id = r.queue_id"
    " WHERE r.state = 'stored' AND r.kept_for IS NULL"
    "   AND (r.began_at <= CAST(:now AS timestamptz) - make_interval(days => coalesce(p.retention_days, :usual))"
    "        OR r.forget_from <= :now)"
    " ORDER BY r.began_at LIMIT :limit"
)


_FORGET = text(
    "UPDATE recordings r SET forget_from = :now FROM calls c WHERE c.id = r.call_id AND c.customer_id = :customer"
    " AND r.state IN ('expected', 'stored') AND r.forget_from IS NULL"
)


async def forget_customer(session: Session, customer_id: UUID, now: datetime) -> int:
    """Mark what is recorded of this person to be deleted at the keeper's next look; returns how many files."""
    done = await session.execute(_FORGET, {"customer": customer_id, "now": now})
    return int(done.rowcount)  # type: ignore[attr-defined]


async def due_for_deletion(session: Session, now: datetime, usual_days: int, limit: int) -> list[tuple[UUID, int]]:
    """Recordings whose time is over or that are to be forgotten, with the days they were kept for."""
    rows = await session.execute(_DUE, {"now": now, "usual": usual_days, "limit": limit})
    return [(row.id, row.days) for row in rows]


async def moments(session: Session, call_id: UUID) -> list[tuple[str, datetime]]:
    """Stages and holds of a call, in order."""
    marks = (await session.execute(select(CallMark).where(CallMark.call_id == call_id))).scalars()
    holds = select(CallEvent).where(
        CallEvent.call_id == call_id,
        col(CallEvent.applied).is_(True),
        col(CallEvent.kind).in_([CallEventKind.HELD.value, CallEventKind.RESUMED.value]),
    )
    found = [(mark.what, mark.at) for mark in marks]
    found += [(event.kind, event.at) for event in (await session.execute(holds)).scalars()]
    return sorted(found, key=lambda one: one[1])


async def policies(session: Session) -> list[tuple[RecordingPolicy, str]]:
    """Each campaign's rules with the name of who changed them, the newest first."""
    statement = (
        select(RecordingPolicy, func.coalesce(User.name, ""))
        .join(User, col(User.id) == col(RecordingPolicy.changed_by), isouter=True)
        .order_by(col(RecordingPolicy.changed_at).desc(), col(RecordingPolicy.queue_id))
    )
    return [(row, str(name)) for row, name in (await session.execute(statement)).all()]


_HEARD = text(
    "SELECT a.thing_id, a.at, coalesce(u.name, '') AS name FROM audit_records a LEFT JOIN users u ON u.id = a.user_id"
    " WHERE a.thing = 'recording' AND a.action = 'recording_heard' AND a.thing_id = ANY(:ids)"
    " ORDER BY a.at DESC LIMIT 50"
)


async def heard(session: Session, ids: Sequence[UUID]) -> list[tuple[UUID, datetime, str]]:
    """Who listened: (recording, when, name), newest first."""
    rows = await session.execute(_HEARD, {"ids": [str(one) for one in ids]})
    return [(UUID(row.thing_id), row.at, row.name) for row in rows]
