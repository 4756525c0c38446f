"""The telephone network falls ill under a working dialler: nobody is dialled twice, and everybody is told."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from agent_ui.live.figures import Figures
from agent_ui.live.protocol import CarrierView
from callcenter.kit.clock import SystemClock
from callcenter.kit.db import Database
from callcenter.telephony.health import rules
from callcenter.telephony.health.guarded import GuardedCarrier
from callcenter.telephony.simulated.network import SimulatedNetwork
from callcenter.telephony.simulated.profile import NetworkProfile
from campaigns.dispositions import service as dispositions
from tests.factories import make_campaign

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from test_dialer import SPEED, TALKS, Floor, opened

SHANGHAI = ZoneInfo("Asia/Shanghai")


class IllFloor(Floor):
    def carrier(self) -> GuardedCarrier:
        return GuardedCarrier(super().carrier())

    async def fault(self, kind: str, **more: Any) -> None:
        async with httpx.AsyncClient() as client:
            (await client.put(f"{self.url}/faults", json={"kind": kind, "seconds": 600} | more)).raise_for_status()

    async def well(self) -> None:
        async with httpx.AsyncClient() as client:
            (await client.delete(f"{self.url}/faults")).raise_for_status()

    async def board(self) -> CarrierView:
        """What a supervisor sees of the network."""
        figures = Figures(SHANGHAI, simulated=True, carrier="simulated", speed=SPEED)
        async with self.database.transaction() as session:
            await figures.refresh(session, self.clock.now())
        return figures.network

    async def nobody_was_dialled_twice(self) -> None:
        placed = self.network.figures()["totals"].get("placed", 0)
        rang = await self.one("SELECT count(*) FROM calls WHERE outcome IS DISTINCT FROM 'cancelled'")
        assert placed <= rang, "the network has calls that no attempt stands for"
        assert self.network.figures()["totals"].get("placed_again", 0) == 0
        assert (
            await self.one(
                "SELECT count(*) FROM (SELECT 1 FROM calls WHERE ringing_at IS NOT NULL"
                " GROUP BY to_number HAVING count(*) > 1) t"
            )
            == 0
        )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "FIRST_PAUSE_S", 0.5)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("kind", "trouble", "placed_meanwhile"),
    [("unavailable", "silent", False), ("reply_lost", "silent", True), ("down", "down", False)],
)
async def test_the_circuit_opens_calls_stop_and_every_attempt_is_settled(
    database: Database, kind: str, trouble: str, placed_meanwhile: bool
) -> None:
    async with opened(IllFloor, database, mode="progressive") as room:
        await room.people(*[TALKS] * 12)
        await room.until("SELECT count(*) FROM carrier_health WHERE circuit = 'closed'", lambda n: n == 1)
        assert (await room.board()).circuit == "closed"
        await room.fault(kind)
        await room.ready_agents(6)
        await room.until("SELECT circuit FROM carrier_health", lambda circuit: circuit == "open")
        attempts = await room.one("SELECT count(*) FROM calls")
        await asyncio.sleep(1.0)
        assert await room.one("SELECT count(*) FROM calls") == attempts, "calls are begun into a broken network"
        assert (room.network.figures()["totals"].get("placed", 0) > 0) == placed_meanwhile
        seen = await room.board()
        assert (seen.circuit, seen.since is not None, seen.next_look_at is not None) == ("open", True, True)
        assert await room.one("SELECT trouble FROM carrier_troubles WHERE ended_at IS NULL") in (trouble, "silent")
        assert "自动探测" in seen.zh
        assert "No new call is begun" in seen.en
        await room.well()
        await room.ready_agents(3)  # those of before may be talking, with the attempts whose reply was lost
        # Every attempt of before is asked about and settled, and the calling goes on.
        await room.until(
            "SELECT count(*) FROM (SELECT id FROM calls ORDER BY created_at LIMIT "
            f"{attempts}) c JOIN calls USING (id) WHERE state = 'launching'",
            lambda n: n == 0,
        )
        await room.until("SELECT circuit FROM carrier_health", lambda circuit: circuit == "closed")
        await room.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n >= 1)
        assert await room.one("SELECT count(*) FROM carrier_troubles WHERE ended_at IS NULL") == 0
        await room.nobody_was_dialled_twice()


async def test_a_network_that_was_never_there_is_said_and_waited_for(database: Database) -> None:
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session, mode="progressive")
    clock = SystemClock(datetime.now(UTC), datetime(2026, 3, 9, 15, 0, tzinfo=SHANGHAI), SPEED)
    network = SimulatedNetwork(clock, 1, NetworkProfile().without_faults())
    room = IllFloor(database, network, "http://127.0.0.1:1", clock, campaign)
    room.start()
    try:
        await room.people(TALKS)
        await room.ready_agents(1)
        await room.until("SELECT count(*) FROM carrier_health WHERE circuit = 'open'", lambda n: n == 1)
        assert (await room.board()).trouble == "down"
        assert await room.one("SELECT count(*) FROM calls") == 0
    finally:
        await room.kill()
