"""Attempts a second that one worker sustains: claim, write, place, and take in every event, with nobody answering.

`python -m tests.benchmarks.launching`. The simulated network runs in a process of its own; its calls are busy or
unanswered, so that the dialler is all that is measured.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
from sqlalchemy import text

from callcenter.kit import embedded
from callcenter.kit.bus import Bus
from callcenter.kit.clock import SystemClock
from callcenter.kit.db import Database
from callcenter.lines.service import Callers
from callcenter.migrate import migrate
from callcenter.telephony.simulated.carrier import SimulatedCarrier
from callcenter.telephony.simulated.network import SimulatedNetwork
from callcenter.telephony.simulated.profile import NetworkProfile
from callcenter.telephony.simulated.server import BackgroundServer
from campaigns.dialer import launching
from campaigns.dialer.answering import Desks
from campaigns.dialer.dialer import Dialer
from campaigns.dialer.launching import Hands
from campaigns.plans.filling import fill_from_mailing
from campaigns.plans.models import Campaign
from tests.benchmarks.page import machine, write
from tests.factories import make_campaign

SECONDS = 30.0
BATCH = 25
LEADS = 20_000
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def _leads(database: Database, campaign: Campaign) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO customers (id, name, phone, timezone, timezone_known, source, consent, attributes,"
                " total_purchases_fen, created_at, updated_at, version) SELECT gen_random_uuid(), 'c' || n,"
                " '+8613' || (100000000 + n), 'Asia/Shanghai', true, 'bench', 'given', '{}', 0, now(), now(), 1"
                " FROM generate_series(1, :n) AS n"
            ),
            {"n": LEADS},
        )
        posted = date(2026, 3, 2)
        await session.execute(
            text(
                "INSERT INTO mailing_recipients (mailing_id, customer_id, batch_no, posted_on)"
                " SELECT :mailing, id, 1, :posted FROM customers"
            ),
            {"mailing": campaign.mailing_id, "posted": posted},
        )
    async with database.transaction() as session:
        await fill_from_mailing(session, campaign, datetime(2026, 3, 9, 1, 0, tzinfo=UTC))


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.chmod(folder, 0o755)
        url = embedded.ensure_postgres(home, "bench")
        migrate(url)
        database = Database(url, pool=20)
        bus = Bus(embedded.ensure_nats(home), namespace="bench")
        await bus.start()
        start = datetime(2026, 3, 9, 15, 0, tzinfo=SHANGHAI)
        clock = SystemClock(datetime.now(UTC), start, 1.0)
        async with database.transaction() as session:
            campaign = await make_campaign(session, mode="preview", calls_per_second=1000.0, max_lines=5000)
        await _leads(database, campaign)
        profile = NetworkProfile().without_faults()
        try:
            with BackgroundServer(lambda: SimulatedNetwork(clock, 1, _nobody(profile))) as network:
                line = await _measure(database, bus, clock, campaign, network)
        finally:
            await database.close()
            await bus.close()
            embedded.stop_nats(home)
            embedded.stop_postgres(home)
    body = "\n".join(["## Attempts a second of one worker", "", machine() + ".", "", line])
    write("launching", body)
    print(body)


def _nobody(profile: NetworkProfile) -> NetworkProfile:
    return replace(profile, p_line_person=0.0, p_line_machine=0.0, p_line_no_answer=0.2, p_line_busy=0.72)


async def _measure(database: Database, bus: Bus, clock: SystemClock, campaign: Campaign, network: str) -> str:
    carrier = SimulatedCarrier(network, clock)
    hands = Hands(database, carrier, clock)
    dialer = Dialer(hands, bus, worker_name="bench", zone=SHANGHAI)
    working = asyncio.create_task(dialer.run())
    await asyncio.sleep(2.0)
    async with database.transaction() as session:
        # The dialler holds the lease; in preview mode without agents it launches nothing itself.
        token = (await session.execute(text("SELECT token FROM leases"))).scalar_one()
    desks, callers = Desks(), Callers(SHANGHAI)
    desk = desks.put(campaign)
    begin, placed = time.perf_counter(), 0
    cpu = psutil.Process().cpu_times()
    while time.perf_counter() - begin < SECONDS:
        for of, requests in await launching.launch(hands, desks, callers, desk, token, BATCH, clock.now()):
            await launching.place_all(hands, of.campaign, of.rules, requests)
            placed += len(requests)
    took = time.perf_counter() - begin
    used = psutil.Process().cpu_times()
    await asyncio.sleep(30.0)
    async with database.transaction() as session:
        left = (await session.execute(text("SELECT count(*) FROM calls WHERE state <> 'ended'"))).scalar_one()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    processor = (used.user + used.system - cpu.user - cpu.system) / took
    load = psutil.getloadavg()[0]
    return (
        f"{placed / took:.0f} attempts a second over {took:.0f} s ({placed} attempts; claimed, written, placed, every"
        f" event taken in; {left} still open half a minute later). Worker and network share this process:"
        f" {processor:.0%} of one core. Load average {load:.1f}."
    )


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
