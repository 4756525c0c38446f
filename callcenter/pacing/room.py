"""The snapshot as the pacers use it: ages instead of times, odd values read in the cautious direction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.pacing.contract import Snapshot

Floats = NDArray[np.float64]

LONGEST_AGE_S = 6 * 3600.0
MOST_AGENTS = 100_000
"""A count above this is a fault in the picture, not a room."""


@dataclass(frozen=True, slots=True)
class Room:
    """Cleaned snapshot. Ages in seconds, all >= 0 and finite."""

    now: float
    ready: int
    busy: Floats
    """Talks, then wrap-ups."""
    talking: Floats
    wrap_up: Floats
    ringing: Floats
    waiting: int
    due_in: Sequence[float]
    """Seconds until paused agents return, those already overdue left out."""
    leaving_in: Sequence[float]
    """Seconds until single agents leave, >= 0."""
    closes_in: float
    """Seconds until the calling window closes, inf where unknown."""
    ends_in: float
    """Seconds until all agents leave, inf where unknown."""

    @property
    def agents(self) -> int:
        """Agents at work now."""
        return self.ready + len(self.talking) + len(self.wrap_up)

    @property
    def lines(self) -> int:
        """Lines in use now."""
        return len(self.ringing) + self.waiting + len(self.talking)

    def rung(self, seconds: float) -> int:
        """How many calls have been up, unanswered, for at least so long."""
        return int((self.ringing >= seconds).sum())


def _ages(now: float, *groups: Sequence[float]) -> list[Floats]:
    """Ages of three groups of starting times; one array for all, for speed: the first two, each, the third."""
    sizes = [len(group) for group in groups]
    starts = np.empty(sum(sizes))
    at = 0
    for group, size in zip(groups, sizes, strict=True):
        starts[at : at + size] = group
        at += size
    # fmax reads NaN and times in the future as "just started": nobody is expected sooner for it
    ages: Floats = np.fmin(np.fmax(now - starts, 0.0), LONGEST_AGE_S)
    first, second = sizes[0], sizes[0] + sizes[1]
    return [ages[:second], ages[:first], ages[first:second], ages[second:]]


def _until(now: float, moment: float | None) -> float:
    if moment is None or math.isnan(moment):
        return math.inf
    return moment - now


def read_room(snapshot: Snapshot) -> Room | None:
    """The room, or None when the picture cannot be used (no usable clock or head count)."""
    try:
        if not math.isfinite(snapshot.now) or not math.isfinite(snapshot.ready):
            return None
        ready = int(snapshot.ready)
        if ready > MOST_AGENTS:
            return None
        now = float(snapshot.now)
        busy, talking, wrap_up, ringing = _ages(now, snapshot.talking, snapshot.wrap_up, snapshot.ringing)
        return Room(
            now=now,
            ready=max(ready, 0),
            busy=busy,
            talking=talking,
            wrap_up=wrap_up,
            ringing=ringing,
            waiting=len(snapshot.waiting),
            due_in=[t - now for t in snapshot.due_back if t >= now],
            leaving_in=[max(t - now, 0.0) for t in snapshot.leaving if not math.isnan(t)],
            closes_in=_until(now, snapshot.window_closes),
            ends_in=_until(now, snapshot.session_ends),
        )
    except (TypeError, ValueError, OverflowError):
        return None
