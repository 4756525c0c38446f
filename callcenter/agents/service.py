"""Agents at work: every change of state is a compare-and-set on a locked row, logged, and told.

A service never commits. Whoever changes an agent and a call in one transaction changes the agent first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, text
from sqlmodel import col, select

from callcenter.agents.models import Agent
from callcenter.domain.agent import AgentEvent, AgentState, BreakReason, may_leave_wrap_up, transition
from callcenter.kit import outbox
from callcenter.kit.db import Session, UtcDateTime, database_now
from callcenter.kit.errors import Conflict, NotFound
from callcenter.kit.wake import wake
from callcenter.people.models import User

TOPIC = "agent"
PRESENT_S = 10.0
"""Real seconds for which a console counts as there without being renewed."""
RENEW_S = 3.0
GRACE_S = 60.0
"""Real seconds after which an agent without a console is signed off."""

_VIEW = [
    "user_id",
    "name",
    "queue_id",
    "state",
    "state_since",
    "reason",
    "call_id",
    "next_state",
    "next_reason",
    "wrap_up_until",
    "socket_id",
    "version",
]


def payload(agent: Agent) -> dict[str, Any]:
    """The whole new state, as events and snapshots carry it."""
    return {name: getattr(agent, name) for name in _VIEW} | {"present": agent.socket_id is not None}


async def find(session: Session, user_id: UUID) -> Agent | None:
    return await session.get(Agent, user_id)


async def locked(session: Session, user_id: UUID) -> Agent:
    statement = (
        select(Agent).where(Agent.user_id == user_id).with_for_update().execution_options(populate_existing=True)
    )
    agent = (await session.execute(statement)).scalar_one_or_none()
    if agent is None:
        raise NotFound(what_zh="坐席", what_en="agent", id=user_id)
    return agent


async def _save(session: Session, agent: Agent) -> None:
    agent.version += 1
    await session.flush()
    await outbox.record(session, TOPIC, agent.user_id, payload(agent))


def _names(state: AgentState) -> tuple[str, str]:
    return {
        AgentState.OFFLINE: ("离线", "offline"),
        AgentState.ON_BREAK: ("小休", "on break"),
        AgentState.READY: ("示闲", "ready"),
        AgentState.PREVIEWING: ("预览中", "previewing"),
        AgentState.DIALING: ("拨号中", "dialling"),
        AgentState.TALKING: ("通话中", "talking"),
        AgentState.WRAP_UP: ("话后整理", "in wrap-up"),
    }[state]


async def _move(
    session: Session,
    agent: Agent,
    event: AgentEvent,
    now: datetime,
    *,
    reason: str | None = None,
    call_id: UUID | None = None,
) -> None:
    before = AgentState(agent.state)
    after = transition(before, event)
    if after is None:
        zh, en = _names(before)
        raise Conflict(
            code="wrong_agent_state",
            why_zh=f"您当前为“{zh}”,不能执行此操作。",
            why_en=f"You are {en}; this cannot be done now.",
        )
    agent.state, agent.state_since, agent.reason, agent.call_id = after.value, now, reason, call_id
    if after is not AgentState.WRAP_UP:
        agent.wrap_up_until = None
    if after not in (AgentState.TALKING, AgentState.WRAP_UP):
        agent.next_state = agent.next_reason = None
    await _save(session, agent)
    await _log(session, agent, now)
    # The dialler looks when somebody becomes free or leaves; it knows whom it claimed itself.
    left = before is AgentState.READY and event in (AgentEvent.WENT_ON_BREAK, AgentEvent.SIGNED_OFF)
    if agent.queue_id is not None and (after is AgentState.READY or left):
        await wake(session, "dialer", str(agent.queue_id))


_LOG = text(
    # The insert reads from the update, so the old stay is closed before the new one is opened.
    "WITH closed AS (UPDATE agent_state_log SET until_at = greatest(:now, from_at)"
    " WHERE agent_id = :agent AND until_at IS NULL RETURNING id)"
    " INSERT INTO agent_state_log (agent_id, queue_id, state, reason, call_id, from_at)"
    " SELECT :agent, :queue, :state, :reason, :call, :now FROM (SELECT count(*) FROM closed) AS done"
    " WHERE :state <> 'offline'"
).bindparams(
    bindparam("agent", type_=Uuid),
    bindparam("queue", type_=Uuid),
    bindparam("call", type_=Uuid),
    bindparam("state", type_=String),
    bindparam("reason", type_=String),
    bindparam("now", type_=UtcDateTime),
)


async def _log(session: Session, agent: Agent, now: datetime) -> None:
    await session.execute(
        _LOG,
        {
            "now": now,
            "agent": agent.user_id,
            "queue": agent.queue_id,
            "state": agent.state,
            "reason": agent.reason,
            "call": agent.call_id,
        },
    )


# ------------------------------------------------------------------ consoles


async def attach(session: Session, user: User, socket_id: UUID, now: datetime) -> Agent:
    """A console speaks for this agent from now on; an older one is superseded."""
    await session.execute(
        text(
            "INSERT INTO agents (user_id, name, state, state_since, version) VALUES (:id, :name, 'offline', :now, 0)"
            " ON CONFLICT (user_id) DO NOTHING"
        ),
        {"id": user.id, "name": user.name, "now": now},
    )
    agent = await locked(session, user.id)
    agent.name = user.name
    agent.socket_id = socket_id
    agent.present_until = await database_now(session) + timedelta(seconds=PRESENT_S)
    await _save(session, agent)
    if agent.state == AgentState.READY.value and agent.queue_id is not None:
        await wake(session, "dialer", str(agent.queue_id))
    return agent


async def detach(session: Session, user_id: UUID, socket_id: UUID) -> None:
    """The console is gone. The state stays; but no call is given to an agent who is not there."""
    agent = await locked(session, user_id)
    if agent.socket_id != socket_id:
        return  # a newer console speaks for the agent
    agent.socket_id = None
    agent.present_until = await database_now(session)
    await _save(session, agent)
    if agent.queue_id is not None:
        await wake(session, "dialer", str(agent.queue_id))


async def renew(session: Session, sockets: dict[UUID, UUID]) -> None:
    """The consoles `user_id → socket_id` are still there."""
    if sockets:
        await session.execute(
            text(
                "UPDATE agents SET present_until = clock_timestamp() + make_interval(secs => :s)"
                " WHERE socket_id = ANY(:sockets)"
            ),
            {"s": PRESENT_S, "sockets": list(sockets.values())},
        )


async def sweep_absent(session: Session, now: datetime) -> int:
    """Sign off agents whose console has been gone for the grace time (their call, if any, stays theirs)."""
    statement = (
        select(Agent)
        .where(
            col(Agent.state).in_([AgentState.READY.value, AgentState.ON_BREAK.value, AgentState.PREVIEWING.value]),
            text("present_until < clock_timestamp() - make_interval(secs => :grace)").bindparams(grace=GRACE_S),
        )
        .with_for_update(skip_locked=True)
    )
    gone = (await session.execute(statement)).scalars().all()
    for agent in gone:
        agent.socket_id = None
        await _move(session, agent, AgentEvent.SIGNED_OFF, now)
    return len(gone)


async def clear_dead_consoles(session: Session) -> int:
    """Mark consoles whose web process died: they are not renewed, so their time is over."""
    statement = (
        select(Agent)
        .where(col(Agent.socket_id).is_not(None), text("present_until < clock_timestamp()"))
        .with_for_update(skip_locked=True)
    )
    dead = (await session.execute(statement)).scalars().all()
    for agent in dead:
        agent.socket_id = None
        await _save(session, agent)
    return len(dead)


# ------------------------------------------------------------------ what agents do


async def sign_on(session: Session, user_id: UUID, queue_id: UUID, now: datetime) -> Agent:
    """Sit down in a queue. Signing on again in the same queue changes nothing."""
    agent = await locked(session, user_id)
    if agent.state != AgentState.OFFLINE.value:
        if agent.queue_id == queue_id:
            return agent
        if agent.state != AgentState.ON_BREAK.value:
            raise Conflict(
                code="wrong_agent_state",
                why_zh="请先小休,再切换到另一个活动。",
                why_en="Go on break before you change to another campaign.",
            )
        await _move(session, agent, AgentEvent.SIGNED_OFF, now)
    agent.queue_id = queue_id
    await _move(session, agent, AgentEvent.SIGNED_ON, now, reason=BreakReason.JUST_ARRIVED.value)
    return agent


def _check_wrap_up(agent: Agent, disposition_saved: bool) -> None:
    if agent.state == AgentState.WRAP_UP.value and not may_leave_wrap_up(disposition_saved=disposition_saved):
        raise Conflict(
            code="disposition_missing",
            why_zh="请先保存上一通电话的通话结果,再继续。",
            why_en="Save the disposition of your last call first.",
        )


async def go_ready(session: Session, agent: Agent, now: datetime, *, disposition_saved: bool) -> None:
    if agent.state == AgentState.READY.value:
        return
    if agent.state == AgentState.TALKING.value:  # takes back a break asked for during the call
        agent.next_state = agent.next_reason = None
        await _save(session, agent)
        return
    _check_wrap_up(agent, disposition_saved)
    await _move(session, agent, AgentEvent.WENT_READY, now)


async def go_on_break(
    session: Session, agent: Agent, reason: BreakReason, now: datetime, *, disposition_saved: bool
) -> None:
    """Break now; during a call, when its disposition has been saved."""
    busy = agent.state in (AgentState.TALKING.value, AgentState.DIALING.value)
    if busy or (agent.state == AgentState.WRAP_UP.value and not disposition_saved):
        agent.next_state, agent.next_reason = AgentState.ON_BREAK.value, reason.value
        await _save(session, agent)
        return
    await _move(session, agent, AgentEvent.WENT_ON_BREAK, now, reason=reason.value)


async def sign_off(session: Session, agent: Agent, now: datetime, *, disposition_saved: bool) -> None:
    if agent.state == AgentState.OFFLINE.value:
        return
    _check_wrap_up(agent, disposition_saved)
    await _move(session, agent, AgentEvent.SIGNED_OFF, now)


# ------------------------------------------------------------------ what calls do to agents


async def claim(
    session: Session, queue_id: UUID, call_id: UUID, now: datetime, *, but: UUID | None = None
) -> Agent | None:
    """Claim the agent who has been ready longest and whose console is there; None when nobody is free.

    `but`: not this one, who passed the call on.
    """
    statement = (
        select(Agent)
        .where(
            Agent.queue_id == queue_id,
            Agent.state == AgentState.READY.value,
            text("present_until > clock_timestamp()"),
            col(Agent.socket_id).is_not(None),
            col(Agent.user_id).is_distinct_from(but),
        )
        .order_by(col(Agent.state_since), col(Agent.user_id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    agent = (await session.execute(statement)).scalar_one_or_none()
    if agent is None:
        return None
    await _move(session, agent, AgentEvent.CONNECTED, now, call_id=call_id)
    return agent


async def claim_one(session: Session, agent_id: UUID, call_id: UUID, now: datetime) -> Agent | None:
    """Claim this agent for a call that is transferred to them: ready, or consulted about it (on a break for that)."""
    agent = await locked(session, agent_id)
    consulted = agent.state == AgentState.ON_BREAK.value and agent.reason == BreakReason.MEETING.value
    if agent.socket_id is None or not (consulted or agent.state == AgentState.READY.value):
        return None
    if consulted:
        await _move(session, agent, AgentEvent.WENT_READY, now)
    await _move(session, agent, AgentEvent.CONNECTED, now, call_id=call_id)
    return agent


async def keep_for_consultation(session: Session, agent_id: UUID, now: datetime) -> None:
    """Nobody else is given to this agent while they are asked about a call: they are in a meeting.

    Raises:
        Conflict: they are talking, or not there.
    """
    agent = await locked(session, agent_id)
    if agent.socket_id is None or agent.state not in (AgentState.READY.value, AgentState.ON_BREAK.value):
        raise Conflict(
            code="agent_not_free", why_zh="该坐席现在不空闲。", why_en="This agent is not free at the moment."
        )
    await _move(session, agent, AgentEvent.WENT_ON_BREAK, now, reason=BreakReason.MEETING.value)


async def claim_dialling(session: Session, agent_id: UUID, call_id: UUID, now: datetime) -> Agent | None:
    """Preview: the agent who dialled this call takes it."""
    agent = await locked(session, agent_id)
    if agent.state != AgentState.DIALING.value or agent.call_id != call_id:
        return None
    await _move(session, agent, AgentEvent.CONNECTED, now, call_id=call_id)
    return agent


async def free_for_preview(session: Session, queue_id: UUID, limit: int) -> Sequence[Agent]:
    """Ready agents, longest waiting first, locked."""
    statement = (
        select(Agent)
        .where(
            Agent.queue_id == queue_id,
            Agent.state == AgentState.READY.value,
            text("present_until > clock_timestamp()"),
            col(Agent.socket_id).is_not(None),
        )
        .order_by(col(Agent.state_since))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()


async def show_customer(session: Session, agent: Agent, call_id: UUID, now: datetime) -> None:
    await _move(session, agent, AgentEvent.CUSTOMER_SHOWN, now, call_id=call_id)


async def start_dialling(session: Session, agent: Agent, now: datetime) -> None:
    await _move(session, agent, AgentEvent.DIALLED, now, call_id=agent.call_id)


async def skip_preview(session: Session, agent: Agent, now: datetime) -> None:
    await _move(session, agent, AgentEvent.PREVIEW_SKIPPED, now)


async def join_failed(session: Session, agent_id: UUID, call_id: UUID, now: datetime) -> None:
    """The agent's own sound could not be joined: on break until they have looked at it."""
    agent = await locked(session, agent_id)
    if agent.call_id == call_id and agent.state == AgentState.TALKING.value:
        await _move(session, agent, AgentEvent.JOIN_FAILED, now, reason=BreakReason.LINE_LOST.value)


async def call_ended(
    session: Session, agent_id: UUID, call_id: UUID, now: datetime, *, wrap_up_s: float, disposed: bool
) -> None:
    """The agent's call is over: wrap-up, or straight on when its disposition was saved during the talk."""
    agent = await locked(session, agent_id)
    if agent.call_id != call_id:
        return
    if agent.state == AgentState.DIALING.value:
        await _move(session, agent, AgentEvent.NOT_REACHED, now)
        return
    if agent.state != AgentState.TALKING.value:
        return
    if not disposed:
        agent.wrap_up_until = now + timedelta(seconds=wrap_up_s)
    await _move(session, agent, AgentEvent.CALL_ENDED, now, call_id=call_id)
    if disposed:
        await after_disposition(session, agent, now)


async def after_disposition(session: Session, agent: Agent, now: datetime) -> None:
    """Leave wrap-up: on break when one was asked for, ready otherwise."""
    if agent.next_state == AgentState.ON_BREAK.value:
        await _move(session, agent, AgentEvent.WENT_ON_BREAK, now, reason=agent.next_reason)
    else:
        await _move(session, agent, AgentEvent.WENT_READY, now)


async def addresses_on_duty(session: Session) -> dict[UUID, str]:
    """Where the sound of each agent on duty is parked (empty: the browser)."""
    rows = await session.execute(
        text(
            "SELECT a.user_id, coalesce(u.address, '') FROM agents a JOIN users u ON u.id = a.user_id"
            " WHERE a.state <> 'offline'"
        )
    )
    return {row[0]: row[1] for row in rows.all()}


async def addresses_of_supervisors(session: Session) -> dict[UUID, str]:
    """Where the sound of each supervisor is parked who is to be in a call."""
    rows = await session.execute(
        text(
            "SELECT u.id, coalesce(u.address, '') FROM users u WHERE EXISTS"
            " (SELECT 1 FROM supervisions s WHERE s.supervisor_id = u.id AND s.ended_at IS NULL)"
        )
    )
    return {row[0]: row[1] for row in rows.all()}


async def overdue_wrap_up(session: Session, now: datetime) -> Sequence[Agent]:
    """Agents whose wrap-up time is over, locked."""
    statement = (
        select(Agent)
        .where(Agent.state == AgentState.WRAP_UP.value, col(Agent.wrap_up_until) <= now)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()
