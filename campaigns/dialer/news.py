"""From what happened to calls to what the pacer learns."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.calls.models import Call
from callcenter.calls.service import Applied
from callcenter.domain.call import AnsweredBy, CallState, Outcome
from callcenter.kit.db import Session
from callcenter.pacing import Abandoned, Connected, DialEnded, DialOutcome, PacingEvent, TalkEnded, WrapUpEnded

_UNANSWERED = {
    Outcome.BUSY: DialOutcome.BUSY,
    Outcome.NO_ANSWER: DialOutcome.NO_ANSWER,
    Outcome.CANCELLED: DialOutcome.CANCELLED,
    Outcome.REJECTED: DialOutcome.BUSY,
}


def _answered(call: Call) -> DialEnded:
    # What is known now: a verdict that comes while somebody talks to it cannot undo that it took an agent.
    machine = call.answered_by == AnsweredBy.MACHINE.value
    return DialEnded(call.ring_s or 0.0, DialOutcome.MACHINE if machine else DialOutcome.LIVE, call.answer_chance)


def _ended(call: Call) -> list[PacingEvent]:
    outcome = Outcome(call.outcome or Outcome.FAILED.value)
    if call.answered_at is None:
        return [DialEnded(call.ring_s or 0.0, _UNANSWERED.get(outcome, DialOutcome.FAILED), call.answer_chance)]
    if call.connected_at is not None:
        return [TalkEnded(call.talk_s or 0.0)]
    return []


def of_event(applied: Applied) -> list[PacingEvent]:
    """What one applied carrier event tells the pacer."""
    call, before, after = applied.call, applied.before, applied.state
    news: list[PacingEvent] = []
    if before in (CallState.LAUNCHING, CallState.RINGING) and call.answered_at is not None:
        news.append(_answered(call))
    if after is CallState.CONNECTED and before is CallState.CONNECTING:
        wait = call.wait_s or 0.0
        news.append(Abandoned(wait) if call.abandoned else Connected(wait))
    if after is CallState.ENDED and before is not CallState.ENDED:
        if call.abandoned and call.given_up_at is None and call.connected_at is None:
            assert call.answered_at is not None
            assert call.ended_at is not None
            news.append(Abandoned((call.ended_at - call.answered_at).total_seconds()))
        news.extend(_ended(call))
    return news


_TODAY = text(
    "SELECT ring_s, talk_s, answered_at, connected_at, answered_by, outcome, abandoned, answer_chance FROM calls"
    " WHERE created_at >= :since AND state = 'ended' AND outcome <> 'skipped'"
    # Those that the room's agents were to take: a call that was passed on to others was answered here.
    " AND ((queue_id = :queue AND (agents_of IS NULL OR transferred_at IS NOT NULL))"
    " OR (agents_of = :queue AND transferred_at IS NULL))"
    " ORDER BY ended_at"
)
_WRAP_UPS = text(
    "SELECT extract(epoch FROM until_at - from_at)::float AS seconds, until_at FROM agent_state_log"
    " WHERE queue_id = :queue AND state = 'wrap_up' AND until_at > :after ORDER BY until_at LIMIT 5000"
)


async def history(session: Session, queue_id: UUID, since: datetime) -> tuple[list[PacingEvent], int, int]:
    """Today so far, for a worker that starts in mid-shift: (events, persons answered, abandoned)."""
    events: list[PacingEvent] = []
    answered = abandoned = 0
    for row in (await session.execute(_TODAY, {"queue": queue_id, "since": since})).all():
        events.extend(_row_news(row))
        if row.answered_at is not None and row.answered_by != AnsweredBy.MACHINE.value:
            answered += 1
            abandoned += bool(row.abandoned)
    return events, answered, abandoned


_MACHINES = text(
    "SELECT count(*) FILTER (WHERE answered_by = 'machine') AS machines, count(*) AS all_of_them FROM calls"
    " WHERE connected_at IS NOT NULL AND transferred_at IS NULL AND created_at >= :since"
    " AND ((queue_id = :queue AND agents_of IS NULL) OR agents_of = :queue)"
)
_MACHINES_PRIOR = 20.0
"""Conversations that outweigh the belief that none is with a machine."""
_MOST_MACHINES = 0.9


async def machines_among_answers(session: Session, queue_id: UUID, since: datetime) -> float:
    """Share of the calls given to agents that were machines after all: they are not people, and earn no budget."""
    row = (await session.execute(_MACHINES, {"queue": queue_id, "since": since})).one()
    share: float = row.machines / (row.all_of_them + _MACHINES_PRIOR)
    return min(share, _MOST_MACHINES)


def _row_news(row: Any) -> list[PacingEvent]:
    if row.answered_at is None:
        outcome = _UNANSWERED.get(Outcome(row.outcome), DialOutcome.FAILED)
        return [DialEnded(row.ring_s or 0.0, outcome, row.answer_chance)]
    # As it was heard at the time: a machine that reached an agent needed one.
    machine = row.answered_by == AnsweredBy.MACHINE.value and row.connected_at is None
    outcome = DialOutcome.MACHINE if machine else DialOutcome.LIVE
    news: list[PacingEvent] = [DialEnded(row.ring_s or 0.0, outcome, row.answer_chance)]
    if row.connected_at is not None:
        news.append(TalkEnded(row.talk_s or 0.0))
    return news


async def wrap_ups(session: Session, queue_id: UUID, after: datetime) -> tuple[list[PacingEvent], datetime]:
    """Wrap-ups that ended after the instant `after`: (events, the last one's end)."""
    rows = (await session.execute(_WRAP_UPS, {"queue": queue_id, "after": after})).all()
    return [WrapUpEnded(max(0.0, r.seconds)) for r in rows], max((r.until_at for r in rows), default=after)
