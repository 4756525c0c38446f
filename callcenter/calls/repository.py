"""Reading and locking calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from callcenter.calls.models import Call, CallCommand, CallEvent, CommandKind, Supervision
from callcenter.domain.call import CallState
from callcenter.kit.db import Session


async def lock(session: Session, call_id: UUID) -> Call | None:
    """The call, locked until the transaction ends and read anew."""
    statement = select(Call).where(Call.id == call_id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def live_of(session: Session, queue_id: UUID) -> Sequence[Call]:
    statement = select(Call).where(Call.queue_id == queue_id, Call.state != CallState.ENDED.value)
    return (await session.execute(statement)).scalars().all()


async def oldest_waiting(session: Session, queue_id: UUID) -> Call | None:
    """The answered call that has waited longest for an agent and may still get one; locked."""
    statement = (
        select(Call)
        .where(
            func.coalesce(Call.agents_of, Call.queue_id) == queue_id,
            Call.state == CallState.WAITING.value,
            col(Call.given_up_at).is_(None),
            col(Call.answered_by).is_distinct_from("machine"),
            col(Call.agent_id).is_(None),
        )
        .order_by(col(Call.answered_at))
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def note_event(
    session: Session,
    *,
    call_id: UUID,
    sequence: int,
    kind: str,
    at: datetime,
    received_at: datetime,
    applied: bool,
    detail: dict[str, Any],
) -> bool:
    """Keep what the carrier told; False when this very event was told before."""
    statement = (
        insert(CallEvent)
        .values(
            call_id=call_id,
            sequence=sequence,
            kind=kind,
            at=at,
            received_at=received_at,
            applied=applied,
            detail=orjson.loads(orjson.dumps(detail, default=str)),
        )
        .on_conflict_do_nothing(index_elements=["call_id", "sequence"])
        .returning(col(CallEvent.id))
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def next_own_sequence(session: Session, call_id: UUID) -> int:
    """Numbers below zero belong to events that we found out ourselves (reconciliation)."""
    lowest = (
        await session.execute(
            text("SELECT least(coalesce(min(sequence), 0), 0) FROM call_events WHERE call_id = :id"),
            {"id": call_id},
        )
    ).scalar_one()
    return int(lowest) - 1


async def ask(
    session: Session,
    call_id: UUID,
    kind: CommandKind,
    now: datetime,
    by: UUID | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave a command for the worker, and wake it with the commit."""
    session.add(CallCommand(call_id=call_id, kind=kind.value, asked_at=now, asked_by=by, detail=detail or {}))
    await session.flush()
    await wake_worker(session)


async def wake_worker(session: Session) -> None:
    await session.execute(text("SELECT pg_notify('commands', '')"))


async def open_supervisions(session: Session) -> Sequence[Supervision]:
    """Whoever is to be in a call now, oldest first."""
    statement = select(Supervision).where(col(Supervision.ended_at).is_(None)).order_by(col(Supervision.began_at))
    return (await session.execute(statement)).scalars().all()


async def open_supervision_of(session: Session, supervisor_id: UUID) -> Supervision | None:
    """Where this supervisor is to be now; locked."""
    statement = (
        select(Supervision)
        .where(Supervision.supervisor_id == supervisor_id, col(Supervision.ended_at).is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def open_supervisions_of_call(session: Session, call_id: UUID) -> Sequence[Supervision]:
    statement = (
        select(Supervision)
        .where(Supervision.call_id == call_id, col(Supervision.ended_at).is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def open_commands(session: Session, limit: int = 100) -> Sequence[CallCommand]:
    statement = (
        select(CallCommand)
        .where(col(CallCommand.done_at).is_(None))
        .order_by(col(CallCommand.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()


async def to_check(session: Session, now: datetime, limit: int = 50) -> Sequence[UUID]:
    """Live calls of which nothing was heard for too long."""
    statement = (
        select(Call.id)
        .where(Call.state != CallState.ENDED.value, col(Call.check_at) <= now)
        .order_by(col(Call.check_at))
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def count_unheard(session: Session, asked_before: datetime) -> int:
    """Calls asked for before that, of which nothing has been heard since: whether they exist is not known."""
    statement = text("SELECT count(*) FROM calls WHERE state = 'launching' AND launched_at < :before")
    return int((await session.execute(statement, {"before": asked_before})).scalar_one())
