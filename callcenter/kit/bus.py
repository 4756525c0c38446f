"""NATS JetStream: live events to screens. Never the truth, and calls go on without it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from callcenter.kit import log

_log = log.get(__name__)

_MAX_AGE_S = 3600.0
_MAX_BYTES = 64 * 1024 * 1024
"""Of one stream; NATS reserves it."""
_ACK_TIMEOUT_S = 2.0

Handler = Callable[[int, bytes], Awaitable[None]]
"""Called with the stream's sequence number and the message."""


class Bus:
    """A connection that mends itself. `connected` says whether it is whole at the moment.

    `namespace`: whose events these are, by habit the database's name: two installations on one NATS never hear
    each other, and each has a stream, and so sequence numbers, of its own.
    """

    def __init__(self, url: str, *, namespace: str, name: str = "callcenter") -> None:
        self._url = url
        self._name = name
        space = re.sub(r"[^A-Za-z0-9_-]", "_", namespace)
        self._stream = f"LIVE_{space}"
        self._events = f"live.{space}."
        self._gauges = f"gauge.{space}."
        self._client: Client | None = None
        self._js: JetStreamContext | None = None
        self._on_change: list[Callable[[bool], Awaitable[None]]] = []

    @property
    def connected(self) -> bool:
        return self._client is not None and self._client.is_connected and self._js is not None

    def on_change(self, callback: Callable[[bool], Awaitable[None]]) -> None:
        """`callback(connected)` whenever the connection is lost or back."""
        self._on_change.append(callback)

    async def start(self) -> None:
        """Connect in the background: a process starts, and works, with NATS down."""

        async def lost() -> None:
            _log.warning("bus.lost")
            await self._tell(False)

        async def back() -> None:
            with contextlib.suppress(NatsError, TimeoutError):
                await self._ensure_stream()
            _log.info("bus.back")
            await self._tell(True)

        async def failed(error: Exception) -> None:
            _log.debug("bus.error", reason=type(error).__name__)

        while True:
            try:
                self._client = await nats.connect(
                    self._url,
                    name=self._name,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.25,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    allow_reconnect=True,
                    disconnected_cb=lost,
                    reconnected_cb=back,
                    error_cb=failed,
                    pending_size=8 * 1024 * 1024,
                )
                await self._ensure_stream()
                await self._tell(True)
                return
            except (OSError, NatsError, TimeoutError) as error:
                _log.warning("bus.unreachable", reason=type(error).__name__)
                if self._client is not None:
                    with contextlib.suppress(Exception):
                        await self._client.close()
                    self._client = None
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):
                await self._client.close()

    async def publish(self, topic: str, body: bytes, *, message_id: str) -> bool:
        """Store one message in the stream; False when that could not be confirmed (try again later)."""
        if not self.connected or self._js is None:
            return False
        try:
            await self._js.publish(
                self._events + topic, body, headers={"Nats-Msg-Id": message_id}, timeout=_ACK_TIMEOUT_S
            )
        except (NatsError, TimeoutError, OSError) as error:
            _log.warning("bus.publish_failed", reason=type(error).__name__)
            return False
        return True

    async def tell(self, topic: str, body: bytes) -> None:
        """Send a passing figure (a gauge that the next one replaces): not stored, lost when nobody hears."""
        if self._client is not None and self._client.is_connected:
            with contextlib.suppress(NatsError, OSError):
                await self._client.publish(self._gauges + topic, body)

    async def hear(self, topic: str, handler: Callable[[bytes], Awaitable[None]]) -> None:
        """Subscribe to passing figures."""
        assert self._client is not None

        async def on_message(message: Msg) -> None:
            await handler(message.data)

        await self._client.subscribe(self._gauges + topic, cb=on_message)

    async def follow(self, handler: Handler) -> Any:
        """Deliver every stored message from now on to `handler`, in order. Returns the subscription."""
        assert self._js is not None

        async def on_message(message: Msg) -> None:
            await handler(message.metadata.sequence.stream, message.data)

        return await self._js.subscribe(
            self._events + ">",
            cb=on_message,
            ordered_consumer=True,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.NEW),
        )

    async def epoch(self) -> str:
        """Names the life of the stream: sequence numbers compare only within one."""
        assert self._js is not None
        info = await self._js.stream_info(self._stream)
        return str(info.created)

    async def last_sequence(self) -> int:
        assert self._js is not None
        info = await self._js.stream_info(self._stream)
        return int(info.state.last_seq)

    async def _ensure_stream(self) -> None:
        assert self._client is not None
        js = self._client.jetstream(timeout=_ACK_TIMEOUT_S)
        wanted = StreamConfig(
            name=self._stream,
            subjects=[self._events + ">"],
            storage=StorageType.FILE,
            max_age=_MAX_AGE_S,
            max_bytes=_MAX_BYTES,
            discard=DiscardPolicy.OLD,
            duplicate_window=120.0,
        )
        try:
            await js.stream_info(self._stream)
        except NotFoundError:
            await js.add_stream(wanted)
        self._js = js

    async def _tell(self, connected: bool) -> None:
        for callback in self._on_change:
            await callback(connected)
