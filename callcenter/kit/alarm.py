"""APScheduler by the installation's clock, which in a demonstration is not the real one.

    scheduler.add_job(work, OnOurClock(clock, lambda now: now + timedelta(hours=1)))

APScheduler waits in real time; the trigger tells it at which real instant our clock will show the wanted time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger

from callcenter.kit.clock import Clock, real_now


class OnOurClock(BaseTrigger):  # type: ignore[misc]
    """Fires when our clock shows what `next_after(now)` names."""

    def __init__(self, clock: Clock, next_after: Callable[[datetime], datetime]) -> None:
        self._clock = clock
        self._next_after = next_after

    def get_next_fire_time(self, _previous: datetime | None, _now: datetime) -> datetime:
        now = self._clock.now()
        wait = (self._next_after(now) - now) / self._clock.speed
        return real_now() + max(wait, timedelta(0))
