"""Things to do at instants of a clock, in order, by one task."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from callcenter.kit import log
from callcenter.kit.clock import Clock

_log = log.get(__name__)


class Timer:
    """One thing to do later. A cancelled one is passed over when its time comes."""

    __slots__ = ("do",)

    def __init__(self, do: Callable[[], None] | None) -> None:
        self.do = do

    def cancel(self) -> None:
        self.do = None  # frees what it would have acted on, long before its instant


class Timetable:
    """Runs each thing at its instant; things of one instant in the order they were asked for.

    Nothing runs before `start` (which needs a running loop) or after `close`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._heap: list[tuple[datetime, int, Timer]] = []
        self._sleeper: asyncio.Task[None] | None = None
        self._sleeps_until: datetime | None = None
        self._running = False

    def start(self) -> None:
        self._running = True
        self._arm()

    async def close(self) -> None:
        self._running = False
        self._heap.clear()
        if self._sleeper is not None:
            self._sleeper.cancel()
            await asyncio.gather(self._sleeper, return_exceptions=True)
            self._sleeper = None

    def after(self, seconds: float, do: Callable[[], None]) -> Timer:
        """Do it `seconds` from now; never, when that is infinite."""
        if math.isinf(seconds):
            return Timer(None)
        timer = Timer(do)
        heapq.heappush(self._heap, (self._clock.now() + timedelta(seconds=seconds), next(self._order), timer))
        self._arm()
        return timer

    def _arm(self) -> None:
        if not self._running or not self._heap:
            return
        due = self._heap[0][0]
        if self._sleeper is not None:
            if self._sleeps_until is not None and self._sleeps_until <= due:
                return
            self._sleeper.cancel()
        self._sleeps_until = due
        self._sleeper = asyncio.get_running_loop().create_task(self._sleep(due))

    async def _sleep(self, due: datetime) -> None:
        await self._clock.sleep((due - self._clock.now()).total_seconds())
        self._sleeper = None
        self._run_due()

    def _run_due(self) -> None:
        # The sleeper may wake a hair early: then nothing is due, and it is sent to sleep again.
        self._running, was = False, self._running  # what runs may add things: arm once, afterwards
        try:
            while was and self._heap and self._heap[0][0] <= self._clock.now():
                _, _, timer = heapq.heappop(self._heap)
                do, timer.do = timer.do, None
                if do is not None:
                    try:
                        do()
                    except Exception:
                        _log.exception("simulated_network.step_failed")
        finally:
            self._running = was
        self._arm()
