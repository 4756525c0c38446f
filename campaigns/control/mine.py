"""An agent's own day: what they did since midnight, by the same definitions as the results (`figures`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.domain.agent import AgentState
from callcenter.kit.db import Session
from campaigns.control.figures import PERSON
from campaigns.control.rules import PITCH_S
from campaigns.control.schemas import MyDay
from campaigns.schedule.windows import day_start

# Results are counted by when they were saved, talks by when they began: an order of a long talk is today's.
_CALLS = text(
    f"""
    SELECT count(*) AS talks, coalesce(sum(c.talk_s), 0)::float AS talk_s,
      count(*) FILTER (WHERE c.talk_s IS NOT NULL) AS ended
    FROM calls c WHERE c.agent_id = :agent AND c.created_at >= :since AND c.connected_at IS NOT NULL AND {PERSON}
    """
)
_ORDERS = text(
    "SELECT count(*) FROM call_results r JOIN calls c ON c.id = r.call_id"
    " WHERE c.agent_id = :agent AND c.created_at >= :since AND r.order_id IS NOT NULL"
)
_FOLLOW_UPS = text("SELECT count(*) FROM follow_ups WHERE owner_id = :agent AND state = 'due' AND due_at <= :now")
# A stay that began before midnight counts from midnight, one that goes on until now.
_STAYS = text(
    """
    SELECT state, count(*) AS n,
      sum(extract(epoch FROM least(coalesce(until_at, :now), :now) - greatest(from_at, :since)))::float AS s
    FROM agent_state_log
    WHERE agent_id = :agent AND coalesce(until_at, :now) > :since AND from_at < :now GROUP BY state
    """
)
_AT_WORK = (AgentState.TALKING, AgentState.WRAP_UP)
_WAITING = (AgentState.READY, AgentState.PREVIEWING, AgentState.DIALING)
"""The glossary's occupancy: talking and wrap-up, of these and of the time in which a call could come."""


async def today(session: Session, agent_id: UUID, now: datetime, where: ZoneInfo) -> MyDay:
    day = now.astimezone(where).date()
    given: dict[str, Any] = {"agent": agent_id, "since": day_start(day, where), "now": now}
    calls = (await session.execute(_CALLS, given)).one()
    stays = {row.state: row for row in await session.execute(_STAYS, given)}
    spent = {state: max(0.0, stays[state.value].s) if state.value in stays else 0.0 for state in AgentState}
    wrapped = stays[AgentState.WRAP_UP.value].n if AgentState.WRAP_UP.value in stays else 0
    busy = sum(spent[state] for state in _AT_WORK)
    paid = busy + sum(spent[state] for state in _WAITING)
    return MyDay(
        day=day,
        talks=calls.talks,
        talk_s=calls.talk_s,
        talk_s_mean=calls.talk_s / calls.ended if calls.ended else None,
        pitch_s=PITCH_S,
        orders=(await session.execute(_ORDERS, given)).scalar_one(),
        follow_ups_due=(await session.execute(_FOLLOW_UPS, given)).scalar_one(),
        ready_s=spent[AgentState.READY],
        wrap_up_s=spent[AgentState.WRAP_UP],
        wrap_up_s_mean=spent[AgentState.WRAP_UP] / wrapped if wrapped else None,
        break_s=spent[AgentState.ON_BREAK],
        occupancy=busy / paid if paid else None,
    )
