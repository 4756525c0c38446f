"""The room as the pacer sees it, read from the tables in two queries: never a stale copy of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from callcenter.domain.agent import AgentState
from callcenter.domain.call import AGENT_STATES, CallState
from callcenter.kit.db import Session
from callcenter.pacing import Snapshot
from campaigns.dialer.returns import Returns

_AGENTS = text(
    "SELECT user_id, state, state_since, reason, next_state IS NOT NULL AS leaving,"
    " present_until > clock_timestamp() AND socket_id IS NOT NULL AS present, call_id"
    " FROM agents WHERE queue_id = :queue AND state <> 'offline'"
)
_CALLS = text(
    "SELECT id, state, launched_at, ringing_at, answered_at, claimed_at, given_up_at, answered_by, answer_chance"
    " FROM calls"
    " WHERE state <> 'ended' AND ((queue_id = :queue AND agents_of IS NULL) OR agents_of = :queue)"
)


@dataclass(frozen=True, slots=True)
class Ringing:
    call_id: UUID
    since: datetime | None
    """When the customer's telephone began to ring; None: not heard yet."""


@dataclass(frozen=True, slots=True)
class Room:
    """`snapshot` for the pacer; `staffed`: agents who are ready, in talk or in wrap-up and will come back."""

    snapshot: Snapshot
    staffed: int
    in_flight: int
    ringing: tuple[Ringing, ...]
    """Longest up first."""
    reserved_ids: tuple[UUID, ...]


def _s(at: datetime | None, fallback: datetime) -> float:
    return (at or fallback).timestamp()


async def read(
    session: Session,
    queue_id: UUID,
    now: datetime,
    *,
    window_closes: datetime | None = None,
    session_ends: datetime | None = None,
    lines_limit: int | None = None,
    next_chance: float | None = None,
    returns: Returns | None = None,
) -> Room:
    """Read the room of one queue at `now`.

    `next_chance` is handed on to the pacer; `returns` knows how long breaks last.
    """
    agents = (await session.execute(_AGENTS, {"queue": queue_id})).all()
    calls = (await session.execute(_CALLS, {"queue": queue_id})).all()
    due_back: list[float] = []
    if returns is not None:
        await returns.learn(session, queue_id, now)
        on_break = [a for a in agents if a.state == AgentState.ON_BREAK and a.present]
        told = [returns.due(a.user_id, a.reason or "", _s(a.state_since, now), now.timestamp()) for a in on_break]
        due_back = [due for due in told if due is not None]
    # Who asked for a break is not expected back: neither their call nor their wrap-up frees an agent.
    leaving_calls = {a.call_id for a in agents if a.leaving and a.call_id is not None}

    ready = sum(1 for a in agents if a.state == AgentState.READY and a.present)
    wrap_up = [_s(a.state_since, now) for a in agents if a.state == AgentState.WRAP_UP and not a.leaving and a.present]
    talking = [_s(c.claimed_at, now) for c in calls if c.state in AGENT_STATES and c.id not in leaving_calls]
    # Their calls have lines all the same.
    unseen = sum(1 for c in calls if c.state in AGENT_STATES and c.id in leaving_calls)
    ringing = sorted(
        (_s(c.launched_at, now), c.id, c.ringing_at, math.nan if c.answer_chance is None else c.answer_chance)
        for c in calls
        if c.state in (CallState.LAUNCHING, CallState.RINGING)
    )
    waiting = [
        _s(c.answered_at, now)
        for c in calls
        if c.state == CallState.WAITING and c.given_up_at is None and c.answered_by != "machine"
    ]
    chances = [chance for _, _, _, chance in ringing]
    if all(math.isnan(chance) for chance in chances):
        chances = []
    snapshot = Snapshot(
        now=now.timestamp(),
        ready=ready,
        talking=talking,
        wrap_up=wrap_up,
        ringing=[at for at, _, _, _ in ringing],
        waiting=waiting,
        window_closes=window_closes.timestamp() if window_closes is not None else None,
        due_back=due_back,
        session_ends=session_ends.timestamp() if session_ends is not None else None,
        lines_limit=None if lines_limit is None else max(lines_limit - unseen, 0),
        ringing_chances=chances,
        next_chance=next_chance,
    )
    return Room(
        snapshot=snapshot,
        staffed=ready + len(wrap_up) + len(talking),
        in_flight=len(calls),
        ringing=tuple(Ringing(call_id, since) for _, call_id, since, _ in ringing),
        reserved_ids=tuple(c.id for c in calls if c.state == CallState.RESERVED),
    )
