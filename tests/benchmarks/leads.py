"""Milliseconds of one claim, and of the funnel, with many leads in one campaign.

    python -m tests.benchmarks.leads [LEADS …]

On the embedded PostgreSQL of a temporary home. Each claim is one transaction as the dialler makes it: pick,
judge, write the call, start the attempt, commit. A third of the list has been tried before and waits for its
time; some are refused at the front, which is the hard case for a list kept in order.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from callcenter.calls.models import Call
from callcenter.kit import embedded
from callcenter.kit.db import Database
from callcenter.migrate import migrate
from campaigns.leads import service as leads
from campaigns.leads.funnel import funnel
from campaigns.plans import filling
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules
from tests.factories import make_campaign

SIZES = (20_000, 200_000)
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
RULES = CallingRules()


async def prepare(database: Database, count: int) -> Campaign:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        campaign = await make_campaign(session, rules=RULES.to_json())
        await session.execute(
            text(
                "INSERT INTO customers (id, name, phone, birth_year, interests, occupation, address, consent, source,"
                " timezone, timezone_known, total_purchases_fen, attributes, created_at, updated_at, version)"
                " SELECT gen_random_uuid(), 'x', '+8613' || lpad(n::text, 9, '0'), 1950 + n % 50, '送礼', '经理', 'a',"
                " CASE WHEN n % 40 = 0 THEN 'refused' ELSE 'given' END, 'b', 'Asia/Shanghai', true, n % 3, '{}',"
                " :now, :now, 1 FROM generate_series(1, :count) n"
            ),
            {"now": NOW, "count": count},
        )
        await session.execute(
            text(
                "INSERT INTO mailing_recipients (mailing_id, customer_id, batch_no, posted_on)"
                " SELECT :mailing, id, 1, CAST('2026-02-23' AS date) + (substr(phone, 6)::int % 8) FROM customers"
            ),
            {"mailing": campaign.mailing_id},
        )
    async with database.transaction() as session:
        started = time.perf_counter()
        filled = await filling.fill_from_mailing(session, campaign, NOW)
        print(f"  filled {filled.added:,} leads in {time.perf_counter() - started:.2f} s")
        # Tried before: a third waits until this afternoon, spread over the whole order.
        await session.execute(
            text(
                "UPDATE leads SET not_before = :then, rest_until = :then, attempts = 1, fruitless = 1, call_no = 1"
                " WHERE id IN (SELECT id FROM leads ORDER BY id LIMIT :third)"
            ),
            {"then": NOW + timedelta(hours=5), "third": count // 3},
        )
        # People who refused elsewhere after the list was made: they stand at the front and must not clog it.
        await session.execute(
            text(
                "UPDATE customers SET consent = 'refused' WHERE id IN"
                " (SELECT customer_id FROM leads ORDER BY last_day, score DESC LIMIT 500)"
            )
        )
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
    return campaign


async def claims(database: Database, campaign: Campaign, limit: int, rounds: int, now: datetime) -> list[float]:
    took = []
    for n in range(rounds):
        started = time.perf_counter()
        async with database.transaction() as session:
            claimed = await leads.claim(session, campaign, RULES, now + timedelta(seconds=n), limit)
            picked = time.perf_counter() - started
            for one in claimed:
                call = Call(
                    queue_id=campaign.id,
                    subject_id=one.lead.id,
                    customer_id=one.customer.id,
                    attempt_no=one.attempt_no,
                    mode="predictive",
                    to_number=one.customer.phone,
                    from_number=campaign.from_number,
                    state="launching",
                    created_at=now,
                    carrier="simulated",
                )
                session.add(call)
                await leads.start_attempt(session, one.lead, call.id, now)
        took.append(1000 * picked)
    return took


def tell(name: str, took: list[float]) -> None:
    ordered = sorted(took)
    print(
        f"  {name}: median {statistics.median(ordered):.1f} ms, p99 {ordered[int(0.99 * (len(ordered) - 1))]:.1f} ms,"
        f" worst {ordered[-1]:.1f} ms"
    )


async def run(size: int, home: Path) -> None:
    print(f"{size:,} customers on the mailing")
    url = embedded.ensure_postgres(home, f"leads{size}")
    migrate(url)
    database = Database(url, pool=3, name="bench")
    campaign = await prepare(database, size)
    tell("the first claims, of 10, with 500 refused ones in front", await claims(database, campaign, 10, 20, NOW))
    tell("a claim of 1", await claims(database, campaign, 1, 200, NOW))
    tell("a claim of 10", await claims(database, campaign, 10, 100, NOW))
    tell("a claim of 50", await claims(database, campaign, 50, 40, NOW))
    afternoon = NOW + timedelta(hours=5)
    tell(f"a claim of 10 while {size // 3:,} wake", await claims(database, campaign, 10, 100, afternoon))
    async with database.transaction() as session:
        started = time.perf_counter()
        found = await funnel(session, campaign.id, afternoon)
        print(f"  funnel of {found.total:,}: {time.perf_counter() - started:.2f} s")
    async with database.transaction() as session:
        started = time.perf_counter()
        closed = await leads.expire(session, NOW + timedelta(days=1))
        print(f"  the night closed {closed:,} in {time.perf_counter() - started:.2f} s")
    await database.close()


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        for size in sizes:
            asyncio.run(run(size, home))
        embedded.stop_postgres(home)


if __name__ == "__main__":
    main()
