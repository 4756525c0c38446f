"""The HTTP layer below Twilio's client: what was sent once is never sent again.

The client's own `AsyncTwilioHttpClient` ignores its time-out and, with retries, repeated a POST three times on 503:
three calls to one person. Here a request is repeated in two cases only, in both of which nothing can have been
processed: Twilio answered 429, or no connection could be made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

TIMEOUT = httpx.Timeout(connect=2.0, read=6.0, write=3.0, pool=2.0)
"""Real seconds. The dialler takes eight seconds of silence after a launch for normal."""
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=5.0)
PAUSES_S = (0.25, 0.75)
"""Before the second and the third try of what was not processed."""
_LONGEST_PAUSE_S = 2.0
_PIECE = 65_536

Sleep = Callable[[float], Awaitable[None]]


class NotSent(Exception):
    """No connection could be made: the request was never sent, and may be made again."""


class NoAnswer(Exception):
    """The request was sent, perhaps in part, and no whole answer came: nobody knows whether it was carried out."""


class Missing(Exception):
    """There is no such thing to fetch."""


class HttpxClient(AsyncHttpClient):  # type: ignore[misc]
    """Fits the interface of Twilio's client. `transport` is for tests."""

    def __init__(self, sleep: Sleep, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(None, True, None)  # no logger: requests hold telephone numbers
        self._sleep = sleep
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT, limits=LIMITS, transport=transport, follow_redirects=False, cookies=None
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Raises NotSent or NoAnswer; every answer, of whatever status, is returned."""
        request = self._client.build_request(
            method.upper(),
            uri,
            params=_plain(params),
            data=_plain(data),
            headers=headers,
            timeout=timeout if timeout is not None else httpx.USE_CLIENT_DEFAULT,
        )
        for pause_s in (*PAUSES_S, None):
            try:
                answer = await self._client.send(request, auth=auth)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                if pause_s is None:
                    raise NotSent(type(error).__name__) from error
            except httpx.HTTPError as error:
                raise NoAnswer(type(error).__name__) from error
            else:
                if answer.status_code != 429 or pause_s is None:
                    return Response(answer.status_code, answer.text, dict(answer.headers))
                pause_s = _asked_for(answer) or pause_s
            await self._sleep(pause_s)
        raise AssertionError("the last try returns or raises")

    async def stream(self, uri: str, auth: tuple[str, str]) -> AsyncIterator[bytes]:
        """The content at an address, in pieces.

        Raises (at the first piece):
            Missing: there is none. NotSent, NoAnswer.
        """
        try:
            async with self._client.stream("GET", uri, auth=auth, follow_redirects=True) as answer:
                if answer.status_code == 404:
                    raise Missing
                if answer.status_code != 200:
                    raise NoAnswer(f"status {answer.status_code}")
                async for piece in answer.aiter_bytes(_PIECE):
                    yield piece
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from error


def _plain(fields: dict[str, object] | None) -> dict[str, Any] | None:
    """Lists stay lists (a repeated field); everything else is text."""
    if not fields:
        return None
    return {
        name: [str(one) for one in value] if isinstance(value, list) else str(value) for name, value in fields.items()
    }


def _asked_for(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return min(float(text), _LONGEST_PAUSE_S) if text.isdigit() else None
