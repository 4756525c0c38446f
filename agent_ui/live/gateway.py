"""The gateway: from the stream of events to the consoles of this process.

One writer and one bounded queue per socket; a console that cannot keep up is cut and starts again. With NATS
away, consoles are told that they are behind and get a fresh snapshot every second, straight from PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from agent_ui.live import commands, snapshot
from agent_ui.live.figures import Figures
from agent_ui.live.protocol import (
    PROTOCOL,
    AgentChanged,
    Behind,
    CallChanged,
    ClientMessage,
    Command,
    Done,
    FiguresChanged,
    Hello,
    InStep,
    Me,
    Painted,
    Ping,
    Pong,
    Problem,
    Refused,
    ServerMessage,
    Snapshot,
    Superseded,
    SupervisionChanged,
    Welcome,
)
from agent_ui.live.views import agent_sees, agent_view, call_view, supervision_view
from callcenter.agents import service as agents
from callcenter.calls import company
from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, Session, is_connection_loss
from callcenter.kit.errors import AppError, Conflict, Lang, Unavailable
from callcenter.kit.wake import listen
from callcenter.metrics.collectors import Metrics
from callcenter.people.models import Role, User
from callcenter.people.service import LOOK_AGAIN

_log = log.get(__name__)

QUEUE = 256
"""Messages that may wait for one socket."""
RING = 20_000
"""Events kept for consoles that were away for a moment."""
PING_S = 5.0
RESYNC_S = 1.0
FIGURES_S = 1.0
TOO_SLOW = 1013
"""Close code for a console that cannot keep up: it starts again with a snapshot."""
SUPERSEDED = 4001
NOT_SIGNED_IN = 4401

Why = Literal["start", "too_old", "resync"]


@dataclass(eq=False, slots=True)
class Console:
    """One socket."""

    id: UUID
    user: User
    still_signed_in: Callable[[Session], Awaitable[User | None]]
    """Looks again whether the cookie this socket came with opens a session."""
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(maxsize=QUEUE))
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    close_code: int = 1000
    seq: int = 0
    ready: bool = False
    """False until the first snapshot is on its way: events before it would tell nothing."""

    @property
    def board(self) -> bool:
        return self.user.role in snapshot.BOARD_ROLES

    @property
    def lang(self) -> Lang:
        return "en" if self.user.language == "en" else "zh"

    def send(self, body: bytes) -> None:
        if self.closing.is_set():
            return
        try:
            self.queue.put_nowait(body)
        except asyncio.QueueFull:
            self.close(TOO_SLOW)

    def close(self, code: int) -> None:
        self.close_code = code
        self.closing.set()


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of the stream, serialised once for each kind of console."""

    seq: int
    agent_id: UUID | None
    """Whose own console gets `own`."""
    own: bytes | None
    board: bytes


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What the installation has decided about supervision and transfers."""

    supervision_visible: bool = True
    transfer_numbers: frozenset[str] = frozenset()


def encode(message: ServerMessage) -> bytes:
    return message.model_dump_json().encode()


class Gateway:
    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        figures: Figures,
        metrics: Metrics,
        rules: HouseRules | None = None,
    ) -> None:
        self._rules = rules or HouseRules()
        self._names: dict[UUID, str] = {}
        self._database = database
        self._bus = bus
        self._clock = clock
        self._figures = figures
        self._metrics = metrics
        self._consoles: dict[UUID, Console] = {}
        self._ring: deque[_Event] = deque(maxlen=RING)
        self._epoch = "none"
        self._seq = 0
        self._behind_since: datetime | None = clock.now()
        self._following: Any = None
        self._follow_lock = asyncio.Lock()
        bus.on_change(self._bus_changed)

    # -------------------------------------------------------------- running

    async def run(self) -> None:
        """Background work of one web process, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(RESYNC_S, self._resync_while_behind))
            group.create_task(self._every(agents.RENEW_S, self._renew))
            group.create_task(self._every(PING_S, self._ping))
            group.create_task(self._every(FIGURES_S, self._send_figures))
            group.create_task(listen(self._database.url, [LOOK_AGAIN], self._look_again))

    async def _every(self, seconds: float, job: Any) -> None:
        while True:
            try:
                await job()
            except Exception as error:
                if is_connection_loss(error):
                    _log.warning("gateway.database_lost", job=job.__name__)
                else:
                    _log.exception("gateway.job_failed", job=job.__name__)
            await asyncio.sleep(seconds)

    async def _bus_changed(self, connected: bool) -> None:
        if not connected:
            if self._behind_since is None:
                self._behind_since = self._clock.now()
                self._broadcast(encode(Behind(since=self._behind_since)))
            return
        await self._follow()

    async def _follow(self) -> None:
        """(Re)subscribe; what was missed is made good by a fresh snapshot for everybody."""
        async with self._follow_lock:
            if self._following is not None:
                with contextlib.suppress(Exception):
                    await self._following.unsubscribe()
            self._ring.clear()
            try:
                self._epoch = await self._bus.epoch()
                self._following = await self._bus.follow(self._on_event)
                self._seq = await self._bus.last_sequence()
                await self._bus.hear("pacing", self._figures.hear_pacing)
            except Exception as error:
                # Still behind: the next second tries again.
                _log.warning("gateway.follow_failed", reason=type(error).__name__)
                return
        self._behind_since = None
        for console in list(self._consoles.values()):
            await self._send_snapshot(console, "resync")
        self._broadcast(encode(InStep()))

    async def _resync_while_behind(self) -> None:
        if self._behind_since is None:
            return
        if self._bus.connected:
            await self._follow()
            return
        for console in list(self._consoles.values()):
            if console.ready:
                await self._send_snapshot(console, "resync")

    async def _renew(self) -> None:
        async with self._database.transaction() as session:
            await agents.renew(session, {c.user.id: c.id for c in self._consoles.values() if c.user.role == Role.AGENT})

    async def _look_again(self, _channel: str, person: str) -> None:
        """Somebody's rights or session changed (empty: perhaps anybody's): their sockets must not outlive it."""
        for console in list(self._consoles.values()):
            if person and str(console.user.id) != person:
                continue
            try:
                async with self._database.transaction() as session:
                    user = await console.still_signed_in(session)
            except Exception as error:
                if not is_connection_loss(error):
                    raise
                return  # the listener reports everybody again once the database is back
            if user is None or user.role != console.user.role:
                console.close(NOT_SIGNED_IN)

    async def _ping(self) -> None:
        self._broadcast(encode(Ping(seq=self._seq, now=self._clock.now())))

    async def _send_figures(self) -> None:
        boards = [c for c in self._consoles.values() if c.board and c.ready]
        if not boards:
            return
        async with self._database.transaction() as session:
            await self._figures.refresh(session, self._clock.now())
        body = encode(FiguresChanged(campaigns=dict(self._figures.latest), carrier=self._figures.network))
        for console in boards:
            console.send(body)

    def _broadcast(self, body: bytes) -> None:
        for console in self._consoles.values():
            if console.ready:
                console.send(body)

    # -------------------------------------------------------------- events

    async def _on_event(self, seq: int, body: bytes) -> None:
        try:
            message = orjson.loads(body)
            if message["topic"] == company.TOPIC:
                await self._learn_name(UUID(message["payload"]["supervisor_id"]))
            event = self._translate(seq, message)
        except Exception:
            _log.exception("gateway.event_failed", seq=seq)
            return
        self._seq = seq
        if event is None:
            return
        self._ring.append(event)
        for console in list(self._consoles.values()):
            self._deliver(console, event)

    async def _learn_name(self, user_id: UUID) -> None:
        if user_id not in self._names:
            async with self._database.transaction() as session:
                user = await session.get(User, user_id)
            self._names[user_id] = user.name if user is not None else ""

    def _translate(self, seq: int, message: Mapping[str, Any]) -> _Event | None:
        payload = message["payload"]
        match message["topic"]:
            case "agent":
                view = agent_view(payload)
                body = encode(AgentChanged(seq=seq, agent=view))
                self._supersede(view.user_id, payload.get("socket_id"))
                return _Event(seq, view.user_id, body, body)
            case "call":
                shown = call_view(payload, with_card=False)
                own = None
                if shown.agent_id is not None:
                    own = encode(CallChanged(seq=seq, call=call_view(payload, with_card=True)))
                return _Event(seq, shown.agent_id, own, encode(CallChanged(seq=seq, call=shown)))
            case company.TOPIC:
                seen = supervision_view(payload, self._names[UUID(payload["supervisor_id"])])
                body = encode(SupervisionChanged(seq=seq, supervision=seen))
                shows = agent_sees(seen.how, visible=self._rules.supervision_visible)
                return _Event(seq, seen.agent_id, body if shows else None, body)
            case _:
                return None

    @staticmethod
    def _deliver(console: Console, event: _Event) -> None:
        if not console.ready:
            return
        if console.board:
            console.send(event.board)
        elif event.own is not None and console.user.id == event.agent_id:
            console.send(event.own)

    def _supersede(self, user_id: UUID, socket_id: object) -> None:
        if not socket_id:
            return
        for console in list(self._consoles.values()):
            if console.user.id == user_id and str(console.id) != str(socket_id) and console.ready:
                console.send(encode(Superseded()))
                console.close(SUPERSEDED)

    # -------------------------------------------------------------- one console

    async def open(self, console: Console, hello: Hello) -> None:
        """Answer the first message: welcome, then the missed events or a snapshot.

        Raises:
            AppError: another protocol version.
        """
        if hello.protocol != PROTOCOL:
            raise Conflict(
                code="protocol",
                why_zh="页面版本已过期，请刷新页面。",
                why_en="This page is out of date; reload it.",
            )
        user = console.user
        if user.role == Role.AGENT:
            for other in [c for c in self._consoles.values() if c.user.id == user.id]:
                other.send(encode(Superseded()))
                other.close(SUPERSEDED)
            async with self._database.transaction() as session:
                await agents.attach(session, user, console.id, self._clock.now())
        self._consoles[console.id] = console
        self._metrics.sockets.set(len(self._consoles))
        me = Me(id=user.id, name=user.name, role=Role(user.role), language=console.lang)
        console.send(
            encode(
                Welcome(
                    protocol=PROTOCOL,
                    me=me,
                    simulated=self._figures.simulated,
                    now=self._clock.now(),
                    speed=self._clock.speed,
                )
            )
        )
        if not self._replay(console, hello):
            await self._send_snapshot(console, "start" if hello.seq is None else "too_old")
        if self._behind_since is not None:
            console.send(encode(Behind(since=self._behind_since)))

    def _replay(self, console: Console, hello: Hello) -> bool:
        """Send what was missed since `hello.seq`; False when that is no longer whole."""
        if hello.seq is None or hello.epoch != self._epoch or self._behind_since is not None:
            return False
        if hello.seq > self._seq or not self._ring or self._ring[0].seq > hello.seq + 1:
            return False
        console.ready = True
        for event in self._ring:
            if event.seq > hello.seq:
                self._deliver(console, event)
        console.send(encode(InStep()))
        return True

    async def _send_snapshot(self, console: Console, why: Why) -> None:
        seq = self._seq
        async with self._database.transaction() as session:
            if console.board:
                await self._figures.refresh_when_old(session, self._clock.now())
            fresh = await snapshot.read(
                session,
                console.user,
                self._figures.latest,
                visible=self._rules.supervision_visible,
                network=self._figures.network,
            )
        console.send(
            encode(
                Snapshot(
                    epoch=self._epoch,
                    seq=seq,
                    why=why,
                    agent=fresh.agent,
                    call=fresh.call,
                    board=fresh.board,
                    supervisions=fresh.supervisions,
                )
            )
        )
        # What was delivered while the snapshot was read may be newer than it, and would be lost under it.
        console.ready = True
        for event in list(self._ring):
            if event.seq > seq:
                self._deliver(console, event)

    async def closed(self, console: Console) -> None:
        self._consoles.pop(console.id, None)
        self._metrics.sockets.set(len(self._consoles))
        if console.close_code == TOO_SLOW:
            self._metrics.slow_sockets.inc()
        if console.user.role == Role.AGENT:
            with contextlib.suppress(Exception):
                async with self._database.transaction() as session:
                    await agents.detach(session, console.user.id, console.id)

    async def take(self, console: Console, message: ClientMessage) -> None:
        """One message of an open console."""
        match message:
            case Pong():
                return
            case Painted(ms=ms):
                self._metrics.pop_painted(ms)
            case Hello():
                await self.open(console, message)
            case _:
                console.send(encode(await self._command(console, message)))

    async def _command(self, console: Console, command: Command) -> Done | Refused:
        try:
            async with self._database.transaction() as session:
                now, numbers = self._clock.now(), self._rules.transfer_numbers
                await commands.carry_out(commands.Desk(session, console.user, now, numbers), command)
            return Done(id=command.id)
        except AppError as refusal:
            return refused(command.id, refusal, console.lang)
        except Exception as error:
            if not is_connection_loss(error):
                _log.exception("command.failed", command=command.type)
            away = Unavailable(what_zh="数据库", what_en="The database")
            return refused(command.id, away, console.lang)


def refused(command_id: str | None, error: AppError, lang: Lang) -> Refused:
    return Refused(id=command_id, problem=Problem(code=error.code, field=error.field, sentence=error.sentence(lang)))
