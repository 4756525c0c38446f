"""Funnels kept by this process: nobody who watches a board waits for a dear one.

Judging a million leads takes ten seconds. Whoever asks gets the last known funnel, with the instant at which it was
true (`Funnel.at`); when it is old, it is counted anew in the background, in a transaction of its own, one at a
time in a process. A cheap one (20,000 leads) is there before the asker has waited `GRACE_S`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from callcenter.kit import log
from callcenter.kit.clock import real_now
from callcenter.kit.db import Session
from campaigns.leads.funnel import Funnel, funnel

_log = log.get(__name__)

GRACE_S = 0.4
"""Real seconds somebody waits for a refresh before they get the older funnel, or none."""
_AGAIN_AFTER_FAILURE_S = 10.0
_TIMEOUT = text("SET LOCAL statement_timeout = '300s'")


@dataclass(slots=True)
class _Kept:
    funnel: Funnel | None
    fresh_until: datetime
    """Real time."""


class FunnelCache:
    """Kept for some real seconds, the longer the dearer they are: at most a twentieth of the time is spent on them."""

    MIN_AGE_S = 3.0
    TIMES_THE_COST = 20.0

    def __init__(self, engine: AsyncEngine | None = None) -> None:
        """`engine`: where refreshes get their own transaction. None: they run in the asker's, who waits."""
        self._engine = engine
        self._kept: dict[UUID, _Kept] = {}
        self._wanted: dict[UUID, datetime] = {}
        self._refreshing: asyncio.Task[None] | None = None

    async def of(
        self,
        session: Session,
        campaign_ids: Iterable[UUID],
        now: datetime,
        *,
        grace_s: float = GRACE_S,
        at_least: datetime | None = None,
    ) -> dict[UUID, Funnel]:
        """The last known funnels; without an entry where none is known yet.

        `at_least`: ask for one of this instant or later, however fresh the kept one is.
        """
        ids = list(campaign_ids)
        stale = [cid for cid in ids if self._is_stale(cid, at_least)]
        if self._engine is None:
            for cid in stale:
                await self._count(session, cid, now)
        elif stale:
            for cid in stale:
                self._wanted.setdefault(cid, now)
            await self._wait(grace_s)
        kept = {cid: self._kept[cid].funnel for cid in ids if cid in self._kept}
        return {cid: found for cid, found in kept.items() if found is not None}

    def _is_stale(self, campaign_id: UUID, at_least: datetime | None) -> bool:
        kept = self._kept.get(campaign_id)
        if kept is None or real_now() > kept.fresh_until:
            return True
        return at_least is not None and (kept.funnel is None or kept.funnel.at < at_least)

    async def _wait(self, grace_s: float) -> None:
        task = self._refreshing
        if task is None or task.done():
            task = self._refreshing = asyncio.create_task(self._refresh(), name="funnels")
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), grace_s)

    async def _refresh(self) -> None:
        """Everything that is wanted, one after the other. A failure is logged; the older funnel stays, with its age."""
        while self._wanted:
            campaign_id, now = next(iter(self._wanted.items()))
            try:
                async with AsyncSession(self._engine, expire_on_commit=False) as own, own.begin():
                    await own.execute(_TIMEOUT)
                    await self._count(own, campaign_id, now)
            except Exception:
                _log.exception("funnel.failed", campaign=str(campaign_id))
                kept = self._kept.get(campaign_id)
                later = real_now() + timedelta(seconds=_AGAIN_AFTER_FAILURE_S)
                self._kept[campaign_id] = _Kept(kept.funnel if kept is not None else None, later)
            finally:
                # Not before it is counted: who asks meanwhile wants the one that is on its way.
                del self._wanted[campaign_id]

    async def _count(self, session: Session, campaign_id: UUID, now: datetime) -> None:
        started = real_now()
        fresh = await funnel(session, campaign_id, now)
        ended = real_now()
        age = max(self.MIN_AGE_S, self.TIMES_THE_COST * (ended - started).total_seconds())
        self._kept[campaign_id] = _Kept(fresh, ended + timedelta(seconds=age))

    async def settled(self) -> None:
        """Wait for the refreshes in progress."""
        if self._refreshing is not None:
            await asyncio.shield(self._refreshing)


_shared: WeakKeyDictionary[AsyncEngine, FunnelCache] = WeakKeyDictionary()


def shared(session: Session) -> FunnelCache:
    """The process's cache for this session's database. A session on one single connection has none: it counts."""
    engine = session.bind
    if not isinstance(engine, AsyncEngine):
        return FunnelCache()
    cache = _shared.get(engine)
    if cache is None:
        cache = _shared[engine] = FunnelCache(engine)
    return cache
