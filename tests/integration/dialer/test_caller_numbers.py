"""From which of our numbers the whole dialler calls: by turns, never from one that rests."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from callcenter.kit.db import Database
from callcenter.lines import repository, service
from callcenter.lines.models import CallerNumber
from callcenter.lines.rules import RestWhy
from tests.integration.dialer.test_dialer import BUSY, Floor, Open, opened

FIRST, SECOND, THIRD = "+862000000001", "+862000000002", "+862000000003"


class Numbered(Floor):
    """A floor with caller numbers."""

    async def enter(self, *numbers: str, **given: Any) -> None:
        now = self.clock.now()
        async with self.database.transaction() as session:
            session.add_all(CallerNumber(number=one, counts_from=now, added_at=now, **given) for one in numbers)

    async def rest(self, number: str, *, over: bool = False) -> None:
        now = self.clock.now()
        async with self.database.transaction() as session:
            row = await repository.lock(session, number)
            assert row is not None
            if over:
                service.wake(row, now)
            else:
                service.rest(row, now + timedelta(days=1), RestWhy.BY_HAND)

    async def used(self) -> list[str]:
        return [row.from_number for row in await self.ask("SELECT from_number FROM calls ORDER BY created_at, id")]


@pytest.fixture
def floor(database: Database) -> Open:
    return partial(opened, Numbered, database)


async def test_numbers_take_turns_and_one_that_rests_is_left_alone(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        await room.enter(FIRST, SECOND, THIRD)
        await room.ready_agents(1)
        await room.people(*[BUSY] * 9)
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 9)
        assert sorted(await room.used()) == [FIRST] * 3 + [SECOND] * 3 + [THIRD] * 3

        await room.rest(SECOND)
        await room.people(*[BUSY] * 6)
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 15)
        assert sorted((await room.used())[9:]) == [FIRST] * 3 + [THIRD] * 3


async def test_where_every_number_rests_or_is_full_nobody_is_called_until_one_is_back(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        await room.enter(FIRST, daily_cap=2)
        await room.enter(SECOND)
        await room.rest(SECOND)
        await room.ready_agents(3)
        await room.people(*[BUSY] * 5)
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 2)
        await room.clock.sleep(20)
        assert await room.used() == [FIRST] * 2
        # No lead was claimed in vain.
        assert await room.one("SELECT count(*) FROM leads WHERE call_id IS NOT NULL AND attempts = 0") == 0
        await room.rest(SECOND, over=True)
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 5)
        assert sorted(await room.used()) == [FIRST] * 2 + [SECOND] * 3
