"""The contract suite's lab for Twilio: our worker's side and our webhooks, with a fake Twilio between them.

Real: the official client, our HTTP layer, the application with its router, PostgreSQL with the inbox. Stood in for:
Twilio (fake_twilio.py) and time, which is moved by hand, so that a talk of eight seconds takes milliseconds.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from callcenter.kit.clock import Clock, ManualClock
from callcenter.kit.db import Database
from callcenter.settings import Settings
from callcenter.telephony.port import MachineDetection
from callcenter.telephony.twilio import repository
from callcenter.telephony.twilio.carrier import TwilioCarrier
from callcenter.telephony.twilio.legs import LOOK_REAL_S
from callcenter.telephony.twilio.router import router
from tests.clients import app_of

sys.path.insert(0, str(Path(__file__).parent))
from fake_twilio import Behaviour, FakeTwilio
from labs import OUR_NUMBER, Called, Lab
from twilio_openapi import openapi

PUBLIC_URL = "https://calls.example.com"
TOKEN = "the account's auth token"
STEP_S = 0.25

new_database: Callable[[], str] | None = None
"""Set by conftest.py: makes a migrated database and returns its address."""

_BEHAVES: dict[Called, Behaviour] = {
    Called.STAYS: Behaviour(),
    Called.LEAVES_THE_TALK: Behaviour(talk_s=8),
    Called.LEAVES_THE_SILENCE: Behaviour(silence_s=1.5),
    Called.NEVER_ANSWERS: Behaviour(ring_s=600),
    Called.BUSY: Behaviour(ring_s=None, end="busy", sip=486),
    Called.REJECTS: Behaviour(ring_s=4, end="busy", sip=603),
    Called.INVALID: Behaviour(ring_s=None, end="failed", sip=404),
    Called.CONGESTED: Behaviour(ring_s=None, end="failed", sip=503),
    Called.MACHINE: Behaviour(ring_s=6, machine=True),
}


def twilio_settings(**given: Any) -> Settings:
    wanted: dict[str, Any] = {
        "carrier": "twilio",
        "public_url": PUBLIC_URL,
        "twilio_account_sid": "AC" + "a" * 32,
        "twilio_auth_token": TOKEN,
        "twilio_numbers": OUR_NUMBER,
        "twilio_calls_per_second": 100,
    }
    return Settings(_env_file=None, **(wanted | given))


class TwilioLab(Lab):
    """`faults`: the chance that a webhook is late, and that it comes twice. `clock`: one that runs by itself."""

    def __init__(self, faults: float = 0.0, clock: Clock | None = None, **settings: Any) -> None:
        super().__init__()
        assert new_database is not None
        self.in_order = faults == 0
        # Twilio's stamps have whole seconds; what comes late within two is dated by its arrival.
        self.dates_within_s = 1.0 if faults == 0 else 2.5
        self.moved_by_hand = ManualClock(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
        self.clock: Clock = clock or self.moved_by_hand
        self.settings = twilio_settings(**settings)
        url = new_database()
        self.web, self.worker = Database(url, pool=10, name="web"), Database(url, pool=10, name="worker")
        self.app = app_of(self.web, self.clock, routers=[router], settings=self.settings)
        self.webhooks = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=PUBLIC_URL)
        self.behaviours: dict[str, Behaviour] = {}
        self.twilio = FakeTwilio(
            self.clock, self.webhooks, TOKEN, openapi(), lambda to: self.behaviours.get(to, Behaviour()), faults
        )
        self.carrier = self.new_carrier()
        self._numbers = itertools.count()

    def new_carrier(self) -> TwilioCarrier:
        return TwilioCarrier(self.settings, self.clock, self.worker, self.twilio.transport)

    async def number(self, called: Called) -> str:
        number = f"+86137{next(self._numbers):08d}"
        self.behaviours[number] = _BEHAVES[called]
        return number

    async def pass_time(self, seconds: float) -> None:
        await self.settle()
        for _ in range(max(1, round(seconds / STEP_S))):
            await self.moved_by_hand.advance(min(seconds, STEP_S))
            await self.settle()

    async def settle(self) -> None:
        """Until every webhook that is due was answered, and its events were handed over."""
        while True:
            await self.twilio.settle()
            if not self.carrier.connected or not await self._waiting():
                break
            await asyncio.sleep(0.002)
        for _ in range(5):
            await asyncio.sleep(0)

    async def _waiting(self) -> bool:
        async with self.worker.transaction() as session:
            found = await session.execute(text("SELECT EXISTS (SELECT 1 FROM carrier_inbox WHERE handed_at IS NULL)"))
            return bool(found.scalar_one())

    async def call(
        self, called: Called, detection: MachineDetection = MachineDetection.OFF, *, record: bool = False
    ) -> UUID:
        await self.pass_time(STEP_S)  # the turn at the calls per second
        return await super().call(called, detection, record=record)

    async def agent(self) -> UUID:
        await self.pass_time(STEP_S)
        return await super().agent()

    async def drop_agent(self, agent_id: UUID) -> None:
        await self.pass_time(12)  # one that drops sooner is not rung again at once
        async with self.worker.transaction() as session:
            row = await repository.agent(session, agent_id)
            assert row is not None
            assert row.call_sid is not None
            sid = row.call_sid
        self.twilio.hang_up(sid)
        await self.settle()
        await asyncio.sleep(1.2 * LOOK_REAL_S)  # legs that are down are looked for in real time

    async def close(self) -> None:
        await super().close()
        await self.twilio.close()
        await self.webhooks.aclose()
        await self.web.close()
        await self.worker.close()
