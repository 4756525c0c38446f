"""Wake-ups between processes through PostgreSQL itself (NOTIFY / LISTEN).

A notice says only "look again"; the rows say what is true. It is sent with the commit, so nobody looks
too early, and a lost notice costs one tick, never a fact.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
from sqlalchemy import text

from callcenter.kit import log
from callcenter.kit.db import Session

_log = log.get(__name__)
RETRY_S = 0.5


async def wake(session: Session, channel: str, payload: str = "") -> None:
    """Wake the listeners of `channel` when the transaction of `session` commits."""
    await session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})


async def listen(url: str, channels: list[str], on_notice: Callable[[str, str], Awaitable[None]]) -> None:
    """Call `on_notice(channel, payload)` for every notice, for ever; reconnects when the server goes away.

    After each (re)connection every channel is reported once with an empty payload, since notices may have
    been missed.
    """
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                for channel in channels:
                    await connection.execute(f'LISTEN "{channel}"')
                for channel in channels:
                    await on_notice(channel, "")
                async for notice in connection.notifies():
                    await on_notice(notice.channel, notice.payload)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            _log.warning("listen.lost", reason=type(error).__name__)
        await asyncio.sleep(RETRY_S)
