"""What the next seconds bring: answers and releases expected within each horizon, by the ages of things.

A call launched now, if answered, is answered at one of a few typical moments (the horizons, equally
likely quantiles of the answered calls' ring time). For each of them: how many of the calls ringing now
will have been answered before, and how many busy agents will be free.

For a call of age a and horizon h:  q = p [F(a+h) - F(a)] / (p [1 - F(a)] + (1-p) [1 - G(a)]),
F and G the ring-time distributions of answered and unanswered calls.
For an agent in talk since t:       s = P(talk + wrap-up <= t + h | talk > t).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.pacing.distributions import LearnedDuration, LearnedRing, log_edges
from callcenter.pacing.estimators import (
    GRID_POINTS,
    AnswerChance,
    all_relative_odds,
    outcome_evidence,
    ringing_evidence,
)
from callcenter.pacing.room import Room

Floats = NDArray[np.float64]

HORIZONS = 5
RING_BINS = 75
RING_GRID = 1.25
"""The ring-time grid reaches this many ring time-outs."""
WRAP_STEPS = 8
STALE_RINGS = 3.0
"""A call still `ringing` after this many grids is a lost report, not a person about to answer."""
RIPE_SLACK_S = 1.5
"""Reports may come this much after the time-out."""
LONG_TIMEOUT_S = 25.0
"""Before anything is known, people are believed to answer after about 0.45 of the ring time-out, or of this if less."""
MOST_UNRIPE = 50_000
OWN_STEP = 0.2
"""Calls whose own log-odds lie within half of this are weighed together as evidence."""
RING_BIN_OF: NDArray[np.intp] = np.minimum(np.arange(int(RING_BINS * STALE_RINGS) + 1), RING_BINS - 1)
"""Age in grid steps -> age bin. What rings beyond the grid is in its last bin; a call that rings far longer than
possible is a lost report: the bin RING_BINS + 1, which nobody reads."""
RING_BIN_OF[-1] = RING_BINS + 1
RETURNS_IN_TIME = 0.9
"""Chance that a paused agent is back by the known time and the patience after it."""
PRIOR_TALK_S = 150.0
PRIOR_WRAP_S = 15.0

_NOTHING: Floats = np.zeros(HORIZONS)
_NOTHING_TWICE: Floats = np.zeros(2 * HORIZONS)


@dataclass(frozen=True, slots=True)
class Ringing:
    """The calls that ring now."""

    index: NDArray[np.intp]
    """Age bin of each, see RING_BIN_OF."""
    by_age: Floats
    """How many in each age bin, shape (RING_BINS + 1,)."""
    odds: Floats | None
    """Each call's own odds of an answer beside the reference; None where the campaign does not know them."""


class Outlook:
    """All learned distributions of one campaign and the tables made from them. Constant memory."""

    __slots__ = (
        "_ages", "_answered_tail", "_busy_table", "_calls", "_evidence", "_fresh", "_gain", "_now", "_own",
        "_unanswered_tail", "_unripe", "_wraps", "answered_ring", "chance", "horizons", "new_call",
        "patience_s", "ring_limit_s", "ring_timeout_s", "running_talks", "running_wraps", "steps_a_second",
        "talk", "unanswered_ring", "wrap",
    )  # fmt: skip

    def __init__(self, ring_timeout_s: float, patience_s: float) -> None:
        width = ring_timeout_s * RING_GRID / RING_BINS
        grid = (np.arange(RING_BINS) + 0.5) * width / ring_timeout_s
        typical = min(1.0, LONG_TIMEOUT_S / ring_timeout_s)  # people do not take longer because one waits longer
        hump = np.exp(-0.5 * ((grid / typical - 0.45) / 0.25) ** 2) + 0.02
        late = np.where((grid > 0.9) & (grid < 1.1), 1.0, 0.02) + 0.1 * (grid < 0.3)
        self.answered_ring = LearnedRing(hump, 8.0, width)
        self.unanswered_ring = LearnedRing(late, 8.0, width)
        self.ring_limit_s = RING_BINS * width
        self.steps_a_second = 1.0 / width
        self.ring_timeout_s = ring_timeout_s
        self.chance = AnswerChance()
        self._unripe: list[tuple[float, float, bool, float]] = []
        self._fresh: Floats = np.zeros(GRID_POINTS)
        self._now: float | None = None
        self.talk = LearnedDuration(log_edges(3.0, 5400.0, 44), PRIOR_TALK_S)
        self.wrap = LearnedDuration(log_edges(1.0, 900.0, 44), PRIOR_WRAP_S)
        self.patience_s = patience_s
        self._calls = 0.0
        self._wraps = 0.0
        self._ages: Floats = np.asarray(log_edges(2.0, 7200.0, 150))
        self.running_talks: Floats = np.zeros(0)
        self.running_wraps: Floats = np.zeros(0)
        self.renew_ring()
        self.renew_busy()

    # --- learning -------------------------------------------------------------------------------------

    def pass_time(self, now: float, talks: Floats, wraps: Floats) -> None:
        """The room was seen at `now`, with talks and wrap-ups of these ages going on."""
        if self._now is not None and now > self._now:
            self.chance.pass_time(now - self._now)
        self._now = now if self._now is None else max(now, self._now)
        self.running_talks, self.running_wraps = talks, wraps

    def learn_ring(self, ring_s: float, answered: bool, chance: float | None) -> None:
        """A call stopped ringing after `ring_s`.

        It ripens: ring times and the belief wait until every call launched together with this one has
        ended. Of the calls of the last seconds the failures are heard first, then the quick answers, and
        their shares mean nothing yet. Until then it counts as fresh evidence beside the belief.
        """
        if not 0.0 <= ring_s < math.inf:
            return
        if self._now is None or len(self._unripe) >= MOST_UNRIPE:
            self._learn_ripe(ring_s, answered, chance)
            return
        ripe_at = self._now - ring_s + self.ring_timeout_s + RIPE_SLACK_S
        heapq.heappush(self._unripe, (ripe_at, ring_s, answered, -1.0 if chance is None else chance))
        self._fresh = self._fresh + outcome_evidence(answered, chance)
        while self._unripe and self._unripe[0][0] <= self._now:
            _, ring_s, answered, given = heapq.heappop(self._unripe)
            chance = None if given < 0.0 else given
            self._fresh = self._fresh - outcome_evidence(answered, chance)
            self._learn_ripe(ring_s, answered, chance)
        if not self._unripe:
            self._fresh = np.zeros_like(self._fresh)

    def _learn_ripe(self, ring_s: float, answered: bool, chance: float | None) -> None:
        self.chance.learn(answered, chance)
        ring = self.answered_ring if answered else self.unanswered_ring
        before = ring.version
        ring.learn(ring_s)
        if ring.version != before:
            self.renew_ring()
            if answered:
                self.renew_busy()

    def learn_talk(self, seconds: float) -> None:
        """A talk ended."""
        before = self.talk.version
        self.talk.learn(seconds, self.running_talks)
        self._calls += 1.0
        if self.talk.version != before:
            self.renew_busy()

    def learn_wrap(self, seconds: float) -> None:
        """A wrap-up ended."""
        before = self.wrap.version
        self.wrap.learn(seconds, self.running_wraps)
        self._wraps += 1.0
        if self.wrap.version != before:
            self.renew_busy()

    @property
    def wrap_share(self) -> float:
        """Share of talks that a wrap-up follows."""
        under_way = len(self.running_wraps)
        return min(1.0, (self._wraps + under_way + 1.0) / (self._calls + 1.0))

    # --- tables ---------------------------------------------------------------------------------------

    def renew_ring(self) -> None:
        """Horizons and the answer table, after the ring times have been learned anew."""
        cdf = self.answered_ring.cdf
        shares = (np.arange(HORIZONS) + 0.5) / HORIZONS
        self.horizons: Floats = np.maximum(self.answered_ring.quantile(shares), 0.05)
        grid = np.arange(RING_BINS + 1) * self.answered_ring.width
        later = np.interp(grid[None, :] + self.horizons[:, None], grid, cdf)
        tail = np.maximum(1.0 - cdf, 1e-9)
        self._gain: Floats = np.minimum(np.maximum(later - cdf, 0.5e-9), tail)
        self._answered_tail: Floats = tail
        self._unanswered_tail: Floats = np.maximum(1.0 - self.unanswered_ring.cdf, 1e-9)
        self._evidence: Floats = ringing_evidence(self._answered_tail, self._unanswered_tail)
        self._own: dict[int, Floats] = {}
        self.new_call: Floats = np.interp(self.horizons, grid, cdf)

    def renew_busy(self) -> None:
        """The release table, chances and then their squares, shape (2 HORIZONS, ages of talks, then of wrap-ups).

        To be renewed after talk or wrap-up was learned anew.
        """
        ages, reach = self._ages, self.horizons + self.patience_s
        wrap_now = self.wrap.survival(ages)
        wrap_then = self.wrap.survival(ages[None, :] + reach[:, None])
        wrap_table = 1.0 - wrap_then / np.maximum(wrap_now, 1e-12)
        share = self.wrap_share
        steps = np.linspace(0.0, 1.0, WRAP_STEPS + 1)
        talk_then = (
            self.talk.survival(ages[None, :, None] + reach[:, None, None] * steps[None, None, :])
            / np.maximum(self.talk.survival(ages), 1e-12)[None, :, None]
        )
        ends = talk_then[:, :, :-1] - talk_then[:, :, 1:]
        left = reach[:, None] * (1.0 - 0.5 * (steps[:-1] + steps[1:]))[None, :]
        wrapped = 1.0 - share * self.wrap.survival(left)
        talk_table = (ends * wrapped[:, None, :]).sum(axis=2)
        self._busy_table: Floats = _with_squares(np.concatenate([talk_table, wrap_table], axis=1))

    # --- expectations ---------------------------------------------------------------------------------

    def ringing(self, room: Room, chances: Sequence[float]) -> Ringing | None:
        """The calls that ring, by age and own chance; None when nothing rings.

        `chances`: the campaign's own estimates in the order of `room.ringing`; ignored unless there is one for each.
        """
        if not len(room.ringing):
            return None
        steps = (room.ringing * self.steps_a_second).astype(np.intp)
        index: NDArray[np.intp] = RING_BIN_OF[np.minimum(steps, len(RING_BIN_OF) - 1)]
        odds = None
        if len(chances) == len(room.ringing):
            odds = all_relative_odds(np.asarray(chances, dtype=np.float64))
        by_age = np.bincount(index, minlength=RING_BINS + 2)[:-1].astype(np.float64)
        return Ringing(index, by_age, odds)

    def belief(self, ringing: Ringing | None) -> tuple[float, float]:
        """(chance that a call launched now is answered by a person, its relative doubt).

        Of the ripe belief and the one with the fresh evidence the higher one: too high costs a
        little idle time, too low hurts people.
        """
        evidence = self._fresh
        if ringing is not None:
            odds = ringing.odds
            known = ringing.by_age @ self._evidence if odds is None else self._own_evidence(ringing.index, odds)
            evidence = evidence + known
        return max(self.chance.belief(None), self.chance.belief(evidence))

    def _own_evidence(self, index: NDArray[np.intp], odds: Floats) -> Floats:
        """What calls that still ring say, each by its own chance, shape (GRID_POINTS,)."""
        levels = np.rint(np.log(odds) * (1.0 / OWN_STEP)).astype(np.intp)
        total: Floats = np.zeros(GRID_POINTS)
        for level in set(levels.tolist()):
            by_age = np.bincount(index[levels == level], minlength=RING_BINS + 2)[:-1]
            total = total + by_age @ self._evidence_at(level)
        return total

    def _evidence_at(self, level: int) -> Floats:
        """The table of `ringing_evidence` for calls that lie `level` steps of OWN_STEP from the reference."""
        if level == 0:
            return self._evidence
        found = self._own.get(level)
        if found is None:
            tails = (self._answered_tail, self._unanswered_tail)
            found = self._own[level] = ringing_evidence(*tails, level * OWN_STEP)
        return found

    def answers(self, ringing: Ringing | None, mean_chance: float) -> tuple[Floats, Floats]:
        """(mean, variance) of the answers among the ringing calls, shape (HORIZONS,)."""
        if ringing is None:
            return _NOTHING, _NOTHING
        odds = mean_chance / (1.0 - mean_chance)
        if ringing.odds is None:
            q = self._gain * (odds / (odds * self._answered_tail + self._unanswered_tail))
            mean = q @ ringing.by_age
            return mean, mean - (q * q) @ ringing.by_age
        index, each = ringing.index, odds * ringing.odds
        known = index <= RING_BINS
        if not known.all():
            index, each = index[known], each[known]
        q = self._gain[:, index] * (each / (each * self._answered_tail[index] + self._unanswered_tail[index]))
        mean = np.add.reduce(q, axis=1)
        return mean, mean - np.add.reduce(q * q, axis=1)

    def releases(self, room: Room) -> tuple[Floats, Floats]:
        """(mean, variance) of the busy agents that become free, shape (HORIZONS,)."""
        both = _NOTHING_TWICE
        if len(room.busy):
            index = self._ages.searchsorted(room.busy, side="right") - 1
            index[len(room.talking) :] += len(self._ages)
            both = self._busy_table @ np.bincount(index, minlength=2 * len(self._ages)).astype(np.float64)
        mean, squares = both[:HORIZONS], both[HORIZONS:]
        for due in room.due_in:
            back = RETURNS_IN_TIME * (self.horizons + self.patience_s >= due)
            mean, squares = mean + back, squares + back * back
        return mean, mean - squares


def _with_squares(chances: Floats) -> Floats:
    return np.concatenate([chances, chances * chances])
