"""Real parts for every test: an embedded PostgreSQL with a migrated template, cloned for each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql

from callcenter.kit import embedded
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.kit.ids import new_id
from callcenter.migrate import migrate

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_TEN = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)
"""A Monday at the opening of the first calling window: day 7 of a brochure posted on 2 March 2026."""


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """CALLCENTER_HOME of this test process. CALLCENTER_TEST_HOME keeps one between runs, for speed."""
    kept = os.environ.get("CALLCENTER_TEST_HOME")
    if kept:
        path = Path(kept) / os.environ.get("PYTEST_XDIST_WORKER", "")
        path.mkdir(parents=True, exist_ok=True)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="callcenter-test-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        embedded.stop_postgres(path)
        embedded.stop_nats(path)


@pytest.fixture(scope="session")
def template(home: Path) -> str:
    """Name of a migrated database to clone."""
    admin = embedded.ensure_postgres(home, "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        for line in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {line}")  # a test's data need not survive a power cut
        connection.execute("SELECT pg_reload_conf()")
    name = f"template_{os.getpid()}"
    url = embedded.ensure_postgres(home, name)
    migrate(url)
    return name


def _clone(home: Path, template: str, name: str) -> None:
    with psycopg.connect(embedded.ensure_postgres(home, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


@pytest.fixture
def database_url(home: Path, template: str) -> Iterator[str]:
    """A fresh, migrated database of this test's own."""
    name = f"t_{new_id().hex}"
    _clone(home, template, name)
    yield embedded.ensure_postgres(home, name)
    with psycopg.connect(embedded.ensure_postgres(home, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool=5, name="test")
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def shared_database(home: Path, template: str) -> AsyncIterator[Database]:
    """One database for all tests that roll back."""
    name = f"shared_{os.getpid()}"
    _clone(home, template, name)
    database = Database(embedded.ensure_postgres(home, name), pool=5, name="test")
    yield database
    await database.close()


@pytest.fixture
async def session(shared_database: Database) -> AsyncIterator[Session]:
    """A transaction that is rolled back at the end; a savepoint inside keeps it usable after a refusal."""
    async with shared_database.engine.connect() as connection:
        transaction = await connection.begin()
        async with Session(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await transaction.rollback()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MONDAY_TEN)
