"""ARI's event socket: open, or being opened again. Asterisk repeats nothing of what was missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from callcenter.kit import log
from callcenter.telephony.asterisk.ari import AriError
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable

_log = log.get(__name__)

_BACK_OFF_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_PING_EVERY_S = 5.0
REPLACED_PAUSE_S = 30.0
"""Seconds before we take our application back from whoever took it: two workers would else fight without end."""


class EventSocket:
    """Calls `hear` with each message, in order, and `opened` after each opening (before it counts as open).

    Messages that arrive while `opened` works are heard at once: only `is_open` waits for it.
    """

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        hear: Callable[[dict[str, Any]], None],
        opened: Callable[[], Awaitable[None]],
    ) -> None:
        self._url = url
        self._headers = headers
        self._hear = hear
        self._opened = opened
        self._task: asyncio.Task[None] | None = None
        self.is_open = asyncio.Event()
        self.refused = ""  # why the last attempt failed, in words
        self._pause_s = 0.0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="asterisk-events")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def replaced(self) -> None:
        """Another process has our application: stay away for a while."""
        self.is_open.clear()
        self._pause_s = REPLACED_PAUSE_S

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with connect(
                    self._url,
                    additional_headers=self._headers,
                    compression=None,
                    open_timeout=2.0,
                    ping_interval=_PING_EVERY_S,
                    ping_timeout=_PING_EVERY_S,
                    close_timeout=0.5,
                    max_queue=None,
                    max_size=None,
                    proxy=None,
                ) as socket:
                    opening = asyncio.create_task(self._open(socket.close))
                    try:
                        async for frame in socket:
                            self._take(frame)
                    finally:
                        opening.cancel()
                        await asyncio.gather(opening, return_exceptions=True)
                if self.is_open.is_set():
                    self.refused = "the connection was closed"
            except InvalidStatus as error:
                self.refused = f"ARI answered {error.response.status_code}"
                if error.response.status_code in (401, 403):
                    self.refused += ": wrong user or password"
            except (OSError, TimeoutError, WebSocketException) as error:
                self.refused = f"no connection ({type(error).__name__})"
            finally:
                was_open = self.is_open.is_set()
                self.is_open.clear()
            if was_open:
                failures = 0  # a connection that was never of use does not shorten the pauses
            if was_open or failures == len(_BACK_OFF_S):
                _log.warning("asterisk.disconnected", reason=self.refused)
            pause_s = self._pause_s or _BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)]
            self._pause_s = 0.0
            await asyncio.sleep(pause_s)
            failures += 1

    async def _open(self, close: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._opened()
        except (CarrierRefused, CarrierUnreachable, AriError) as error:
            self.refused = f"reading back failed ({error})"
            await close()
        except Exception:
            self.refused = "reading back failed: see the log"
            _log.exception("asterisk.read_back_failed")
            await close()
        else:
            if not self._pause_s:
                self.is_open.set()
                _log.info("asterisk.connected")

    def _take(self, frame: str | bytes) -> None:
        try:
            self._hear(orjson.loads(frame))
        except (ValueError, KeyError, TypeError):
            _log.exception("asterisk.unreadable_event")  # one bad frame never stops the others
