"""The outbox: what happened, written in the transaction in which it happened.

A relay (one at a time, by advisory lock) carries the rows to NATS in the order of their ids. Events of one
thing are written while its row is locked, so their order is the order in which they became true. Delivery
is at least once; every event carries the whole new state and its version, so twice does no harm.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.clock import real_now
from callcenter.kit.db import Session, UtcDateTime

_log = log.get(__name__)

CHANNEL = "outbox"
_RELAY_LOCK = 0x0CA11  # advisory lock: one relay at a time for one database
_BATCH = 500
_IDLE_S = 1.0
KEEP = timedelta(days=7)


class OutboxRow(SQLModel, table=True):
    """One event. `recorded_at` is real time; times inside the payload are the clock's."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    topic: str
    key: UUID
    payload: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


_RECORD = text(
    "WITH recorded AS (INSERT INTO outbox (topic, key, payload, recorded_at)"
    " VALUES (:topic, :key, CAST(:payload AS jsonb), clock_timestamp()) RETURNING id)"
    " SELECT pg_notify('outbox', '') FROM recorded"
)


async def record(session: Session, topic: str, key: UUID, payload: dict[str, Any]) -> None:
    """Write one event; it is published after the commit, or never if the transaction is rolled back."""
    body = orjson.dumps(payload, default=str).decode()
    await session.execute(_RECORD, {"topic": topic, "key": key, "payload": body})


async def relay(url: str, bus: Bus) -> None:
    """Carry events to the bus for ever. Waits while another process is the relay."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [_RELAY_LOCK])).fetchone()
                if row and row[0]:
                    await connection.execute("LISTEN outbox")
                    life = await _life(connection)
                    _log.info("outbox.relay_started")
                    while True:
                        await _drain(connection, bus, life)
                        # A notice or a second, whichever is first.
                        with contextlib.suppress(TimeoutError):
                            async for _ in connection.notifies(timeout=_IDLE_S, stop_after=1):
                                pass
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            _log.warning("outbox.relay_lost", reason=type(error).__name__)
        await asyncio.sleep(_IDLE_S)


async def _life(connection: psycopg.AsyncConnection[Any]) -> str:
    """Tells this database from one that had its name before: NATS drops a message whose id it has just seen, and a
    new database counts from one again."""
    cursor = await connection.execute(
        "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
    )
    row = await cursor.fetchone()
    assert row is not None
    return f"{row[0]}-{row[1]}"


async def _drain(connection: psycopg.AsyncConnection[Any], bus: Bus, life: str) -> None:
    while bus.connected:
        cursor = await connection.execute(
            "SELECT id, topic, key, payload::text FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT %s",
            [_BATCH],
        )
        rows = await cursor.fetchall()
        if not rows:
            return
        sent: list[int] = []
        for event_id, topic, key, payload in rows:
            body = b'{"topic":"%s","key":"%s","payload":%s}' % (topic.encode(), str(key).encode(), payload.encode())
            if not await bus.publish(topic, body, message_id=f"{life}-{event_id}"):
                break
            sent.append(event_id)
        if sent:
            await connection.execute("UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY(%s)", [sent])
        if len(sent) < len(rows):
            return


async def purge(session: Session) -> None:
    """Forget what was published more than a week ago."""
    await session.execute(text("DELETE FROM outbox WHERE published_at < :before"), {"before": real_now() - KEEP})
