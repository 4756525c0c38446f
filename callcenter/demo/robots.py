"""Robot agents: they sign in like people, over the real socket, and talk, note, dispose and take orders.

They stand in for agents in demonstrations, measurements and the proofs of recovery. What they decide is drawn
from a seed; how long a customer talks is the network's to decide. Their lives run on the demo's clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from agent_ui.live.protocol import (
    PROTOCOL,
    CallView,
    Done,
    Refused,
    ServerMessage,
    Snapshot,
    Superseded,
    server_message,
)
from agent_ui.live.state import ConsoleState, apply
from callcenter.domain.agent import AgentState
from callcenter.domain.call import CallState
from callcenter.kit import log
from callcenter.kit.clock import Clock, real_now
from callcenter.people.access import COOKIE

_log = log.get(__name__)

COMMAND_TIMEOUT_S = 10.0
_SIT_DOWN_EACH_S = 0.03
_MOST_DOUBLINGS = 5
_SHORT_TALK_S = 75.0
_LAST_PROMISE = time(16, 45)
_STAGES_AT_S = (("felt_need", 20.0), ("rational_need", 150.0), ("trust", 390.0))

# (disposition, weight) after a short and after a long talk.
_SHORT = (
    ("refused", 42),
    ("not_now", 30),
    ("hung_up_early", 12),
    ("callback", 7),
    ("wrong_person", 5),
    ("do_not_call", 4),
)
_LONG = (
    ("order", 22),
    ("great_interest", 24),
    ("asked_to_buy", 13),
    ("considering", 17),
    ("not_now", 10),
    ("callback", 8),
    ("refused", 6),
)


class Robot(BaseModel):
    user_id: UUID
    token: str
    seed: int


class Crew(BaseModel):
    """Everything robots need to know, as the demonstration hands it over."""

    url: str
    campaign_id: UUID
    items: list[UUID]
    robots: list[Robot]
    wrap_up_mean_s: float = 22.0
    pitch_min: tuple[float, float] = (11.0, 16.0)
    """The shortest and the longest talk, in minutes, of a customer who does not hang up before."""
    journal: Path | None = None
    """Where robots write, a JSON line each, what proofs need: pops with their milliseconds, saved dispositions,
    snapshots received."""

    async def work(self, clock: Clock) -> None:
        """Work until the line `finish` comes on standard input: then each leaves after their last call."""
        finish = asyncio.Event()

        def heard() -> None:
            if sys.stdin.readline():
                finish.set()

        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), heard)
        async with asyncio.TaskGroup() as group:
            for robot in self.robots:
                group.create_task(RobotAgent(self, robot, clock, finish).work())
                await asyncio.sleep(_SIT_DOWN_EACH_S)


@dataclass(slots=True)
class RobotAgent:
    crew: Crew
    robot: Robot
    clock: Clock
    finish: asyncio.Event
    state: ConsoleState = field(default_factory=ConsoleState)
    _random: random.Random = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _answers: dict[str, asyncio.Future[ServerMessage]] = field(default_factory=dict)
    _count: int = 0
    _greeted: bool = False

    def __post_init__(self) -> None:
        self._random = random.Random(self.robot.seed)

    async def work(self) -> None:
        """Come back after each cut. The pause doubles while nothing answers: hundreds would keep a server down."""
        tries = 0
        while True:
            try:
                if await self._session():
                    return
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
                _log.info("robot.reconnects", robot=str(self.robot.user_id), reason=type(error).__name__)
            tries = 0 if self._greeted else min(tries + 1, _MOST_DOUBLINGS)
            self._greeted = False
            await asyncio.sleep(self._random.uniform(0.2, 0.6) * 2**tries)

    async def _session(self) -> bool:
        """One connection. True when the shift is over and the robot has signed off."""
        origin = self.crew.url
        address = self.crew.url.replace("http", "ws", 1) + "/api/live"
        async with connect(
            address,
            additional_headers={"Cookie": f"{COOKIE}={self.robot.token}"},
            origin=origin,  # type: ignore[arg-type]
            max_size=4 * 1024 * 1024,
            compression=None,
            proxy=None,
            open_timeout=10,
            close_timeout=0.2,
        ) as socket:
            hello: dict[str, Any] = {"type": "hello", "protocol": PROTOCOL}
            if self.state.epoch is not None:
                hello |= {"epoch": self.state.epoch, "seq": self.state.seq}
            await socket.send(orjson.dumps(hello).decode())
            reader = asyncio.create_task(self._read(socket))
            life = asyncio.create_task(self._live(socket))
            done, pending = await asyncio.wait({reader, life}, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            for task in done:
                task.result()
            return life in done

    async def _read(self, socket: ClientConnection) -> None:
        async for frame in socket:
            message = server_message.validate_json(frame)
            if isinstance(message, Done | Refused) and message.id in self._answers:
                self._answers.pop(message.id).set_result(message)
            elif isinstance(message, Superseded):
                return
            self._greeted = True
            if isinstance(message, Snapshot):
                self._write(kind="snapshot", why=message.why, at=real_now())
            before = self.state.call
            self.state = apply(self.state, message)
            self._note_pop(before)
            self._changed.set()

    def _note_pop(self, before: CallView | None) -> None:
        """How long the answer took to this socket, in real milliseconds."""
        call = self.state.call
        if call is None or call.answered_at is None or call.state is not CallState.CONNECTING:
            return
        if before is None or before.id != call.id or before.state != call.state:
            ms = (self.clock.now() - call.answered_at).total_seconds() / self.clock.speed * 1000
            self._write(kind="pop", call_id=call.id, ms=round(ms, 3))

    def _write(self, **entry: Any) -> None:
        if self.crew.journal is not None:
            with self.crew.journal.open("ab") as out:
                out.write(orjson.dumps({"robot": self.robot.user_id, **entry}, default=str) + b"\n")

    async def _ask(self, socket: ClientConnection, **command: Any) -> ServerMessage:
        self._count += 1
        command_id = f"r{self._count}"
        future: asyncio.Future[ServerMessage] = asyncio.get_running_loop().create_future()
        self._answers[command_id] = future
        await socket.send(orjson.dumps({"id": command_id, **command}, default=str).decode())
        try:
            return await asyncio.wait_for(future, COMMAND_TIMEOUT_S)
        finally:
            self._answers.pop(command_id, None)

    async def _until_changed(self, version: int) -> None:
        """Until the own state is another one, or the shift ends."""
        was_over = self.finish.is_set()
        while self.state.agent is None or self.state.agent.version == version:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), 1.0)
            if self.finish.is_set() and not was_over:
                return

    # -------------------------------------------------------------- a working life

    async def _live(self, socket: ClientConnection) -> None:
        await self._until_changed(-1)
        while True:
            agent, call = self.state.agent, self.state.call
            assert agent is not None
            over = self.finish.is_set()
            match agent.state:
                case AgentState.OFFLINE if over:
                    return
                case AgentState.READY | AgentState.ON_BREAK | AgentState.PREVIEWING if over:
                    await self._ask(socket, type="sign_off")
                case AgentState.OFFLINE:
                    await self._ask(socket, type="sign_on", queue_id=str(self.crew.campaign_id))
                case AgentState.ON_BREAK:
                    await self._ask(socket, type="ready")
                case AgentState.PREVIEWING if call is not None:
                    await self.clock.sleep(self._random.uniform(4, 12))
                    await self._ask(socket, type="dial", call_id=str(call.id))
                case AgentState.TALKING if call is not None:
                    await self._talk(socket, call.id)
                case AgentState.WRAP_UP if call is not None:
                    await self._wrap_up(socket, call.id)
                case _:
                    pass
            await self._until_changed(agent.version)

    def _talks(self, call_id: UUID) -> bool:
        call, agent = self.state.call, self.state.agent
        return (
            call is not None
            and call.id == call_id
            and call.state is not CallState.ENDED
            and agent is not None
            and agent.state is AgentState.TALKING
        )

    async def _talk(self, socket: ClientConnection, call_id: UUID) -> None:
        """Lead through the stages until the customer hangs up, or until the pitch has run its course."""
        limit_s = self._random.uniform(*self.crew.pitch_min) * 60
        reached = 0
        while self._talks(call_id):
            call = self.state.call
            assert call is not None
            talked = 0.0
            if call.connected_at is not None:
                talked = (self.clock.now() - call.connected_at).total_seconds()
            if reached < len(_STAGES_AT_S) and talked >= _STAGES_AT_S[reached][1]:
                await self._ask(socket, type="stage", call_id=str(call_id), stage=_STAGES_AT_S[reached][0])
                reached += 1
            if talked >= limit_s:
                await self._ask(socket, type="hang_up", call_id=str(call_id))
                limit_s = float("inf")
            self._changed.clear()
            nap = 15.0 / self.clock.speed
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), nap)

    async def _wrap_up(self, socket: ClientConnection, call_id: UUID) -> None:
        mean = self.crew.wrap_up_mean_s
        await self.clock.sleep(min(self._random.lognormvariate(0, 0.5) * mean, 6 * mean))
        call = self.state.call
        if call is None or call.id != call_id:
            return
        if call.disposition is None:
            decided = self._decide()
            answer = await self._ask(socket, type="disposition", call_id=str(call_id), **decided)
            if isinstance(answer, Refused):
                _log.warning("robot.refused", code=answer.problem.code, field=answer.problem.field)
                decided = {"code": "considering", "note": "", "then": "ready"}
                answer = await self._ask(socket, type="disposition", call_id=str(call_id), **decided)
            if isinstance(answer, Done):
                self._write(kind="saved", call_id=call_id, code=decided["code"])
        else:
            await self._ask(socket, type="ready")

    def _decide(self) -> dict[str, Any]:
        call = self.state.call
        assert call is not None
        talked = 0.0
        if call.connected_at is not None and call.ended_at is not None:
            talked = (call.ended_at - call.connected_at).total_seconds()
        code = _draw(self._random, _SHORT if talked < _SHORT_TALK_S else _LONG)
        decided: dict[str, Any] = {"code": code, "note": "", "then": "ready"}
        if code == "callback":
            decided["callback_at"] = self._callback_time().isoformat()
        if code == "order":
            assert call.card is not None
            wanted = self._random.sample(self.crew.items, k=min(len(self.crew.items), self._random.choice((1, 1, 2))))
            decided["order"] = {
                "lines": [{"item_id": str(i), "quantity": self._random.choice((1, 1, 2, 3))} for i in wanted],
                "recipient": call.card.customer.name,
                "address": call.card.customer.address or "客户电话中提供",
                "payment": "cash_on_delivery",
            }
        return decided

    def _callback_time(self) -> datetime:
        """Some ask for later today, most for tomorrow at about this hour: a time at which people are called anyway."""
        now = self.clock.now()
        later = now + timedelta(minutes=self._random.randint(20, 45))
        call = self.state.call
        assert call is not None
        assert call.card is not None
        zone = ZoneInfo(call.card.customer.timezone)
        if later.astimezone(zone).time() < _LAST_PROMISE and self._random.random() < 0.3:
            return later
        return now + timedelta(days=1, minutes=self._random.randint(-5, 5))


def _draw(rng: random.Random, weighted: Sequence[tuple[str, int]]) -> str:
    return rng.choices([code for code, _ in weighted], [weight for _, weight in weighted])[0]


__all__ = ["Crew", "Robot", "RobotAgent"]
