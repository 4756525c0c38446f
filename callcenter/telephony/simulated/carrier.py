"""The client of the simulated network's process: the port over HTTP and one WebSocket.

What is known of a request that failed decides what is raised:

* never sent (no connection could be made, or the event channel is shut): `CarrierRefused("too_fast")`, whose
  meaning in the port is "never processed: safe to ask again";
* sent, and no whole answer came: `CarrierUnreachable`. Nothing that changes a call is ever sent twice by this
  class.

The client is aiohttp, not httpx: measured on the loopback a command costs 0.2 ms of processor time with the one
and 1.1 ms with the other, and at a hundred calls a second that is a quarter of a core.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

import aiohttp
import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.telephony.port import (
    CallStatus,
    CarrierEvent,
    CarrierRefused,
    CarrierUnreachable,
    PlaceCall,
    Recorded,
    Supervising,
)
from callcenter.telephony.simulated import wire

_log = log.get(__name__)

# All real seconds, whatever the clock's speed: sockets know no other.
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=1.0, sock_connect=0.5, sock_read=1.5)
_START_WITHIN_S = 10.0
_BACK_OFF_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_PING_EVERY_S = 5.0
_IDLE_CONNECTION_S = 30.0  # shorter than the server's, so that a request never meets a connection being closed
_CONNECTIONS = 32
_PIECE = 65_536  # bytes of a recording read at once
_JSON = {"content-type": "application/json"}
_EVENTS_WAITING_AT_MOST = 100_000  # of one iterator; beyond it the oldest go, and `status` has to tell


class _Subscription(AsyncIterator[CarrierEvent]):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[CarrierEvent] = asyncio.Queue(_EVENTS_WAITING_AT_MOST)

    def put(self, event: CarrierEvent) -> None:
        if self.queue.full():
            self.queue.get_nowait()
            _log.error("simulated_carrier.events_overflow")
        self.queue.put_nowait(event)

    async def __anext__(self) -> CarrierEvent:
        return await self.queue.get()


class SimulatedCarrier:
    """See `callcenter.telephony.port.Carrier` for what each method means and raises."""

    name = "simulated"
    simulated = True
    calls_per_second: float | None = None

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._clock = clock
        where = urlsplit(self._url)
        scheme = "wss" if where.scheme == "https" else "ws"
        self._events_url = urlunsplit((scheme, where.netloc, where.path + wire.EVENTS_PATH, "", ""))
        self._http: aiohttp.ClientSession | None = None
        self._reader: asyncio.Task[None] | None = None
        self._open = asyncio.Event()
        self._subscriptions: weakref.WeakSet[_Subscription] = weakref.WeakSet()  # dropped with their last reader

    async def start(self) -> None:
        """Raises CarrierUnreachable when the network cannot be reached within ten seconds."""
        if self._http is not None:
            return
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE_CONNECTION_S),
            timeout=_TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._reader = asyncio.create_task(self._read_events(), name="simulated-carrier-events")
        try:
            async with asyncio.timeout(_START_WITHIN_S):
                await self._open.wait()
        except TimeoutError:
            await self.close()
            raise CarrierUnreachable(f"no simulated network at {self._url}: start `callcenter carrier`") from None

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None
        if self._http is not None:
            await self._http.close()
            self._http = None

    def events(self) -> AsyncIterator[CarrierEvent]:
        """Every iterator gets every event from this call on."""
        subscription = _Subscription()
        self._subscriptions.add(subscription)
        return subscription

    @property
    def connected(self) -> bool:
        return self._open.is_set()

    async def place(self, request: PlaceCall) -> str:
        if not self.connected:
            # The network would call the person all the same, and we would not hear the answer.
            raise CarrierRefused("too_fast", "not sent: the event channel is shut")
        body = await self._ask("POST", "/calls", request)
        return str(orjson.loads(body)["carrier_ref"])

    async def park_agent(self, agent_id: UUID, address: str) -> None:
        await self._ask("PUT", f"/agents/{agent_id}", {"address": address})

    async def unpark_agent(self, agent_id: UUID) -> None:
        await self._ask("DELETE", f"/agents/{agent_id}")

    async def join(self, call_id: UUID, agent_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/join", {"agent_id": agent_id})

    async def hold(self, call_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/hold")

    async def resume(self, call_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/resume")

    async def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        await self._ask("POST", f"/calls/{call_id}/hang_up", {"cause": cause})

    async def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        await self._ask("POST", f"/calls/{call_id}/message", {"message": message})

    async def status(self, call_id: UUID) -> CallStatus:
        return wire.load_status(await self._ask("GET", f"/calls/{call_id}"))

    async def probe(self) -> None:
        await self._ask("GET", "/probe")

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        await self._ask("PUT", f"/calls/{call_id}/supervisors/{supervisor_id}", {"how": how})

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        await self._ask("DELETE", f"/calls/{call_id}/supervisors/{supervisor_id}")

    async def release(self, call_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/release")

    async def transfer(self, call_id: UUID, number: str) -> None:
        await self._ask("POST", f"/calls/{call_id}/transfer", {"number": number})

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        body = {"agent_id": to} if isinstance(to, UUID) else {"number": to}
        await self._ask("POST", f"/calls/{call_id}/consult", body)

    async def complete_transfer(self, call_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/consult/complete")

    async def end_consultation(self, call_id: UUID) -> None:
        await self._ask("DELETE", f"/calls/{call_id}/consult")

    async def announce(self, call_id: UUID, message: str) -> None:
        await self._ask("POST", f"/calls/{call_id}/announce", {"message": message})

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        await self._ask("POST", f"/calls/{call_id}/digits", {"digits": digits})

    async def pause_recording(self, call_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/recording/pause")

    async def resume_recording(self, call_id: UUID) -> None:
        await self._ask("POST", f"/calls/{call_id}/recording/resume")

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        return wire.load_recordings(await self._ask("GET", f"/calls/{call_id}/recordings"))

    async def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        if self._http is None:
            raise CarrierRefused("too_fast", "not sent: the carrier is not started")
        try:
            async with self._http.get(f"{self._url}/recordings/{quote(ref, safe='')}") as answer:
                if not answer.ok:
                    refusal = self._refusal(await answer.read())
                    raise refusal or CarrierUnreachable(f"GET answered {answer.status}")
                async for piece in answer.content.iter_chunked(_PIECE):
                    yield piece
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CarrierUnreachable(f"no whole recording: {type(error).__name__}") from error

    async def forget_recording(self, ref: str) -> None:
        await self._ask("DELETE", f"/recordings/{quote(ref, safe='')}")

    async def _ask(self, method: str, path: str, body: Any = None) -> bytes:
        if self._http is None:
            raise CarrierRefused("too_fast", "not sent: the carrier is not started")
        content = None if body is None else orjson.dumps(body)
        headers = None if body is None else _JSON
        try:
            async with self._http.request(method, self._url + path, data=content, headers=headers) as answer:
                answered = await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise CarrierRefused("too_fast", f"not sent: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CarrierUnreachable(f"{method} sent, no whole answer: {type(error).__name__}") from error
        if answer.ok:
            return answered
        raise self._refusal(answered) or CarrierUnreachable(f"{method} answered {answer.status}")

    @staticmethod
    def _refusal(answered: bytes) -> CarrierRefused | None:
        """The refusal in our words; None when the answer is nobody's (a crash inside, something in between)."""
        try:
            body = orjson.loads(answered)
            return CarrierRefused(str(body["code"]), str(body.get("detail", "")))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return None

    async def _read_events(self) -> None:
        failures = 0
        while True:
            try:
                async with connect(
                    self._events_url,
                    compression=None,
                    open_timeout=2.0,
                    ping_interval=_PING_EVERY_S,
                    ping_timeout=_PING_EVERY_S,
                    close_timeout=0.5,
                    max_queue=None,
                    proxy=None,
                ) as socket:
                    failures = 0
                    self._open.set()
                    _log.info("simulated_carrier.connected")
                    async for frame in socket:
                        self._hear(frame)
            except (OSError, TimeoutError, WebSocketException) as error:
                if self._open.is_set():
                    _log.warning("simulated_carrier.disconnected", error=type(error).__name__)
            finally:
                self._open.clear()
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])
            failures += 1

    def _hear(self, frame: str | bytes) -> None:
        try:
            event = wire.load_event(frame)
        except (ValueError, KeyError, TypeError):
            _log.exception("simulated_carrier.unreadable_event")  # one bad frame never stops the others
            return
        for subscription in self._subscriptions:
            subscription.put(event)
