"""The one way to PostgreSQL: an engine, a transaction, and the naming of constraints.

Services never commit. The edge opens `Database.transaction()`, calls services, and the commit happens when
the block ends well; whatever was registered with `after_commit` runs only then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import psycopg
from sqlalchemy import DateTime, MetaData, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: MetaData = SQLModel.metadata

UtcDateTime = DateTime(timezone=True)
"""Column type of every instant: PostgreSQL's timestamptz."""

Session = AsyncSession
Hook = Callable[[], Awaitable[None]]


def one_of(column: str, values: type[Any]) -> str:
    """SQL text of a CHECK that `column` holds a member of the str enum `values`."""
    return f"{column} IN ({', '.join(repr(str(v.value)) for v in values)})"


def async_url(url: str) -> URL:
    """Any `postgresql://` address, as the driver used here wants it."""
    return make_url(url).set(drivername="postgresql+psycopg")


def plain_url(url: str) -> str:
    """The same address for psycopg itself (LISTEN, COPY)."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


HOME_ZONE = ZoneInfo("Asia/Shanghai")


class Database:
    """One process's pool of connections. `zone`: in which the company's days begin (`zone_of`)."""

    def __init__(self, url: str, *, pool: int = 10, name: str = "callcenter", zone: ZoneInfo = HOME_ZONE) -> None:
        self.url = plain_url(url)
        self.name: str = make_url(url).database or "callcenter"
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool,
            max_overflow=pool,
            pool_pre_ping=False,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            connect_args={
                "application_name": name,
                # A crashed client must not hold a row for long, and no statement may hang a console.
                "options": "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
            },
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, info={"zone": zone})

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        async with self._sessions() as session:
            async with session.begin():
                yield session
            for hook in session.info.pop("after_commit", ()):
                await hook()

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def after_commit(session: Session, hook: Hook) -> None:
    """Run `hook` once the transaction of `session` is committed (never when it is rolled back)."""
    session.info.setdefault("after_commit", []).append(hook)


def zone_of(session: Session) -> ZoneInfo:
    """The company's time zone, for statements that make a date of an instant."""
    zone: ZoneInfo = session.info.get("zone", HOME_ZONE)
    return zone


_AWAY = ("08", "57P")
"""SQLSTATE classes of a server that goes or is gone: connection exceptions, administrator's shutdown, crash."""


def is_connection_loss(error: BaseException) -> bool:
    """Whether the server went away (try again), as opposed to a statement being wrong or a deadlock's victim."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return bool(str(state).startswith(_AWAY))
        return error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None


async def database_now(session: Session) -> datetime:
    """The server's real time: the clock of leases, the same for every process."""
    value: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return value
