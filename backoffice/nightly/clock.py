"""The back office's clock in the worker: looks every few minutes whether work of the day is waiting.

    await OfficeClock(database, clock, settings.zone, worker=settings.worker_name).run()

It holds no state: what was done today is in the table of runs. A worker that was away at midnight does the day's work
when it comes; two workers do it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import text

from backoffice import defaults
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
        """Until cancelled. A new installation first gets the rules of approval to start with."""
        await self._guard(self._install)
        await self._guard(self.look)
        self._scheduler.add_job(
            self._guard,
            OnOurClock(self._clock, lambda now: rules.next_look(now, self._zone)),
            args=[self.look],
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

    async def _install(self) -> None:
        async with self._database.transaction() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('office.defaults'))"))
            if made := await defaults.install(session):
                _log.info("office.approval_rules_installed", kinds=made)

    async def _guard(self, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            await work()
        except Exception:
            _log.exception("office.clock_failed")
