"""The promise of the live protocol: an old snapshot plus the events since equals a fresh snapshot, always.

Two agents and a supervisor watch the same room while calls are placed, answered in any order, talked,
disposed of and lost. After every single step each console's state, brought forward by the recorded events, is
compared with what a new console would be given.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from agent_ui.live import commands, snapshot
from agent_ui.live.protocol import (
    AgentChanged,
    Board,
    Break,
    CallChanged,
    HangUp,
    Ready,
    SaveDisposition,
    SignOff,
    SignOn,
    Snapshot,
    Stage,
    StageReached,
    StopSupervising,
    Supervise,
    SupervisionChanged,
)
from agent_ui.live.state import ConsoleState, apply
from agent_ui.live.views import agent_sees, agent_view, call_view, supervision_view
from callcenter.agents import service as agents
from callcenter.calls import company
from callcenter.calls import service as calls
from callcenter.calls.models import Call
from callcenter.domain.agent import BreakReason
from callcenter.domain.call import CallEventKind, CallState, EndCause
from callcenter.kit.db import Session
from callcenter.kit.errors import AppError
from callcenter.kit.ids import new_id
from callcenter.people.models import Role, User
from callcenter.telephony.port import CarrierEvent, Supervising
from campaigns.dialer import answering
from campaigns.dialer.answering import Desks
from campaigns.dispositions import service as dispositions
from campaigns.plans.models import Campaign
from tests.factories import make_call, make_campaign, make_user

BEGIN = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
STEPS = 120
LONGEST = 500


class Room:
    """A campaign with people watching it, and a clock that moves one second a step."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.random = random.Random(seed)
        self.now = BEGIN
        self.seen = 0
        self.desks = Desks()
        self.users: list[User] = []
        self.consoles: dict[UUID, ConsoleState] = {}
        self.sequences: dict[UUID, int] = {}
        self.done: dict[str, int] = {}
        self.campaign: Campaign

    async def open(self) -> None:
        await dispositions.seed_defaults(self.session)
        self.campaign = await make_campaign(self.session)
        self.users = [await make_user(self.session, role) for role in (Role.AGENT, Role.AGENT, Role.SUPERVISOR)]
        for user in self.users:
            if user.role == Role.AGENT:
                await agents.attach(self.session, user, new_id(), self.now)
        await self._events()
        for user in self.users:
            self.consoles[user.id] = await self.fresh(user)

    async def fresh(self, user: User) -> ConsoleState:
        found = await snapshot.read(self.session, user, {})
        message = Snapshot(
            epoch="e",
            seq=self.seen,
            why="start",
            agent=found.agent,
            call=found.call,
            board=found.board,
            supervisions=found.supervisions,
        )
        return apply(ConsoleState(), message)

    async def _events(self) -> list[tuple[int, str, dict[str, object]]]:
        rows = await self.session.execute(
            text("SELECT id, topic, payload FROM outbox WHERE id > :seen ORDER BY id"), {"seen": self.seen}
        )
        found = [(int(r.id), r.topic, r.payload) for r in rows.all()]
        if found:
            self.seen = found[-1][0]
        return found

    async def compare(self, what: str) -> None:
        """Bring every console forward by the events of the last step; it must now equal a fresh one."""
        for seq, topic, payload in await self._events():
            for user in self.users:
                message = self._message(user, seq, topic, payload)
                if message is not None:
                    # Twice: a redelivered event must change nothing.
                    self.consoles[user.id] = apply(apply(self.consoles[user.id], message), message)
        for user in self.users:
            assert _state(self.consoles[user.id]) == _state(await self.fresh(user)), f"{user.role} after {what}"

    def _message(
        self, user: User, seq: int, topic: str, payload: dict[str, object]
    ) -> AgentChanged | CallChanged | SupervisionChanged | None:
        """What the gateway would send to this user."""
        board = user.role == Role.SUPERVISOR
        if topic == company.TOPIC:
            seen = supervision_view(payload, self.users[2].name)
            mine = seen.agent_id == user.id and agent_sees(seen.how, visible=True)
            return SupervisionChanged(seq=seq, supervision=seen) if board or mine else None
        if topic == "agent":
            view = agent_view(payload)
            return AgentChanged(seq=seq, agent=view) if board or view.user_id == user.id else None
        shown = call_view(payload, with_card=not board)
        return CallChanged(seq=seq, call=shown) if board or shown.agent_id == user.id else None

    # ---------------------------------------------------------------- what can happen

    async def step(self) -> str:
        self.now += timedelta(seconds=self.random.choice((1, 1, 2, 5, 30)))
        actions: list[Callable[[], Awaitable[str]]] = [
            self.place,
            self.tell,
            self.tell,
            self.tell,
            self.tell,
            self.agent_acts,
            self.agent_acts,
            self.agent_acts,
            self.console_goes_and_comes,
            self.supervisor_acts,
        ]
        name = await self.random.choice(actions)()
        self.done[name] = self.done.get(name, 0) + 1
        return name

    async def place(self) -> str:
        if len(await self._live()) < 4:
            lead_call = await make_call(
                self.session, self.campaign, state="launching", launched_at=self.now, created_at=self.now, version=0
            )
            await calls._save(self.session, lead_call)
        return "place"

    async def _live(self) -> list[Call]:
        rows = await self.session.execute(text("SELECT id FROM calls WHERE state <> 'ended' ORDER BY created_at, id"))
        return [await calls.get(self.session, call_id) for call_id in rows.scalars()]

    async def tell(self) -> str:
        """The carrier tells something about some call, sensible or not, through the dialler's own handling."""
        live = await self._live()
        if not live:
            return "nothing to tell"
        call = self.random.choice(live)
        likely = {
            CallState.LAUNCHING: [CallEventKind.RINGING, CallEventKind.ANSWERED, CallEventKind.ENDED],
            CallState.RINGING: [CallEventKind.ANSWERED, CallEventKind.ANSWERED, CallEventKind.ENDED],
            CallState.WAITING: [CallEventKind.ENDED, CallEventKind.MACHINE],
            CallState.CONNECTING: [CallEventKind.JOINED, CallEventKind.JOINED, CallEventKind.JOIN_FAILED],
            CallState.CONNECTED: [CallEventKind.HELD, CallEventKind.ENDED, CallEventKind.RINGING],
            CallState.HELD: [CallEventKind.RESUMED, CallEventKind.ENDED],
        }[CallState(call.state)]
        kind = self.random.choice(likely)
        sequence = self.sequences[call.id] = self.sequences.get(call.id, -1) + 1
        event = CarrierEvent(call.id, kind, self.now, sequence, cause=EndCause.CUSTOMER_HUNG_UP, agent_id=call.agent_id)
        applied = await calls.apply_event(self.session, event, self.now)
        if applied is not None:
            desk = await self.desks.get(self.session, call.queue_id)
            await answering.follow(self.session, desk, applied, event, self.now)
        return f"told {kind}"

    async def agent_acts(self) -> str:
        user = self.random.choice(self.users[:2])
        agent = await agents.locked(self.session, user.id)
        call_id = agent.call_id or new_id()
        dispose = SaveDisposition(
            id="1",
            call_id=call_id,
            code=self.random.choice(("not_now", "great_interest", "asked_to_buy", "refused")),
            then=self.random.choice(("ready", "ready", "break", "stay")),
        )
        sign_on, ready = SignOn(id="1", queue_id=self.campaign.id), Ready(id="1")
        stage = StageReached(id="1", call_id=call_id, stage=self.random.choice(list(Stage)))
        rest = Break(id="1", reason=BreakReason.MEAL)
        sensible: dict[str, list[commands.Command]] = {
            "offline": [sign_on],
            "on_break": [ready],
            "ready": [ready],
            "talking": [stage, rest, ready, dispose, HangUp(id="1", call_id=call_id)],
            "wrap_up": [dispose],
        }
        anything = [sign_on, ready, rest, SignOff(id="1"), HangUp(id="1", call_id=call_id), stage, dispose]
        foolish = self.random.random() < 0.25
        command = self.random.choice(anything if foolish else sensible[agent.state])
        try:
            async with self.session.begin_nested():
                await commands.carry_out(commands.Desk(self.session, user, self.now), command)
        except AppError:
            for row in (*self.users, self.campaign):  # the rolled-back savepoint expired what was loaded
                await self.session.refresh(row)
            self.desks = Desks()
            return f"refused {command.type}"
        return command.type

    async def supervisor_acts(self) -> str:
        live = await self._live()
        how = self.random.choice([*Supervising, None])
        command: commands.Command = StopSupervising(id="1")
        talking = [call for call in live if call.state in (CallState.CONNECTED.value, CallState.HELD.value)]
        if live and how is not None:
            command = Supervise(id="1", call_id=self.random.choice(talking or live).id, how=how)
        try:
            async with self.session.begin_nested():
                await commands.carry_out(commands.Desk(self.session, self.users[2], self.now), command)
        except AppError:
            for row in (*self.users, self.campaign):
                await self.session.refresh(row)
            self.desks = Desks()
            return f"refused {command.type}"
        return command.type

    async def console_goes_and_comes(self) -> str:
        user = self.random.choice(self.users[:2])
        agent = await agents.locked(self.session, user.id)
        if agent.socket_id is not None:
            await agents.detach(self.session, user.id, agent.socket_id)
            return "console gone"
        await agents.attach(self.session, user, new_id(), self.now)
        return "console back"


def _state(console: ConsoleState) -> tuple[object, object, Board | None, object]:
    return console.agent, console.call, console.board, dict(console.supervisions)


@pytest.mark.parametrize("seed", range(6))
async def test_snapshot_and_events_equal_a_fresh_snapshot(session: Session, seed: int) -> None:
    room = Room(session, seed)
    await room.open()
    needed = ("place", "told answered", "told joined", "disposition", "console back", "supervise")
    for n in range(LONGEST):
        what = await room.step()
        await room.compare(f"step {n}: {what}")
        if n >= STEPS and all(room.done.get(one) for one in needed):
            break
    # The walk went where it matters: people answered, agents talked, results were saved.
    assert [one for one in needed if not room.done.get(one)] == [], room.done
