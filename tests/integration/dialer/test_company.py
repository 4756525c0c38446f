"""Supervisors, transfers and consultations through the dialler, on the simulated network: what the tables say."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx

from agent_ui.live.protocol import Dial
from callcenter.agents import service as agents
from callcenter.calls import company
from callcenter.calls import repository as call_rows
from callcenter.calls.models import Call
from callcenter.domain.agent import BreakReason
from callcenter.kit.db import Session
from callcenter.people.models import Role
from callcenter.telephony.port import Supervising
from callcenter.telephony.simulated.fate import Fate, Line
from tests.factories import make_user

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from test_dialer import TALKS, Floor, Open, floor  # noqa: F401 (a fixture)

LONG = Fate(Line.PERSON, ring_s=4.0, talk_s=600.0, silence_s=60.0, hold_s=300.0)
OUTSIDE = "+862088889999"


async def change(room: Floor, call_id: UUID, what: Callable[[Session, Call], Awaitable[object]]) -> None:
    async with room.database.transaction() as session:
        call = await call_rows.lock(session, call_id)
        assert call is not None
        await what(session, call)


async def talk(room: Floor) -> tuple[UUID, UUID]:
    """(call, agent)"""
    await room.until("SELECT count(*) FROM calls WHERE state = 'connected'", lambda n: n == 1)
    [(call_id, agent_id)] = await room.ask("SELECT id, agent_id FROM calls WHERE state = 'connected'")
    return call_id, agent_id


async def supervisor(room: Floor) -> UUID:
    async with room.database.transaction() as session:
        return (await make_user(session, role=Role.SUPERVISOR)).id


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_supervisor_listens_takes_over_and_leaves_also_over_a_dead_worker(floor: Open) -> None:  # noqa: F811
    async with floor(mode="progressive") as room:
        await room.people(LONG)
        await room.ready_agents(1)
        call_id, agent_id = await talk(room)
        boss = await supervisor(room)
        now = room.clock.now

        def supervise(how: Supervising) -> Awaitable[None]:
            return change(room, call_id, lambda s, c: company.supervise(s, c, boss, how, now()))

        await supervise(Supervising.LISTEN)
        await until(lambda: room.network.supervisors(call_id) == {boss: Supervising.LISTEN})
        await supervise(Supervising.TAKE_OVER)
        await until(lambda: room.network.supervisors(call_id) == {boss: Supervising.TAKE_OVER})
        await room.until("SELECT count(*) FROM supervisions WHERE heard_from IS NOT NULL", lambda n: n == 2)
        # The network loses it while the worker is dead: the next one asks for the open row again.
        await room.kill()
        room.network.stop_supervising(call_id, boss)
        room.start()
        await until(lambda: room.network.supervisors(call_id) == {boss: Supervising.TAKE_OVER})
        async with room.database.transaction() as session:
            await company.stop_supervising(session, boss, now())
        await until(lambda: not room.network.supervisors(call_id))
        rows = await room.ask("SELECT how, ended_at IS NOT NULL, agent_id FROM supervisions ORDER BY began_at")
        assert rows == [("listen", True, agent_id), ("take_over", True, agent_id)]
        assert await room.one("SELECT state FROM calls") == "connected"


async def test_an_agents_line_that_drops_is_on_the_call_until_it_is_back_also_over_a_dead_worker(
    floor: Open,  # noqa: F811
) -> None:
    lost = "SELECT agent_lost_at IS NOT NULL FROM calls"
    async with floor(mode="progressive") as room, httpx.AsyncClient(base_url=room.url) as network:
        await room.people(LONG)
        await room.ready_agents(1)
        _, agent_id = await talk(room)
        await network.post(f"/agents/{agent_id}/drop", json={"seconds": 3})
        await room.until(lost, bool)
        await room.until(lost, lambda there: not there)

        # Neither the drop nor the return is heard: the next worker asks.
        await room.kill()
        await network.post(f"/agents/{agent_id}/drop", json={"seconds": 20})
        room.start()
        await room.until(lost, bool)
        await room.kill()
        await asyncio.sleep(2.2)
        room.start()
        await room.until(lost, lambda there: not there)
        assert await room.one("SELECT state FROM calls") == "connected"


async def test_the_end_of_a_call_ends_its_supervision(floor: Open) -> None:  # noqa: F811
    async with floor(mode="progressive") as room:
        await room.people(TALKS)
        await room.ready_agents(1)
        call_id, _ = await talk(room)
        boss = await supervisor(room)
        await change(room, call_id, lambda s, c: company.supervise(s, c, boss, Supervising.LISTEN, room.clock.now()))
        await room.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 1)
        await room.until("SELECT count(*) FROM supervisions WHERE ended_at IS NOT NULL", lambda n: n == 1)


async def test_a_call_goes_to_another_agent_of_the_queue_and_never_back_to_who_passed_it_on(
    floor: Open,  # noqa: F811
) -> None:
    async with floor(mode="progressive") as room:
        await room.people(LONG)
        await room.ready_agents(1)
        call_id, first = await talk(room)
        await change(
            room,
            call_id,
            lambda s, c: company.ask_transfer_inside(s, c, first, room.clock.now(), queue_id=None, agent_id=None),
        )
        await room.until("SELECT state FROM calls", lambda state: state == "waiting")
        await room.until("SELECT state FROM agents", lambda state: state == "ready")
        await asyncio.sleep(0.5)  # five seconds of the network: far beyond the two of a first answer
        assert await room.ask("SELECT state, given_up_at FROM calls") == [("waiting", None)]
        await room.ready_agents(1)
        await room.until("SELECT state FROM calls", lambda state: state == "connected")
        [(second, left, outcome)] = await room.ask("SELECT agent_id, left_agent_id, outcome FROM calls")
        assert (second, left, outcome) == (room.agents[0].user_id, first, None)
        assert await room.one("SELECT count(*) FROM agents WHERE state = 'talking'") == 1


async def test_a_consulted_agent_takes_the_customer(floor: Open) -> None:  # noqa: F811
    async with floor(mode="preview") as room:
        await room.ready_agents(2)
        first, second = (agent.user_id for agent in room.agents)
        async with room.database.transaction() as session:
            await agents.go_on_break(
                session,
                await agents.locked(session, second),
                BreakReason.MEAL,
                room.clock.now(),
                disposition_saved=True,
            )
        await room.people(LONG)
        await room.do(room.agents[0], Dial(id="1", call_id=await room.call_of(room.agents[0])))
        call_id, _ = await talk(room)

        async def consult(session: Session, call: Call) -> None:
            await agents.keep_for_consultation(session, second, room.clock.now())
            await company.ask_consult(session, call, first, room.clock.now(), agent_id=second)

        await change(room, call_id, consult)
        await room.until("SELECT consult FROM calls", lambda c: c == "there")
        assert await room.one("SELECT state FROM calls") == "held"
        await change(room, call_id, lambda s, c: company.ask_complete(s, c, first, room.clock.now()))
        await room.until(f"SELECT count(*) FROM calls WHERE agent_id = '{second}' AND state = 'connected'", bool)
        assert await room.ask("SELECT consult, hold_s > 0 FROM calls") == [(None, True)]


async def test_a_transfer_outside_ends_the_call_as_a_talk_that_was_passed_on(floor: Open) -> None:  # noqa: F811
    async with floor(mode="progressive") as room:
        await room.people(LONG)
        await room.ready_agents(1)
        call_id, agent_id = await talk(room)
        await change(
            room,
            call_id,
            lambda s, c: company.ask_transfer_outside(
                s, c, agent_id, room.clock.now(), number=OUTSIDE, allowed=frozenset({OUTSIDE})
            ),
        )
        await room.until("SELECT state FROM calls", lambda state: state == "ended")
        assert await room.ask("SELECT outcome, cause FROM calls") == [("talked", "transferred")]
        await room.until("SELECT state FROM agents", lambda state: state == "wrap_up")
