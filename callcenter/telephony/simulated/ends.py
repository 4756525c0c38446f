"""What the simulated network knows of a call and of an agent's leg while they are up."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from callcenter.domain.call import AnsweredBy
from callcenter.telephony.port import PlaceCall, Supervising
from callcenter.telephony.simulated.fate import Fate
from callcenter.telephony.simulated.timetable import Timer


class Phase(StrEnum):
    SETUP = "setup"
    RINGING = "ringing"
    WAITING = "waiting"  # answered, and nobody there
    TALKING = "talking"
    HELD = "held"
    MESSAGE = "message"


@dataclass(slots=True)
class LiveCall:
    """A call that is not ended yet."""

    request: PlaceCall
    fate: Fate
    draw: random.Random
    phase: Phase = Phase.SETUP
    sequence: int = -1
    answered_at: datetime | None = None
    verdict: AnsweredBy | None = None
    agent: UUID | None = None  # joined now
    joining: UUID | None = None  # asked for, not yet joined
    last_agent: UUID | None = None
    joined_at: datetime | None = None
    supervisors: dict[UUID, Supervising] = field(default_factory=dict)
    consulted: UUID | str | None = None  # asked to come, or there
    consulting: bool = False  # there
    alone: bool = False  # the agent's sound is gone
    quiet: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # when the recording is paused
    digits: str = ""
    step: Timer | None = None  # what brings the call to its next phase before an answer, or ends the message
    patience: Timer | None = None  # the person's hang-up in silence or on hold
    others: list[Timer] = field(default_factory=list)  # end of the talk, of the machine's line; the verdict

    @property
    def id(self) -> UUID:
        return self.request.call_id


@dataclass(slots=True)
class ParkedAgent:
    """An agent's leg, and the call it is in."""

    address: str
    call: UUID | None = None
