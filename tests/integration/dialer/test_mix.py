"""Two campaigns share the agents of one, through the whole dialler."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from callcenter.kit.db import Database
from campaigns.mix import service as mix
from campaigns.mix.schemas import MixLine, MixNew
from campaigns.plans.models import Campaign
from tests.factories import make_campaign, make_lead, make_user
from tests.integration.dialer.test_dialer import BUSY, QUICK, Floor, Open, opened


class Shared(Floor):
    """A floor whose campaign shares its agents with others."""

    async def guest(self, **given: Any) -> Campaign:
        async with self.database.transaction() as session:
            return await make_campaign(session, **given)

    async def share(self, *lines: tuple[UUID, int, int]) -> None:
        """(campaign, weight, priority), the host among them."""
        body = MixNew(lists=[MixLine(campaign_id=c, weight=w, priority=p) for c, w, p in lines])
        async with self.database.transaction() as session:
            by = (await make_user(session)).id
            await mix.put(session, self.campaign.id, body, self.clock.now(), by)

    async def people_of(self, campaign: Campaign, count: int, **given: Any) -> None:
        async with self.database.transaction() as session:
            for _ in range(count):
                lead = await make_lead(session, campaign, **given)
                phone = await session.execute(
                    text("SELECT phone FROM customers WHERE id = :id"), {"id": lead.customer_id}
                )
                self.network.script(phone.scalar_one(), QUICK if given.get("score") else BUSY)

    async def calls_in_order(self) -> list[UUID]:
        return [row.queue_id for row in await self.ask("SELECT queue_id FROM calls ORDER BY created_at, id")]


@pytest.fixture
def floor(database: Database) -> Open:
    return partial(opened, Shared, database)


async def test_shares_then_what_is_left_then_the_next_priority(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        host, second, last = room.campaign, await room.guest(), await room.guest()
        await room.share((host.id, 3, 1), (second.id, 1, 1), (last.id, 1, 2))
        await room.people_of(host, 7)
        await room.people_of(second, 1)
        await room.people_of(last, 2)
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM calls", lambda n: n == 10)
        order = await room.calls_in_order()
        name = {host.id: "H", second.id: "S", last.id: "L"}
        assert "".join(name[one] for one in order) == "HHHSHHHH" + "LL"
        # Each call is its own campaign's, the agents are the host's.
        assert (
            await room.one(
                "SELECT count(*) FROM calls c JOIN leads l ON l.id = c.subject_id WHERE l.campaign_id <> c.queue_id"
            )
            == 0
        )
        assert await room.one("SELECT count(*) FROM calls WHERE (agents_of IS NULL) <> (queue_id = :h)", h=host.id) == 0


async def test_an_agent_of_the_host_talks_with_a_guests_customer(floor: Open) -> None:
    async with floor(mode="predictive") as room:
        guest = await room.guest()
        await room.share((room.campaign.id, 1, 1), (guest.id, 1, 1))
        await room.people_of(guest, 1, score=50)
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM calls WHERE connected_at IS NOT NULL", lambda n: n == 1)
        [row] = await room.ask("SELECT queue_id, agents_of, agent_id FROM calls")
        assert (row.queue_id, row.agents_of) == (guest.id, room.campaign.id)
        assert row.agent_id == room.agents[0].user_id
        await room.until("SELECT count(*) FROM agents WHERE state = 'wrap_up'", lambda n: n == 1)


async def test_a_promised_call_of_a_later_priority_goes_first(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        guest = await room.guest()
        await room.share((room.campaign.id, 1, 1), (guest.id, 1, 5))
        await room.people_of(room.campaign, 3)
        await room.people_of(guest, 1, callback_at=room.clock.now())
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM calls", lambda n: n == 4)
        assert (await room.calls_in_order())[0] == guest.id
