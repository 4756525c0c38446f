"""The back office's clock in the worker: looks every few minutes whether work of the day is waiting.

    await OfficeClock(database, clock, settings.zone, worker=settings.worker_name).run()

It holds no state: what was done today is in the table of runs. A worker that was away at midnight does the day's work
when it comes; two workers do it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backoffice.jobs import JOBS
from backoffice.kit.dates import local_date
from backoffice.nightly import rules, service
from backoffice.nightly.service import Job
from callcenter.kit import log
from callcenter.kit.alarm import OnOurClock
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database

_log = log.get(__name__)


class OfficeClock:
    def __init__(
        self, database: Database, clock: Clock, zone: ZoneInfo, *, worker: str, jobs: Mapping[str, Job] = JOBS
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._worker = worker
        self._jobs = jobs
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    async def run(self) -> None:
        """Until cancelled."""
        await self._safe_look()
        self._scheduler.add_job(
            self._safe_look,
            OnOurClock(self._clock, lambda now: rules.next_look(now, self._zone)),
            id="office",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._scheduler.shutdown(wait=False)

    async def look(self) -> dict[str, int | None]:
        """Do what of today's work is not done yet."""
        now = self._clock.now()
        if not rules.is_open(now, self._zone):
            return {}
        done = await service.run_due(self._database, self._jobs, now, local_date(now, self._zone), self._worker)
        if done:
            _log.info("office.nightly", jobs=done)
        return done

    async def _safe_look(self) -> None:
        try:
            await self.look()
        except Exception:
            _log.exception("office.clock_failed")
