"""How other diallers pace, written from descriptions of their behaviour: what ours is measured against.

VICIdial: two loops that share one number, the level (lines per agent). Every 2.5 s lines are filled up
to level x agents; every 15 s the level is multiplied up when agents idle and down when callers wait; a
brake acts while the day's drop percentage is above the limit. Issabel: the count of free and "soon free"
agents, divided by the recent answer rate. Neither learns what ringing calls or running talks will do.
"""

from __future__ import annotations

import math
from collections import deque
from enum import StrEnum

from callcenter.pacing.contract import (
    Abandoned,
    Connected,
    Decision,
    DialEnded,
    DialOutcome,
    PacingEvent,
    Snapshot,
    TalkEnded,
)
from callcenter.pacing.reasons import HeldBack, Reason

FILL_EVERY_S = 2.5
ADAPT_EVERY_S = 15.0
STATISTICS_EVERY_S = 60.0
SETTLING_CALLS = 50
LOWEST_LEVEL = 1.0
EMERGENCY_CALLS = 20
EMERGENCY_SHARE = 0.5


class Brake(StrEnum):
    """What VICIdial does while the day's drop percentage is above the limit."""

    NONE = "ratio"
    """Fixed level."""
    AVERAGE = "average"
    HARD_LIMIT = "hard limit"
    TAPERED = "tapered"


class VicidialPacer:
    """VICIdial's RATIO and ADAPT methods. `decide` should be called each half second or so.

    `ready_only`: count free agents only ("available only tally"), else free and talking ones.
    `shift_s`: for TAPERED, which scales the level by the tenths of the shift's hours that are left.
    """

    def __init__(
        self,
        brake: Brake,
        *,
        ready_only: bool,
        level: float = 1.0,
        maximum: float = 3.0,
        limit: float = 0.03,
        shift_s: float = 8 * 3600.0,
    ) -> None:
        self._brake = brake
        self._ready_only = ready_only
        self._level = level
        self._maximum = maximum
        self._limit = limit
        self._shift_s = shift_s
        self._samples: deque[tuple[int, int, int]] = deque(maxlen=int(ADAPT_EVERY_S))
        self._next_fill = self._next_sample = 0.0
        self._next_adapt = ADAPT_EVERY_S
        self._next_statistics = STATISTICS_EVERY_S
        self._answered = self._abandoned = 0
        self._minute_calls = self._minute_drops = 0
        self._seen = (0, 0, 0, 0)

    def observe(self, event: PacingEvent) -> None:
        """Count calls, answers and drops."""
        match event:
            case DialEnded():
                self._minute_calls += 1
            case Connected():
                self._answered += 1
            case Abandoned():
                self._answered += 1
                self._abandoned += 1
                self._minute_drops += 1
            case _:
                pass

    def decide(self, snapshot: Snapshot) -> Decision:
        """Fill up to the level when the next fill is due."""
        now, ready, talking = snapshot.now, snapshot.ready, len(snapshot.talking)
        agents = ready + talking + len(snapshot.wrap_up)
        waiting = len(snapshot.waiting)
        if now >= self._next_sample:
            self._next_sample = now + 1.0
            self._samples.append((ready, waiting, agents))
        if now >= self._next_statistics:
            self._next_statistics = now + STATISTICS_EVERY_S
            self._seen = (self._minute_calls, self._minute_drops, self._answered, self._abandoned)
            self._minute_calls = self._minute_drops = 0
        if now >= self._next_adapt and self._brake is not Brake.NONE:
            self._next_adapt = now + ADAPT_EVERY_S
            self._adapt(now)
        if now < self._next_fill:
            return Decision(0, Reason(HeldBack.RATE))
        self._next_fill = now + FILL_EVERY_S
        lines = len(snapshot.ringing) + waiting + talking
        goal = self._level * ready + talking if self._ready_only else self._level * (ready + talking)
        return Decision(max(round(goal) - lines, 0), Reason(HeldBack.AGENTS_BUSY, agents=agents, free=ready))

    def _adapt(self, now: float) -> None:
        count = max(len(self._samples), 1)
        ready = sum(s[0] for s in self._samples) / count
        waiting = sum(s[1] for s in self._samples) / count
        agents = sum(s[2] for s in self._samples) / count
        if agents <= 0.0:
            return
        level = min(self._level * (1.0 + (ready - waiting) / agents), self._maximum)
        level = max(level, LOWEST_LEVEL)
        calls, drops, answered, abandoned = self._seen
        if calls > EMERGENCY_CALLS and drops > EMERGENCY_SHARE * calls:
            level /= 2.0
        if answered > SETTLING_CALLS and abandoned > self._limit * answered:
            match self._brake:
                case Brake.HARD_LIMIT:
                    level = LOWEST_LEVEL
                case Brake.AVERAGE:
                    level /= 2.0
                case _:
                    level *= min(max((self._shift_s - now) / 36000.0, 0.0), 1.0)
        self._level = max(level, LOWEST_LEVEL)


class IssabelPacer:
    """Issabel's predictor with over-commitment: talk is taken as exponential, whatever its age."""

    QUALITY = 0.97
    EVERY_S = 5.0
    LOWEST_ANSWER_RATE = 0.20
    SETTLING = 10

    def __init__(self) -> None:
        self._next = 0.0
        self._talks = 0
        self._talk_s = 0.0
        self._answer_s = 0.0
        self._answers = 0
        self._recent: deque[bool] = deque(maxlen=400)

    def observe(self, event: PacingEvent) -> None:
        """Average talk, average delay of an answer, and the recent answer rate."""
        match event:
            case DialEnded(ring_s=ring_s, outcome=outcome):
                self._recent.append(outcome is DialOutcome.LIVE)
                if outcome is DialOutcome.LIVE:
                    self._answers += 1
                    self._answer_s += ring_s
            case TalkEnded(seconds=seconds):
                self._talks += 1
                self._talk_s += seconds
            case _:
                pass

    def decide(self, snapshot: Snapshot) -> Decision:
        """Free and soon free agents, less the ringing calls, over the answer rate."""
        if snapshot.now < self._next:
            return Decision(0, Reason(HeldBack.RATE))
        self._next = snapshot.now + self.EVERY_S
        soon = 0
        if self._talks >= self.SETTLING:
            talk = self._talk_s / self._talks
            delay = self._answer_s / max(self._answers, 1)
            soon = sum(
                1
                for start in snapshot.talking
                if 1.0 - math.exp(-(snapshot.now - start + delay) / talk) >= self.QUALITY
            )
        wanted = max(snapshot.ready + soon - len(snapshot.waiting), 0)
        wanted = max(wanted - len(snapshot.ringing), 0)
        if len(self._recent) >= self.SETTLING:
            rate = sum(self._recent) / len(self._recent)
            wanted = round(wanted / max(rate, self.LOWEST_ANSWER_RATE))
        return Decision(wanted, Reason(HeldBack.AGENTS_BUSY, free=snapshot.ready))
