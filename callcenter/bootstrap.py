"""Putting the product together: services, the web application, the dialler. The only place that knows all rooms."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from fastapi import APIRouter, FastAPI

from agent_ui.live.figures import Figures
from agent_ui.live.gateway import Gateway, HouseRules
from backoffice import examples
from backoffice.conferences import invitees
from backoffice.nightly.clock import OfficeClock
from backoffice.orders import replies
from callcenter.app import create_app
from callcenter.kit import embedded, log, outbox
from callcenter.kit.bus import Bus
from callcenter.kit.clock import Clock, SystemClock
from callcenter.kit.db import Database, Session
from callcenter.metrics.collectors import Metrics
from callcenter.migrate import migrate
from callcenter.recordings.keeper import Keeper
from callcenter.settings import Settings
from callcenter.telephony.health.guarded import GuardedCarrier
from callcenter.telephony.registry import make_carrier
from campaigns.clock import CampaignClock
from campaigns.dialer.dialer import Dialer
from campaigns.dialer.launching import Hands
from campaigns.dispositions import heard
from campaigns.mailings import service as mailings
from crm_sync.privacy.holders import Holder

_log = log.get(__name__)
_ROOMS = (
    "callcenter.telephony",
    "callcenter.calls",
    "callcenter.recordings",
    "callcenter.lines",
    "crm_sync",
    "campaigns",
    "backoffice",
    "agent_ui",
)


@dataclass(frozen=True, slots=True)
class Services:
    """Where PostgreSQL and NATS are; `keeper` looks after those that are embedded."""

    database_url: str
    nats_url: str
    keeper: embedded.Keeper | None


def start_services(settings: Settings) -> Services:
    """Find (or start) PostgreSQL and NATS and bring the database to this version's schema."""
    own_database, own_nats = settings.database_url is None, settings.nats_url is None
    database_url = settings.database_url or embedded.ensure_postgres(settings.home, settings.database_name)
    nats_url = settings.nats_url or embedded.ensure_nats(settings.home)
    migrate(database_url)
    keeper = None
    if own_database or own_nats:
        keeper = embedded.Keeper(
            settings.home, database=settings.database_name if own_database else None, nats=own_nats
        )
        keeper.start()
    return Services(database_url, nats_url, keeper)


def make_clock(settings: Settings) -> Clock:
    return SystemClock(settings.clock_anchor_real, settings.clock_anchor_virtual, settings.clock_speed)


def connect() -> None:
    """Rooms that do not know each other, and what one tells the other."""
    replies.listen(mailings.mark_replied)
    heard.listen(_tell_conferences)


async def _tell_conferences(session: Session, said: heard.Heard, now: datetime) -> None:
    talk = invitees.Talk(said.result_zh, said.result_en, said.answered, said.declined, said.keen, said.note)
    await invitees.called(session, now, said.customer_id, said.interests, talk)


def _modules(name: str) -> list[ModuleType]:
    """The module of this name of every noun that has one, room by room."""
    found: list[ModuleType] = []
    for room in _ROOMS:
        package = importlib.import_module(room)
        names = (m.name for m in pkgutil.walk_packages(package.__path__, prefix=f"{room}."))
        found.extend(importlib.import_module(full) for full in names if full.endswith(f".{name}"))
    return found


def find_routers() -> list[APIRouter]:
    """The router of every noun that has one."""
    routers = [module.router for module in _modules("router")]
    examples.attach(routers)
    return routers


def find_holders() -> list[Holder]:
    """What each noun with personal data answers for (crm_sync.privacy.holders)."""
    return sorted((module.HOLDER for module in _modules("personal")), key=lambda holder: str(holder.name))


def build_app(settings: Settings, services: Services, clock: Clock | None = None) -> FastAPI:
    """The web application of one process: REST, gateway, console."""
    connect()
    clock = clock or make_clock(settings)
    database = Database(services.database_url, pool=settings.database_pool, name="callcenter-web", zone=settings.zone)
    bus = Bus(services.nats_url, namespace=database.name, name="callcenter-web")
    metrics = Metrics()
    figures = Figures(
        settings.zone, simulated=settings.carrier == "simulated", carrier=settings.carrier, speed=settings.clock_speed
    )
    rules = HouseRules(settings.supervision_visible, frozenset(settings.transfer_number_list))
    gateway = Gateway(database, bus, clock, figures, metrics, rules)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        jobs = [
            asyncio.create_task(bus.start()),
            asyncio.create_task(gateway.run()),
            asyncio.create_task(outbox.relay(database.url, bus)),
        ]
        yield
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await bus.close()
        await database.close()

    app = create_app(settings, database, bus, clock, routers=find_routers(), lifespan=lifespan, metrics=metrics)
    app.state.gateway = gateway
    app.state.holders = find_holders()
    return app


async def run_worker(settings: Settings, services: Services, clock: Clock | None = None) -> None:
    """The dialler, the campaign clock and the back office's clock, until cancelled."""
    clock = clock or make_clock(settings)
    database = Database(
        services.database_url, pool=max(20, settings.database_pool), name="callcenter-worker", zone=settings.zone
    )
    bus = Bus(services.nats_url, namespace=database.name, name="callcenter-worker")
    carrier = GuardedCarrier(make_carrier(settings, clock, database))
    hands = Hands(database, carrier, clock, keeps_recordings=settings.recording_store != "off")
    dialer = Dialer(hands, bus, worker_name=settings.worker_name, zone=settings.zone)
    campaign_clock = CampaignClock(
        database, clock, settings.zone, settings.home, on_edge=dialer.wake, holders=find_holders()
    )
    keeper = Keeper(database, carrier, clock, settings, settings.zone)
    office_clock = OfficeClock(database, clock, settings.zone, worker=settings.worker_name)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(bus.start())
            group.create_task(outbox.relay(database.url, bus))
            group.create_task(campaign_clock.run())
            group.create_task(office_clock.run())
            group.create_task(keeper.run())
            group.create_task(dialer.run())
    finally:
        await bus.close()
        await database.close()
