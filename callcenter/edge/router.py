"""Health, readiness, and what this installation is. Open to everyone; none of it is personal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version as installed_version
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.db import Database
from callcenter.kit.http import ClockOf
from callcenter.migrate import newest_revision
from callcenter.settings import Settings

_log = log.get(__name__)
_PATIENCE_S = 2.0

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    alive: Literal[True] = True


class Readiness(BaseModel):
    """`ready` when the database answers with the schema of this version. NATS away delays screens, not calls."""

    ready: bool
    database: Literal["ok", "away"]
    schema_version: Literal["ok", "not_migrated", "unknown"]
    bus: Literal["connected", "away"]
    zh: str
    en: str


class About(BaseModel):
    version: str
    simulated: bool
    """True: calls go to the simulated telephone network; nobody's telephone rings."""
    now: datetime
    """The installation's clock, which runs `speed` times as fast as real time."""
    speed: float
    timezone: str
    company: str
    """As agents say it in scripts; may be empty."""
    environment: Literal["development", "production"]


@cache
def version() -> str:
    return installed_version("callcenter")


@cache
def _wanted() -> str:
    return newest_revision()


@router.get("/healthz", summary="Is this process alive?")
async def healthz() -> Alive:
    return Alive()


async def _look(database: Database) -> tuple[Literal["ok", "away"], Literal["ok", "not_migrated", "unknown"]]:
    try:
        async with asyncio.timeout(_PATIENCE_S), database.engine.connect() as connection:
            table = (await connection.execute(text("SELECT to_regclass('alembic_version')"))).scalar()
            if table is None:
                return "ok", "not_migrated"
            found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    except (TimeoutError, SQLAlchemyError, DBAPIError, OSError) as error:
        _log.warning("readiness.database_away", reason=type(error).__name__)
        return "away", "unknown"
    return "ok", "ok" if list(found) == [_wanted()] else "not_migrated"


@router.get("/readyz", summary="Can this process serve?", responses={503: {"model": Readiness}})
async def readyz(request: Request, response: Response) -> Readiness:
    bus: Bus = request.app.state.bus
    database, schema = await _look(request.app.state.database)
    ready = database == "ok" and schema == "ok"
    if ready:
        zh, en = "可以服务。", "Ready."
        if not bus.connected:
            zh, en = "可以服务,但实时消息(NATS)中断,画面会滞后。", "Ready, but NATS is away: screens lag behind."
    elif database == "away":
        zh, en = "数据库没有应答,请检查 DATABASE_URL 与数据库服务。", "No answer: check DATABASE_URL and the server."
    else:
        zh, en = "数据库版本与程序不符,请运行 callcenter migrate。", "Another schema version: run `callcenter migrate`."
    response.status_code = 200 if ready else 503
    return Readiness(
        ready=ready,
        database=database,
        schema_version=schema,
        bus="connected" if bus.connected else "away",
        zh=zh,
        en=en,
    )


@router.get("/api/about", summary="What is this installation?")
async def about(request: Request, clock: ClockOf) -> About:
    settings: Settings = request.app.state.settings
    return About(
        version=version(),
        simulated=settings.carrier == "simulated",
        now=clock.now().astimezone(UTC),
        speed=clock.speed,
        timezone=settings.company_timezone,
        company=settings.company_name,
        environment=settings.environment,
    )
