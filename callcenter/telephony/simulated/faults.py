"""Faults of the network as a whole, on request: for tests, and to show a supervisor what trouble looks like.

`curl -X PUT -H 'content-type: application/json' -d '{"kind": "unavailable", "seconds": 30}' …/faults`; DELETE ends it.
Seconds here are real ones.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

from fastapi import FastAPI, Response, WebSocket
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class FaultKind(StrEnum):
    SLOW = "slow"  # every request is held for `slow_s` before it is looked at
    TOO_FAST = "too_fast"  # 429, not processed
    UNAVAILABLE = "unavailable"  # 503, not processed
    REPLY_LOST = "reply_lost"  # processed, then 503
    CUT = "cut"  # the event channel is cut and stays so; requests are answered
    DOWN = "down"  # both: 503 and no event channel


class FaultBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    seconds: float = Field(default=30.0, gt=0, le=3600)
    slow_s: float = Field(default=3.0, gt=0, le=30)


_OPEN_TO_ALL = ("/faults", "/health", "/figures")


class Faults:
    """`kind` is the fault that is on; None: the network is well. `sockets` are those to cut."""

    def __init__(self) -> None:
        self.kind: FaultKind | None = None
        self.slow_s = 3.0
        self.sockets: set[WebSocket] = set()
        self._end: asyncio.TimerHandle | None = None

    @property
    def deaf(self) -> bool:
        return self.kind in (FaultKind.CUT, FaultKind.DOWN)

    async def begin(self, body: FaultBody) -> None:
        self.end()
        self.kind, self.slow_s = body.kind, body.slow_s
        self._end = asyncio.get_running_loop().call_later(body.seconds, self.end)
        if self.deaf:
            for socket in list(self.sockets):
                await socket.close(code=1012)

    def end(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = self.kind = None


class Spoilt:
    """The application with its faults. Not a middleware of the framework's kind: those cut answers in two."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = self._faults.kind
        if kind is None or scope["type"] != "http" or scope["path"] in _OPEN_TO_ALL:
            await self._app(scope, receive, send)
            return
        match kind:
            case FaultKind.TOO_FAST:
                await _TOO_FAST(scope, receive, send)
            case FaultKind.UNAVAILABLE | FaultKind.DOWN:
                await Response(status_code=503)(scope, receive, send)
            case FaultKind.REPLY_LOST:
                await self._app(scope, receive, _nowhere)
                await Response(status_code=503)(scope, receive, send)
            case _:
                await asyncio.sleep(self._faults.slow_s if kind is FaultKind.SLOW else 0)
                await self._app(scope, receive, send)


_TOO_FAST = Response('{"code":"too_fast","detail":"more calls a second than the network takes"}', 429)


async def _nowhere(_message: Message) -> None:
    return


def add(app: FastAPI) -> Faults:
    """Let the network of `app` be given faults."""
    faults = Faults()
    app.add_middleware(Spoilt, faults=faults)

    @app.put("/faults")
    async def begin(body: FaultBody) -> Response:
        await faults.begin(body)
        return Response(status_code=204)

    @app.delete("/faults")
    async def end() -> Response:
        faults.end()
        return Response(status_code=204)

    return faults
