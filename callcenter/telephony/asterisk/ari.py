"""ARI over HTTP: one request, one answer, nothing sent twice.

What is known of a request that failed decides what is raised, as for every carrier: never sent is
`CarrierRefused("too_fast")` (safe to ask again); sent, and no whole answer came, is `CarrierUnreachable`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import orjson

from callcenter.telephony.port import CarrierRefused, CarrierUnreachable

_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=1.0, sock_connect=0.5, sock_read=2.0)
_CONNECTIONS = 32
_IDLE_CONNECTION_S = 15.0  # shorter than Asterisk's session_keep_alive: no request meets a connection being closed


class AriError(Exception):
    """ARI answered, and did not do it."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(f"{status}: {message}")


class Ari:
    """`url` as in http://127.0.0.1:8088/ari."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url.rstrip("/")
        self.headers = {"Authorization": aiohttp.encode_basic_auth(user, password)}
        self._session: aiohttp.ClientSession | None = None

    def events_url(self, application: str) -> str:
        where = urlsplit(self._url)
        scheme = "wss" if where.scheme == "https" else "ws"
        return urlunsplit((scheme, where.netloc, where.path + "/events", f"app={application}", ""))

    def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE_CONNECTION_S),
            timeout=_TIMEOUT,
            headers=self.headers,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The JSON answered (None when empty).

        Raises:
            AriError: answered with something else than success.
            CarrierRefused: too_fast, never sent.
            CarrierUnreachable: sent, and no whole answer.
        """
        if self._session is None:
            raise CarrierRefused("too_fast", "not sent: the carrier is not started")
        content = None if body is None else orjson.dumps(body)
        headers = None if body is None else {"content-type": "application/json"}
        try:
            async with self._session.request(
                method, self._url + path, params=query, data=content, headers=headers
            ) as answer:
                answered = await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise CarrierRefused("too_fast", f"not sent: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CarrierUnreachable(f"{method} sent, no whole answer: {type(error).__name__}") from error
        try:
            found = orjson.loads(answered) if answered else None
        except orjson.JSONDecodeError as error:
            if 400 <= answer.status < 500:  # whoever it was, it did nothing
                raise AriError(answer.status, str(answer.reason)) from error
            raise CarrierUnreachable(f"{method} answered {answer.status}, which is not ARI") from error
        if answer.ok:
            return found
        message = found.get("message") or found.get("error") if isinstance(found, dict) else None
        raise AriError(answer.status, str(message or answer.reason))

    async def find(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """GET; None where there is no such thing."""
        try:
            return await self.ask("GET", path, query)
        except AriError as error:
            if error.status == 404:
                return None
            raise CarrierUnreachable(str(error)) from error

    @asynccontextmanager
    async def download(self, path: str, piece: int) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """A file: its length in bytes, and its content in pieces of at most `piece` bytes.

        Raises (also from the content):
            AriError: 404, there is no such file.
            CarrierUnreachable: no answer, or it broke off.
        """
        if self._session is None:
            raise CarrierUnreachable("the carrier is not started")
        try:
            async with self._session.get(self._url + path) as answer:
                if answer.status == 404:
                    raise AriError(404, "no such file")
                if not answer.ok or answer.content_length is None:
                    raise CarrierUnreachable(f"a file was asked for, and {answer.status} answered")
                yield answer.content_length, answer.content.iter_chunked(piece)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CarrierUnreachable(f"a file broke off: {type(error).__name__}") from error
