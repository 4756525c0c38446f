"""The telephone network in our words: what we ask of a carrier, and what it tells us.

Three implementations keep this contract and pass one suite (`tests/contract/telephony`): the simulated
network (the embedded default), Twilio, and Asterisk. Rules that every one of them keeps:

* A call is known by **our** id, given at `place` and returned in each event, so that a call whose reply was
  lost is recognised by its first event. Placing the same id twice is one call.
* Events may be late, doubled and out of order. `sequence` counts up per call where the carrier counts.
* Every call that was accepted ends with exactly one `ENDED` (which may be told more than once).
* `status` answers from the carrier's own memory: the only way to learn what became of a call after a crash.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause


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


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """Something happened to a call. `at` is the carrier's time of it, aware, in UTC."""

    call_id: UUID
    kind: CallEventKind
    at: datetime
    sequence: int
    cause: EndCause | None = None  # with ENDED
    answered_by: AnsweredBy | None = None  # with ANSWERED (where known at once) and MACHINE
    agent_id: UUID | None = None  # with JOINED and JOIN_FAILED
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


class CarrierRefused(Exception):
    """The carrier will not place this call (or carry out this command): final for this request.

    `code` is one of: invalid_number, not_permitted, too_fast (never processed: safe to ask again),
    unknown_call, unknown_agent, wrong_state.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
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
        """Bring up the agent's own sound and keep it up, so that a customer can be joined at once."""
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
