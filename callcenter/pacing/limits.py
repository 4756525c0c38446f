"""Hard limits that hold whatever the mathematics say: lines, lines per agent, calls per second."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from callcenter.pacing.reasons import HeldBack
from callcenter.pacing.room import Room

MIN_RING_S = 15.0
"""No call is given up sooner: 16 CFR 310.4(b)(4)(ii), Ofcom likewise. The caller counts from the first ring, too."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The tightest limit: at most `launch` calls now, because of `held_back` with its `limit`."""

    launch: int
    held_back: HeldBack
    limit: float


class CallRate:
    """At most `calls_per_second` launches, seen from the ringing calls' ages.

    Calls that ended before the window was over are remembered, so that quick failures are counted too.
    """

    __slots__ = ("_burst", "_ended", "_now", "_window", "per_second")

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._burst = max(1, int(per_second))
        self._window = self._burst / per_second if per_second > 0 else math.inf
        self._ended: deque[float] = deque(maxlen=4096)
        self._now = 0.0

    def ended(self, ring_s: float) -> None:
        """A call ended after ringing `ring_s`, at or after the last decision."""
        if ring_s < self._window:
            self._ended.append(self._now + max(self._window - ring_s, 0.0))

    def allowed(self, room: Room) -> int:
        """How many launches are within the rate now."""
        self._now = room.now
        if self.per_second <= 0:
            return 0
        while self._ended and self._ended[0] <= room.now:
            self._ended.popleft()
        # a hair of tolerance: a decision exactly one window later may launch again
        recent = int((room.ringing < self._window - 1e-6).sum()) + len(self._ended)
        return max(self._burst - recent, 0)


@dataclass(slots=True)
class Limits:
    """The fixed limits of one campaign."""

    lines_per_agent: float | None
    rate: CallRate | None

    def cap(self, room: Room, lines_limit: int | None) -> Cap | None:
        """The tightest of the limits, or None when there is none."""
        caps: list[Cap] = []
        if lines_limit is not None:
            caps.append(Cap(max(int(lines_limit) - room.lines, 0), HeldBack.LINES, float(lines_limit)))
        if self.lines_per_agent is not None:
            most = int(self.lines_per_agent * room.agents + 1e-9)
            caps.append(Cap(max(most - room.lines, 0), HeldBack.LINES_PER_AGENT, self.lines_per_agent))
        if self.rate is not None:
            caps.append(Cap(self.rate.allowed(room), HeldBack.RATE, self.rate.per_second))
        return min(caps, key=lambda cap: cap.launch) if caps else None
