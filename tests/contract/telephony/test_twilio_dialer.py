"""The product's own dialler on Twilio's carrier: campaign, agents and leads in the tables, a fake Twilio behind it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.kit.bus import Bus
from callcenter.kit.clock import SystemClock
from campaigns.dialer.dialer import Dialer
from campaigns.dialer.launching import Hands
from campaigns.dispositions import service as dispositions
from tests.factories import make_agent, make_campaign, make_lead

sys.path.insert(0, str(Path(__file__).parent))
from fake_twilio import Behaviour
from labs import OUR_NUMBER
from twilio_lab import TwilioLab

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPEED = 5.0
WITHIN_S = 30.0

TALKS = Behaviour(ring_s=3, talk_s=600)
QUICK = Behaviour(ring_s=3, talk_s=40)  # 8 s of the real clock: still talking when the worker is killed
BUSY = Behaviour(ring_s=None, end="busy", sip=486)
GONE = Behaviour(ring_s=None, end="failed", sip=404)
MACHINE = Behaviour(ring_s=3, machine=True)


class Room:
    """A campaign that calls by Twilio, and a dialler that can be killed and started again."""

    def __init__(self) -> None:
        self.clock = SystemClock(datetime.now(UTC), datetime(2026, 3, 9, 15, 0, tzinfo=SHANGHAI), SPEED)
        self.lab = TwilioLab(clock=self.clock)
        self.working: asyncio.Task[None] | None = None

    async def open(self, people: list[Behaviour], agents: int, **given: Any) -> None:
        async with self.lab.worker.transaction() as session:
            await dispositions.seed_defaults(session)
            campaign = await make_campaign(
                session, **({"mode": "progressive", "from_number": OUR_NUMBER, "wrap_up_s": 5.0} | given)
            )
            for n, behaviour in enumerate(people):
                lead = await make_lead(session, campaign, score=len(people) - n)
                found = await session.execute(
                    text("SELECT phone FROM customers WHERE id = :id"), {"id": lead.customer_id}
                )
                self.lab.behaviours[found.scalar_one()] = behaviour
            for n in range(agents):
                await make_agent(session, campaign, state_since=self.clock.now() + timedelta(microseconds=n))
        self.start()

    def start(self) -> None:
        hands = Hands(self.lab.worker, self.lab.new_carrier(), self.clock)
        dialer = Dialer(hands, Bus("nats://127.0.0.1:1", namespace="test"), worker_name="test", zone=SHANGHAI)
        self.working = asyncio.create_task(dialer.run())

    async def kill(self) -> None:
        assert self.working is not None
        self.working.cancel()
        await asyncio.gather(self.working, return_exceptions=True)

    async def one(self, question: str) -> Any:
        async with self.lab.worker.transaction() as session:
            return (await session.execute(text(question))).scalar_one()

    async def until(self, question: str, wanted: Callable[[Any], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not wanted(await self.one(question)):
                await asyncio.sleep(0.02)

    @property
    def most_calls_to_one(self) -> int:
        return max(len(sids) for to, sids in self.lab.twilio.by_number.items() if to.startswith("+"))


@asynccontextmanager
async def room() -> AsyncIterator[Room]:
    made = Room()
    try:
        yield made
    finally:
        await made.kill()
        await made.lab.twilio.close()
        await made.lab.webhooks.aclose()
        await made.lab.web.close()
        await made.lab.worker.close()


async def test_people_are_called_and_joined_a_late_join_is_counted_and_every_end_is_named() -> None:
    async with room() as floor:
        await floor.open([BUSY, GONE, TALKS, TALKS], agents=2)
        await floor.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 2)
        # How soon is the benchmarks' question (a loaded machine joins late); that late is told as late is this one's.
        assert await floor.one("SELECT bool_and(abandoned = (wait_s > 2.0)) FROM calls WHERE state = 'connected'")
        ends = "SELECT string_agg(outcome, ' ' ORDER BY outcome) FROM calls WHERE state = 'ended'"
        assert await floor.one(ends) == "busy invalid_number"
        assert await floor.one("SELECT count(*) FROM agents WHERE state = 'talking'") == 2
        assert floor.most_calls_to_one == 1


async def test_a_machine_is_told_after_the_join_and_let_go() -> None:
    async with room() as floor:
        await floor.open([MACHINE], agents=1, machine_detection="async")
        await floor.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 1)
        assert await floor.one("SELECT outcome FROM calls") == "machine"
        assert not await floor.one("SELECT abandoned FROM calls")


async def test_a_killed_worker_leaves_nothing_open_and_calls_nobody_again() -> None:
    async with room() as floor:
        await floor.open([TALKS, QUICK, TALKS, QUICK], agents=4)
        # All of them: one that is answered while nobody listens would be abandoned, which is another case.
        await floor.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 4)
        await floor.kill()
        # The quick ones hang up while nobody listens: their webhooks wait in the inbox.
        await floor.until("SELECT count(*) FROM carrier_inbox WHERE handed_at IS NULL", lambda n: n > 0)
        async with floor.lab.worker.transaction() as session:
            await session.execute(text("UPDATE leads SET not_before = '2027-01-01' WHERE call_id IS NULL"))
        floor.start()
        await floor.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 2)
        await floor.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 2)
        assert floor.most_calls_to_one == 1
