"""kill -9 of the worker in the middle of 200 live SIP calls on a real Asterisk: `make telephony-recovery`.

    python -m tests.telephony_lab.recovery [--kills 3] [--live 200] [--agents 230] [--seed 7]

`callcenter worker` runs as a process of its own, and is started again whenever it dies; SIPp plays the customers;
agents have telephones that are always there, and give their commands through the same services as a console. When at
least so many calls are live the worker is killed; every other time it is killed again while it starts. Then Asterisk,
the tables and the customers' own telephones are asked:

* is every call that was open at the kill adopted (Asterisk has it where the tables say, and the new worker has asked
  about it), or closed?
* was anybody rung more often than the tables say, or at all for an attempt that is told as never placed?
* do the adopted calls obey: can their agents hang up?
* is any channel or bridge left at the end, or any call, agent or command?

Takes about two minutes and writes its section of docs/benchmarks.md. The exit code is the answer. (`make recovery`
kills the other processes too, with consoles at work, on the simulated network.)
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import httpx
import psycopg
from sqlalchemy import text

from agent_ui.live import commands
from agent_ui.live.protocol import HangUp, Ready, SaveDisposition, SignOff
from callcenter.bootstrap import Services, start_services
from callcenter.demo.household import Household
from callcenter.domain.agent import BreakReason
from callcenter.kit import embedded
from callcenter.kit.clock import real_now
from callcenter.kit.db import Database
from callcenter.kit.errors import AppError
from callcenter.people.models import User
from campaigns.dispositions import service as dispositions
from campaigns.schedule.calling import CallingRules, to_json
from campaigns.schedule.windows import Window
from tests.benchmarks import page
from tests.clients import settings_for_tests
from tests.factories import make_agent, make_campaign, make_customer, make_lead
from tests.recovery.kill import QUESTIONS, wait_for
from tests.telephony_lab.behaviour import Behaviour, number
from tests.telephony_lab.lab import AGENT, TelephonyLab

SETTLED_WITHIN_S = 120.0
_DRIVEN_WITHIN_S = 120.0  # a machine with other work takes so long to start a process
_KILLED_AGAIN = 2  # times, while it starts
_PEOPLE = 1200
_PLAYED: dict[Behaviour, int] = {
    Behaviour.STAYS_SILENT: 40,
    Behaviour.SAYS_HELLO: 25,
    Behaviour.HANGS_UP_LATER: 6,
    Behaviour.HANGS_UP_SOON: 3,
    Behaviour.HANGS_UP_AT_ANSWER: 2,
    Behaviour.NEVER_ANSWERS: 10,
    Behaviour.BUSY: 6,
    Behaviour.REJECTS: 4,
    Behaviour.UNKNOWN_NUMBER: 3,
    Behaviour.CONGESTED: 1,
}


def noon_zone() -> str:
    """Where it is between noon and one now: people who live there may be called, whatever our own hour.

    A worker on a real carrier knows no clock but the real one.
    """
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def all_day() -> dict[str, Any]:
    """Calling rules that hold nobody back in that zone."""
    whole = (Window(time_of_day(8), time_of_day(20)),)
    return to_json(CallingRules(days_from=0, days_to=30, windows=whole)) | {"holidays": "none"}


def environment(lab: TelephonyLab, services: Services, home: Path) -> dict[str, str]:
    """What a process of the product has to be told to work on this lab."""
    told = lab.settings
    return {
        "CALLCENTER_HOME": str(home),
        "DATABASE_URL": services.database_url,
        "NATS_URL": services.nats_url,
        "CARRIER": "asterisk",
        "ASTERISK_URL": told.url,
        "ASTERISK_PASSWORD": told.password,
        "ASTERISK_MESSAGE_SOUND": told.message_sound,
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """A call as the tables have it."""

    state: str
    number: str
    agent_id: UUID | None
    asked_again: datetime | None
    outcome: str | None
    cause: str | None


class Watch:
    """Looks at the tables, at Asterisk and at the customers, and touches none of them."""

    def __init__(self, lab: TelephonyLab, database_url: str) -> None:
        self.lab = lab
        self._database = psycopg.connect(database_url, autocommit=True)
        self._ari = httpx.Client(base_url=lab.settings.url, auth=(lab.settings.user, lab.settings.password), timeout=60)

    def value(self, question: str) -> Any:
        row = self._database.execute(question).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None

    def calls(self, where: str = "true") -> dict[UUID, Seen]:
        found = self._database.execute(
            f"SELECT id, state, to_number, agent_id, check_at, outcome, cause FROM calls WHERE {where}"  # type: ignore[arg-type]
        )
        return {row[0]: Seen(*row[1:]) for row in found.fetchall()}

    def token(self) -> int:
        return int(self.value("SELECT coalesce(max(token), 0) FROM leases") or 0)

    def channels(self) -> dict[str, str]:
        """Names of all channels by their ids; a customer's id is that of the call."""
        return {one["id"]: one["name"] for one in self._ari.get("/channels").json()}

    def customers(self) -> set[str]:
        return {name for name, line in self.channels().items() if line.startswith("PJSIP/trunk")}

    def rooms(self) -> dict[str, set[str]]:
        return {one["id"]: set(one["channels"]) for one in self._ari.get("/bridges").json()}

    def fate(self, call_id: UUID, seen: Seen, asked_after: datetime, pbx: set[str], rooms: dict[str, set[str]]) -> str:
        """What became of a call that was open at the kill; empty as long as that is not certain."""
        if seen.state == "ended":
            return f"closed ({seen.outcome})"
        if str(call_id) not in pbx or seen.asked_again is None or seen.asked_again < asked_after:
            return ""
        if seen.state == "ringing":
            return "adopted, rings on"
        room = rooms.get(f"room-{seen.agent_id}", set())
        together = {str(call_id), f"leg-{seen.agent_id}"} <= room
        return "adopted, talks on" if seen.state == "connected" and together else ""


@dataclass
class Kill:
    live: int
    held: Counter[str] = field(default_factory=Counter)  # states at the kill
    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    adopted: list[UUID] = field(default_factory=list)
    deaths: int = 1
    driven_s: float = 0.0
    settled_s: float = 0.0
    unsettled: list[str] = field(default_factory=list)


def kill(watch: Watch, household: Household, live: int, chance: random.Random, *, again: bool) -> Kill:
    wait_for(f"{live} calls are live", lambda: len(watch.customers()) >= live, 300)
    time.sleep(chance.uniform(0, 4))
    pid, token = household.pid("worker"), watch.token()
    assert pid is not None
    killed, killed_at = time.monotonic(), datetime.now(UTC)
    os.kill(pid, signal.SIGKILL)
    before, found = watch.calls("state <> 'ended'"), Kill(len(watch.customers()))
    for _ in range(_KILLED_AGAIN if again else 0):
        wait_for("it is started again", lambda: household.pid("worker") is not None, _DRIVEN_WITHIN_S)
        time.sleep(chance.uniform(0.5, 3.0))
        pid = household.pid("worker")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            found.deaths += 1
    wait_for("the campaign is driven again", lambda: watch.token() > token, _DRIVEN_WITHIN_S)
    found.driven_s = time.monotonic() - killed
    found.held.update(seen.state for seen in before.values())
    fates: dict[UUID, str] = {}
    while len(fates) < len(before) and time.monotonic() < killed + SETTLED_WITHIN_S + found.driven_s:
        after, pbx, rooms = watch.calls(f"created_at < '{killed_at.isoformat()}'"), watch.customers(), watch.rooms()
        for call_id in before.keys() - fates.keys():
            if fate := watch.fate(call_id, after[call_id], killed_at + timedelta(seconds=found.driven_s), pbx, rooms):
                fates[call_id] = fate
        time.sleep(0.05)
    found.settled_s = time.monotonic() - killed
    after = watch.calls()
    for call_id, seen in before.items():
        found.fates[seen.state, fates.get(call_id, "NEITHER")] += 1
        if call_id not in fates:
            found.unsettled.append(f"{call_id}: {seen.state} → {after[call_id]}")
    found.adopted = [call_id for call_id, fate in fates.items() if fate == "adopted, talks on"]
    return found


async def seed(services: Services, agents: int, chance: random.Random) -> list[UUID]:
    """A campaign with its people, and agents with telephones of their own; returns the agents."""
    database, now = Database(services.database_url, pool=2, name="recovery"), real_now()
    found = []
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(
            session, mode="progressive", max_lines=1000, wrap_up_s=2.0, rules=all_day(), ring_timeout_s=15.0
        )
        weights = list(_PLAYED.values())
        for n, plays in enumerate(chance.choices(list(_PLAYED), weights, k=_PEOPLE)):
            customer = await make_customer(session, phone=number(n, plays), timezone=noon_zone())
            await make_lead(session, campaign, customer, posted_on=now.date() - timedelta(days=8))
        for n in range(agents):
            agent = await make_agent(session, campaign, state_since=now, present_until=now + timedelta(hours=2))
            (await session.get_one(User, agent.user_id)).address = AGENT.format(n=n)
            found.append(agent.user_id)
    await database.close()
    return found


class Desks(Thread):
    """What the agents do: save the result of a call that is over, and at the end hang up and leave."""

    def __init__(self, services: Services, agents: list[UUID]) -> None:
        super().__init__(daemon=True)
        self._url = services.database_url
        self._agents = agents
        self.closing = Event()
        """No more calls: whoever talks hangs up, whoever is free leaves."""
        self.done = Event()
        self._count = 0

    def run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        database = Database(self._url, pool=2, name="desks")
        while not self.done.is_set():
            async with database.transaction() as session:
                rows = await session.execute(
                    text("SELECT user_id, state, call_id FROM agents WHERE state <> 'offline'")
                )
                at_work = list(rows.all())
            for agent_id, state, call_id in at_work:
                if (command := self._command(state, call_id)) is not None:
                    with contextlib.suppress(AppError):  # it has changed meanwhile: at the next look
                        async with database.transaction() as session:
                            user = await session.get_one(User, agent_id)
                            await commands.carry_out(commands.Desk(session, user, real_now()), command)
            if self.closing.is_set() and not at_work:
                self.done.set()
            await asyncio.sleep(0.5)
        await database.close()

    def _command(self, state: str, call_id: UUID | None) -> Any:
        self._count += 1
        name = f"c{self._count}"
        if state == "wrap_up" and call_id is not None:
            then = "break" if self.closing.is_set() else "ready"
            reason = BreakReason.SHORT_BREAK if self.closing.is_set() else None
            return SaveDisposition(id=name, call_id=call_id, code="refused", then=then, break_reason=reason)
        if not self.closing.is_set():  # whose line could not be joined was sent on a break
            return Ready(id=name) if state == "on_break" else None
        if state == "talking" and call_id is not None:
            return HangUp(id=name, call_id=call_id)
        return SignOff(id=name) if state in ("ready", "on_break") else None


def end(watch: Watch, desks: Desks) -> None:
    """No more calls; everybody hangs up and leaves."""
    watch.value("UPDATE campaigns SET state = 'paused', version = version + 1 RETURNING 1")
    quiet = "SELECT count(*) FROM calls WHERE state IN ('launching', 'ringing', 'waiting', 'connecting')"
    wait_for("nothing rings", lambda: not watch.value(quiet), 60)
    desks.closing.set()
    wait_for("all agents have left", desks.done.is_set, 120)
    wait_for("no channel is left", lambda: not watch.channels() and not watch.rooms(), 30)


def judge(watch: Watch, kills: list[Kill], say: Callable[[str], None]) -> bool:
    """Says what was found; whether all is as it should be."""
    bad = 0
    for n, one in enumerate(kills, start=1):
        say(f"kill {n}: {one.live} customers live, {dict(sorted(one.held.items()))}; worker killed {one.deaths} times")
        say(f"  driven again after {one.driven_s:.1f} s, every call adopted or closed after {one.settled_s:.1f} s")
        for (state, fate), count in sorted(one.fates.items()):
            say(f"  {state:10} → {fate:24} {count:4}")
        for line in one.unsettled[:5]:
            say(f"  NEITHER ADOPTED NOR CLOSED: {line}")
        bad += len(one.unsettled)
    calls, rung = watch.calls(), watch.lab.called()
    attempts = Counter(seen.number for seen in calls.values())
    never = {seen.number for seen in calls.values() if seen.cause == "lost"} & rung.keys()
    more = {number: count for number, count in rung.items() if count > attempts[number]}
    twice = sum(1 for count in rung.values() if count > 1)
    say(f"{len(calls)} attempts, {sum(rung.values())} calls at the customers' telephones, {twice} of them rung twice")
    say(f"rung more often than there are attempts: {len(more)}; rung, and told as never placed: {len(never)}")
    ends = Counter(calls[call_id].cause for one in kills for call_id in one.adopted)
    say(f"how the adopted talks ended: {dict(sorted(ends.items(), key=lambda pair: str(pair[0])))}")
    bad += len(more) + len(never) + twice + ends["lost"] + (0 if ends["agent_hung_up"] else 1)
    for name, question in QUESTIONS.items():
        found = watch.value(question)
        bad += int(found)
        if found:
            say(f"{name}: {found}")
    left = len(watch.channels()), len(watch.rooms())
    say(f"left over at the end: {left[0]} channels, {left[1]} bridges")
    return not bad and not any(left)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kills", type=int, default=3)
    arguments.add_argument("--live", type=int, default=200)
    arguments.add_argument("--agents", type=int, default=230)
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # everybody started here ends with us
    with contextlib.ExitStack() as ends:
        home = Path(tempfile.mkdtemp(prefix="callcenter-sip-kill-"))
        home.chmod(0o755)
        lab = TelephonyLab()
        lab.start()
        ends.callback(lab.stop)
        services = start_services(settings_for_tests(callcenter_home=home))
        ends.callback(embedded.stop_nats, home)
        ends.callback(embedded.stop_postgres, home)
        if services.keeper is not None:
            ends.callback(services.keeper.stop)
        good, lines = run(lab, services, home, given)
    print(*lines, sep="\n")
    if good:
        head = f"{page.machine()}; every process on the same machine. `make telephony-recovery`."
        body = ["## kill -9 of the worker in the middle of SIP calls", "", head, "", "```", *lines, "```"]
        page.write("telephony-recovery", "\n".join(body))
    return 0 if good else 1


def run(lab: TelephonyLab, services: Services, home: Path, given: argparse.Namespace) -> tuple[bool, list[str]]:
    """The shift and its kills; whether all was as it should be, and what is to be said."""
    chance = random.Random(given.seed)
    people = asyncio.run(seed(services, given.agents, chance))
    watch, desks = Watch(lab, services.database_url), Desks(services, people)
    household = Household(environment(lab, services, home), home / "logs")
    kills: list[Kill] = []
    failures: list[str] = []
    try:
        household.start("worker", "worker")
        desks.start()
        for n in range(given.kills):
            kills.append(kill(watch, household, given.live, chance, again=bool(n % 2)))
            print(f"kill {n + 1} of {given.kills}: {dict(kills[-1].fates)}", flush=True)
        end(watch, desks)
    except AssertionError as error:
        failures.append(str(error))
    finally:
        desks.done.set()
        household.stop()
    lines: list[str] = []
    good = judge(watch, kills, lines.append) and not failures
    lines += [*failures, "as it should be" if good else f"NOT as it should be; logs: {home / 'logs'}"]
    return good, lines


if __name__ == "__main__":
    sys.exit(main())
