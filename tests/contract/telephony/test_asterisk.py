"""What only a real Asterisk shows: cuts, restarts, telephones that are not there, and calls nobody watched."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit.clock import SystemClock
from callcenter.kit.ids import new_id
from callcenter.telephony.asterisk import AsteriskCarrier, AsteriskSettings, doctor
from callcenter.telephony.port import CarrierEvent, CarrierRefused, CarrierUnreachable, MachineDetection, PlaceCall

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from labs import OUR_NUMBER, asterisk_or_skip, left_over

from tests.telephony_lab.behaviour import Behaviour, number
from tests.telephony_lab.lab import AGENT, TelephonyLab

E = CallEventKind
_numbers = itertools.count(500_000)


@pytest.fixture(scope="module")
def pbx() -> TelephonyLab:
    return asterisk_or_skip()


class Worker:
    """A carrier and what it heard."""

    def __init__(self, settings: AsteriskSettings) -> None:
        self.carrier = AsteriskCarrier(settings, SystemClock())
        self.heard: dict[UUID, list[CarrierEvent]] = defaultdict(list)
        self._events = self.carrier.events()  # from before the start: what is read back is told then

    async def listen(self) -> None:
        async for event in self._events:
            self.heard[event.call_id].append(event)

    def kinds(self, call_id: UUID) -> list[E]:
        return [event.kind for event in self.heard[call_id]]

    async def call(
        self, behaviour: Behaviour, detection: MachineDetection = MachineDetection.OFF, ring_s: float = 15
    ) -> UUID:
        request = PlaceCall(new_id(), number(next(_numbers), behaviour), OUR_NUMBER, ring_s, detection)
        await self.carrier.place(request)
        return request.call_id

    async def agent(self) -> UUID:
        agent_id = new_id()
        await self.carrier.park_agent(agent_id, AGENT.format(n=1))
        return agent_id

    async def talk(self, behaviour: Behaviour = Behaviour.SAYS_HELLO) -> tuple[UUID, UUID]:
        agent_id, call_id = await self.agent(), await self.call(behaviour)
        await self.until(call_id, E.ANSWERED)
        await self.carrier.join(call_id, agent_id)
        await self.until(call_id, E.JOINED)
        return call_id, agent_id

    async def until(self, call_id: UUID, kind: E) -> CarrierEvent:
        await eventually(lambda: kind in self.kinds(call_id), f"{kind} of a call; told: {self.kinds(call_id)}")
        return next(event for event in self.heard[call_id] if event.kind is kind)


async def eventually(fact: Callable[[], object], what: str, within_s: float = 15.0) -> None:
    ends = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < ends, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def working(pbx: TelephonyLab, **changed: str) -> AsyncIterator[Worker]:
    worker = Worker(replace(pbx.settings, **changed))
    await worker.carrier.start()
    listener = asyncio.create_task(worker.listen())
    try:
        yield worker
    finally:
        listener.cancel()
        await worker.carrier.close()  # to Asterisk the same as a kill: the sockets are gone


def customers(pbx: TelephonyLab) -> list[str]:
    return [line for line in pbx.say("core show channels concise").splitlines() if line.startswith("PJSIP/trunk")]


# Without a worker


async def test_a_talk_goes_on_without_the_worker_and_the_next_one_takes_it_up(pbx: TelephonyLab) -> None:
    async with working(pbx) as first:
        call_id, agent_id = await first.talk()
        last = first.heard[call_id][-1].sequence
    await asyncio.sleep(0.5)
    async with working(pbx) as second:
        status = await second.carrier.status(call_id)
        assert (status.known, status.ended, status.joined_agent) == (True, False, agent_id)
        assert status.answered_at == next(e.at for e in first.heard[call_id] if e.kind is E.ANSWERED)
        await second.carrier.park_agent(agent_id, AGENT.format(n=1))
        await second.carrier.hang_up(call_id, EndCause.AGENT_HUNG_UP)
        ended = await second.until(call_id, E.ENDED)
        assert ended.cause is EndCause.AGENT_HUNG_UP
        assert ended.sequence > last, "two events of one number: the later one would be taken for a repetition"
        again = await second.call(Behaviour.SAYS_HELLO)
        await second.until(again, E.ANSWERED)
        await second.carrier.join(again, agent_id)
        await second.until(again, E.JOINED)
        await second.carrier.hang_up(again)


async def test_what_ended_while_nobody_listened_is_told_by_status(pbx: TelephonyLab) -> None:
    async with working(pbx) as first:
        rejected = await first.call(Behaviour.REJECTS)
        soon = await first.call(Behaviour.HANGS_UP_SOON)
    await asyncio.sleep(2.5)
    async with working(pbx) as second:
        one, other = await second.carrier.status(rejected), await second.carrier.status(soon)
    assert (one.known, one.ended, one.cause, one.answered_at) == (True, True, EndCause.REJECTED, None)
    assert (other.ended, other.cause, other.joined_agent) == (True, EndCause.CUSTOMER_HUNG_UP, None)
    assert other.answered_at is not None, "a person who answered and heard nobody was abandoned"


async def test_a_person_who_answers_while_nobody_is_there_hears_the_message(pbx: TelephonyLab) -> None:
    async with working(pbx) as first:
        call_id = await first.call(Behaviour.SAYS_HELLO)
    await eventually(lambda: "Playback" in " ".join(customers(pbx)), "the message")
    async with working(pbx) as second:
        status = await second.carrier.status(call_id)
        assert (status.known, status.answered_at) == (True, None), "not ours to join: an answer would claim an agent"
        await second.carrier.hang_up(call_id)
        ended = await second.until(call_id, E.ENDED)
        assert ended.cause is EndCause.SYSTEM_HUNG_UP
        assert second.kinds(call_id) == [E.ANSWERED, E.ENDED], "who answered and heard nobody was abandoned"


async def test_a_person_who_answers_during_a_short_cut_is_handed_over(pbx: TelephonyLab) -> None:
    async with working(pbx) as first:
        call_id = await first.call(Behaviour.SAYS_HELLO)
    await asyncio.sleep(0.8)  # answered half a second ago
    async with working(pbx) as second:
        await second.until(call_id, E.ANSWERED)
        assert not (await second.carrier.status(call_id)).ended
        await second.carrier.hang_up(call_id)
        await second.until(call_id, E.ENDED)


async def test_an_agent_who_answered_as_the_worker_died_is_brought_into_their_room(pbx: TelephonyLab) -> None:
    async with working(pbx) as first:
        agent_id = await first.agent()
        leg = first.carrier._legs.get(agent_id)
        assert leg is not None
        await eventually(leg.up.is_set, "the agent's telephone is there")
        await first.carrier._ari.ask("POST", f"/bridges/{leg.room}/removeChannel", {"channel": leg.channel})
    async with working(pbx) as second:
        await second.carrier.park_agent(agent_id, AGENT.format(n=1))
        call_id = await second.call(Behaviour.SAYS_HELLO)
        await second.until(call_id, E.ANSWERED)
        await second.carrier.join(call_id, agent_id)
        await second.until(call_id, E.JOINED)
        await second.carrier.hang_up(call_id)
        await second.until(call_id, E.ENDED)
        await second.carrier.unpark_agent(agent_id)


async def test_an_agent_who_left_while_no_worker_was_there_is_hung_up(
    pbx: TelephonyLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(pbx) as first:
        gone, stays = await first.agent(), await first.agent()
        for one in (gone, stays):
            leg = first.carrier._legs.get(one)
            assert leg is not None
            await eventually(leg.up.is_set, "the agent's telephone is there")
    monkeypatch.setattr("callcenter.telephony.asterisk.carrier._CLAIMED_WITHIN_S", 0.3)
    async with working(pbx) as second:
        await second.carrier.park_agent(stays, AGENT.format(n=1))
        await eventually(lambda: f"!leg-{gone}" not in pbx.say("core show channels concise"), "their channel is gone")
        assert f"room-{gone}" not in pbx.say("bridge show all")
        assert f"!leg-{stays}" in pbx.say("core show channels concise")
        await second.carrier.unpark_agent(stays)


# Two workers


async def test_a_second_worker_of_the_same_application_makes_the_first_stop(pbx: TelephonyLab) -> None:
    async with working(pbx) as first, working(pbx) as second:
        await eventually(lambda: not first.carrier.connected, "the first worker notices")
        with pytest.raises(CarrierRefused, match="not sent"):
            await first.call(Behaviour.SAYS_HELLO)
        assert second.carrier.connected
        call_id = await second.call(Behaviour.BUSY)
        await second.until(call_id, E.ENDED)


async def test_workers_with_applications_of_their_own_do_not_hear_each_other(pbx: TelephonyLab) -> None:
    async with working(pbx) as first, working(pbx, application="another") as second:
        mine, theirs = await first.talk(), await second.talk()
        assert set(first.heard) == {mine[0]}
        assert set(second.heard) == {theirs[0]}
        for worker, (call_id, _) in ((first, mine), (second, theirs)):
            await worker.carrier.hang_up(call_id)
            await worker.until(call_id, E.ENDED)


# Agents' telephones


async def test_an_agent_whose_telephone_is_not_there_fails_the_join_and_the_person_stays(pbx: TelephonyLab) -> None:
    async with working(pbx) as worker:
        for address in ("Local/no@lab-agent/n", "PJSIP/nobody", "sim:1"):
            agent_id = new_id()
            await worker.carrier.park_agent(agent_id, address)
            call_id = await worker.call(Behaviour.SAYS_HELLO)
            await worker.until(call_id, E.ANSWERED)
            await worker.carrier.join(call_id, agent_id)
            failed = await worker.until(call_id, E.JOIN_FAILED)
            assert failed.agent_id == agent_id
            other = await worker.agent()
            await worker.carrier.join(call_id, other)
            await worker.until(call_id, E.JOINED)
            await worker.carrier.hang_up(call_id)
            await worker.until(call_id, E.ENDED)
            await worker.carrier.unpark_agent(agent_id)


async def test_an_agents_line_that_drops_in_a_talk_is_dialled_again_into_it(pbx: TelephonyLab) -> None:
    async with working(pbx) as worker:
        call_id, agent_id = await worker.talk()
        pbx.say(f"channel request hangup {_leg(pbx, agent_id)}")
        leg = worker.carrier._legs.get(agent_id)
        assert leg is not None
        await eventually(lambda: not leg.up.is_set(), "the drop")
        await eventually(leg.up.is_set, "the leg again")
        assert not (await worker.carrier.status(call_id)).ended
        assert "2" in pbx.say(f"bridge show room-{agent_id}").split("Num-Channels:")[1].splitlines()[0]
        await worker.carrier.hang_up(call_id)
        await worker.until(call_id, E.ENDED)


def _leg(pbx: TelephonyLab, agent_id: UUID) -> str:
    lines = pbx.say("core show channels concise").splitlines()
    return next(line.split("!")[0] for line in lines if line.endswith(f"!leg-{agent_id}"))


async def test_an_agent_takes_one_customer_at_a_time(pbx: TelephonyLab) -> None:
    async with working(pbx) as worker:
        call_id, agent_id = await worker.talk()
        other = await worker.call(Behaviour.SAYS_HELLO)
        await worker.until(other, E.ANSWERED)
        with pytest.raises(CarrierRefused, match="another call"):
            await worker.carrier.join(other, agent_id)
        for one in (call_id, other):
            await worker.carrier.hang_up(one)
            await worker.until(one, E.ENDED)


# Machines, and requests that go wrong


async def test_a_person_who_says_nothing_is_no_machine(pbx: TelephonyLab) -> None:
    async with working(pbx) as worker:
        call_id = await worker.call(Behaviour.STAYS_SILENT, MachineDetection.ASYNC)
        await worker.until(call_id, E.ANSWERED)
        book = worker.carrier._book
        await eventually(lambda: book.calls[call_id].verdict is not None, "the verdict")
        assert book.calls[call_id].verdict is AnsweredBy.UNKNOWN
        assert E.MACHINE not in worker.kinds(call_id)
        await worker.carrier.hang_up(call_id)
        await worker.until(call_id, E.ENDED)


async def test_a_trunk_that_does_not_exist_places_nothing_whatever_asterisk_answers(pbx: TelephonyLab) -> None:
    async with working(pbx) as worker:
        worker.carrier._settings = replace(pbx.settings, trunk="nowhere")
        for _ in range(3):  # 500 on a fresh connection, 409 "already exists" on a kept one
            request = PlaceCall(new_id(), number(next(_numbers), Behaviour.BUSY), OUR_NUMBER, 15)
            with pytest.raises(CarrierRefused) as refused:
                await worker.carrier.place(request)
            assert refused.value.code == "too_fast", "never processed: safe to ask again"
            assert not (await worker.carrier.status(request.call_id)).known


async def test_starting_says_what_is_wrong(pbx: TelephonyLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.telephony.asterisk.carrier._START_WITHIN_S", 1.0)
    wrong = {
        "wrong user or password": {"password": "guessed"},
        "no PJSIP endpoint 'nowhere'": {"trunk": "nowhere"},
        "no connection": {"url": "http://127.0.0.1:1/ari"},
    }
    for said, changed in wrong.items():
        with pytest.raises(CarrierUnreachable, match=said):
            async with working(pbx, **changed):
                pass


async def test_the_doctor_says_what_is_wrong_and_what_to_do(pbx: TelephonyLab) -> None:
    assert (await doctor.look(pbx.settings))[0]
    wrong = {
        "ASTERISK_PASSWORD": {"password": "guessed"},
        "ASTERISK_TRUNK": {"trunk": "nowhere"},
        "ASTERISK_MESSAGE_SOUND": {"message_sound": "callcenter/none"},
        "ASTERISK_URL": {"url": "http://127.0.0.1:1/ari"},
        "ends in /ari": {"url": pbx.settings.url.removesuffix("/ari")},
    }
    silent = replace(pbx.settings, announce_sound="callcenter/none")
    assert (await doctor.look(silent))[0], "nobody is told of a recording where none is made"
    assert not (await doctor.look(silent, announces=True))[0]
    assert (await doctor.look(replace(silent, announce_sound=silent.message_sound), announces=True))[0]
    wrong["ASTERISK_ANNOUNCE_SOUND"] = {"announce_sound": "callcenter/none"}
    for said, changed in wrong.items():
        good, zh, en = await doctor.look(replace(pbx.settings, **changed), announces="announce_sound" in changed)
        assert not good
        assert said in en
        assert zh != en


# The last two: what is left, and the end of Asterisk itself


async def test_nothing_is_left_over(pbx: TelephonyLab) -> None:
    await eventually(lambda: not left_over(pbx), "nothing of any call is left")


async def test_asterisk_dies_and_comes_back(pbx: TelephonyLab) -> None:
    async with working(pbx) as worker:
        call_id, agent_id = await worker.talk()
        pbx.kill_asterisk()
        await eventually(lambda: not worker.carrier.connected, "the cut is noticed")
        with pytest.raises((CarrierRefused, CarrierUnreachable)):
            await worker.call(Behaviour.SAYS_HELLO)
        pbx.start_asterisk()
        await eventually(lambda: worker.carrier.connected, "connected again")
        assert (await worker.until(call_id, E.ENDED)).cause is EndCause.LOST
        leg = worker.carrier._legs.get(agent_id)
        assert leg is not None
        await eventually(leg.up.is_set, "the agent's line is dialled again")
        again = await worker.call(Behaviour.SAYS_HELLO)
        await worker.until(again, E.ANSWERED)
        await worker.carrier.join(again, agent_id)
        await worker.until(again, E.JOINED)
        await worker.carrier.hang_up(again)
        await worker.until(again, E.ENDED)
