"""10,000,000 customers and 2,000,000 leads: choosing whom to call while calls are written, and counting filters.

    python -m tests.benchmarks.campaigns [CUSTOMERS [LEADS]]        (`make bench-campaigns`)

On the embedded PostgreSQL with its ordinary settings, in a temporary home (about 8 GB of disk; removed at the end;
`BENCH_HOME` keeps it and uses it again). Rows are made by the server from a fixed seed. Then, at once:

- one process writes 50 attempts a second: claims, starts and finishes them as the dialler does;
- this one chooses the next 1,000, claims 50, counts filters, and shows what PostgreSQL did for each.

A plan that reads a whole big table fails the run.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
from sqlalchemy import text

from callcenter.calls.models import Call
from callcenter.kit import embedded, heap
from callcenter.kit.db import Database
from callcenter.migrate import migrate
from campaigns.leads import repository, service
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules
from campaigns.targeting import service as targeting
from campaigns.targeting.schemas import SegmentFilters
from tests.benchmarks.page import machine, write
from tests.factories import make_campaign, make_mailing

CUSTOMERS, LEADS = 10_000_000, 2_000_000
BIG_CAMPAIGN = 0.5
"""Share of all leads in one campaign; the rest lies in OTHERS more."""
OTHERS = 5
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = date(2026, 3, 9)
RULES = CallingRules()
WRITES_A_SECOND = 50
ROUNDS = 300
BIG = 500_000
"""Rows from which on a table is a big one: no plan may read all of it."""
# ---------------------------------------------------------------- rows

# Made by the server, from a fixed seed: ten million rows need not go through Python and a socket. Some places have many
# more people than others, some people spend much more.
_CUSTOMERS = """
    INSERT INTO customers (id, name, phone, gender, birth_year, province, city, address, occupation, income_band,
      interests, last_purchase_on, total_purchases_fen, timezone, timezone_known, source, consent, attributes,
      created_at, updated_at, version)
    SELECT md5(n::text || 'seed')::uuid, '客户' || n, '+86' || (13000000000 + n), (ARRAY['f', 'm', NULL])[n %% 3 + 1],
      1935 + age %% 75, '省' || place / 11, '市' || place / 11 || '-' || place %% 11,
      CASE WHEN n %% 5 > 0 THEN '市' || place / 11 || '-' || place %% 11 || '路' || n %% 900 || '号' END,
      (ARRAY['经理', '教师', '工人', '医生', '农民', '公务员', '学生', '销售', NULL])[1 + (roll * 1e7)::int %% 9],
      (ARRAY['5万以下', '5-10万', '10-20万', '20万以上', NULL])[1 + (roll * 1e5)::int %% 5],
      (ARRAY['送礼, 品牌', '养生', '旅游', '孝敬父母', '体检, 健康', '汽车', NULL, NULL])[1 + (roll * 1e4)::int %% 8],
      CASE WHEN buys THEN DATE '2024-01-01' + (roll * 1e6)::int %% 790 END,
      CASE WHEN buys THEN (5000 / power(1 - luck::float8, 1 / 1.2))::bigint ELSE 0 END,
      CASE WHEN n %% 50 > 0 THEN 'Asia/Shanghai' ELSE 'Asia/Urumqi' END, true, '名单' || n %% 40,
      CASE WHEN n %% 40 = 0 THEN 'refused' WHEN n %% 4 IN (0, 3) THEN 'given' ELSE 'unknown' END, '{}',
      CAST(%(now)s AS timestamptz) - n %% 900 * interval '1 day', CAST(%(now)s AS timestamptz), 1
    FROM (SELECT n, roll, luck, (roll * roll * 341)::int %% 341 AS place, luck * 97 %% 1 < 0.15 AS buys,
                 (25 + 50 * (one + two + three) / 3)::int AS age
          FROM (SELECT n, random() AS roll, random()::numeric AS luck, random() AS one, random() AS two,
                       random() AS three FROM generate_series(0, %(count)s - 1) n) dice) drawn
"""


def fill(url: str, customers: int, leads: int, campaigns: list[tuple[UUID, UUID]]) -> None:
    """Into bare tables, whose indexes and keys are built afterwards: kept up row by row they take ten times as long.

    Foreign keys are not checked row by row, either: every row points at one that was just made.
    """
    begun = time.perf_counter()

    def step(what: str) -> None:
        print(f"  {what} after {time.perf_counter() - begun:.0f} s", flush=True)

    with psycopg.connect(url) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for table in ("customers", "leads", "mailing_recipients"):
            _without_indexes(connection, table)
        connection.execute("SELECT setseed(0.7)")
        connection.execute(_CUSTOMERS, {"count": customers, "now": NOW})
        step("customers made")
        share = [BIG_CAMPAIGN, *[(1 - BIG_CAMPAIGN) / OTHERS] * OTHERS]
        low = 0.0
        for (campaign, mailing), part in zip(campaigns, share, strict=True):
            given: dict[str, Any] = {"campaign": campaign, "mailing": mailing}
            given |= {"low": int(low * leads), "high": int((low + part) * leads)}
            low += part
            connection.execute(_MAILED, given)
        connection.execute("ANALYZE mailing_recipients")
        for campaign, mailing in campaigns:
            connection.execute(_LEADS, {"campaign": campaign, "mailing": mailing})
        step("leads made")
        _with_indexes(connection)
        step("indexes made")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE, FREEZE)")
        connection.execute("CHECKPOINT")
        step("vacuumed")


# A third waits for the afternoon after a first try; one in a thousand has been promised a call.
_MAILED = """
    INSERT INTO mailing_recipients (mailing_id, customer_id, batch_no, posted_on)
    SELECT %(mailing)s, id, 1, CAST('2026-02-23' AS date) + (right(phone, 2)::int %% 9) FROM customers
    WHERE right(phone, 10)::bigint - 3000000000 >= %(low)s AND right(phone, 10)::bigint - 3000000000 < %(high)s
"""
_LEADS = """
    INSERT INTO leads (id, campaign_id, customer_id, posted_on, first_day, last_day, score, score_reasons, state,
                       timezone, attempts, fruitless, call_no, version, not_before, rest_until, callback_at)
    SELECT gen_random_uuid(), %(campaign)s, r.customer_id, r.posted_on, r.posted_on + 7, r.posted_on + 14,
           (('x' || substr(r.customer_id::text, 1, 4))::bit(16)::int) %% 91, 'buyer_age +30', 'open', c.timezone,
           tried, tried, tried, 1, CASE WHEN tried = 1 THEN timestamptz '2026-03-09 07:00Z' END,
           CASE WHEN tried = 1 THEN timestamptz '2026-03-09 07:00Z' END,
           CASE WHEN right(c.phone, 3) = '777' THEN timestamptz '2026-03-10 03:00Z' END
    FROM mailing_recipients r JOIN customers c ON c.id = r.customer_id,
         LATERAL (SELECT CASE WHEN right(c.phone, 1)::int < 3 THEN 1 ELSE 0 END AS tried) t
    WHERE r.mailing_id = %(mailing)s
"""
_AGAIN: list[str] = []


def _without_indexes(connection: psycopg.Connection[Any], table: str) -> None:
    rows = connection.execute(
        "SELECT indexdef, indexrelid::regclass::text FROM pg_indexes i JOIN pg_index x"
        " ON x.indexrelid = (quote_ident(i.schemaname) || '.' || quote_ident(i.indexname))::regclass"
        " WHERE tablename = %s AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid)",
        [table],
    ).fetchall()
    for definition, name in rows:
        _AGAIN.append(definition)
        connection.execute(f"DROP INDEX {name}")


def _with_indexes(connection: psycopg.Connection[Any]) -> None:
    while _AGAIN:
        connection.execute(_AGAIN.pop())


async def prepare(url: str, customers: int, leads: int) -> None:
    database = Database(url, pool=2, name="bench")
    async with database.transaction() as session:
        made = []
        for _ in range(1 + OTHERS):
            mailing = await make_mailing(session)
            campaign = await make_campaign(session, mailing_id=mailing.id, rules=RULES.to_json())
            made.append((campaign.id, mailing.id))
    await database.close()
    started = time.perf_counter()
    fill(url, customers, leads, made)
    print(f"  prepared in {time.perf_counter() - started:.0f} s", flush=True)


# ---------------------------------------------------------------- 50 attempts a second


WRITERS = 3


async def keep_writing(url: str) -> None:
    """As the dialler does, in a process of its own: claim, start, end. Prints how many attempts are written."""
    database = Database(url, pool=WRITERS + 1, name="writer")
    async with database.transaction() as session:
        campaigns = (await session.execute(text("SELECT id FROM campaigns ORDER BY id"))).scalars().all()
    begun, written = time.perf_counter(), 0

    async def writer(number: int) -> None:
        nonlocal written
        turn = number
        while True:
            late = begun + turn * 10 / WRITES_A_SECOND - time.perf_counter()
            await asyncio.sleep(max(0.0, late))
            now = NOW + timedelta(seconds=time.perf_counter() - begun)
            written += await _attempts(database, campaigns[turn % len(campaigns)], now)
            turn += WRITERS
            print(written, flush=True)

    await asyncio.gather(*(writer(number) for number in range(WRITERS)))


async def _attempts(database: Database, campaign_id: UUID, now: datetime) -> int:
    """Ten attempts: each leaves a call, a pass of the gate and a lead that rests."""
    async with database.transaction() as session:
        campaign = await session.get_one(Campaign, campaign_id)
        started = []
        for one in await service.claim(session, campaign, RULES, now, 10):
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
                launched_at=now,
                carrier="simulated",
            )
            session.add(call)
            await service.start_attempt(session, one.lead, call.id, now)
            started.append(call.id)
    async with database.transaction() as session:
        for call_id in started:
            call = await session.get_one(Call, call_id)
            call.state, call.outcome, call.ended_at = "ended", "no_answer", now
            await service.finish_attempt(session, call, now, RULES)
    return len(started)


# ---------------------------------------------------------------- what is measured


def percentiles(took: list[float]) -> str:
    ordered = sorted(took)
    cut = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99)]
    return " | ".join(f"{value:.1f}" for value in (*cut, ordered[-1]))


class Bench:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.lines: list[str] = []
        self.plans: list[str] = []
        self.faults: list[str] = []
        self.meanwhile = ""

    async def choose(self) -> None:
        """The next 1,000 of the biggest campaign, in calling order and locked, as a claim does before it judges."""
        async with self._database.transaction() as session:
            big = (await session.execute(_BIGGEST)).scalar_one()
        took = []
        for n in range(ROUNDS):
            async with self._database.transaction() as session:
                begun = time.perf_counter()
                found = await repository.front(session, big, "Asia/Shanghai", TODAY, TODAY + timedelta(days=7), 1000)
                took.append(1000 * (time.perf_counter() - begun))
                assert len(found) == 1000, len(found)
            await asyncio.sleep(0.02 * (n % 3))
        self._say("the next 1,000 chosen and locked, of 1,000,000 leads", took, 50.0)
        took = []
        for _ in range(ROUNDS // 3):
            async with self._database.transaction() as session:
                campaign = await session.get_one(Campaign, big)
                begun = time.perf_counter()
                await service.claim(session, campaign, RULES, NOW, 50)
                took.append(1000 * (time.perf_counter() - begun))
                await session.rollback()
        self._say("a claim of 50: chosen, facts read, judged", took, None)
        await self._explain(
            "the next 1,000",
            repository.FRONT,
            {
                "campaign": big,
                "zone": "Asia/Shanghai",
                "today": TODAY,
                "furthest": TODAY + timedelta(days=7),
                "limit": 1000,
                "seen": [],
            },
        )

    async def count(self) -> None:
        for name, filters in FILTERS.items():
            took = []
            for _ in range(5):
                async with self._database.transaction() as session:
                    begun = time.perf_counter()
                    found = await targeting.count(session, filters, TODAY)
                    took.append(1000 * (time.perf_counter() - begun))
            about = f"about {found.customers:,} ± {found.margin:,}" if found.estimated else f"{found.customers:,}"
            self._say(f"count: {name} ({about})", took, 1000.0)
            async with self._database.transaction() as session:
                sql, values = await targeting.count_statement(session, filters, TODAY)
            await self._explain(f"count: {name}", text(sql), values)

    def _say(self, name: str, took: list[float], most: float | None) -> None:
        line = f"| {name} | {percentiles(took)} | {'' if most is None else f'{most:.0f}'} |"
        print(line, flush=True)
        self.lines.append(line)
        p99 = sorted(took)[min(len(took) - 1, int(0.99 * len(took)))]
        if most is not None and p99 >= most:
            self.faults.append(f"{name}: p99 {p99:.0f} ms")

    async def _explain(self, name: str, statement: Any, values: dict[str, Any]) -> None:
        async with self._database.transaction() as session:
            rows = await session.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}"), values)
            plan = [line for (line,) in rows]
        self.plans += [f"{name}:", "", "```", *[line[:160] for line in plan], "```", ""]
        sizes = await self._sizes()
        for line in plan:
            if "Seq Scan on " in line:
                table = line.split("Seq Scan on ")[1].split()[0]
                if sizes.get(table, 0) > BIG:
                    self.faults.append(f"{name}: reads all of {table}")

    async def _sizes(self) -> dict[str, int]:
        async with self._database.transaction() as session:
            rows = await session.execute(
                text("SELECT relname, reltuples::bigint AS n FROM pg_class WHERE relkind = 'r'")
            )
            return {row.relname: row.n for row in rows}


_BIGGEST = text("SELECT campaign_id FROM leads GROUP BY campaign_id ORDER BY count(*) DESC LIMIT 1")
FILTERS = {
    "one city": SegmentFilters(provinces=["省3"], cities=["市3-4"]),
    "a province, 25 to 50, gives presents": SegmentFilters(
        provinces=["省3"], age_from=25, age_to=50, interests=["送礼", "孝"]
    ),
    "everybody": SegmentFilters(),
    "women of 25 to 50 with an address": SegmentFilters(genders=["f"], age_from=25, age_to=50, has_address=True),
    "score of 60 and more": SegmentFilters(score_from=60),
    "bought within half a year": SegmentFilters(purchased_since=date(2025, 9, 9)),
    "not mailed for three months, managers": SegmentFilters(not_mailed_since=date(2025, 12, 9), occupations=["经理"]),
    "three lists, never bought": SegmentFilters(
        sources=["名单1", "名单2", "名单3"], not_purchased_since=date(2020, 1, 1)
    ),
}


def measure(url: str) -> Bench:
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.campaigns", "--write", url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout is not None
        first, begun = int(writer.stdout.readline()), time.perf_counter()
        bench = asyncio.run(_measure(url))
    finally:
        writer.terminate()
        rest, _ = writer.communicate()
    last = int((rest.split() or ["0"])[-1])
    rate = (last - first) / (time.perf_counter() - begun)
    bench.meanwhile = f"Meanwhile {rate:.0f} attempts a second were written ({last:,} in all)."
    if rate < 0.9 * WRITES_A_SECOND:
        bench.faults.append(f"only {rate:.0f} attempts a second were written")
    return bench


async def _measure(url: str) -> Bench:
    heap.settle()  # as the processes of the product do
    database = Database(url, pool=3, name="bench")
    try:
        bench = Bench(database)
        await bench.choose()
        await bench.count()
        return bench
    finally:
        await database.close()


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        asyncio.run(keep_writing(sys.argv[2]))
        return
    given = [int(word) for word in sys.argv[1:]]
    customers, leads = (given + [CUSTOMERS, LEADS][len(given) :])[:2]
    kept = os.environ.get("BENCH_HOME")
    home = Path(kept or tempfile.mkdtemp(prefix="callcenter-bench-"))
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    try:
        name = f"bench_{customers}_{leads}"
        embedded.ensure_postgres(home, "postgres")  # a server that is not running cannot say what it holds
        fresh = not embedded.postgres_has(home, name)
        url = embedded.ensure_postgres(home, name)
        migrate(url)
        if fresh:
            asyncio.run(prepare(url, customers, leads))
        bench = measure(url)
    finally:
        embedded.stop_postgres(home)
        if not kept:
            shutil.rmtree(home, ignore_errors=True)
    load = psutil.getloadavg()[1]
    head = f"{machine()}, load average {load:.1f}; {customers:,} customers, {leads:,} leads; the embedded PostgreSQL."
    table = ["| | p50 ms | p95 ms | p99 ms | worst ms | allowed p99 |", "|---|---|---|---|---|---|", *bench.lines]
    body = ["## Ten million customers", "", head, "", *table, "", bench.meanwhile, "", "### Plans", "", *bench.plans]
    write("campaigns", "\n".join(body))
    if bench.faults:
        raise SystemExit(f"not as it should be: {bench.faults}")


if __name__ == "__main__":
    main()
