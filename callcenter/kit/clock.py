"""The only place that reads the clock.

`Clock.now()` is an aware datetime in UTC. `SystemClock` can run a shifted and faster time, so that a
demonstration opens at three in the afternoon and an hour of calls passes in three minutes; `ManualClock`
is the time of tests: it stands still until it is told to move, and wakes sleepers in order.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    @property
    def speed(self) -> float:
        """Seconds of this clock that pass in one real second."""
        ...

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of this clock."""
        ...


class SystemClock:
    """Real time, or a time that was `virtual` at the real instant `real` and runs at `speed`."""

    def __init__(self, real: datetime | None = None, virtual: datetime | None = None, speed: float = 1.0) -> None:
        self._speed = speed
        self._real = real or datetime.now(UTC)
        self._virtual = virtual or self._real

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        return self._virtual + (datetime.now(UTC) - self._real) * self._speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._speed)


class ManualClock:
    """Time for tests: moves only by `advance`, which wakes sleepers at their own instants, in order."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=max(0.0, seconds)), next(self._order), wake))
        await wake

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`; everything due on the way runs at its own time."""
        end = self._now + timedelta(seconds=seconds)
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, wake = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            if not wake.done():
                wake.set_result(None)
            await self._settle()
        self._now = end
        await self._settle()

    @staticmethod
    async def _settle() -> None:
        for _ in range(20):  # let tasks woken by tasks run, too
            await asyncio.sleep(0)


def midnight_of(now: datetime, zone: ZoneInfo) -> datetime:
    """When the day of `now` began on the zone's clock."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def real_now() -> datetime:
    """Real UTC time, for what must not follow a demonstration's clock (leases, session ages)."""
    return datetime.now(UTC)
