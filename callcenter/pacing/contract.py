"""What the pacer is told, and what it answers.

Everything here is a plain value. All times are seconds (float) on one monotonic clock chosen by the
caller; the pacer never reads a clock of its own. The names and fields are a fixed contract between the
pacer and whoever runs it (the dialling shell, the simulation, a test).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from callcenter.pacing.reasons import Reason


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The room at one instant.

    Sequences may be lists, tuples or arrays, in any order. Values that make no sense (NaN, infinite,
    negative, in the future) are read in the cautious direction; they never raise.
    """

    now: float
    ready: int
    """Agents free this instant."""
    talking: Sequence[float]
    """Start time of each call in talk."""
    wrap_up: Sequence[float]
    """Start time of each agent's wrap-up."""
    ringing: Sequence[float]
    """Launch time of each call not yet answered or ended."""
    waiting: Sequence[float]
    """Answer time of each live person waiting for an agent."""
    due_back: Sequence[float] = ()
    """Known return times of paused agents, where known."""
    leaving: Sequence[float] = ()
    """Known times at which single agents will leave (break, end of their shift), busy or not."""
    window_closes: float | None = None
    """When calling must stop (legal window): no call may still ring after it."""
    session_ends: float | None = None
    """When all agents leave (end of shift, common break): nobody may be answered after it."""
    lines_limit: int | None = None
    """Most calls that may be up at once (ringing, waiting and talking), e.g. the trunk's channels."""
    ringing_chances: Sequence[float] = ()
    """Per ringing call, the campaign's own estimate that a person answers (0..1), in the order of
    `ringing`; empty or NaN where unknown."""
    next_chance: float | None = None
    """The same estimate for the leads that would be called next; None where unknown."""


class DialOutcome(StrEnum):
    """How a launched call ended ringing."""

    LIVE = "live"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class DialEnded:
    """A launched call stopped ringing: answered by a person, by a machine, or not at all.

    With machine detection in front of the agents, it is reported when the verdict is known and `ring_s`
    runs to the verdict: that is when an agent is needed.
    """

    ring_s: float
    outcome: DialOutcome
    chance: float | None = None
    """The estimate that was made for this call (`Snapshot.ringing_chances`), if any."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A live person was joined to an agent after waiting `wait_s`."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A live person got no agent within the patience (or hung up while waiting)."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """An agent's talk ended after `seconds`; wrap-up may follow."""

    seconds: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """An agent's wrap-up ended after `seconds`; the agent is free again."""

    seconds: float


PacingEvent = DialEnded | Connected | Abandoned | TalkEnded | WrapUpEnded


@dataclass(frozen=True, slots=True)
class Decision:
    """How many calls to launch now, and why not more."""

    launch: int
    reason: Reason
    cancel: int = 0
    """How many of the longest-ringing calls to give up, all older than the minimum ring time: only when
    the agents they were meant for have gone. The caller may ignore it."""


class Pacer(Protocol):
    """One campaign's pacing. Not thread-safe; holds no resources; memory does not grow with calls."""

    def observe(self, event: PacingEvent) -> None:
        """Learn from what just ended. Never raises on odd values."""

    def decide(self, snapshot: Snapshot) -> Decision:
        """How many calls to launch at `snapshot.now`. Calling it more often changes nothing."""
