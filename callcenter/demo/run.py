"""`callcenter demo`: services, data, processes, and at the end (headless) the report."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import orjson
import typer
from sqlalchemy import text

from backoffice.kit.duties import ROLE_NAMES
from callcenter.bootstrap import Services, start_services
from callcenter.demo import office, report, seeding
from callcenter.demo.household import Household
from callcenter.demo.robots import Crew, Robot
from callcenter.kit import embedded
from callcenter.kit.clock import SystemClock, real_now
from callcenter.kit.db import Database
from callcenter.settings import Settings
from campaigns.plans import service as plans

DATABASE = "callcenter_demo"
_READY_WITHIN_S = 180.0
"""Seconds for the web process to answer on a busy machine; one that dies is noticed at once."""
_DRAIN_S = 30 * 60.0
"""Seconds of the demo's clock for the last talks to end."""
_NOTE = "demo.json"
_KEY = "demo-recording.key"
JOURNAL = "robots.jsonl"
"""Under CALLCENTER_HOME/logs: what robots saw and were told, for the proofs."""


@dataclass(frozen=True, slots=True)
class Plan:
    robots: int = 0
    headless: bool = False
    minutes: float = 60.0
    speed: float = 1.0
    seed: int = 7
    report: Path | None = None
    mode: str = "predictive"
    keep: bool = False


class Failed(Exception):
    """The demonstration could not be brought up."""


def run(settings: Settings, plan: Plan) -> int:
    """Run the demonstration until it is interrupted, or (headless) to its end. Returns the exit code."""
    stop = Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: stop.set())
    demo = _Demo(settings, plan, stop)
    try:
        return demo.run()
    except Failed as error:
        typer.echo(str(error), err=True)
        return 1
    finally:
        demo.close()


class _Demo:
    def __init__(self, settings: Settings, plan: Plan, stop: Event) -> None:
        self._plan = plan
        self._stop = stop
        self._embedded_database = settings.database_url is None
        self._embedded_nats = settings.nats_url is None
        self._had_postgres = embedded.postgres_pid(settings.home) is not None
        self._had_nats = embedded.nats_pid(settings.home) is not None
        name = DATABASE if self._embedded_database else settings.database_name
        self._settings = settings.model_copy(
            update={"database_name": name, "port": _free_port(settings.port), "callcenter_home": settings.home}
        )
        self._services: Services | None = None
        self._household: Household | None = None
        self._clock: SystemClock | None = None

    def run(self) -> int:
        plan, settings = self._plan, self._settings
        self._logs.mkdir(parents=True, exist_ok=True)
        (self._logs / JOURNAL).unlink(missing_ok=True)
        _say("正在准备数据库、样本名单与活动…  Preparing database, sample list and campaign …")
        if self._embedded_database and not plan.keep:
            embedded.drop_database(settings.home, DATABASE)
        self._services = start_services(settings)
        start = self._opening()
        seeded, crew = asyncio.run(self._seed(start))
        self._start_processes(start, crew)
        self._wait_until_ready()
        if plan.headless:
            return self._headless(seeded)
        self._welcome(crew)
        while not self._stop.wait(1.0):
            self._remember()
            self._check_household()
        return 0

    def close(self) -> None:
        if self._household is not None:
            self._household.stop()
        if self._services is not None and self._services.keeper is not None:
            self._services.keeper.stop()
        if self._embedded_database and not self._had_postgres:
            embedded.stop_postgres(self._settings.home)
        if self._embedded_nats and not self._had_nats:
            embedded.stop_nats(self._settings.home)

    # -------------------------------------------------------------- preparing

    def _opening(self) -> datetime:
        today = real_now().astimezone(self._settings.zone).date()
        note = self._settings.home / _NOTE
        if self._plan.keep and note.exists():
            last = datetime.fromisoformat(orjson.loads(note.read_bytes())["virtual"])
            today = max(today, last.astimezone(self._settings.zone).date() + timedelta(days=1))
        return seeding.opening(today, self._settings.zone)

    async def _seed(self, start: datetime) -> tuple[seeding.Seeded, Crew]:
        assert self._services is not None
        database = Database(self._services.database_url, pool=2, name="callcenter-demo", zone=self._settings.zone)
        try:
            seeded = await seeding.seed(database, self._settings, start, self._plan.mode)
            async with database.transaction() as session:
                robots = await seeding.robots(session, self._settings, self._plan.robots, start)
        finally:
            await database.close()
        crew = Crew(
            url=self._settings.origin,
            campaign_id=seeded.campaign_id,
            items=seeded.item_ids,
            journal=self._logs / JOURNAL,
            robots=[
                Robot(user_id=user.id, token=token, seed=self._plan.seed * 1000 + n)
                for n, (user, token) in enumerate(robots)
            ],
        )
        return seeded, crew

    def _start_processes(self, start: datetime, crew: Crew) -> None:
        settings = self._settings
        anchor = real_now() + timedelta(seconds=2)  # the clock opens when the processes are up
        self._clock = SystemClock(anchor, start, self._plan.speed)
        carrier_port = _free_port(0)
        environment = {
            "CALLCENTER_HOME": str(settings.home),
            "DATABASE_NAME": settings.database_name,
            "HOST": settings.host,
            "PORT": str(settings.port),
            "CARRIER_URL": f"http://127.0.0.1:{carrier_port}",
            "CLOCK_ANCHOR_REAL": anchor.isoformat(),
            "CLOCK_ANCHOR_VIRTUAL": start.isoformat(),
            "CLOCK_SPEED": str(self._plan.speed),
            "COMPANY_NAME": "康元健康公司",
        }
        if not self._plan.headless:  # a soak of hours would fill the disk with calls that nobody will hear
            environment |= {"RECORDING_STORE": "disk", "RECORDING_KEYS": self._recording_key()}
        self._household = Household(environment, settings.home / "logs")
        self._household.start("carrier", "carrier", "--seed", str(self._plan.seed))
        self._household.start("web", "serve")
        self._household.start("worker", "worker")
        if crew.robots:
            self._household.start("robots", "robots", stdin=crew.model_dump_json())

    def _recording_key(self) -> str:
        """The key of this demonstration's recordings, the same for all its runs."""
        note = self._settings.home / _KEY
        if not note.exists():
            note.touch(mode=0o600)
            note.write_text(f"demo:{b64encode(os.urandom(32)).decode()}")
        return note.read_text()

    def _wait_until_ready(self) -> None:
        waited = 0.0
        while waited < _READY_WITHIN_S and not self._stop.is_set():
            if _answers(f"{self._settings.origin}/readyz"):
                return
            self._check_household()
            self._stop.wait(0.1)
            waited += 0.1
        if not self._stop.is_set():
            raise Failed(f"网页进程没有就绪,请查看日志 / The web process is not ready, see {self._logs}")

    def _check_household(self) -> None:
        assert self._household is not None
        broken = self._household.broken()
        if broken is not None:
            raise Failed(f"进程反复退出 / process keeps dying: {broken}; {self._logs}/{broken}.log")

    @property
    def _logs(self) -> Path:
        return self._settings.home / "logs"

    def _remember(self) -> None:
        assert self._clock is not None
        (self._settings.home / _NOTE).write_bytes(orjson.dumps({"virtual": self._clock.now().isoformat()}))

    def _welcome(self, crew: Crew) -> None:
        url = self._settings.origin
        _say("")
        _say(f"  打开 / open:  {url}")
        _say(f"  密码 / password:  {seeding.PASSWORD}")
        for login, role, name in seeding.LOGINS:
            _say(f"    {login:12} {name:8} {role.value}")
        _say("  后台岗位 / back office, a duty each:")
        for login, duty, name in office.LOGINS:
            _say(f"    {login:12} {name:8} {' '.join(ROLE_NAMES[duty])}")
        _say("")
        assert self._clock is not None
        local = self._clock.now().astimezone(self._settings.zone)
        _say(f"  演示时钟 / demo clock: {local:%Y-%m-%d %H:%M} × {self._plan.speed:g}")
        _say("  电话网络为模拟,不会真正呼叫任何人。 The telephone network is simulated: nobody is really called.")
        _say(f"  机器坐席 / robot agents: {len(crew.robots)}   日志 / logs: {self._logs}")
        _say("  Ctrl+C 结束 / ends.")

    # -------------------------------------------------------------- headless

    def _headless(self, seeded: seeding.Seeded) -> int:
        assert self._household is not None
        assert self._clock is not None
        assert self._services is not None
        end = self._clock.now() + timedelta(minutes=self._plan.minutes)
        _say(f"运行中 / running: {self._plan.minutes:g} min × {self._plan.speed:g}, {self._plan.robots} robots")
        while self._clock.now() < end and not self._stop.wait(0.2):
            self._remember()
            self._check_household()
        if self._stop.is_set():
            return 130
        found = asyncio.run(self._finish(seeded.campaign_id))
        body = orjson.dumps(found, option=orjson.OPT_INDENT_2)
        if self._plan.report is not None:
            self._plan.report.parent.mkdir(parents=True, exist_ok=True)
            self._plan.report.write_bytes(body + b"\n")
        _say(body.decode())
        return 0

    async def _finish(self, campaign_id: UUID) -> dict[str, Any]:
        """End of the shift, softly: no new calls; when nothing rings any more the agents leave, each after
        their last call."""
        assert self._services is not None
        assert self._household is not None
        database = Database(self._services.database_url, pool=2, name="callcenter-demo", zone=self._settings.zone)
        try:
            async with database.transaction() as session:
                campaign = await plans.get(session, campaign_id)
                await plans.pause(session, campaign, self._now(), None)
            await self._until(database, "state IN ('launching', 'ringing', 'waiting')", campaign_id)
            if self._plan.robots:
                self._household.let_end("robots")
                self._household.tell("robots", "finish")
            await self._until(database, "state <> 'ended'", campaign_id)
            await self._until_robots_left()
            async with database.transaction() as session:
                return await report.count(session, campaign_id)
        finally:
            await database.close()

    async def _until_robots_left(self) -> None:
        assert self._household is not None
        limit = self._now() + timedelta(seconds=_DRAIN_S)
        while self._plan.robots and not self._household.ended("robots") and self._now() < limit:  # noqa: ASYNC110 - its end is another process's
            await asyncio.sleep(0.1)

    async def _until(self, database: Database, open_calls: str, campaign_id: UUID) -> None:
        """Wait until no call of the campaign is in the given state."""
        limit = self._now() + timedelta(seconds=_DRAIN_S)
        question = text(f"SELECT count(*) FROM calls WHERE queue_id = :campaign AND {open_calls}")
        while self._now() < limit:
            async with database.transaction() as session:
                if (await session.execute(question, {"campaign": campaign_id})).scalar_one() == 0:
                    return
            await asyncio.sleep(0.1)

    def _now(self) -> datetime:
        assert self._clock is not None
        return self._clock.now()


def _say(line: str) -> None:
    typer.echo(line)


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1) as answer:
        return bool(answer.status == 200)
    return False


def _free_port(wanted: int) -> int:
    """`wanted` when it is free, else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
