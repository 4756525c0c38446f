"""kill -9 of the worker's process in the middle of SIP calls: each is adopted or closed, none is repeated.

The small one; `make telephony-recovery` does it with 200 calls and the whole product.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.agents import service as agents
from callcenter.bootstrap import Services
from callcenter.calls import service as calls
from callcenter.kit import embedded
from callcenter.kit.db import Database

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from labs import asterisk_or_skip

from campaigns.dispositions import service as dispositions
from tests.factories import make_agent, make_campaign, make_customer, make_lead
from tests.telephony_lab.behaviour import Behaviour, number
from tests.telephony_lab.lab import AGENT, TelephonyLab
from tests.telephony_lab.recovery import all_day, environment, noon_zone

TALKS, RINGS = 9, 3
_NUMBERS = 800_000


@dataclass
class Shift:
    pbx: TelephonyLab
    database: Database
    services: Services
    folder: Path
    agents: list[UUID] = field(default_factory=list)
    calls: list[UUID] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> None:
        told = environment(self.pbx, self.services, self.folder) | {"ASTERISK_APPLICATION": "recovery"}
        with (self.folder / "worker.log").open("ab") as out:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "callcenter.cli", "worker"],
                env=os.environ | told,
                stdout=out,
                stderr=out,
            )

    def kill_worker(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def ask(self, question: str) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(text(question))).all())

    async def until(self, question: str, wanted: Callable[[Any], bool], what: str, within_s: float = 90.0) -> None:
        ends = time.monotonic() + within_s
        while not wanted(found := [tuple(row) for row in await self.ask(question)]):
            log = (self.folder / "worker.log").read_text()[-2000:]
            assert time.monotonic() < ends, f"not within {within_s:g} s: {what}; found {found}\n{log}"
            await asyncio.sleep(0.05)

    def rung(self) -> dict[str, int]:
        """How often each of our people was rung, by their own telephones."""
        return {to: n for to, n in self.pbx.called().items() if to.startswith(f"+86139{_NUMBERS // 1000}")}

    def ours(self) -> list[str]:
        """Channels of our calls and agents."""
        names = [*(str(one) for one in self.calls), *(f"leg-{one}" for one in self.agents)]
        return [line for line in self.pbx.channels() if line.rsplit("!", 1)[1] in names]


@asynccontextmanager
async def shift(pbx: TelephonyLab, database: Database, services: Services, folder: Path) -> AsyncIterator[Shift]:
    found = Shift(pbx, database, services, folder)
    plays = [Behaviour.SAYS_HELLO, Behaviour.STAYS_SILENT, Behaviour.TALKS_ON] * (TALKS // 3)
    plays += [Behaviour.NEVER_ANSWERS] * RINGS
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session, mode="progressive", rules=all_day(), ring_timeout_s=15.0)
        for n, behaviour in enumerate(plays):
            customer = await make_customer(session, phone=number(_NUMBERS + n, behaviour), timezone=noon_zone())
            lead = {"posted_on": now.date() - timedelta(days=8), "score": len(plays) - n}
            await make_lead(session, campaign, customer, **lead)
        for n in range(len(plays)):
            agent = await make_agent(session, campaign, state_since=now)
            await session.execute(
                text("UPDATE users SET address = :to WHERE id = :id"), {"to": AGENT.format(n=n), "id": agent.user_id}
            )
            found.agents.append(agent.user_id)
    found.start_worker()
    try:
        yield found
    finally:
        found.kill_worker()


async def test_a_killed_workers_calls_are_adopted_or_closed_and_nobody_is_rung_again(
    database: Database, database_url: str, home: Path, tmp_path: Path
) -> None:
    pbx = asterisk_or_skip()
    async with shift(pbx, database, Services(database_url, embedded.ensure_nats(home), None), tmp_path) as floor:
        states = "SELECT state, count(*) FROM calls GROUP BY state ORDER BY state"
        await floor.until(states, lambda rows: rows == [("connected", TALKS), ("ringing", RINGS)], "all talk or ring")
        floor.calls = [row[0] for row in await floor.ask("SELECT id FROM calls")]
        floor.kill_worker()

        # While nobody is there a customer hangs up, and an agent hangs up in their console.
        [(gone,)] = await floor.ask("SELECT id FROM calls WHERE state = 'connected' ORDER BY id LIMIT 1")
        line = next(one.split("!")[0] for one in pbx.channels() if one.endswith(f"!{gone}"))
        pbx.say(f"channel request hangup {line}")
        [(ours, by)] = await floor.ask(
            "SELECT id, agent_id FROM calls WHERE state = 'connected' ORDER BY id DESC LIMIT 1"
        )
        async with database.transaction() as session:
            await calls.ask_hang_up(session, await calls.locked(session, ours), by, datetime.now(UTC))
        floor.start_worker()

        asked = "SELECT count(*) FROM calls WHERE state = 'connected' AND check_at > now() + interval '15 seconds'"
        await floor.until(asked, lambda rows: rows == [(TALKS - 2,)], "those who talk are adopted")
        ended = f"SELECT id, outcome, cause FROM calls WHERE id IN ('{gone}', '{ours}') ORDER BY id"
        await floor.until(
            ended,
            lambda rows: rows == [(gone, "talked", "customer_hung_up"), (ours, "talked", "agent_hung_up")],
            "what ended meanwhile is told",
        )
        # The adopted obey, those who ring ring out, and everybody leaves.
        async with database.transaction() as session:
            for call_id, agent_id in await floor.ask("SELECT id, agent_id FROM calls WHERE state = 'connected'"):
                await calls.ask_hang_up(session, await calls.locked(session, call_id), agent_id, datetime.now(UTC))
        outcomes = "SELECT outcome, count(*) FROM calls GROUP BY outcome ORDER BY outcome"
        await floor.until(
            outcomes, lambda rows: rows == [("no_answer", RINGS), ("talked", TALKS)], "every call has ended"
        )
        assert floor.rung() == {to: 1 for (to,) in await floor.ask("SELECT to_number FROM calls")}
        async with database.transaction() as session:
            for agent_id in floor.agents:
                agent = await agents.locked(session, agent_id)
                await agents.sign_off(session, agent, datetime.now(UTC), disposition_saved=True)
        ends = time.monotonic() + 10
        while left := floor.ours():
            assert time.monotonic() < ends, left
            await asyncio.sleep(0.1)
