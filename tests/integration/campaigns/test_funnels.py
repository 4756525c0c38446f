"""Who watches a board never waits for a dear funnel: they see the last known one, and its age."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.kit.clock import real_now
from callcenter.kit.db import Database, Session
from campaigns.leads import funnels
from campaigns.leads.funnel import Funnel
from campaigns.leads.funnel import funnel as real_funnel
from campaigns.leads.funnels import FunnelCache
from campaigns.plans import figures
from tests.factories import make_campaign, make_lead
from tests.integration.campaigns.desk import NOW, SHANGHAI


class Slow:
    """The real funnel behind a gate that the test opens."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.at_once = self.most_at_once = self.counted = 0
        self.fail = False

    async def __call__(self, session: Session, campaign_id: UUID, now: datetime) -> Funnel:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            if self.fail:
                raise RuntimeError("the database is away")
            self.counted += 1
            return await real_funnel(session, campaign_id, now)
        finally:
            self.at_once -= 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    one = Slow()
    monkeypatch.setattr(funnels, "funnel", one)
    monkeypatch.setattr(FunnelCache, "MIN_AGE_S", -1.0)  # always stale
    monkeypatch.setattr(FunnelCache, "TIMES_THE_COST", 0.0)
    return one


async def _two_campaigns(database: Database) -> list[UUID]:
    async with database.transaction() as session:
        made = [await make_campaign(session) for _ in range(2)]
        for campaign in made:
            await make_lead(session, campaign)
    return [campaign.id for campaign in made]


async def _read(database: Database, ids: list[UUID], now: datetime, cache: FunnelCache) -> Any:
    async with database.transaction() as session:
        return await figures.figures(session, ids, now, SHANGHAI, funnels=cache)


async def test_a_cheap_funnel_is_there_at_the_first_look(database: Database) -> None:
    ids = await _two_campaigns(database)
    found = await _read(database, ids, NOW, FunnelCache(database.engine))
    assert [(found[i].callable_now, found[i].funnel_as_of) for i in ids] == [(1, NOW), (1, NOW)]


async def test_a_dear_one_is_shown_as_it_was_with_its_age_until_the_next_is_counted(
    database: Database, slow: Slow
) -> None:
    ids = await _two_campaigns(database)
    cache = FunnelCache(database.engine)
    slow.gate.clear()
    first = await _read(database, ids, NOW, cache)
    assert [(first[i].callable_now, first[i].funnel_as_of, first[i].why_idle) for i in ids] == [(0, None, None)] * 2
    assert first[ids[0]].attempts == 0  # what is cheap is there
    slow.gate.set()
    await cache.settled()
    assert slow.counted == 2

    slow.gate.clear()
    later = NOW + timedelta(minutes=5)
    started = real_now()
    for _ in range(3):
        found = await _read(database, ids, later, cache)
        assert [(found[i].callable_now, found[i].funnel_as_of) for i in ids] == [(1, NOW)] * 2
    assert (real_now() - started).total_seconds() < 3
    slow.gate.set()
    await cache.settled()
    assert slow.counted == 4, "three askers, one refresh of each"
    assert slow.most_at_once == 1, "one refresh at a time in a process"
    found = await _read(database, ids, later, cache)
    assert [found[i].funnel_as_of for i in ids] == [later] * 2


async def test_a_refresh_that_fails_leaves_the_last_known_one(database: Database, slow: Slow) -> None:
    ids = await _two_campaigns(database)
    cache = FunnelCache(database.engine)
    await _read(database, ids, NOW, cache)
    slow.fail = True
    later = await _read(database, ids, NOW + timedelta(minutes=1), cache)
    assert [later[i].funnel_as_of for i in ids] == [NOW, NOW]


async def test_a_fresh_one_can_be_asked_for(database: Database) -> None:
    ids = await _two_campaigns(database)
    later = NOW + timedelta(seconds=1)
    async with database.transaction() as session:
        cache = funnels.shared(session)
        assert cache is funnels.shared(session)
        assert (await cache.of(session, ids, NOW))[ids[0]].at == NOW
        assert (await cache.of(session, ids, later))[ids[0]].at == NOW, "kept for some seconds"
        assert (await cache.of(session, ids, later, at_least=later))[ids[0]].at == later
