"""The life of one call, as a pure state machine.

    reserved → launching → ringing → waiting → connecting → connected ⇄ held → ended

A call is one attempt to reach one person. `reserved` exists in preview mode only: an agent looks at the
customer before anything is dialled. `waiting` is a live answer without an agent, or a customer on the way from
one agent to another; `connecting` is one whose agent has been claimed and whose sound is being joined. Carrier
events come late, twice and out of order; `transition` only ever moves forward (but for holds and transfers) and
answers None to what tells nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallState(StrEnum):
    RESERVED = "reserved"
    LAUNCHING = "launching"
    RINGING = "ringing"
    WAITING = "waiting"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    HELD = "held"
    ENDED = "ended"


LIVE_STATES = tuple(s for s in CallState if s is not CallState.ENDED)
ANSWERED_STATES = (CallState.WAITING, CallState.CONNECTING, CallState.CONNECTED, CallState.HELD)
AGENT_STATES = (CallState.CONNECTING, CallState.CONNECTED, CallState.HELD)


class CallEventKind(StrEnum):
    """What can happen to a call, in our words (every carrier's are translated into these)."""

    DIAL = "dial"  # the agent accepts the previewed customer
    RINGING = "ringing"
    ANSWERED = "answered"
    MACHINE = "machine"  # the carrier's verdict after an answer: a machine, not a person
    AGENT_CLAIMED = "agent_claimed"
    JOINED = "joined"  # agent and customer hear each other
    JOIN_FAILED = "join_failed"
    HELD = "held"
    RESUMED = "resumed"
    RELEASED = "released"  # taken out of the agent's sound, on the way to another agent
    CONSULTED = "consulted"  # the third party is there, the customer held
    CONSULT_ENDED = "consult_ended"
    AGENT_LOST = "agent_lost"  # the joined agent's sound dropped; the customer waits
    AGENT_BACK = "agent_back"
    ENDED = "ended"


class EndCause(StrEnum):
    """Why the line went down, as the carrier tells it (or as we did it)."""

    CUSTOMER_HUNG_UP = "customer_hung_up"
    AGENT_HUNG_UP = "agent_hung_up"
    SYSTEM_HUNG_UP = "system_hung_up"  # the message for an abandoned call was played, or a machine was left
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    INVALID_NUMBER = "invalid_number"
    CONGESTION = "congestion"
    FAILED = "failed"
    CANCELLED = "cancelled"  # we took the call back before an answer
    SKIPPED = "skipped"  # the agent passed over a previewed customer: nothing was dialled
    TRANSFERRED = "transferred"  # to somebody outside, who has the customer now: no call of ours any more
    LOST = "lost"  # found open after a crash, and the carrier no longer knows it


class Outcome(StrEnum):
    """What became of the attempt: what selection, reports and the abandonment ledger read."""

    TALKED = "talked"
    ABANDONED = "abandoned"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    INVALID_NUMBER = "invalid_number"
    CONGESTION = "congestion"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class AnsweredBy(StrEnum):
    PERSON = "person"
    MACHINE = "machine"
    UNKNOWN = "unknown"  # nobody looked: counted as a person, which is the stricter reading


_S, _E = CallState, CallEventKind

_TABLE: dict[tuple[CallState, CallEventKind], CallState] = {
    (_S.RESERVED, _E.DIAL): _S.LAUNCHING,
    (_S.LAUNCHING, _E.RINGING): _S.RINGING,
    (_S.LAUNCHING, _E.ANSWERED): _S.WAITING,  # ringing never told, or told late
    (_S.RINGING, _E.ANSWERED): _S.WAITING,
    (_S.WAITING, _E.AGENT_CLAIMED): _S.CONNECTING,
    (_S.CONNECTING, _E.JOINED): _S.CONNECTED,
    (_S.CONNECTING, _E.JOIN_FAILED): _S.WAITING,
    (_S.CONNECTED, _E.HELD): _S.HELD,
    (_S.HELD, _E.RESUMED): _S.CONNECTED,
    (_S.CONNECTED, _E.RELEASED): _S.WAITING,
    (_S.HELD, _E.RELEASED): _S.WAITING,
    **{(state, _E.ENDED): _S.ENDED for state in LIVE_STATES},
}


def transition(state: CallState, event: CallEventKind) -> CallState | None:
    """The state after `event`, or None when the event tells nothing new in this state."""
    return _TABLE.get((state, event))


@dataclass(frozen=True, slots=True)
class EndFacts:
    """What is known about a call at its end."""

    answered: bool
    joined: bool
    answered_by: AnsweredBy
    cause: EndCause


_UNANSWERED: dict[EndCause, Outcome] = {
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.REJECTED: Outcome.REJECTED,
    EndCause.INVALID_NUMBER: Outcome.INVALID_NUMBER,
    EndCause.CONGESTION: Outcome.CONGESTION,
    EndCause.CANCELLED: Outcome.CANCELLED,
    EndCause.AGENT_HUNG_UP: Outcome.CANCELLED,
    EndCause.SYSTEM_HUNG_UP: Outcome.CANCELLED,
    EndCause.CUSTOMER_HUNG_UP: Outcome.REJECTED,
    EndCause.SKIPPED: Outcome.SKIPPED,
}


def outcome(facts: EndFacts) -> Outcome:
    """What became of the attempt.

    A person who answered and never heard an agent was abandoned, also when they hung up themselves before
    the two seconds were over: the stricter reading of 16 CFR 310.4(b)(4). A machine's answer never is.
    """
    if facts.answered_by is AnsweredBy.MACHINE:
        return Outcome.MACHINE
    if facts.joined:
        return Outcome.TALKED
    if facts.answered:
        return Outcome.ABANDONED
    return _UNANSWERED.get(facts.cause, Outcome.FAILED)


def counts_as_abandoned(facts: EndFacts, wait_s: float | None, patience_s: float) -> bool:
    """Whether the call stands in the numerator of the abandonment rate.

    `wait_s`: seconds from the answer to the join; None when never joined. An agent who came too late does
    not undo the silence the person heard.
    """
    if not facts.answered or facts.answered_by is AnsweredBy.MACHINE:
        return False
    return not facts.joined or (wait_s is not None and wait_s > patience_s)
