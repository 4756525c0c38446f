"""Learned duration distributions: hazards per bin, shrunk to a prior and noticing change.

A duration is described by its hazard h_i in each bin i: of those who reach the bin, the share that end in
it per second. Hazards learn from ended durations and from running ones alike (a talk still going on is
evidence too), so the first minutes of a shift are not misread as "all talks are short".
Source: piecewise-exponential survival estimation with a gamma prior (any text on survival analysis).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_EVENTS_PER_BIN = 2.0
"""How many ended durations in a bin outweigh the pooled hazard there."""
MEMORY_EVENTS = 4000.0
"""Older durations fade with this many newer ones: noise stays small, a new script is learned in a day."""
FIRST_TABLE_EVERY = 4
"""At first the survival table is renewed each few events, later each 2 % of what was learned."""
LEARN_FROM_RUNNING_UNTIL = 400
"""Ended durations after which the running ones no longer change the picture."""


class LearnedDuration:
    """One duration's survival function S(t), learned from the first event on.

    `edges`: increasing bin edges in seconds, the first 0; beyond the last edge the hazard is constant.
    `prior_mean_s`: believed mean before anything is known, with the weight of `prior_events` durations.
    """

    __slots__ = (
        "_deaths", "_edges", "_events", "_exposure", "_next_table", "_prior_events", "_prior_mean",
        "_seconds", "_tail_hazard", "_widths", "cumulative_hazard", "version",
    )  # fmt: skip

    def __init__(self, edges: Sequence[float], prior_mean_s: float, prior_events: float = 3.0) -> None:
        self._edges: Floats = np.asarray(edges, dtype=np.float64)
        self._widths: Floats = np.append(np.diff(self._edges), np.inf)
        self._deaths: Floats = np.zeros(len(self._edges))
        self._exposure: Floats = np.zeros(len(self._edges))
        self._prior_events = prior_events
        self._prior_mean = prior_mean_s
        self._events = 0.0
        self._seconds = 0.0
        self._next_table = 0.0
        self.version = 0
        self.cumulative_hazard: Floats = np.zeros(len(self._edges))
        self.rebuild(())

    @property
    def events(self) -> float:
        """Ended durations learned, faded ones counted less."""
        return self._events

    @property
    def mean_s(self) -> float:
        """Mean duration as far as known, seconds."""
        exposure = self._seconds + self._prior_events * self._prior_mean
        return exposure / (self._events + self._prior_events)

    def learn(self, seconds: float, running: Sequence[float] | Floats = ()) -> None:
        """One duration ended after `seconds`; `running` are the ages of those still going on."""
        if not math.isfinite(seconds) or seconds < 0.0:
            return
        if self._events >= MEMORY_EVENTS:
            fade = 1.0 - 1.0 / MEMORY_EVENTS
            self._deaths *= fade
            self._exposure *= fade
            self._events *= fade
            self._seconds *= fade
        self._exposure += self._time_in_bins(seconds)
        self._seconds += seconds
        self._deaths[int(np.searchsorted(self._edges, seconds, side="right")) - 1] += 1.0
        self._events += 1.0
        if self._events >= self._next_table or self._events >= MEMORY_EVENTS - 1.0:
            self.rebuild(running)

    def rebuild(self, running: Sequence[float] | Floats) -> None:
        """Renew the survival table from all that was learned and from the running durations' ages."""
        exposure = self._exposure
        if len(running) and self._events < LEARN_FROM_RUNNING_UNTIL:
            exposure = exposure + sum(self._time_in_bins(float(age)) for age in running)
        total = float(exposure.sum()) + self._prior_events * self._prior_mean
        pooled = (self._events + self._prior_events) / total
        hazard = (self._deaths + PRIOR_EVENTS_PER_BIN) / (exposure + PRIOR_EVENTS_PER_BIN / pooled)
        self._hazard_to_table(hazard)
        step = max(FIRST_TABLE_EVERY, 0.02 * self._events)
        self._next_table = self._events + step if self._events < MEMORY_EVENTS - step else 0.0
        self.version += 1

    def _hazard_to_table(self, hazard: Floats) -> None:
        steps = hazard[:-1] * self._widths[:-1]
        self.cumulative_hazard = np.concatenate([[0.0], np.cumsum(steps)])
        self._tail_hazard = float(hazard[-1])

    def _time_in_bins(self, seconds: float) -> Floats:
        inside: Floats = np.clip(seconds - self._edges, 0.0, self._widths)
        return inside

    def survival(self, ages: Floats | float) -> Floats:
        """S(t) for each age, same shape as `ages`."""
        ages = np.asarray(ages, dtype=np.float64)
        inner = np.interp(ages, self._edges, self.cumulative_hazard)
        beyond = np.maximum(ages - self._edges[-1], 0.0)
        result: Floats = np.exp(-(inner + self._tail_hazard * beyond))
        return result


class LearnedRing:
    """Ring times of one kind of ending (answered, or not), on a uniform grid up to the ring time-out.

    Ring times are bounded, so a histogram with a weak prior is enough: `cdf[i]` is the share that has
    ended at age `i * width`, shape (bins + 1,), the last one 1.
    """

    __slots__ = ("_counts", "_events", "_next_table", "cdf", "version", "width")

    def __init__(self, prior: Floats, prior_events: float, width: float) -> None:
        self._counts: Floats = prior_events * prior / prior.sum()
        self._events = 0.0
        self._next_table = 0.0
        self.width = width
        self.version = 0
        self.cdf: Floats = np.zeros(len(prior) + 1)
        self._renew()

    def learn(self, seconds: float) -> None:
        """One call of this kind ended after ringing `seconds`; beyond the grid counts as its last bin."""
        if not math.isfinite(seconds) or seconds < 0.0:
            return
        if self._events >= MEMORY_EVENTS:
            self._counts *= 1.0 - 1.0 / MEMORY_EVENTS
            self._events *= 1.0 - 1.0 / MEMORY_EVENTS
            self._next_table -= 1.0
        last = len(self._counts) - 1
        self._counts[min(int(seconds / self.width), last)] += 1.0
        self._events += 1.0
        if self._events >= self._next_table:
            self._renew()

    def _renew(self) -> None:
        total = float(self._counts.sum())
        self.cdf = np.concatenate([[0.0], np.cumsum(self._counts) / total])
        self._next_table = self._events + max(FIRST_TABLE_EVERY, 0.02 * self._events)
        self.version += 1

    def quantile(self, shares: Floats) -> Floats:
        """Ring time below which each share has ended, seconds, same shape as `shares`."""
        grid = np.arange(len(self.cdf)) * self.width
        times: Floats = np.interp(shares, self.cdf, grid)
        return times


def log_edges(first_s: float, last_s: float, bins: int) -> list[float]:
    """Bin edges 0, first_s, ... last_s, each a constant factor above the one before."""
    factor = (last_s / first_s) ** (1.0 / (bins - 1))
    return [0.0] + [first_s * factor**i for i in range(bins)]
