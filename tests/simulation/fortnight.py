"""A fortnight of a campaign in virtual time: the real claims, gate, results and nights, with people who answer or not.

    python -m tests.simulation.fortnight [LEADS [AGENTS]]        (`make fortnight`: 20,000 leads, 12 agents)

Everything that decides is the product's: `leads.claim` on a real PostgreSQL, the gate, `finish_attempt`,
`dispositions.save`, the nightly `expire`, the forecast, the daily proof. Simulated are the customers (do they pick up,
what do they say, how long do they talk) and the agents' hands: whoever is free is given one call at once.

The brochures were posted on seven days, so that the calling days cover a fortnight. The time goes in steps of TICK_S
through the calling windows; afterwards it goes on until every lead is closed, for promises outlast the fortnight.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.agents.models import AgentStateLog
from callcenter.calls.models import Call
from callcenter.kit import embedded
from callcenter.kit.db import Database, Session
from callcenter.kit.ids import new_id
from callcenter.migrate import migrate
from campaigns.control import proof
from campaigns.dispositions import service as dispositions
from campaigns.forecast import service as forecasts
from campaigns.forecast.schemas import ForecastOut
from campaigns.leads import service as leads
from campaigns.plans import filling
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules
from campaigns.schedule.windows import day_start
from tests.benchmarks.page import machine, write
from tests.factories import make_campaign, make_user

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 9)
"""The first calling day: the 7th after the first batch was posted."""
BATCHES = 7
TICK_S = 30.0
FORECAST_AFTER = (2, 5)
"""On the evenings of these calling days the forecast is asked for and kept."""
NOBODY_S = 300.0
"""When nobody may be called, the agents look again after so long."""
LAST_DAY = date(2026, 6, 1)
RULES = CallingRules()
OUTCOMES = (("no_answer", 0.36), ("busy", 0.06), ("rejected", 0.05), ("invalid_number", 0.02), ("failed", 0.02))
RESULTS = (
    ("order", 0.08, 480.0),
    ("asked_to_buy", 0.03, 420.0),
    ("great_interest", 0.06, 400.0),
    ("callback", 0.08, 90.0),
    ("considering", 0.15, 300.0),
    ("not_now", 0.25, 200.0),
    ("declined", 0.20, 90.0),
    ("refused", 0.05, 30.0),
    ("wrong_person", 0.06, 40.0),
    ("hung_up_early", 0.04, 8.0),
)
"""What a person who answers says, how often, and the mean seconds of that talk."""
RING_S, WRAP_UP_S = 18.0, 25.0
ATTEMPTS = ("first_calls", "repeats", "promised")
HELD_TO = ("first calls", "attempts in all", "lost uncalled")
"""What the forecast must foresee within a tenth."""


@dataclass(slots=True)
class InFlight:
    """A call that will end."""

    call_id: UUID
    agent: int
    ends: datetime
    outcome: str
    result: str | None


@dataclass(slots=True)
class Report:
    days: dict[date, Counter[str]] = field(default_factory=dict)
    forecasts: dict[date, ForecastOut] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    expired_uncalled: int = 0
    faulty: int = 0
    proofs: int = 0
    open: int = 0
    seconds: float = 0.0

    @property
    def attempts(self) -> int:
        return sum(day[name] for day in self.days.values() for name in ATTEMPTS)

    def counted(self, name: str, after: date, until: date = LAST_DAY) -> int:
        return sum(day[name] for on, day in self.days.items() if after < on <= until)


class Fortnight:
    def __init__(
        self,
        database: Database,
        count: int,
        agents: int,
        seed: int = 1,
        *,
        rules: CallingRules = RULES,
        batches: int = BATCHES,
        forecast_after: tuple[int, ...] = FORECAST_AFTER,
    ) -> None:
        self._database, self._count, self._agents = database, count, agents
        self._rules, self._batches, self._forecast_after = rules, batches, forecast_after
        self._nobody_until = datetime.min.replace(tzinfo=UTC)
        self._dice = Random(seed)
        self._agent_ids: list[UUID] = []
        self._free: list[int] = []
        self._busy: list[InFlight] = []
        self._wrapping: list[tuple[datetime, int]] = []
        self._campaign_id: UUID = new_id()
        self._ids = 0
        self.report = Report()

    async def run(self, say: Callable[[str], None] = lambda _: None) -> Report:
        started = stopwatch.perf_counter()
        await self._prepare()
        day, calling_days = FIRST, 0
        while day <= LAST_DAY:
            await self._night(day)
            if self.report.open == 0:
                break
            if self._rules.is_open_day(day):
                calling_days += 1
                await self._call_through(day)
                say(f"{day} {dict(self.report.days[day])} open {self.report.open}")
                if calling_days in self._forecast_after:
                    async with self._database.transaction() as session:
                        campaign = await session.get_one(Campaign, self._campaign_id)
                        evening = datetime.combine(day, time(17), ZONE).astimezone(UTC)
                        self.report.forecasts[day] = await forecasts.forecast(
                            session, campaign, evening, ZONE, self._agents
                        )
            day += timedelta(days=1)
        await self._look_back()
        self.report.seconds = stopwatch.perf_counter() - started
        return self.report

    # -------------------------------------------------------------- before

    async def _prepare(self) -> None:
        async with self._database.transaction() as session:
            await dispositions.seed_defaults(session)
            campaign = await make_campaign(session, mode="progressive", rules=self._rules.to_json())
            self._campaign_id = campaign.id
            self._agent_ids = [(await make_user(session)).id for _ in range(self._agents)]
            await session.execute(_CUSTOMERS, {"n": self._count})
            await session.execute(
                _MAILED, {"mailing": campaign.mailing_id, "first": FIRST - timedelta(days=7), "batches": self._batches}
            )
        async with self._database.transaction() as session:
            campaign = await session.get_one(Campaign, self._campaign_id)
            await filling.fill_from_mailing(session, campaign, day_start(FIRST, ZONE) - timedelta(hours=6))

    async def _night(self, day: date) -> None:
        """Five past midnight: those whose last day is over are closed, and yesterday is judged once more."""
        at = day_start(day, ZONE) + timedelta(minutes=5)
        async with self._database.transaction() as session:
            await leads.expire(session, at)
            self.report.open = (await session.execute(_OPEN, {"campaign": self._campaign_id})).scalar_one()
        async with self._database.transaction() as session:
            for found in await proof.prove_missing(session, at, ZONE):
                self.report.proofs += 1
                self.report.faulty += found.faulty

    # -------------------------------------------------------------- a day

    async def _call_through(self, day: date) -> None:
        counts = self.report.days.setdefault(day, Counter())
        for window in self._rules.windows:
            now = datetime.combine(day, window.start, ZONE).astimezone(UTC)
            closes = datetime.combine(day, window.end, ZONE).astimezone(UTC)
            self._free = list(range(self._agents))
            await self._agents_work(now, closes)
            async with self._database.transaction() as session:
                while now < closes or self._busy:
                    await self._tick(session, now, counts, launch=now < closes)
                    now += timedelta(seconds=TICK_S)
            self._wrapping.clear()

    async def _agents_work(self, start: datetime, end: datetime) -> None:
        async with self._database.transaction() as session:
            for agent in self._agent_ids:
                log = {"agent_id": agent, "queue_id": self._campaign_id, "state": "ready"}
                session.add(AgentStateLog(from_at=start, until_at=end, **log))

    async def _tick(self, session: Session, now: datetime, counts: Counter[str], *, launch: bool) -> None:
        ended = [call for call in self._busy if call.ends <= now]
        self._free += [agent for at, agent in self._wrapping if at <= now]
        self._wrapping = [(at, agent) for at, agent in self._wrapping if at > now]
        for call in ended:
            await self._end(session, call, counts)
        if launch and self._free and now >= self._nobody_until:
            await self._launch(session, now, counts)

    async def _launch(self, session: Session, now: datetime, counts: Counter[str]) -> None:
        campaign = await session.get_one(Campaign, self._campaign_id)
        claimed = await leads.claim(session, campaign, self._rules, now, len(self._free))
        if not claimed:
            self._nobody_until = now + timedelta(seconds=NOBODY_S)
        for one in claimed:
            kind = "promised" if one.lead.callback_at or one.lead.follow_up_at else "repeats"
            counts["first_calls" if one.lead.call_no == 0 else kind] += 1
            call = Call(
                queue_id=campaign.id,
                subject_id=one.lead.id,
                customer_id=one.customer.id,
                attempt_no=one.attempt_no,
                mode="progressive",
                to_number=one.customer.phone,
                from_number=campaign.from_number,
                state="launching",
                created_at=now,
                launched_at=now,
                ringing_at=now,
                carrier="simulated",
            )
            session.add(call)
            await leads.start_attempt(session, one.lead, call.id, now)
            self._busy.append(self._fate(call.id, self._free.pop(0), now))

    def _fate(self, call_id: UUID, agent: int, now: datetime) -> InFlight:
        roll = self._dice.random()
        for outcome, share in OUTCOMES:
            roll -= share
            if roll < 0:
                ring = RING_S * (1.4 if outcome == "no_answer" else 0.4)
                return InFlight(call_id, agent, now + timedelta(seconds=ring), outcome, None)
        [(result, _, mean)] = self._dice.choices(RESULTS, [share for _, share, _ in RESULTS])
        talk = self._dice.gammavariate(2.0, mean / 2)
        return InFlight(call_id, agent, now + timedelta(seconds=RING_S + talk), "talked", result)

    async def _end(self, session: Session, flight: InFlight, counts: Counter[str]) -> None:
        self._busy.remove(flight)
        call = await session.get_one(Call, flight.call_id)
        at = flight.ends
        call.state, call.outcome, call.ended_at = "ended", flight.outcome, at
        if flight.result is None:
            self._free.append(flight.agent)
            await session.flush()
            await leads.finish_attempt(session, call, at, self._rules)
            return
        counts["talks"] += 1
        call.agent_id = self._agent_ids[flight.agent]
        call.answered_at = call.connected_at = min(at, call.created_at + timedelta(seconds=RING_S))
        call.talk_s = (at - call.answered_at).total_seconds()
        await session.flush()
        self._wrapping.append((at + timedelta(seconds=WRAP_UP_S), flight.agent))
        given: dict[str, Any] = {"note": "", "callback_at": None, "order_id": None}
        if flight.result == "order":
            given["order_id"] = new_id()
        if flight.result == "callback":
            wanted = at.astimezone(ZONE) + timedelta(days=self._dice.choice((1, 1, 2, 5)))
            given["callback_at"] = wanted.replace(hour=self._dice.choice((10, 12, 15, 16)), minute=10).astimezone(UTC)
        await dispositions.save(
            session, call=call, agent_id=call.agent_id, code=flight.result, now=at, rules=self._rules, **given
        )

    # -------------------------------------------------------------- afterwards

    async def _look_back(self) -> None:
        async with self._database.transaction() as session:
            rows = (await session.execute(_CLOSED, {"campaign": self._campaign_id})).all()
        self.report.closed = {row.reason: row.n for row in rows}
        self.report.expired_uncalled = next((row.uncalled for row in rows if row.reason == "expired"), 0)


_CUSTOMERS = text(
    "INSERT INTO customers (id, name, phone, birth_year, timezone, timezone_known, source, consent, attributes,"
    " total_purchases_fen, created_at, updated_at, version) SELECT gen_random_uuid(), 'c' || n,"
    " '+86' || (13000000000 + n), 1940 + n % 60, 'Asia/Shanghai', true, 'list', 'given', '{}', n % 3, now(), now(), 1"
    " FROM generate_series(1, :n) AS n"
)
_MAILED = text(
    "INSERT INTO mailing_recipients (mailing_id, customer_id, batch_no, posted_on)"
    " SELECT :mailing, id, 1, CAST(:first AS date) + (right(phone, 5)::int % :batches) FROM customers"
)
_OPEN = text("SELECT count(*) FROM leads WHERE campaign_id = :campaign AND state = 'open'")
_CLOSED = text(
    "SELECT COALESCE(closed_reason, 'open') AS reason, count(*) AS n, count(*) FILTER (WHERE call_no = 0) AS uncalled"
    " FROM leads WHERE campaign_id = :campaign GROUP BY 1 ORDER BY 2 DESC"
)


# ---------------------------------------------------------------- what was foreseen, what happened


@dataclass(frozen=True, slots=True)
class Compared:
    what: str
    evening: date
    foreseen: int
    happened: int

    def within(self, share: float, of: int = 0) -> bool:
        """Whether the two differ by at most `share` of what happened, or of `of` where that is more."""
        return abs(self.foreseen - self.happened) <= share * max(self.happened, of)


def compare(report: Report) -> list[Compared]:
    """For each kept forecast: first calls, repeats, attempts in all and lost leads, from the next day on."""
    found = []
    for evening, foreseen in report.forecasts.items():
        until = foreseen.days[-1].day
        sums = {name: sum(getattr(day, name) for day in foreseen.days) for name in ATTEMPTS}
        happened = {name: report.counted(name, evening, until) for name in sums}
        found += [Compared(name.replace("_", " "), evening, sums[name], happened[name]) for name in sums]
        found.append(Compared("attempts in all", evening, sum(sums.values()), sum(happened.values())))
        found.append(Compared("lost uncalled", evening, foreseen.lost, report.expired_uncalled))
    return found


def page(count: int, agents: int, report: Report) -> str:
    lines = [
        "## A simulated fortnight",
        "",
        f"{machine()}. {count:,} leads, {agents} agents, in virtual time: {report.seconds:.0f} s. `make fortnight`.",
        "",
        f"Attempts {report.attempts:,}, talks {report.counted('talks', date.min):,};"
        f" {report.proofs} days proven, {report.faulty} calls against a rule; leads still open: {report.open}.",
        "",
        "What became of them: "
        + ", ".join(f"{reason} {n:,}" for reason, n in report.closed.items())
        + f" (of the expired {report.expired_uncalled:,} were never called).",
        "",
        "| forecast of the evening of | | foreseen | happened | difference |",
        "|---|---|---:|---:|---:|",
    ]
    for one in compare(report):
        off = (one.foreseen - one.happened) / one.happened if one.happened else 0.0
        lines.append(f"| {one.evening} | {one.what} | {one.foreseen:,} | {one.happened:,} | {off:+.1%} |")
    return "\n".join(lines)


async def simulate(
    url: str, count: int, agents: int, say: Callable[[str], None] = lambda _: None, **given: Any
) -> Report:
    database = Database(url, pool=3, name="fortnight")
    try:
        return await Fortnight(database, count, agents, **given).run(say)
    finally:
        await database.close()


def main() -> None:
    given = [int(word) for word in sys.argv[1:]]
    count, agents = (given + [20_000, 12][len(given) :])[:2]
    with tempfile.TemporaryDirectory(prefix="callcenter-fortnight-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        url = embedded.ensure_postgres(home, "fortnight")
        migrate(url)
        report = asyncio.run(simulate(url, count, agents, lambda line: print(line, flush=True)))
        embedded.stop_postgres(home)
    text_of = page(count, agents, report)
    print(text_of)
    write("fortnight", text_of)
    bad = [one for one in compare(report) if one.what in HELD_TO and not one.within(0.1)]
    if report.open or report.faulty or bad:
        raise SystemExit(f"not as it should be: open {report.open}, against a rule {report.faulty}, {bad}")


if __name__ == "__main__":
    main()
