"""Asking the carrier what became of calls of which nothing is heard: after a crash, a cut, or a lost event.

A call is never placed again because of a silence. What the carrier tells becomes an event of our own
(numbered below zero) and takes the same path as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.calls import repository as call_rows
from callcenter.calls import service as calls
from callcenter.calls.models import Call
from callcenter.domain.call import CallEventKind, CallState, EndCause
from callcenter.kit.db import Database, Session
from callcenter.telephony.port import CallStatus, Carrier, CarrierEvent, CarrierRefused, CarrierUnreachable
from campaigns.dialer.answering import Join, Next, Wait

AGAIN_S = 5.0
"""Seconds until the next question when the carrier does not answer."""
STILL_S = 30.0
"""Seconds until the next question about a call that is as we thought."""


async def check_everything(session: Session, now: datetime) -> None:
    """After a start, or a cut of the event channel: every call on a line is to be asked about at once."""
    await session.execute(
        text("UPDATE calls SET check_at = :now WHERE state NOT IN ('ended', 'reserved')"), {"now": now}
    )


async def check_doubtful(session: Session, now: datetime) -> None:
    """The network is well again: calls of which nothing was heard are asked about at once, before others begin."""
    await session.execute(text("UPDATE calls SET check_at = :now WHERE state = 'launching'"), {"now": now})


async def due(database: Database, now: datetime) -> Sequence[UUID]:
    async with database.transaction() as session:
        return await call_rows.to_check(session, now)


async def ask(database: Database, carrier: Carrier, call_id: UUID, now: datetime) -> list[CarrierEvent]:
    """What the carrier knows of `call_id` and we do not, as events in their order; sets the next look."""
    try:
        status = await carrier.status(call_id)
    except (CarrierRefused, CarrierUnreachable):  # refused: the question was never sent
        status = None
    async with database.transaction() as session:
        call = await call_rows.lock(session, call_id)
        if call is None or call.state == CallState.ENDED.value:
            return []
        wait_s = AGAIN_S if status is None else STILL_S
        await calls.look_again(session, call, now + timedelta(seconds=wait_s))
        if status is None:
            return []
        first = await call_rows.next_own_sequence(session, call_id)
        return [
            CarrierEvent(call_id, kind, at, first - n, cause=cause, agent_id=agent)
            for n, (kind, at, cause, agent) in enumerate(_missing(call, status, now))
        ]


def _missing(
    call: Call, status: CallStatus, now: datetime
) -> list[tuple[CallEventKind, datetime, EndCause | None, UUID | None]]:
    news: list[tuple[CallEventKind, datetime, EndCause | None, UUID | None]] = []
    if not status.known:
        return [(CallEventKind.ENDED, now, EndCause.LOST, None)]
    if status.answered_at is not None and call.answered_at is None:
        news.append((CallEventKind.ANSWERED, status.answered_at, None, None))
    if status.joined_agent is not None and call.connected_at is None and status.joined_agent == call.agent_id:
        news.append((CallEventKind.JOINED, now, None, status.joined_agent))
    if call.agent_lost_at is not None and status.agent_there:
        news.append((CallEventKind.AGENT_BACK, now, None, status.joined_agent))
    if call.agent_lost_at is None and status.agent_there is False and not status.ended:
        news.append((CallEventKind.AGENT_LOST, now, None, status.joined_agent))
    if status.ended:
        news.append((CallEventKind.ENDED, status.ended_at or now, status.cause, None))
    return news


async def unfinished(database: Database, call_id: UUID) -> Next:
    """What was decided for a call and perhaps never asked for: its join, or its end."""
    async with database.transaction() as session:
        statement = select(Call).where(Call.id == call_id)
        call = (await session.execute(statement)).scalar_one_or_none()
        if call is None:
            return None
        if call.state == CallState.CONNECTING.value and call.agent_id is not None:
            return Join(call.id, call.agent_id)
        if call.state == CallState.WAITING.value:
            until_s = calls.patience_ends_s(call)
            return None if until_s is None else Wait(call.id, until_s)
        return None


async def orphan_previews(session: Session) -> Sequence[Call]:
    """Reserved calls whose agent no longer looks at them; locked."""
    statement = (
        select(Call)
        .where(
            Call.state == CallState.RESERVED.value,
            text("NOT EXISTS (SELECT 1 FROM agents a WHERE a.call_id = calls.id)"),
        )
        .order_by(col(Call.created_at))
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()
