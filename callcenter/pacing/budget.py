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
DOUBT_UNKNOWN = 0.0003
"""Chance of overdrawing that is taken at a time: when nobody knows how long the day still is, ..."""
DOUBT_LAST = 0.0001
"""... among the last answers of a day, where nothing can be earned back, ..."""
DOUBT_LONG = 0.01
"""... and while many answers are still to come."""
LAST_ANSWERS = 40.0
EASING_ANSWERS, EASING_ANSWERS_PER_AGENT = 160.0, 2.0
"""From the last answers on backwards, so many answers until the caution of the end has gone."""
JUMP = 2.5
JUMP_DOUBT = 0.02
"""Towards the end of a day: chance of overdrawing if just now so many times as many people began to answer."""
RESERVE, RESERVE_PER_WIDTH, RESERVE_LAST = 0.9, 2.1, 0.0
"""Abandonments held back: for chance alone, for the swing of the price, and at the very end of a day."""
SPENDING_ANSWERS, SPENDING_ANSWERS_PER_AGENT = 250.0, 2.0
"""The reserve is spent over so many last answers."""
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
    jump_doubt: float
    """The same if `JUMP` times as many people answered as is believed; 1: not asked."""
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
        "_spending",
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
        self._spending = False
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

    def _reserve(self, width: float, unspent: float = 1.0) -> float:
        return RESERVE_LAST + (RESERVE - RESERVE_LAST + RESERVE_PER_WIDTH * math.sqrt(width)) * unspent

    def _learn_price(self) -> None:
        if self._spending:
            return  # the reserve is left on purpose: that says nothing about the price
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
            return Appetite(0.0, 0, 0.0, 1.0, False)
        left = self.left
        width = self._width(remaining)
        unspent = min(remaining / (SPENDING_ANSWERS + SPENDING_ANSWERS_PER_AGENT * agents), 1.0)
        self._spending = unspent < 1.0
        error = (left - self._reserve(width, unspent)) / width
        # what rooms of this size need in the long run: measured against the exact optimum (docs/pacing.md)
        base = self.target * (0.35 + 3.7 / max(agents, 3))
        own = base * math.exp(self._correction + min(max(error, -4.0), 2.5))
        spike = HALF_HOUR_GRACE + max(HALF_HOUR_SHARE, self.target) * self._recent - self._lost
        may_lose = max(math.floor(min(left, spike)), 0)
        doubt, jump_doubt = _caution(agents, remaining)
        return Appetite(min(own, 0.5), may_lose, doubt, jump_doubt, spike < left)


def _caution(agents: int, remaining: float) -> tuple[float, float]:
    """(doubt, jump_doubt) with `remaining` answers to come: what is overdrawn early is earned back."""
    if remaining == math.inf:
        return DOUBT_UNKNOWN, 1.0
    later = max(remaining - LAST_ANSWERS, 0.0)
    ease = min(later / (EASING_ANSWERS + EASING_ANSWERS_PER_AGENT * agents), 1.0)
    return DOUBT_LAST * (DOUBT_LONG / DOUBT_LAST) ** ease, JUMP_DOUBT ** (1.0 - min(later / EASING_ANSWERS, 1.0))
