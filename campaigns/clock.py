"""The campaign clock: APScheduler wakes windows, callbacks and nightly work.

It holds no state that matters. Each job looks at the rows and does what is due; a missed firing costs nothing
but the wait until the next. Times are the installation's clock, which in a demonstration is not the real one:
`OnOurClock` tells APScheduler at which real instant our clock will show the wanted time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from callcenter.kit import log, outbox
from callcenter.kit.alarm import OnOurClock
from callcenter.kit.clock import Clock, real_now
from callcenter.kit.db import Database
from callcenter.people import service as people
from campaigns.automation import service as automation
from campaigns.control import proof
from campaigns.leads import service as leads
from campaigns.pacing_notes import service as pacing_notes
from campaigns.plans import service as plans
from campaigns.retention import service as retention
from campaigns.schedule.rules import from_json, window_closes, window_opens
from crm_sync.imports.uploads import Uploads, purge_error_files
from crm_sync.privacy.holders import Holder

_log = log.get(__name__)

NIGHTLY = time(0, 5)
_CALLBACKS_EVERY = timedelta(minutes=1)
_RULES_EVERY = timedelta(minutes=1)
_RETRY = timedelta(minutes=1)
_LOOK_AT_LEAST_EVERY = timedelta(minutes=10)
_EDGE_SLACK = timedelta(milliseconds=200)


class CampaignClock:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        zone: ZoneInfo,
        home: Path,
        *,
        on_edge: Callable[[], None],
        holders: Sequence[Holder] = (),
    ) -> None:
        """`holders`: every room's personal data, for people whose time is over."""
        self._database = database
        self._clock = clock
        self._zone = zone
        self._home = home
        self._on_edge = on_edge
        self._holders = holders
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    async def run(self) -> None:
        """Until cancelled."""
        await self._guard("windows", self._look_at_windows)
        self._add("callbacks", self._due_callbacks, lambda now: now + _CALLBACKS_EVERY)
        self._add("rules", self._carry_out_rules, lambda now: now + _RULES_EVERY)
        self._add("nightly", self._nightly, self._next_night)
        self._scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._scheduler.shutdown(wait=False)

    def _add(self, name: str, job: Callable[[], Awaitable[Any]], next_after: Callable[[datetime], datetime]) -> None:
        self._scheduler.add_job(
            self._guard,
            OnOurClock(self._clock, next_after),
            args=[name, job],
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    async def _guard(self, name: str, job: Callable[[], Awaitable[Any]]) -> None:
        try:
            await job()
        except Exception:
            _log.exception("campaign_clock.job_failed", job=name)

    def _next_night(self, now: datetime) -> datetime:
        local = now.astimezone(self._zone)
        night = datetime.combine(local.date(), NIGHTLY, self._zone)
        return (night if night > local else night + timedelta(days=1)).astimezone(UTC)

    async def _window_edge(self) -> None:
        """A window opened or closed: the dialler looks at once."""
        self._on_edge()
        try:
            await self._look_at_windows()
        except Exception:
            # The database is away. An edge must not be the last one.
            self._look_again()
            raise

    async def _look_at_windows(self) -> None:
        """Find the next instant at which any open campaign's window opens or closes."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            campaigns = await plans.open_campaigns(session)
        edges = [now + _LOOK_AT_LEAST_EVERY]  # campaigns may be opened meanwhile
        for campaign in campaigns:
            rules = from_json(campaign.rules)
            edge = window_closes(rules, now, self._zone) or window_opens(rules, now, self._zone)
            if edge is not None and edge > now:
                edges.append(edge)
        self._look_again(min(edges) + _EDGE_SLACK - now)

    def _look_again(self, wait: timedelta = _RETRY) -> None:
        self._scheduler.add_job(
            self._guard,
            DateTrigger(real_now() + wait / self._clock.speed),
            args=["windows", self._window_edge],
            id="windows",
            replace_existing=True,
            misfire_grace_time=None,
        )

    async def _due_callbacks(self) -> None:
        """Callbacks come due between the dialler's looks only when nothing else wakes it."""
        self._on_edge()

    async def _carry_out_rules(self) -> None:
        """Campaigns that start, stop or change by a rule."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            fired = await automation.look(session, now, self._zone)
        if fired:
            _log.info("campaign_clock.rules_fired", rules=fired)

    async def _nightly(self) -> None:
        """Close leads whose last day passed; forget what need not be kept; prove that yesterday was right."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            closed = await leads.expire(session, now)
            await outbox.purge(session)
            await people.purge(session, real_now())
            await pacing_notes.purge(session, now)
        # A transaction of its own: a fault found must be kept, whatever becomes of the rest.
        async with self._database.transaction() as session:
            proofs = await proof.prove_missing(session, now, self._zone)
        expired = await retention.run(self._database, now, self._holders)
        if any(expired.values()):
            _log.info("campaign_clock.personal_data_expired", **{kind.value: gone for kind, gone in expired.items()})
        real = real_now()
        files = purge_error_files(self._home / "errors", real)
        Uploads(self._home / "uploads").purge(real)
        _log.info("campaign_clock.nightly", leads_expired=closed, error_files_removed=files, proofs=len(proofs))
