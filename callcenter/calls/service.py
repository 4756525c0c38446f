"""What happens to a call: created before the carrier is asked, moved on by events, closed exactly once.

Every change goes through `_save`, which counts the version up and records the event for the screens in the
same transaction. Whoever also changes an agent does that first (see agent_ui.live.state).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.calls import repository
from callcenter.calls.models import Call, CommandKind, Consulting
from callcenter.domain.call import (
    AGENT_STATES,
    ANSWERED_STATES,
    AnsweredBy,
    CallEventKind,
    CallState,
    EndCause,
    EndFacts,
    counts_as_abandoned,
    outcome,
    transition,
)
from callcenter.kit import outbox
from callcenter.kit.db import Session
from callcenter.kit.errors import Conflict, NotFound
from callcenter.telephony.port import CarrierEvent

TOPIC = "call"
STAGES = ("felt_need", "rational_need", "trust")

# How long silence is normal, in seconds; after that the carrier is asked what became of the call.
LAUNCH_SILENCE_S = 8.0
RING_SLACK_S = 8.0
TALK_SILENCE_S = 60.0
ANSWER_SILENCE_S = 6.0
TRANSFER_PATIENCE_S = 60.0
"""Seconds of music for a customer on the way from one agent to another; then they hear the recorded message."""

_VIEW = [
    "id",
    "queue_id",
    "subject_id",
    "customer_id",
    "state",
    "mode",
    "attempt_no",
    "to_number",
    "agent_id",
    "created_at",
    "launched_at",
    "ringing_at",
    "answered_at",
    "connected_at",
    "held_at",
    "ended_at",
    "hold_s",
    "talk_s",
    "outcome",
    "cause",
    "abandoned",
    "stage",
    "disposition",
    "consult",
    "recording_paused_at",
    "transferred_at",
    "agent_lost_at",
    "version",
    "card",
]


def payload(call: Call) -> dict[str, Any]:
    """The whole new state, as events and snapshots carry it."""
    return {name: getattr(call, name) for name in _VIEW}


@dataclass(frozen=True, slots=True)
class NewCall:
    """What is needed to place a call; `card` is what the agent will see."""

    call_id: UUID
    queue_id: UUID
    subject_id: UUID
    customer_id: UUID
    attempt_no: int
    mode: str
    to_number: str
    from_number: str
    patience_s: float
    carrier: str
    card: Mapping[str, Any]
    reserved_for: UUID | None = None
    agents_of: UUID | None = None
    """Whose agents take it, where not its own queue's."""
    answer_chance: float | None = None


async def create(session: Session, new: NewCall, now: datetime) -> Call:
    """Write the attempt, before the carrier hears of it. Reserved for an agent in preview mode."""
    reserved = new.reserved_for is not None
    call = Call(
        id=new.call_id,
        queue_id=new.queue_id,
        subject_id=new.subject_id,
        customer_id=new.customer_id,
        attempt_no=new.attempt_no,
        mode=new.mode,
        to_number=new.to_number,
        from_number=new.from_number,
        patience_s=new.patience_s,
        carrier=new.carrier,
        card=dict(new.card),
        agent_id=new.reserved_for,
        agents_of=new.agents_of,
        answer_chance=new.answer_chance,
        state=(CallState.RESERVED if reserved else CallState.LAUNCHING).value,
        created_at=now,
        launched_at=None if reserved else now,
        check_at=None if reserved else now + timedelta(seconds=LAUNCH_SILENCE_S),
        version=0,
    )
    session.add(call)
    await _save(session, call)
    return call


async def _save(session: Session, call: Call) -> None:
    call.version += 1
    await session.flush()
    await outbox.record(session, TOPIC, call.id, payload(call))


async def get(session: Session, call_id: UUID) -> Call:
    call = await session.get(Call, call_id)
    if call is None:
        raise NotFound(what_zh="通话", what_en="call", id=call_id)
    return call


async def locked(session: Session, call_id: UUID) -> Call:
    call = await repository.lock(session, call_id)
    if call is None:
        raise NotFound(what_zh="通话", what_en="call", id=call_id)
    return call


@dataclass(frozen=True, slots=True)
class Applied:
    """A carrier's event that told something new: the call now, and its state before."""

    call: Call
    before: CallState
    agent_before: UUID | None = None

    @property
    def state(self) -> CallState:
        return CallState(self.call.state)


async def apply_event(session: Session, event: CarrierEvent, now: datetime) -> Applied | None:
    """Take in one carrier event; None when it was told before or tells nothing new.

    The call is changed but not yet told to the screens: the caller does what follows (an agent is claimed, a
    lead learns) and then calls `told`, so that one transaction makes one event of the call.

    Late facts are still facts: an answer told after the end corrects the outcome, so that the ledger of
    abandoned calls does not depend on the order in which the network delivers.
    """
    call = await repository.lock(session, event.call_id)
    if call is None:
        return None
    before, agent_before = CallState(call.state), call.agent_id
    after = transition(before, event.kind)
    applied = after is not None or _tells_something(call, event)
    fresh = await repository.note_event(
        session,
        call_id=event.call_id,
        sequence=event.sequence,
        kind=event.kind.value,
        at=event.at,
        received_at=now,
        applied=applied,
        detail={"cause": event.cause, "answered_by": event.answered_by, "agent_id": event.agent_id},
    )
    if not fresh or not applied:
        return None
    _learn(call, event)
    if after is not None:
        _move(call, after, event, now)
    if CallState(call.state) is CallState.ENDED:
        _close(call)
    return Applied(call, before, agent_before)


async def told(session: Session, call: Call) -> None:
    """Write a call that `apply_event` changed, and tell the screens."""
    await _save(session, call)


def _tells_something(call: Call, event: CarrierEvent) -> bool:
    """Whether `event` holds a fact that the call does not have yet."""
    if event.carrier_ref and not call.carrier_ref:
        return True
    match event.kind:
        case CallEventKind.RINGING:
            return call.ringing_at is None
        case CallEventKind.ANSWERED:
            return call.answered_at is None
        case CallEventKind.MACHINE:
            return call.answered_by != AnsweredBy.MACHINE.value
        case CallEventKind.JOINED:
            return call.connected_at is None
        case CallEventKind.HELD:
            return call.held_at is None and call.ended_at is None
        case CallEventKind.RESUMED:
            return call.held_at is not None
        case CallEventKind.CONSULTED:
            return call.consult == Consulting.ASKED.value and call.ended_at is None
        case CallEventKind.CONSULT_ENDED:
            return call.consult is not None
        case CallEventKind.AGENT_LOST:
            return call.agent_lost_at is None and _is_with(call, event)
        case CallEventKind.AGENT_BACK:
            return call.agent_lost_at is not None and event.agent_id == call.agent_id
        case _:
            return False


def _is_with(call: Call, event: CarrierEvent) -> bool:
    return event.agent_id == call.agent_id and call.state in (CallState.CONNECTED.value, CallState.HELD.value)


def _learn(call: Call, event: CarrierEvent) -> None:
    """Write the facts of `event` that the call does not have yet."""
    call.carrier_ref = call.carrier_ref or event.carrier_ref
    match event.kind:
        case CallEventKind.RINGING if call.ringing_at is None:
            call.ringing_at = event.at
        case CallEventKind.ANSWERED if call.answered_at is None:
            call.answered_at = event.at
            call.answered_by = (event.answered_by or AnsweredBy.UNKNOWN).value
            call.ring_s = _seconds(call.launched_at, event.at)
        case CallEventKind.MACHINE:
            call.answered_by = AnsweredBy.MACHINE.value
        case CallEventKind.JOINED if call.connected_at is None:
            call.connected_at = event.at
            call.wait_s = _seconds(call.answered_at, event.at)
            call.abandoned = _abandoned(call)
        case CallEventKind.HELD if call.held_at is None and call.ended_at is None:
            call.held_at = event.at
        case CallEventKind.RESUMED if call.held_at is not None:
            call.hold_s += _seconds(call.held_at, event.at) or 0.0
            call.held_at = None
        case CallEventKind.CONSULTED if call.consult is not None:
            call.consult = Consulting.THERE.value
        case CallEventKind.CONSULT_ENDED:
            call.consult = None
        case CallEventKind.RELEASED | CallEventKind.ENDED:
            call.consult = call.agent_lost_at = None
        case CallEventKind.AGENT_LOST:
            call.agent_lost_at = event.at
        case CallEventKind.AGENT_BACK:
            call.agent_lost_at = None


def _move(call: Call, after: CallState, event: CarrierEvent, now: datetime) -> None:
    call.state = after.value
    match after:
        case CallState.RINGING:
            call.check_at = now + timedelta(seconds=60.0 + RING_SLACK_S)
        case CallState.WAITING:
            call.check_at = now + timedelta(seconds=ANSWER_SILENCE_S)
            if event.kind is CallEventKind.JOIN_FAILED:
                call.agent_id = call.claimed_at = None
            elif event.kind is CallEventKind.RELEASED:
                _leave_agent(call, event)
        case CallState.CONNECTED | CallState.HELD:
            call.check_at = now + timedelta(seconds=TALK_SILENCE_S)
        case CallState.ENDED:
            call.ended_at = event.at
            call.check_at = None
            call.cause = (event.cause or EndCause.FAILED).value


def _leave_agent(call: Call, event: CarrierEvent) -> None:
    """The customer is between two agents; whoever calls `apply_event` frees the one it was with (`before`)."""
    if call.held_at is not None:
        call.hold_s += _seconds(call.held_at, event.at) or 0.0
        call.held_at = None
    call.left_agent_id = call.agent_id
    call.agent_id = call.claimed_at = call.given_up_at = None
    call.transferred_at = event.at


def patience_ends_s(call: Call) -> float | None:
    """Until when (seconds since 1970) an answered person waits for an agent; None: nobody has answered."""
    if call.transferred_at is not None:
        return call.transferred_at.timestamp() + TRANSFER_PATIENCE_S
    return None if call.answered_at is None else call.answered_at.timestamp() + call.patience_s


def _facts(call: Call) -> EndFacts:
    return EndFacts(
        answered=call.answered_at is not None,
        joined=call.connected_at is not None,
        answered_by=AnsweredBy(call.answered_by or AnsweredBy.UNKNOWN.value),
        cause=EndCause(call.cause or EndCause.FAILED.value),
    )


def _abandoned(call: Call) -> bool:
    return counts_as_abandoned(_facts(call), call.wait_s, call.patience_s)


def _close(call: Call) -> None:
    assert call.ended_at is not None
    facts = _facts(call)
    call.outcome = outcome(facts).value
    call.abandoned = _abandoned(call)
    if call.ring_s is None:
        call.ring_s = _seconds(call.launched_at, call.ended_at)
    if call.held_at is not None:
        call.hold_s += _seconds(call.held_at, call.ended_at) or 0.0
        call.held_at = None
    call.talk_s = _seconds(call.connected_at, call.ended_at)
    answered_s = _seconds(call.answered_at, call.ended_at)
    call.billable_s = math.ceil(answered_s) if answered_s is not None else None


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    # The network's clock may tell an end a hair before its start; no time is negative.
    return None if start is None or end is None else max(0.0, (end - start).total_seconds())


def give_to_agent(call: Call, agent_id: UUID, now: datetime) -> None:
    """An agent has been claimed for this answered call; `told` it, and ask for the join after the commit."""
    if transition(CallState(call.state), CallEventKind.AGENT_CLAIMED) is None:
        raise Conflict(why_zh="该通话已不在等待坐席。", why_en="This call is no longer waiting for an agent.")
    call.state = CallState.CONNECTING.value
    call.agent_id, call.claimed_at = agent_id, now
    call.check_at = now + timedelta(seconds=ANSWER_SILENCE_S)


async def give_up(session: Session, call: Call, now: datetime) -> bool:
    """The patience ran out: no agent may be claimed now, and the person counts as abandoned. False if too late."""
    if CallState(call.state) is not CallState.WAITING or call.given_up_at is not None:
        return False
    call.given_up_at = now
    call.abandoned = _abandoned(call)
    await _save(session, call)
    return True


async def dial_reserved(session: Session, call: Call, now: datetime) -> None:
    """Preview: the agent wants this customer called."""
    if transition(CallState(call.state), CallEventKind.DIAL) is None:
        raise Conflict(why_zh="该客户已不在预览中,无法拨号。", why_en="This customer is no longer in preview.")
    call.state = CallState.LAUNCHING.value
    call.launched_at = now
    call.check_at = now + timedelta(seconds=LAUNCH_SILENCE_S)
    await _save(session, call)


async def end_by_us(session: Session, call: Call, cause: EndCause, now: datetime) -> None:
    """Close a call that has no line: skipped in preview, refused by the carrier, or lost."""
    if CallState(call.state) is CallState.ENDED:
        return
    call.state = CallState.ENDED.value
    call.ended_at, call.check_at, call.cause = now, None, cause.value
    _close(call)
    await _save(session, call)


async def look_again(session: Session, call: Call, at: datetime) -> None:
    """Set the next time to ask the carrier. No news for screens."""
    call.check_at = at
    await session.flush()


async def own_call(session: Session, call_id: UUID, agent_id: UUID) -> Call:
    """The call, locked, if it is this agent's.

    Raises:
        NotFound: no such call, or another agent's (which is not told apart).
    """
    call = await repository.lock(session, call_id)
    if call is None or call.agent_id != agent_id:
        raise NotFound(what_zh="您的通话", what_en="call of yours", id=call_id)
    return call


async def ask_hang_up(session: Session, call: Call, by: UUID, now: datetime) -> None:
    if CallState(call.state) is CallState.ENDED:
        return
    await repository.ask(session, call.id, CommandKind.HANG_UP, now, by)


async def ask_hold(session: Session, call: Call, by: UUID, now: datetime) -> None:
    if CallState(call.state) is not CallState.CONNECTED:
        raise Conflict(why_zh="只有通话中才能保持。", why_en="Only a connected call can be put on hold.")
    await repository.ask(session, call.id, CommandKind.HOLD, now, by)


async def ask_resume(session: Session, call: Call, by: UUID, now: datetime) -> None:
    if CallState(call.state) is not CallState.HELD:
        raise Conflict(why_zh="该通话未在保持中。", why_en="This call is not on hold.")
    await repository.ask(session, call.id, CommandKind.RESUME, now, by)


async def reach_stage(session: Session, call: Call, stage: str) -> None:
    """Note the furthest buying stage reached; it never goes back."""
    if CallState(call.state) not in (*ANSWERED_STATES, CallState.ENDED):
        raise Conflict(why_zh="通话尚未接通。", why_en="The call is not connected yet.")
    if call.stage is None or STAGES.index(stage) > STAGES.index(call.stage):
        call.stage = stage
        await _save(session, call)


async def dispose(session: Session, call: Call, code: str, note: str, now: datetime) -> None:
    """Write the saved disposition into the record of the call."""
    call.disposition, call.disposed_at, call.note = code, now, note
    await _save(session, call)


async def wrapped_up(session: Session, call: Call, seconds: float) -> None:
    call.wrap_up_s = seconds
    await session.flush()


__all__ = ["AGENT_STATES", "Applied", "NewCall", "apply_event", "create", "payload"]
