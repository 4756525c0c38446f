"""The telephone network in our words: what we ask of a carrier, and what it tells us.

Three implementations keep this contract and pass one suite (`tests/contract/telephony`): the simulated
network (the embedded default), Twilio, and Asterisk. Rules that every one of them keeps:

* A call is known by **our** id, given at `place` and returned in each event, so that a call whose reply was
  lost is recognised by its first event. Placing the same id twice is one call.
* Events may be late, doubled and out of order. `sequence` counts up per call where the carrier counts.
* Every call that was accepted ends with exactly one `ENDED` (which may be told more than once).
* `status` answers from the carrier's own memory: the only way to learn what became of a call after a crash.
  A carrier that has said that it does not know a call does not place it afterwards, where it can see to that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause


class Supervising(StrEnum):
    """How a supervisor is in somebody's call. Each begins as asked and is changed by asking again."""

    LISTEN = "listen"  # hears both, heard by nobody
    WHISPER = "whisper"  # hears both, heard by the agent only
    BARGE = "barge"  # all three hear each other
    TAKE_OVER = "take_over"  # talks with the customer; the agent hears both, and is heard by nobody


class MachineDetection(StrEnum):
    OFF = "off"  # every answer goes to an agent
    ASYNC = "async"  # connect at once; a verdict follows some seconds later


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """One call to place. Numbers are E.164; `ring_timeout_s` is how long it may ring (at least 15)."""

    call_id: UUID
    to_number: str
    from_number: str
    ring_timeout_s: float = 25.0
    machine_detection: MachineDetection = MachineDetection.OFF
    record: bool = False
    """Record the talk from its first join on, in two channels where the carrier can."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that the carrier has. `channels`: 2 is the agent left, the customer right; 1 is both mixed."""

    ref: str
    call_id: UUID
    began_at: datetime
    ended_at: datetime | None = None
    channels: int = 2
    ready: bool = True
    """Whether `fetch_recording` would bring the whole of it now."""


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """Something happened to a call. `at` is the carrier's time of it, aware, in UTC."""

    call_id: UUID
    kind: CallEventKind
    at: datetime
    sequence: int
    cause: EndCause | None = None  # with ENDED
    answered_by: AnsweredBy | None = None  # with ANSWERED (where known at once) and MACHINE
    agent_id: UUID | None = None  # with JOINED, JOIN_FAILED, AGENT_LOST and AGENT_BACK
    carrier_ref: str | None = None


@dataclass(frozen=True, slots=True)
class CallStatus:
    """What the carrier knows about a call now."""

    call_id: UUID
    known: bool
    ended: bool = False
    answered_at: datetime | None = None
    joined_agent: UUID | None = None  # of a call that ended: the last one joined
    ended_at: datetime | None = None
    cause: EndCause | None = None
    joined_at: datetime | None = None  # the first join, where the carrier knows it
    answered_by: AnsweredBy | None = None  # a verdict already told, where the carrier keeps it
    held: bool = False
    agent_there: bool | None = None
    """Whether the joined agent's sound is up; None where nobody is joined, or it is not known."""


class LegKind(StrEnum):
    """What an agent's sound comes over. Whose credentials: asterisk/browser.py, twilio/tokens.py; a telephone's own."""

    BROWSER = "browser"
    SIP = "sip"
    PHONE = "phone"


def leg_kind(address: str) -> LegKind:
    """What an agent's address is: nothing (the browser), an outside number, or a SIP telephone."""
    if not address:
        return LegKind.BROWSER
    return LegKind.PHONE if address.startswith("+") else LegKind.SIP


class CarrierRefused(Exception):
    """The carrier will not place this call (or carry out this command): final for this request.

    `code` is one of: invalid_number, not_permitted, no_account (we are not let in at all: credentials, funds), too_fast
    (never processed: safe to ask again), held_back (never sent, for the network is in trouble: not to be asked again),
    unknown_call, unknown_agent, unknown_recording, wrong_state. `ours`: a limit of our own said so, which tells nothing
    about the carrier.
    """

    def __init__(self, code: str, detail: str = "", *, ours: bool = False) -> None:
        self.code = code
        self.detail = detail
        self.ours = ours
        super().__init__(f"{code}: {detail}" if detail else code)


class CarrierUnreachable(Exception):
    """No answer, so nobody knows whether it was done. Never ask for the same thing again before `status`."""


class Carrier(Protocol):
    name: str
    simulated: bool
    calls_per_second: float | None
    """How many calls it takes in a second; None: no such limit. What comes faster is refused as too_fast."""

    async def start(self) -> None:
        """Open the event channel. No call may be placed before it is open."""
        ...

    async def close(self) -> None: ...

    def events(self) -> AsyncIterator[CarrierEvent]:
        """Every event from now on, for ever; reconnects by itself, and may repeat after that."""
        ...

    @property
    def connected(self) -> bool:
        """Whether the event channel is open at the moment."""
        ...

    async def place(self, request: PlaceCall) -> str:
        """Ask for the call; returns the carrier's reference.

        Raises:
            CarrierRefused, CarrierUnreachable.
        """
        ...

    async def park_agent(self, agent_id: UUID, address: str) -> None:
        """Bring up the agent's own sound and keep it up, so that a customer can be joined at once.

        Where it drops in a talk: AGENT_LOST, the customer waits, and AGENT_BACK when it is up again.

        `address`: empty for the browser (`leg_kind`), else a SIP telephone or an outside number.
        """
        ...

    async def unpark_agent(self, agent_id: UUID) -> None: ...

    async def join(self, call_id: UUID, agent_id: UUID) -> None:
        """Let the answered customer and the parked agent hear each other; JOINED or JOIN_FAILED follows."""
        ...

    async def hold(self, call_id: UUID) -> None: ...

    async def resume(self, call_id: UUID) -> None: ...

    async def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        """End the call, in whatever state. Hanging up an ended call does nothing."""
        ...

    async def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        """Play the recorded message for a call without an agent, then hang up."""
        ...

    async def status(self, call_id: UUID) -> CallStatus: ...

    async def probe(self) -> None:
        """Ask something harmless that the far end has to answer, to learn whether it is well. Calls nobody.

        Raises:
            CarrierRefused, CarrierUnreachable.
        """
        ...

    # Another than the agent

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        """Let a parked supervisor into the call, or change how they are in it. Their sound is parked as an agent's.

        It lasts until `stop_supervising` or the end of the call, also over a hold, and while the agent's leg drops
        and comes back. Neither the customer nor the agent hears it begin.

        Raises:
            CarrierRefused: wrong_state (nobody is joined; or the supervisor is in another call),
                unknown_agent (the supervisor's sound is not parked, or not up yet: ask again).
        """
        ...

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        """The supervisor is out, and the agent can be heard. No error where they were not in."""
        ...

    async def release(self, call_id: UUID) -> None:
        """Take the customer out of the agent's sound, to music: RELEASED follows, and then `join` another agent."""
        ...

    async def transfer(self, call_id: UUID, number: str) -> None:
        """Blind: connect the customer to an outside number, without us.

        ENDED (transferred) follows at once: what becomes of it is no call of ours any more.
        """
        ...

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        """Hold the customer and bring a third party, a parked agent or an outside number, to the agent.

        HELD follows, unless it was held; then CONSULTED when they are there, or CONSULT_ENDED when they do not
        come, or leave again. One at a time.
        """
        ...

    async def complete_transfer(self, call_id: UUID) -> None:
        """Customer and third party, without the agent.

        To an outside number: ENDED (transferred). To an agent: RELEASED, and `join` brings the customer to them.

        Raises:
            CarrierRefused: wrong_state (nobody is being consulted, or they are not there yet).
        """
        ...

    async def end_consultation(self, call_id: UUID) -> None:
        """The third party is out: CONSULT_ENDED. The customer stays held. No error where nobody was."""
        ...

    async def announce(self, call_id: UUID, message: str) -> None:
        """Play something to customer and agent, who go on hearing each other: `message` as for the message above."""
        ...

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        """Press telephone keys (0-9 * # A-D, at most 32) towards the customer's side."""
        ...

    # Recordings

    async def pause_recording(self, call_id: UUID) -> None:
        """Nothing is kept of what is said until `resume_recording` (a card number, say).

        Raises:
            CarrierRefused: wrong_state (the call is not being recorded).
        """
        ...

    async def resume_recording(self, call_id: UUID) -> None: ...

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        """What there is of a call; those not ready become so within seconds of its end."""
        ...

    def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        """A WAV file in pieces.

        Raises (at the first piece):
            CarrierRefused: unknown_recording. CarrierUnreachable.
        """
        ...

    async def forget_recording(self, ref: str) -> None:
        """Delete it at the carrier. No error where it is gone."""
        ...
