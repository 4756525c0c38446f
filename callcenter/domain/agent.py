"""The states of an agent, as a pure state machine.

    offline → on_break ⇄ ready → talking → wrap_up → ready | on_break
                          ready → previewing → dialing → talking

One agent has one state, and one call at most. `wrap_up` cannot be left before the call's disposition is
saved: that is a rule of `may_leave_wrap_up`, kept by the server and not by any screen.
"""

from __future__ import annotations

from enum import StrEnum


class AgentState(StrEnum):
    OFFLINE = "offline"
    ON_BREAK = "on_break"
    READY = "ready"
    PREVIEWING = "previewing"
    DIALING = "dialing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


class AgentEvent(StrEnum):
    SIGNED_ON = "signed_on"
    WENT_READY = "went_ready"
    WENT_ON_BREAK = "went_on_break"
    SIGNED_OFF = "signed_off"
    CUSTOMER_SHOWN = "customer_shown"  # preview: a lead was reserved
    PREVIEW_SKIPPED = "preview_skipped"
    DIALLED = "dialled"
    NOT_REACHED = "not_reached"  # a previewed call ended without an answer
    CONNECTED = "connected"
    JOIN_FAILED = "join_failed"
    CALL_ENDED = "call_ended"


class BreakReason(StrEnum):
    """Why an agent is not ready. The closed list keeps reports comparable."""

    SHORT_BREAK = "short_break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    PAPERWORK = "paperwork"
    TECHNICAL = "technical"
    JUST_ARRIVED = "just_arrived"
    LINE_LOST = "line_lost"  # given by the system when the agent's own sound could not be joined


_S, _E = AgentState, AgentEvent

_TABLE: dict[tuple[AgentState, AgentEvent], AgentState] = {
    (_S.OFFLINE, _E.SIGNED_ON): _S.ON_BREAK,
    (_S.ON_BREAK, _E.WENT_READY): _S.READY,
    (_S.ON_BREAK, _E.WENT_ON_BREAK): _S.ON_BREAK,  # another reason
    (_S.ON_BREAK, _E.SIGNED_OFF): _S.OFFLINE,
    (_S.READY, _E.WENT_ON_BREAK): _S.ON_BREAK,
    (_S.READY, _E.SIGNED_OFF): _S.OFFLINE,
    (_S.READY, _E.CUSTOMER_SHOWN): _S.PREVIEWING,
    (_S.READY, _E.CONNECTED): _S.TALKING,
    (_S.PREVIEWING, _E.DIALLED): _S.DIALING,
    (_S.PREVIEWING, _E.PREVIEW_SKIPPED): _S.READY,
    (_S.PREVIEWING, _E.WENT_ON_BREAK): _S.ON_BREAK,
    (_S.PREVIEWING, _E.SIGNED_OFF): _S.OFFLINE,
    (_S.DIALING, _E.CONNECTED): _S.TALKING,
    (_S.DIALING, _E.NOT_REACHED): _S.READY,
    (_S.TALKING, _E.CALL_ENDED): _S.WRAP_UP,
    (_S.TALKING, _E.JOIN_FAILED): _S.ON_BREAK,
    (_S.WRAP_UP, _E.WENT_READY): _S.READY,
    (_S.WRAP_UP, _E.WENT_ON_BREAK): _S.ON_BREAK,
    (_S.WRAP_UP, _E.SIGNED_OFF): _S.OFFLINE,
}

HAS_CALL = (AgentState.PREVIEWING, AgentState.DIALING, AgentState.TALKING, AgentState.WRAP_UP)
"""States in which an agent holds a call; in no other one do they."""


def transition(state: AgentState, event: AgentEvent) -> AgentState | None:
    """The state after `event`, or None when the event is not allowed in this state."""
    return _TABLE.get((state, event))


def may_leave_wrap_up(*, disposition_saved: bool) -> bool:
    """No next call, break or sign-off before the last call has its disposition."""
    return disposition_saved
