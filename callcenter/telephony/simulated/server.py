"""The simulated telephone network as a process: HTTP for commands and questions, a WebSocket for events.

Commands answer 204 (or the reference), refusals are `{"code", "detail"}` with 404 (unknown call or agent),
409 (wrong state), 422 (number, permission) or 429 (too fast). It is a stand-in for a telephone company on the
same machine or private network, so it asks for no password; do not put it on a public address.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.settings import Settings
from callcenter.telephony.port import CarrierEvent, CarrierRefused, MachineDetection, PlaceCall, Supervising
from callcenter.telephony.simulated import faults, wire
from callcenter.telephony.simulated.fate import NEVER_S, Fate, Line
from callcenter.telephony.simulated.network import SimulatedNetwork
from callcenter.telephony.simulated.profile import NetworkProfile

_log = log.get(__name__)

_STATUS = {"unknown_call": 404, "unknown_agent": 404, "unknown_recording": 404, "wrong_state": 409, "too_fast": 429}
_EVENTS_WAITING_AT_MOST = 20_000  # of one listener; a slower one is cut off and has to ask for status
_KEEP_ALIVE_S = 120  # longer than the client's, so that it is the client who closes an idle connection
_DONE = 204


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlaceBody(_Body):
    call_id: UUID
    to_number: str
    from_number: str
    ring_timeout_s: float = 25.0
    machine_detection: MachineDetection = MachineDetection.OFF
    record: bool = False


class ParkBody(_Body):
    address: str


class JoinBody(_Body):
    agent_id: UUID


class HangUpBody(_Body):
    cause: EndCause = EndCause.SYSTEM_HUNG_UP


class MessageBody(_Body):
    message: str


class SuperviseBody(_Body):
    how: Supervising


class NumberBody(_Body):
    number: str


class ConsultBody(_Body):
    """One of both."""

    agent_id: UUID | None = None
    number: str = ""


class DigitsBody(_Body):
    digits: str


class DropBody(_Body):
    seconds: float = Field(default=5.0, gt=0, le=3600)


class PersonBody(_Body):
    """What whoever has a number will do. A time left out (or null) is never."""

    line: Line
    setup_s: float = Field(default=1.0, ge=0)
    ring_s: float | None = Field(default=None, ge=0)
    silence_s: float | None = Field(default=None, ge=0)
    hold_s: float | None = Field(default=None, ge=0)
    talk_s: float | None = Field(default=None, ge=0)
    machine_line_s: float | None = Field(default=None, ge=0)
    message_s: float | None = Field(default=None, ge=0)
    verdict_s: float = Field(default=4.0, ge=0)
    verdict_machine: bool = False

    def fate(self) -> Fate:
        times: dict[str, Any] = {name: NEVER_S if value is None else value for name, value in self}
        return Fate(**times)


def create_app(network: SimulatedNetwork) -> FastAPI:
    """The network's own surface; it starts and stops with the application."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        network.start()
        yield
        await network.close()

    app = FastAPI(title="Simulated telephone network", lifespan=lifespan)
    _add_commands(app, network)
    _add_company(app, network)
    _add_recordings(app, network)
    _add_questions(app, network)
    _add_events(app, network, faults.add(app))

    @app.exception_handler(CarrierRefused)
    async def _refused(_request: Request, refused: CarrierRefused) -> Response:
        return _json({"code": refused.code, "detail": refused.detail}, _STATUS.get(refused.code, 422))

    @app.exception_handler(RequestValidationError)
    async def _malformed(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _json({"code": "not_permitted", "detail": f"{where}: {first['msg']}"}, 422)

    return app


def _add_commands(app: FastAPI, network: SimulatedNetwork) -> None:
    @app.post("/calls")
    async def place(body: PlaceBody) -> Response:
        return _json({"carrier_ref": network.place(PlaceCall(**dict(body)))})

    @app.post("/calls/{call_id}/join")
    async def join(call_id: UUID, body: JoinBody) -> Response:
        network.join(call_id, body.agent_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/hold")
    async def hold(call_id: UUID) -> Response:
        network.hold(call_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/resume")
    async def resume(call_id: UUID) -> Response:
        network.resume(call_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/hang_up")
    async def hang_up(call_id: UUID, body: HangUpBody) -> Response:
        network.hang_up(call_id, body.cause)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/message")
    async def message(call_id: UUID, body: MessageBody) -> Response:
        network.play_message_and_hang_up(call_id, body.message)
        return Response(status_code=_DONE)

    @app.put("/agents/{agent_id}")
    async def park(agent_id: UUID, body: ParkBody) -> Response:
        network.park_agent(agent_id, body.address)
        return Response(status_code=_DONE)

    @app.delete("/agents/{agent_id}")
    async def unpark(agent_id: UUID) -> Response:
        network.unpark_agent(agent_id)
        return Response(status_code=_DONE)

    @app.post("/agents/{agent_id}/drop")
    async def drop(agent_id: UUID, body: DropBody) -> Response:
        """Only a simulated network has this: the agent's line drops, and comes back after so many seconds."""
        network.drop_agent(agent_id, body.seconds)
        return Response(status_code=_DONE)

    @app.put("/people/{number}")
    async def script(number: str, body: PersonBody) -> Response:
        """Only a simulated network has this: a test or a demonstration decides what one person does."""
        network.script(number, body.fate())
        return Response(status_code=_DONE)

    @app.delete("/people/{number}")
    async def unscript(number: str) -> Response:
        network.script(number, None)
        return Response(status_code=_DONE)


def _add_company(app: FastAPI, network: SimulatedNetwork) -> None:
    """Others than the agent, and what goes on in a talk."""

    @app.put("/calls/{call_id}/supervisors/{supervisor_id}")
    async def supervise(call_id: UUID, supervisor_id: UUID, body: SuperviseBody) -> Response:
        network.supervise(call_id, supervisor_id, body.how)
        return Response(status_code=_DONE)

    @app.delete("/calls/{call_id}/supervisors/{supervisor_id}")
    async def stop_supervising(call_id: UUID, supervisor_id: UUID) -> Response:
        network.stop_supervising(call_id, supervisor_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/release")
    async def release(call_id: UUID) -> Response:
        network.release(call_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/transfer")
    async def transfer(call_id: UUID, body: NumberBody) -> Response:
        network.transfer(call_id, body.number)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/consult")
    async def consult(call_id: UUID, body: ConsultBody) -> Response:
        network.consult(call_id, body.agent_id or body.number)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/consult/complete")
    async def complete_transfer(call_id: UUID) -> Response:
        network.complete_transfer(call_id)
        return Response(status_code=_DONE)

    @app.delete("/calls/{call_id}/consult")
    async def end_consultation(call_id: UUID) -> Response:
        network.end_consultation(call_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/announce")
    async def announce(call_id: UUID, body: MessageBody) -> Response:
        network.announce(call_id, body.message)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/digits")
    async def digits(call_id: UUID, body: DigitsBody) -> Response:
        network.send_digits(call_id, body.digits)
        return Response(status_code=_DONE)


def _add_recordings(app: FastAPI, network: SimulatedNetwork) -> None:
    @app.post("/calls/{call_id}/recording/pause")
    async def pause(call_id: UUID) -> Response:
        network.pause_recording(call_id)
        return Response(status_code=_DONE)

    @app.post("/calls/{call_id}/recording/resume")
    async def resume(call_id: UUID) -> Response:
        network.resume_recording(call_id)
        return Response(status_code=_DONE)

    @app.get("/calls/{call_id}/recordings")
    async def recordings(call_id: UUID) -> Response:
        return _json(network.tapes.of(call_id))

    @app.get("/recordings/{ref}")
    async def fetch(ref: str) -> Response:
        return StreamingResponse(network.tapes.fetch(ref), media_type="audio/wav")

    @app.delete("/recordings/{ref}")
    async def forget(ref: str) -> Response:
        network.tapes.forget(ref)
        return Response(status_code=_DONE)


def _add_questions(app: FastAPI, network: SimulatedNetwork) -> None:
    @app.get("/calls/{call_id}")
    async def status(call_id: UUID) -> Response:
        return _json(network.status(call_id))

    @app.get("/probe")
    async def probe() -> Response:
        return Response(status_code=_DONE)

    @app.get("/figures")
    async def figures() -> Response:
        return _json(network.figures())

    @app.get("/health")
    async def health() -> Response:
        return _json(
            {
                "name": "simulated",
                "simulated": True,
                "notice_zh": "这是模拟电话网络:不会拨打任何真实电话。",
                "notice_en": "This is a simulated telephone network: no real telephone is ever called.",
                "now": network.clock.now(),
                "speed": network.clock.speed,
                "seed": network.seed,
            }
        )


def _add_events(app: FastAPI, network: SimulatedNetwork, trouble: faults.Faults) -> None:
    @app.websocket(wire.EVENTS_PATH)
    async def events(socket: WebSocket) -> None:
        waiting: asyncio.Queue[CarrierEvent | None] = asyncio.Queue()
        if trouble.deaf:
            await socket.close(code=1012)
            return

        def hear(event: CarrierEvent) -> None:
            if waiting.qsize() < _EVENTS_WAITING_AT_MOST:
                waiting.put_nowait(event)
            else:
                waiting.put_nowait(None)

        async def until_gone() -> None:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
            waiting.put_nowait(None)

        stop = network.listen(hear)  # before the socket is open: whoever is connected misses nothing
        gone: asyncio.Task[None] | None = None
        try:
            await socket.accept()
            trouble.sockets.add(socket)
            gone = asyncio.create_task(until_gone())
            while (event := await waiting.get()) is not None:
                await socket.send_text(wire.dump_event(event))
            if not gone.done():
                _log.warning("simulated_network.listener_too_slow", waiting=waiting.qsize())
                await socket.close(code=1013, reason="too slow: ask for the status of your calls")
        except (RuntimeError, OSError):  # the other side went while we were writing
            pass
        finally:
            stop()
            trouble.sockets.discard(socket)
            if gone is not None:
                gone.cancel()


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")


def _config(app: FastAPI, host: str, port: int, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
        ws_per_message_deflate=False,
        **more,
    )


def run(settings: Settings, clock: Clock, seed: int = 0, profile: NetworkProfile | None = None) -> None:
    """Serve at the host and port of `settings.carrier_url` until the process is told to stop."""
    where = urlsplit(settings.carrier_url)
    host, port = where.hostname or "127.0.0.1", where.port or 80
    _log.info("simulated_network.starts", host=host, port=port, seed=seed, speed=clock.speed)
    app = create_app(SimulatedNetwork(clock, seed, profile))
    uvicorn.Server(_config(app, host, port, loop="uvloop")).run()


class BackgroundServer:
    """The same server on a free port and a thread of its own, for tests: `with BackgroundServer(make) as url`.

    `make` builds the network inside; its clock has to be a SystemClock, since a ManualClock belongs to one loop.
    """

    def __init__(self, make: Callable[[], SimulatedNetwork], port: int = 0) -> None:
        self._make = make
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> str:
        config = _config(create_app(self._make()), "127.0.0.1", self._port)
        server = self._server = uvicorn.Server(config)
        listening = config.bind_socket()
        self._thread = threading.Thread(target=server.run, args=([listening],), daemon=True, name="simulated-network")
        self._thread.start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)
