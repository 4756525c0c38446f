"""The abandonment budget: target x answered - abandoned, never to be overdrawn, never left unused.

The allowed chance for one more call to find no agent is the price of abandonment. It is steered by what
is left of the budget: around a small reserve the price is what this size of room needs in the long run;
below it dearer, above it cheaper, gently so that the price hardly moves once thousands have answered
(moving it costs occupancy, for occupancy is concave in abandonment).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

HALF_HOUR_S = 1800.0
BUCKET_S = 60.0
HALF_HOUR_SHARE = 0.06
"""A half-hour is steered below this share, so that it stays below the bound of 8 %."""
HALF_HOUR_GRACE = 2.0
DOUBT = 0.0003
DOUBT_LONG = 0.01
EASE0 = 40.0
EASE1 = 160.0
RES0 = 0.9
RES1 = 2.1
WMIN = 0.6
MEMORY_LIMIT = 3.0
"""The learned correction of the price stays within exp(+-this)."""


@dataclass(frozen=True, slots=True)
class Appetite:
    """How much risk is allowed now."""

    own_chance: float
    """Highest chance for one more call, if answered, to find no agent."""
    may_lose: int
    """Abandonments that the budget can bear at once."""
    doubt: float
    """Highest chance of losing more than that."""
    half_hour: bool
    """Whether the half-hour's bound, not the period's budget, set `may_lose`."""


class Budget:
    """Answered and abandoned of the period (a day), and of the last half-hour in minutes."""

    __slots__ = (
        "_buckets",
        "_charged",
        "_correction",
        "_hung_up",
        "_lost",
        "_minute",
        "_people",
        "_recent",
        "abandoned",
        "answered",
        "target",
    )  # fmt: skip

    def __init__(
        self,
        target: float,
        answered: int = 0,
        abandoned: int = 0,
        person_taken_for_machine: float = 0.0,
        machines_among_answers: float = 0.0,
    ) -> None:
        self.target = min(max(target, 0.0), 1.0) if math.isfinite(target) else 0.0
        self.answered = max(answered, 0)
        self.abandoned = max(abandoned, 0)
        # for each person that gets through, so many were hung up on by the machine detection
        self._hung_up = person_taken_for_machine / (1.0 - person_taken_for_machine)
        self._people = 1.0 - machines_among_answers
        self._correction = 0.0
        self._charged = False
        self._minute: int | None = None
        self._recent, self._lost = 0, 0
        self._buckets = [[0, 0] for _ in range(int(HALF_HOUR_S / BUCKET_S))]

    @property
    def left(self) -> float:
        """Abandonments still allowed, in the strict sum: people that machine detection hangs up on are
        abandoned too, machines that reach an agent are not people."""
        people = self._people * self.answered
        hung_up = self._hung_up * people
        return self.target * (people + hung_up) - self.abandoned - hung_up

    def record(self, abandoned: bool) -> None:
        """One more live person was answered: joined to an agent, or abandoned."""
        self.answered += 1
        bucket = self._buckets[(self._minute or 0) % len(self._buckets)]
        bucket[0] += 1
        self._recent += 1
        if abandoned:
            self.abandoned += 1
            bucket[1] += 1
            self._lost += 1
        self._learn_price()

    def pass_time(self, now: float) -> None:
        """Forget the minutes that are more than half an hour old."""
        minute = int(now // BUCKET_S)
        if self._minute is not None:
            for gone in range(min(max(minute - self._minute, 0), len(self._buckets))):
                bucket = self._buckets[(minute - gone) % len(self._buckets)]
                self._recent -= bucket[0]
                self._lost -= bucket[1]
                bucket[:] = [0, 0]
        self._minute = minute

    def _width(self, remaining: float) -> float:
        steady = min(max(0.0012 * self.answered, WMIN), 40.0)
        return max(WMIN, min(steady, WMIN + 0.012 * remaining))

    def _reserve(self, width: float) -> float:
        return RES0 + RES1 * math.sqrt(width)

    def _learn_price(self) -> None:
        width = self._width(math.inf)
        error = (self.left - self._reserve(width)) / width
        if error > 0.0:
            self._charged = True
        if self._charged:
            step = 0.006 / width * min(max(error, -3.0), 3.0)
            self._correction = min(max(self._correction + step, -MEMORY_LIMIT), MEMORY_LIMIT)

    def appetite(self, agents: int, remaining: float = math.inf) -> Appetite:
        """Risk allowed now in a room of `agents`, with `remaining` answers expected in the period."""
        if self.target <= 0.0:
            return Appetite(0.0, 0, 0.0, False)
        left = self.left
        width = self._width(remaining)
        error = (left - self._reserve(width)) / width
        # what rooms of this size need in the long run: measured against the exact optimum (docs/pacing.md)
        base = self.target * (0.35 + 3.7 / max(agents, 3))
        own = base * math.exp(self._correction + min(max(error, -4.0), 2.5))
        spike = HALF_HOUR_GRACE + max(HALF_HOUR_SHARE, self.target) * self._recent - self._lost
        may_lose = max(math.floor(min(left, spike)), 0)
        ease = min(max((remaining - EASE0) / EASE1, 0.0), 1.0) if remaining < math.inf else 0.0
        return Appetite(min(own, 0.5), may_lose, DOUBT * (DOUBT_LONG / DOUBT) ** ease, spike < left)
