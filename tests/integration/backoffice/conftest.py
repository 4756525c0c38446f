"""An office: people with their duties, a server with every back-office route, and one sign-in per person."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from pydantic import SecretStr

from backoffice import api
from backoffice.approvals import service as approvals
from backoffice.approvals.outcomes import KINDS, register
from backoffice.approvals.rules import Band
from backoffice.jobs import JOBS
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.nightly import service as nightly
from backoffice.roles import service as roles
from callcenter.demo import office
from callcenter.kit import embedded
from callcenter.kit.clock import ManualClock, real_now
from callcenter.kit.db import Database, Session
from callcenter.kit.ids import new_id, new_token, token_hash
from callcenter.people import service as people
from callcenter.people.models import Role, User, UserSession
from tests.clients import app_of, client_of
from tests.conftest import MONDAY_TEN, SHANGHAI

EARLY = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 9)


def walks(few: int) -> int:
    """Walks of the machines by chance: a few in each run of the tests, as many as WALKS says in `make walks`."""
    return int(os.environ.get("WALKS", few))


async def make_actor(session: Session, *duties: OfficeRole, sign_in: Role = Role.BACK_OFFICE, name: str = "") -> Actor:
    """A person of the back office holding `duties`."""
    login = f"office-{new_id().hex[:10]}"
    user = User(login=login, name=name or login, role=sign_in.value, password_hash="!", created_at=EARLY)
    session.add(user)
    await session.flush()
    await roles.set_roles(session, EARLY, None, user.id, duties)
    return await roles.actor_of(session, user)


class Staff:
    """One person for each duty: `staff.fin`, `staff.gm` …; `staff.rep2` and so on are second ones."""

    def __init__(self, people: dict[str, Actor]) -> None:
        self._people = people

    def __getattr__(self, name: str) -> Actor:
        try:
            return self._people[name]
        except KeyError:
            raise AttributeError(name) from None

    def all(self) -> list[Actor]:
        return list(self._people.values())


async def hire(session: Session) -> Staff:
    people = {role.value.lower(): await make_actor(session, role, name=role.value) for role in OfficeRole}
    for role in ("REP", "FIN", "SM", "CASH", "WH"):
        people[f"{role.lower()}2"] = await make_actor(session, OfficeRole(role), name=f"{role}2")
    return Staff(people)


@pytest.fixture(scope="session")
async def shared(home: Path, template: str) -> AsyncIterator[tuple[Database, Staff]]:
    """One database for all tests that roll back, with the staff committed: a clone for each would cost a second."""
    admin = embedded.ensure_postgres(home, "postgres")
    name = f"office_{new_id().hex}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    database = Database(embedded.ensure_postgres(home, name), pool=5, name="test")
    async with database.transaction() as session:
        staff = await hire(session)
    yield database, staff
    await database.close()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def session(shared: tuple[Database, Staff]) -> AsyncIterator[Session]:
    """A transaction on the shared database, rolled back at the end."""
    async with shared[0].engine.connect() as connection:
        transaction = await connection.begin()
        async with Session(bind=connection, expire_on_commit=False) as session:
            yield session
        if transaction.is_active:  # a refused statement may have ended it already
            await transaction.rollback()


@pytest.fixture
def staff(shared: tuple[Database, Staff]) -> Staff:
    return shared[1]


def band(over: int, up_to: int | None, *steps: tuple[OfficeRole, ...]) -> Band:
    return Band(new_id(), over, up_to, tuple(frozenset(step) for step in steps))


@pytest.fixture
async def hired(database: Database) -> Staff:
    """The staff, committed: for tests in which several transactions meet."""
    async with database.transaction() as session:
        return await hire(session)


async def _test_kind(session: Session, states: list[str]) -> None:
    async def handler(_s: Any, _n: Any, _a: Any, approval: Any) -> None:
        states.append(approval.state)

    register("test", "测试", "test", handler)
    await approvals.set_bands(
        session,
        EARLY,
        None,
        "test",
        [
            band(-1, 100_000, (OfficeRole.SM,)),
            band(100_000, None, (OfficeRole.SM,), (OfficeRole.FIN, OfficeRole.LEGAL), (OfficeRole.GM,)),
        ],
    )


@pytest.fixture
async def heard_committed(database: Database) -> AsyncIterator[list[str]]:
    states: list[str] = []
    async with database.transaction() as session:
        await _test_kind(session, states)
    yield states
    KINDS.pop("test")


@pytest.fixture
async def heard(session: Session) -> AsyncIterator[list[str]]:
    """A kind of approval `test` (≤ 1,000.00: SM; above: SM, then FIN and LEGAL side by side, then GM)."""
    states: list[str] = []
    await _test_kind(session, states)
    yield states
    KINDS.pop("test")


@pytest.fixture
def office_app(database: Database, clock: ManualClock) -> FastAPI:
    return app_of(database, clock, routers=api.ROUTERS)


class Desk:
    """A browser for each person; `await desk(actor)`."""

    def __init__(self, app: FastAPI, database: Database) -> None:
        self._app, self._database = app, database
        self._clients: dict[Any, httpx.AsyncClient] = {}

    async def __call__(self, actor: Actor) -> httpx.AsyncClient:
        if actor.user_id not in self._clients:
            token = new_token()
            secret = self._app.state.settings.secret_key.get_secret_value()
            async with self._database.transaction() as session:
                session.add(
                    UserSession(
                        token_hash=token_hash(secret, token),
                        user_id=actor.user_id,
                        created_at=real_now(),
                        expires_at=real_now() + timedelta(hours=1),
                    )
                )
            self._clients[actor.user_id] = client_of(self._app, token)
        return self._clients[actor.user_id]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


@pytest.fixture
async def desk(office_app: FastAPI, database: Database) -> AsyncIterator[Desk]:
    desk = Desk(office_app, database)
    yield desk
    await desk.close()


@pytest.fixture(scope="session")
async def opened(home: Path, template: str) -> AsyncIterator[Database]:
    """The demonstration's back office as it opens, with its first night done: for tests that look at it.

    They may add to it; what is there, they leave.
    """
    admin = embedded.ensure_postgres(home, "postgres")
    name = f"opened_{new_id().hex}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    database = Database(embedded.ensure_postgres(home, name), pool=5, name="test")
    now = MONDAY_TEN
    await office.open_for_business(database, SHANGHAI, now, SecretStr("brochure-7-to-14"))
    done = await nightly.run_due(database, JOBS, now, TODAY, "w1")
    assert None not in done.values()
    yield database
    await database.close()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def opened_desk(opened: Database, clock: ManualClock) -> AsyncIterator[Desk]:
    """Browsers at the opened demonstration: `await opened_desk(await demo_person(opened, "finance"))`."""
    desk = Desk(app_of(opened, clock, routers=api.ROUTERS), opened)
    yield desk
    await desk.close()


async def demo_person(database: Database, login: str) -> Actor:
    """Somebody of the demonstration, with their duties."""
    async with database.transaction() as session:
        user = await people.find_user(session, login)
        assert user is not None
        return await roles.actor_of(session, user)
