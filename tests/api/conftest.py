"""The whole application as a process would run it, on a real database with one of everything in it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from psycopg import sql

from callcenter.kit import embedded
from callcenter.kit.clock import SystemClock, real_now
from callcenter.kit.db import Database
from callcenter.kit.ids import new_id
from callcenter.people.access import COOKIE
from callcenter.people.models import Role
from tests.clients import open_session, settings_for_tests
from tests.conftest import MONDAY_TEN
from tests.factories import make_campaign, make_customer, make_lead, make_user

_START_S = 20


@dataclass(frozen=True)
class Server:
    """`token`: an administrator's session; `spare`: one that may be signed out; `ids`: rows that are there."""

    url: str
    app: FastAPI
    token: str
    spare: str
    ids: dict[str, list[UUID]] = field(default_factory=dict)

    def headers(self, *, spare: bool = False) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.spare if spare else self.token}", "Origin": self.url}

    def known_id(self, name: str, path: str) -> UUID | None:
        """An id that exists for the parameter `name` (`campaign_id`; `id` after `/api/campaigns/`)."""
        noun = name.removesuffix("_ids").removesuffix("_id").removesuffix("id")
        if not noun:
            before = path.split("{" + name + "}")[0].rstrip("/").rsplit("/", 1)[-1]
            noun = before.removesuffix("s")
        noun = {"run": "import_run", "follow_up": "follow_up", "queue": "campaign"}.get(noun, noun.replace("-", "_"))
        for table in (noun + "s", noun, noun + "es"):
            if self.ids.get(table):
                return self.ids[table][0]
        return None


async def _seed(url: str) -> tuple[str, str]:
    """One campaign with leads, people of each role, and two sessions of an administrator."""
    database = Database(url, pool=2, name="seed")
    settings = settings_for_tests()
    try:
        async with database.transaction() as session:
            for role in Role:
                await make_user(session, role)
            campaign = await make_campaign(session)
            for _ in range(3):
                await make_lead(session, campaign)
            await make_customer(session)
        _, token = await open_session(database, settings, Role.ADMINISTRATOR)
        _, spare = await open_session(database, settings, Role.ADMINISTRATOR)
        async with database.transaction() as session:
            from sqlalchemy import text

            await session.execute(
                text("UPDATE user_sessions SET expires_at = :at"), {"at": real_now() + timedelta(days=1)}
            )
    finally:
        await database.close()
    return token, spare


def _ids(url: str) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'id' AND data_type = 'uuid'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(sql.SQL("SELECT id FROM {} LIMIT 5").format(sql.Identifier(table))).fetchall()
            found[table] = [row[0] for row in rows]
    return found


@contextmanager
def _database(home: Path, template: str) -> Iterator[str]:
    admin = embedded.ensure_postgres(home, "postgres")
    name = sql.Identifier(f"api_{new_id().hex}")
    with closing(psycopg.connect(admin, autocommit=True)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template)))
    yield embedded.ensure_postgres(home, name._obj[0])
    with closing(psycopg.connect(admin, autocommit=True)) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    """The application behind a real server, in a thread with a loop of its own."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True, name="api-under-test")
    thread.start()
    waited = threading.Event()
    for _ in range(_START_S * 20):
        if server.started or not thread.is_alive():
            break
        waited.wait(0.05)
    assert server.started, "the application did not start"
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def build(settings: Any, url: str, nats_url: str) -> FastAPI:
    """The application as bootstrap makes it."""
    from callcenter.bootstrap import Services, build_app

    clock = SystemClock(real_now(), MONDAY_TEN, 1.0)
    return build_app(settings, Services(url, nats_url, None), clock)


@pytest.fixture(scope="module")
def server(home: Path, template: str) -> Iterator[Server]:
    nats_url = embedded.ensure_nats(home)
    with _database(home, template) as url:
        token, spare = asyncio.run(_seed(url))
        app = build(settings_for_tests(public_url=None, callcenter_home=home / "api"), url, nats_url)
        with _serving(app) as address:
            yield Server(address, app, token, spare, _ids(url))
