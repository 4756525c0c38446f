"""The whole dialler against a real PostgreSQL and the simulated network behind its own server, time running fast.

Nothing here calls the dialler's insides: leads lie in the tables, people on the network behave as told, agents act
through the same commands as a console, and what is asserted is what the tables say afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from agent_ui.live import commands
from agent_ui.live.protocol import Break, Command, Dial, HangUp, SaveDisposition, Skip
from callcenter.agents.models import Agent
from callcenter.domain.agent import BreakReason
from callcenter.kit.bus import Bus
from callcenter.kit.clock import SystemClock
from callcenter.kit.db import Database
from callcenter.people.models import User
from callcenter.telephony.port import Carrier
from callcenter.telephony.simulated.carrier import SimulatedCarrier
from callcenter.telephony.simulated.fate import Fate, Line
from callcenter.telephony.simulated.network import SimulatedNetwork
from callcenter.telephony.simulated.profile import NetworkProfile
from callcenter.telephony.simulated.server import BackgroundServer
from campaigns.dialer.dialer import Dialer
from campaigns.dialer.launching import Hands
from campaigns.dispositions import service as dispositions
from campaigns.plans.models import Campaign
from tests.factories import make_agent, make_campaign, make_lead

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPEED = 10.0
WITHIN_S = 30.0

TALKS = Fate(Line.PERSON, ring_s=4.0, talk_s=40.0, silence_s=60.0)
QUICK = Fate(Line.PERSON, ring_s=4.0, talk_s=6.0, silence_s=60.0)
SLOW_TO_ANSWER = Fate(Line.PERSON, ring_s=18.0, talk_s=40.0, silence_s=60.0)
NOBODY = Fate(Line.NO_ANSWER)
BUSY = Fate(Line.BUSY)


@dataclass
class Floor:
    """A campaign with its network, and a dialler that can be killed and started again."""

    database: Database
    network: SimulatedNetwork
    url: str
    clock: SystemClock
    campaign: Campaign
    agents: list[Agent] = field(default_factory=list)
    working: asyncio.Task[None] | None = None

    def carrier(self) -> Carrier:
        return SimulatedCarrier(self.url, self.clock)

    def start(self) -> None:
        hands = Hands(self.database, self.carrier(), self.clock)
        dialer = Dialer(hands, Bus("nats://127.0.0.1:1", namespace="test"), worker_name="test", zone=SHANGHAI)
        self.working = asyncio.create_task(dialer.run())

    async def kill(self) -> None:
        """End the dialler where it stands, as far as a task can: nothing is finished, nothing is said goodbye to."""
        assert self.working is not None
        self.working.cancel()
        await asyncio.gather(self.working, return_exceptions=True)

    async def people(self, *fates: Fate) -> None:
        """One lead for each fate."""
        async with self.database.transaction() as session:
            for n, fate in enumerate(fates):
                lead = await make_lead(session, self.campaign, score=len(fates) - n)
                phone = await session.execute(
                    text("SELECT phone FROM customers WHERE id = :id"), {"id": lead.customer_id}
                )
                self.network.script(phone.scalar_one(), fate)

    async def ready_agents(self, count: int) -> None:
        async with self.database.transaction() as session:
            now = self.clock.now()
            self.agents = [
                await make_agent(session, self.campaign, state_since=now + timedelta(microseconds=n))
                for n in range(count)
            ]
            await session.execute(text("SELECT pg_notify('dialer', :id)"), {"id": str(self.campaign.id)})

    async def do(self, agent: Agent, command: Command) -> None:
        async with self.database.transaction() as session:
            user = await session.get_one(User, agent.user_id)
            await commands.carry_out(commands.Desk(session, user, self.clock.now()), command)

    async def ask(self, question: str, **given: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(text(question), given)).all())

    async def one(self, question: str, **given: Any) -> Any:
        return (await self.ask(question, **given))[0][0]

    async def until(self, question: str, wanted: Callable[[Any], bool]) -> Any:
        """Wait until the value of `question` is as wanted."""
        async with asyncio.timeout(WITHIN_S):
            while not wanted(value := await self.one(question)):
                await asyncio.sleep(0.02)
        return value

    async def call_of(self, agent: Agent) -> UUID:
        value = await self.until(
            f"SELECT call_id FROM agents WHERE user_id = '{agent.user_id}'", lambda call: call is not None
        )
        return UUID(str(value))


AnyFloor = TypeVar("AnyFloor", bound=Floor)
Open = Callable[..., Any]


@asynccontextmanager
async def opened(kind: type[AnyFloor], database: Database, **settings: Any) -> AsyncIterator[AnyFloor]:
    start = datetime(2026, 3, 9, 15, 0, tzinfo=SHANGHAI)
    clock = SystemClock(datetime.now(UTC), start, SPEED)
    network = SimulatedNetwork(clock, 1, NetworkProfile().without_faults())
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session, **({"wrap_up_s": 5.0} | settings))
    with BackgroundServer(lambda: network) as url:
        room = kind(database, network, url, clock, campaign)
        room.start()
        try:
            yield room
        finally:
            await room.kill()


@pytest.fixture
def floor(database: Database) -> Open:
    return partial(opened, Floor, database)


async def test_progressive_calls_one_person_for_each_free_agent(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        await room.people(*[TALKS] * 6)
        await room.ready_agents(2)
        await room.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 2)
        assert await room.one("SELECT count(*) FROM calls") == 2
        assert await room.one("SELECT count(*) FROM calls WHERE wait_s > patience_s AND NOT abandoned") == 0
        assert await room.one("SELECT count(*) FROM agents WHERE state = 'talking'") == 2
        # The talks end by themselves; without a disposition nobody gets another call.
        await room.until("SELECT count(*) FROM agents WHERE state = 'wrap_up'", lambda n: n == 2)
        await asyncio.sleep(1.0)
        assert await room.one("SELECT count(*) FROM calls") == 2
        call_id = await room.call_of(room.agents[0])
        await room.do(room.agents[0], SaveDisposition(id="1", call_id=call_id, code="great_interest"))
        await room.until("SELECT count(*) FROM calls", lambda n: n == 3)
        assert await room.one("SELECT count(*) FROM follow_ups WHERE \"case\" = 'great_interest'") == 1


async def test_who_answers_when_the_agent_has_gone_hears_the_message_and_is_counted(floor: Open) -> None:
    async with floor(mode="progressive", abandoned_message="您好,这里是康元。") as room:
        await room.people(SLOW_TO_ANSWER)
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM calls WHERE state = 'ringing'", lambda n: n == 1)
        await room.do(room.agents[0], Break(id="1", reason=BreakReason.MEAL))
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 1)
        outcome, abandoned, given_up, cause = (
            await room.ask("SELECT outcome, abandoned, given_up_at - answered_at, cause FROM calls")
        )[0]
        if outcome == "cancelled":  # the pacer took the call back once it had rung for the legal fifteen seconds
            assert await room.one("SELECT ended_at - ringing_at >= interval '15 seconds' FROM calls")
            return
        assert (outcome, abandoned) == ("abandoned", True)
        assert timedelta(seconds=2) <= given_up < timedelta(seconds=4)
        assert cause in ("system_hung_up", "customer_hung_up")
        assert await room.one("SELECT last_outcome FROM leads") == "abandoned"
        assert await room.one("SELECT call_id FROM leads") is None


async def test_a_preview_is_skipped_without_counting_and_dialled_with(floor: Open) -> None:
    async with floor(mode="preview") as room:
        await room.people(BUSY, QUICK)
        await room.ready_agents(1)
        agent = room.agents[0]
        first = await room.call_of(agent)
        assert await room.one("SELECT state FROM agents") == "previewing"
        assert room.network.figures()["totals"].get("placed", 0) == 0  # nothing is dialled before the agent says so
        await room.do(agent, Skip(id="1", call_id=first))
        second = await room.until("SELECT call_id FROM agents", lambda c: c is not None and c != first)
        assert await room.one("SELECT attempts FROM leads ORDER BY score DESC LIMIT 1") == 0
        await room.do(agent, Dial(id="2", call_id=UUID(str(second))))
        await room.until("SELECT count(*) FROM calls WHERE outcome IN ('busy', 'talked')", lambda n: n == 1)
        assert await room.one("SELECT sum(attempts) FROM leads") == 1


async def test_a_previewed_person_who_answers_is_joined_to_the_agent_who_dialled(floor: Open) -> None:
    async with floor(mode="preview") as room:
        await room.people(TALKS)
        await room.ready_agents(2)
        await room.until("SELECT count(*) FROM agents WHERE state = 'previewing'", lambda n: n == 1)
        looking = await room.one("SELECT user_id FROM agents WHERE state = 'previewing'")
        viewer = next(agent for agent in room.agents if agent.user_id == looking)
        await room.do(viewer, Dial(id="1", call_id=await room.call_of(viewer)))
        await room.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 1)
        assert await room.one("SELECT agent_id FROM calls") == viewer.user_id


async def test_an_agent_hangs_up_and_the_network_is_told(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        await room.people(TALKS)
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 1)
        await room.do(room.agents[0], HangUp(id="1", call_id=await room.call_of(room.agents[0])))
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 1)
        assert await room.one("SELECT cause FROM calls") == "agent_hung_up"
        assert await room.one("SELECT count(*) FROM call_commands WHERE done_at IS NULL") == 0


async def test_nobody_rings_when_no_agent_is_there(floor: Open) -> None:
    async with floor(mode="predictive") as room:
        await room.people(*[TALKS] * 5)
        await asyncio.sleep(2.0)
        assert await room.one("SELECT count(*) FROM calls") == 0
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM calls", lambda n: n >= 1)


async def test_a_killed_dialler_leaves_nothing_open_and_calls_nobody_again(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        await room.people(TALKS, SLOW_TO_ANSWER, NOBODY, QUICK, QUICK, TALKS)
        await room.ready_agents(6)
        await room.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n >= 2)
        await room.kill()
        placed = await room.one("SELECT count(*) FROM calls WHERE launched_at IS NOT NULL")
        await asyncio.sleep(1.0)  # on the network life goes on: somebody answers, somebody hangs up
        async with room.database.transaction() as session:
            await session.execute(text("UPDATE leads SET not_before = '2027-01-01' WHERE call_id IS NULL"))
        room.start()
        await room.until("SELECT count(*) FROM calls WHERE state <> 'ended'", lambda n: n == 0)
        assert room.network.figures()["totals"]["placed"] == placed
        assert await room.one("SELECT count(*) FROM calls") == placed
        assert await room.one("SELECT count(*) FROM agents WHERE state = 'talking'") == 0
        assert (
            await room.one("SELECT count(*) FROM (SELECT 1 FROM calls GROUP BY to_number HAVING count(*) > 1) t") == 0
        )


async def test_a_closed_campaign_calls_nobody_more(floor: Open) -> None:
    async with floor(mode="progressive") as room:
        await room.people(*[QUICK] * 4)
        async with room.database.transaction() as session:
            await session.execute(text("UPDATE campaigns SET state = 'paused', version = version + 1"))
        await room.ready_agents(2)
        await asyncio.sleep(1.5)
        assert await room.one("SELECT count(*) FROM calls") == 0
