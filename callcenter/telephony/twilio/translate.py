"""Twilio's words into ours: a webhook's form and what was known before, to events. No I/O, no clock.

Order. Webhooks come late, twice and out of order, so an event's `sequence` is made from what it says, never from
when it came: ringing and answered have fixed places, what happens in a conference counts by Twilio's
`SequenceNumber` within the join it belongs to, the end has the last place. The same fact told twice has the same
sequence and is one event.

Time. Twilio's `Timestamp` has whole seconds, and a wait of two seconds cannot be measured in those: an event that
comes at once is dated by its arrival, a late one by its stamp, and none before what it must follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.telephony.port import CarrierEvent

K = CallEventKind

RINGING, ANSWERED = 1, 2
PER_JOIN = 100_000
FAILED_JOIN = PER_JOIN - 2
GONE = PER_JOIN - 3
"""The customer left this agent for another."""
CONSULT = PER_JOIN - 2_000
"""Third parties: there at twice their number after this, gone at the next."""
MACHINE = 2 * PER_JOIN - 1  # after what happens in the first join's first seconds
ENDED = 2_000_000_000
LATE_S = 2.0
"""How long after its stamp, which is cut to whole seconds, an event still counts as coming at once."""

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

_BY_STATUS = {
    "busy": EndCause.BUSY,
    "no-answer": EndCause.NO_ANSWER,
    "canceled": EndCause.CANCELLED,
    "failed": EndCause.FAILED,
    "completed": EndCause.CUSTOMER_HUNG_UP,
}

_BY_SIP = {
    **dict.fromkeys((404, 410, 484, 604), EndCause.INVALID_NUMBER),
    **dict.fromkeys((486, 600), EndCause.BUSY),
    **dict.fromkeys((403, 433, 603, 607, 608), EndCause.REJECTED),
    **dict.fromkeys((408, 480), EndCause.NO_ANSWER),
    **dict.fromkeys((500, 502, 503, 504), EndCause.CONGESTION),
}
"""SIP answers (RFC 3261, 8197, 8688): more exact than Twilio's word, where one came."""

_BY_ERROR = {
    **dict.fromkeys((13223, 13224, 21211, 21217), EndCause.INVALID_NUMBER),
    **dict.fromkeys((13225, 13227, 21215, 32205), EndCause.REJECTED),
    **dict.fromkeys((10004, 16021, 20429), EndCause.CONGESTION),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a call before this webhook."""

    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    hang_up: EndCause | None = None
    """Why we asked for the end, when we did."""
    message: bool = False
    """Whether the message for a call without an agent was begun."""


def instant(form: Mapping[str, str], received: datetime) -> datetime:
    """When it happened: see the module's text."""
    stamped = stamp(form.get("Timestamp"))
    if stamped is None or (received - stamped).total_seconds() < LATE_S:
        return received
    return stamped


def stamp(text: str | None) -> datetime | None:
    """A date as Twilio writes it (RFC 2822, or ISO 8601); None when there is none that can be read."""
    if not text:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except ValueError:
            continue
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _between(at: datetime, after: tuple[datetime | None, ...], before: tuple[datetime | None, ...]) -> datetime:
    at = min((at, *(one for one in before if one is not None)))
    return max((at, *(one for one in after if one is not None)))


def status_events(
    call_id: UUID, form: Mapping[str, str], known: Known, received: datetime, sid: str | None
) -> list[CarrierEvent]:
    """What a status callback tells: nothing (initiated), one fact, or an answer that was not told and the end."""
    status, at = form.get("CallStatus", ""), instant(form, received)
    match status:
        case "ringing":
            at = _between(at, (), (known.answered_at, known.joined_at, known.ended_at))
            return [CarrierEvent(call_id, K.RINGING, at, RINGING, carrier_ref=sid)]
        case "in-progress" | "answered":
            return [answered(call_id, known, at, sid)]
    if status not in FINAL:
        return []
    events: list[CarrierEvent] = []
    answered_at = known.answered_at
    if answered_at is None and was_answered(status, form, known):
        # Completed calls were answered: the answer's own webhook is late or lost.
        first = answered(call_id, known, at - timedelta(seconds=_seconds(form)), sid)
        events.append(first)
        answered_at = first.at
    cause = end_cause(status, form, answered_at is not None, known)
    end = _between(at, (known.ringing_at, answered_at, known.joined_at), ())
    return [*events, CarrierEvent(call_id, K.ENDED, end, ENDED, cause=cause, carrier_ref=sid)]


def answered(call_id: UUID, known: Known, at: datetime, sid: str | None) -> CarrierEvent:
    at = _between(at, (known.ringing_at,), (known.joined_at, known.ended_at))
    return CarrierEvent(call_id, K.ANSWERED, at, ANSWERED, carrier_ref=sid)


def was_answered(status: str, form: Mapping[str, str], known: Known) -> bool:
    """Whether a call that ended so had been answered. One that we took back may end as completed, too."""
    return status == "completed" and (known.hang_up is None or _seconds(form) > 0)


def _seconds(form: Mapping[str, str]) -> int:
    text = form.get("CallDuration") or form.get("Duration") or "0"
    return int(text) if text.isdigit() else 0


def end_cause(status: str, form: Mapping[str, str], answered: bool, known: Known) -> EndCause:
    """Why the call ended. `status` is one of FINAL."""
    if answered:
        if known.hang_up is not None:
            return known.hang_up
        return EndCause.SYSTEM_HUNG_UP if known.message else EndCause.CUSTOMER_HUNG_UP
    if known.hang_up is not None:
        return EndCause.CANCELLED
    told = _BY_SIP.get(_number(form.get("SipResponseCode"))) or _BY_ERROR.get(_number(form.get("ErrorCode")))
    return told or _BY_STATUS[status]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else -1


def machine_event(
    call_id: UUID, form: Mapping[str, str], known: Known, received: datetime, sid: str | None
) -> CarrierEvent | None:
    """The verdict of asynchronous detection, when it is a machine (or a fax)."""
    if verdict(form.get("AnsweredBy", "")) is not AnsweredBy.MACHINE:
        return None
    at = _between(instant(form, received), (known.answered_at,), (known.ended_at,))
    return CarrierEvent(call_id, K.MACHINE, at, MACHINE, answered_by=AnsweredBy.MACHINE, carrier_ref=sid)


def verdict(answered_by: str) -> AnsweredBy:
    if answered_by.startswith("machine_") or answered_by == "fax":
        return AnsweredBy.MACHINE
    return AnsweredBy.PERSON if answered_by == "human" else AnsweredBy.UNKNOWN


def conference_sequence(join: int, form: Mapping[str, str]) -> int:
    """The place of something that happened in the conference of the call's join number `join` (from 1)."""
    return join * PER_JOIN + min(max(_number(form.get("SequenceNumber")), 0), FAILED_JOIN - 1)


def joined_event(
    call_id: UUID, agent_id: UUID, sequence: int, form: Mapping[str, str], known: Known, received: datetime
) -> CarrierEvent:
    at = _between(instant(form, received), (known.answered_at,), (known.ended_at,))
    return CarrierEvent(call_id, K.JOINED, at, sequence, agent_id=agent_id)


def join_failed_event(call_id: UUID, agent_id: UUID, join: int, at: datetime) -> CarrierEvent:
    return CarrierEvent(call_id, K.JOIN_FAILED, at, join * PER_JOIN + FAILED_JOIN, agent_id=agent_id)


def released_event(call_id: UUID, join: int, at: datetime) -> CarrierEvent:
    return CarrierEvent(call_id, K.RELEASED, at, join * PER_JOIN + GONE)


def consult_event(call_id: UUID, join: int, which: int, there: bool, at: datetime) -> CarrierEvent:
    kind = K.CONSULTED if there else K.CONSULT_ENDED
    return CarrierEvent(call_id, kind, at, join * PER_JOIN + CONSULT + 2 * which + (not there))


def hold_event(
    call_id: UUID, held: bool, sequence: int, form: Mapping[str, str], known: Known, received: datetime
) -> CarrierEvent:
    at = _between(instant(form, received), (known.answered_at, known.joined_at), (known.ended_at,))
    return CarrierEvent(call_id, K.HELD if held else K.RESUMED, at, sequence)
