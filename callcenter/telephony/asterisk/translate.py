"""What Asterisk says, in our words. Pure: a JSON message of ARI in, a `Fact` or None out.

Channels, bridges and playbacks carry our ids in forms of fixed length, because Asterisk takes a channel id that
is a prefix of a living one (whatever the case of its letters) for the same:

    the customer      <call id>             the agent's own sound    leg-<agent id> in the bridge room-<agent id>
    the message       msg-<call id>         machine detection        amd-<call id>
    a supervisor's ear ear-<supervisor id>-<four digits that change with each change of how they listen>
    a third party      con-<call id>, and later with the customer in the bridge out-<call id>
    the recording     rin-<call id> (the customer) and rou-<call id> (what the customer hears)

What a message of ARI means was tried against Asterisk 22.10; the cause codes are those of ITU-T Q.850, which
Asterisk makes of a SIP answer. The cause is to be trusted, not the `dialstatus` (it says NOANSWER for a 404).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from callcenter.domain.call import AnsweredBy, EndCause

LEG, ROOM, MESSAGE, DETECTION = "leg-", "room-", "msg-", "amd-"
EAR, THIRD, OUTSIDE, TAPE_IN, TAPE_OUT = "ear-", "con-", "out-", "rin-", "rou-"

EVENTS_WANTED = (
    "StasisStart",
    "ChannelStateChange",
    "ChannelDestroyed",
    "ChannelEnteredBridge",
    "ChannelLeftBridge",
    "PlaybackFinished",
    "ContactStatusChange",
)


class FactKind(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"  # the customer is there and under our control
    ENTERED = "entered"  # the customer, an agent's room
    LEFT = "left"
    MESSAGE_OVER = "message_over"
    LISTENING = "listening"  # the copy of the customer's sound for machine detection is there
    VERDICT = "verdict"
    GONE = "gone"
    LEG_UP = "leg_up"
    LEG_GONE = "leg_gone"
    REGISTERED = "registered"  # an agent's telephone or browser says that it is there (anew)
    EAR_UP = "ear_up"  # `subject` is the supervisor
    THIRD_UP = "third_up"
    THIRD_GONE = "third_gone"
    TAPE_UP = "tape_up"  # one of the two copies of the customer's sound that are recorded
    REPLACED = "replaced"  # another process took our application


@dataclass(frozen=True, slots=True)
class Vars:
    """What a channel carries for a worker that did not place it (`channelvars` in ari.conf)."""

    application: str = ""
    answered_at: datetime | None = None
    agent_id: UUID | None = None
    held: bool = False
    released: bool = False
    message: bool = False
    cause: EndCause | None = None
    record: bool = False
    consult: str = ""  # who was asked to come to the agent: an agent's id, or a number


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `subject` is the call, or the agent for LEG_UP and LEG_GONE."""

    kind: FactKind
    subject: UUID
    at: datetime
    created_at: datetime | None = None  # of the channel
    agent_id: UUID | None = None  # whose room, with ENTERED and LEFT
    q850: int = 0  # with GONE
    verdict: AnsweredBy | None = None
    vars: Vars = Vars()
    name: str = ""  # of the channel, with EAR_UP


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as read back. `in_stasis`: under the control of an application, not in the dialplan."""

    id: str
    up: bool
    ringing: bool
    in_stasis: bool
    created_at: datetime
    vars: Vars


@dataclass(frozen=True, slots=True)
class EndRecord:
    """What a call left behind in a global variable (the context `…-ended` of the dialplan)."""

    ended_at: datetime
    q850: int
    vars: Vars


_UNANSWERED: dict[int, EndCause] = {
    1: EndCause.INVALID_NUMBER,  # 404, 604
    16: EndCause.REJECTED,  # cleared while it rang
    17: EndCause.BUSY,  # 486, 600
    18: EndCause.NO_ANSWER,  # 408
    19: EndCause.NO_ANSWER,  # 480, and our own time-out
    20: EndCause.NO_ANSWER,  # telephone switched off
    21: EndCause.REJECTED,  # 603, 401, 403
    22: EndCause.INVALID_NUMBER,  # 410, number changed
    28: EndCause.INVALID_NUMBER,  # 484
    34: EndCause.CONGESTION,  # 503
    41: EndCause.CONGESTION,
    42: EndCause.CONGESTION,
    44: EndCause.CONGESTION,
    47: EndCause.CONGESTION,
}
_BROKEN = frozenset({27, 38, 41, 44, 47, 102})
"""Causes of an answered call that nobody hung up."""

# AMD says MACHINE for a silence at the beginning too. A person who says nothing is not a machine.
_MACHINE_CAUSES = ("LONGGREETING", "MAXWORDS", "MAXWORDLENGTH")


def end_cause(q850: int, *, answered: bool, asked: EndCause | None) -> EndCause:
    """Why the call ended: what we asked for, where we did; else what the cause code says."""
    if asked is not None:
        return asked if answered else EndCause.CANCELLED
    if answered:
        return EndCause.FAILED if q850 in _BROKEN else EndCause.CUSTOMER_HUNG_UP
    return _UNANSWERED.get(q850, EndCause.FAILED)


def verdict(status: str, cause: str) -> AnsweredBy:
    """What AMD() found. `cause` is like LONGGREETING-1500-1500."""
    if status == "HUMAN":
        return AnsweredBy.PERSON
    if status == "MACHINE" and cause.startswith(_MACHINE_CAUSES):
        return AnsweredBy.MACHINE
    return AnsweredBy.UNKNOWN


def translate(message: Mapping[str, Any]) -> Fact | None:
    """None for what tells us nothing.

    Raises:
        KeyError, ValueError, TypeError: the message is not as ARI writes it.
    """
    kind, at = message["type"], _time(message["timestamp"]) if "timestamp" in message else None
    if kind == "ApplicationReplaced":
        return Fact(FactKind.REPLACED, UUID(int=0), at or datetime.min.replace(tzinfo=UTC))
    if kind not in EVENTS_WANTED or at is None:
        return None
    if kind == "ContactStatusChange":
        return _of_a_contact(message, at)
    if kind == "PlaybackFinished":
        call_id = own_id(message["playback"]["id"], MESSAGE)
        return None if call_id is None else Fact(FactKind.MESSAGE_OVER, call_id, at)
    channel = message["channel"]
    agent_id = own_id(channel["id"], LEG)
    if agent_id is not None:
        return _of_a_leg(kind, agent_id, at, channel)
    detected = own_id(channel["id"], DETECTION)
    if detected is not None:
        return _of_detection(kind, detected, at, message)
    call_id = own_id(channel["id"])
    if call_id is not None:
        return _of_a_call(kind, call_id, at, message, channel)
    return _of_company(kind, channel, at)


def _of_a_contact(message: Mapping[str, Any], at: datetime) -> Fact | None:
    """Somebody's telephone registered. Said as NonQualified where we do not ask it whether it is there."""
    agent_id = own_id(message["endpoint"]["resource"])
    there = message["contact_info"]["contact_status"] in ("Created", "NonQualified", "Reachable")
    return Fact(FactKind.REGISTERED, agent_id, at) if agent_id is not None and there else None


_COMPANY = {
    (THIRD, "StasisStart"): FactKind.THIRD_UP,
    (THIRD, "ChannelDestroyed"): FactKind.THIRD_GONE,
    (TAPE_IN, "StasisStart"): FactKind.TAPE_UP,
    (TAPE_OUT, "StasisStart"): FactKind.TAPE_UP,
}


def _of_company(kind: str, channel: Mapping[str, Any], at: datetime) -> Fact | None:
    supervisor_id = whose_ear(channel["id"])
    if supervisor_id is not None:
        up = Fact(FactKind.EAR_UP, supervisor_id, at, name=channel["id"])
        return up if kind == "StasisStart" else None
    for prefix in (THIRD, TAPE_IN, TAPE_OUT):
        subject = own_id(channel["id"], prefix)
        found = _COMPANY.get((prefix, kind))
        if subject is not None and found is not None:
            return Fact(found, subject, at, vars=read_vars(channel))
    return None


def _of_a_leg(kind: str, agent_id: UUID, at: datetime, channel: Mapping[str, Any]) -> Fact | None:
    found = {"StasisStart": FactKind.LEG_UP, "ChannelDestroyed": FactKind.LEG_GONE}.get(kind)
    return None if found is None else Fact(found, agent_id, at, vars=read_vars(channel))


def _of_detection(kind: str, call_id: UUID, at: datetime, message: Mapping[str, Any]) -> Fact | None:
    if kind != "StasisStart":
        return None
    match message.get("args", []):
        case ["amd", status, *cause]:
            return Fact(FactKind.VERDICT, call_id, at, verdict=verdict(status, cause[0] if cause else ""))
        case _:
            return Fact(FactKind.LISTENING, call_id, at)


def _of_a_call(
    kind: str, call_id: UUID, at: datetime, message: Mapping[str, Any], channel: Mapping[str, Any]
) -> Fact | None:
    created, found = _time(channel["creationtime"]), read_vars(channel)
    match kind:
        case "ChannelStateChange" if channel["state"] == "Ringing":
            return Fact(FactKind.RINGING, call_id, at, created, vars=found)
        case "StasisStart":
            return Fact(FactKind.ANSWERED, call_id, found.answered_at or at, created, vars=found)
        case "ChannelDestroyed":
            return Fact(FactKind.GONE, call_id, at, created, q850=int(message.get("cause", 0)), vars=found)
        case "ChannelEnteredBridge" | "ChannelLeftBridge":
            agent_id = own_id(message["bridge"]["id"], ROOM)
            if agent_id is None:
                return None
            entered = FactKind.ENTERED if kind == "ChannelEnteredBridge" else FactKind.LEFT
            return Fact(entered, call_id, at, created, agent_id, vars=found)
        case _:
            return None


def read_channel(channel: Mapping[str, Any]) -> Channel:
    """A channel of GET /channels."""
    return Channel(
        id=channel["id"],
        up=channel["state"] == "Up",
        ringing=channel["state"] == "Ringing",
        in_stasis=channel.get("dialplan", {}).get("app_name") == "Stasis",
        created_at=_time(channel["creationtime"]),
        vars=read_vars(channel),
    )


def read_end_record(value: str) -> EndRecord | None:
    """The global variable CC_END_<call id>; None when it is empty (nothing is left, or never was)."""
    if not value:
        return None
    ended, q850, answered, agent, cause = value.split(":")
    left = {"CC_ANSWERED": answered, "CC_AGENT": agent, "CC_CAUSE": cause}
    return EndRecord(_epoch(ended), int(q850 or 0), read_vars({"channelvars": left}))


def read_vars(channel: Mapping[str, Any]) -> Vars:
    raw = channel.get("channelvars", {})
    answered, agent, cause = raw.get("CC_ANSWERED"), raw.get("CC_AGENT"), raw.get("CC_CAUSE")
    return Vars(
        application=raw.get("CC_APP", ""),
        answered_at=_epoch(answered) if answered else None,
        agent_id=UUID(agent) if agent else None,
        held=raw.get("CC_HELD") == "1",
        released=raw.get("CC_HELD") == "released",
        record=raw.get("CC_RECORD") == "1",
        consult=raw.get("CC_CONSULT", ""),
        message=raw.get("CC_MESSAGE") == "1",
        cause=EndCause(cause) if cause else None,
    )


def own_id(name: str, prefix: str = "") -> UUID | None:
    """The id of ours in a name of Asterisk's; None when it is somebody else's channel."""
    if not name.startswith(prefix) or len(name) != len(prefix) + 36:
        return None
    try:
        return UUID(name[len(prefix) :])
    except ValueError:
        return None


def ear_name(supervisor_id: UUID, which: int) -> str:
    """A new name for each, because the one before is not gone yet. `which` is below 10,000."""
    return f"{EAR}{supervisor_id}-{which:04d}"


def whose_ear(name: str) -> UUID | None:
    return own_id(name[:-5], EAR) if name[-5:-4] == "-" else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _epoch(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)
