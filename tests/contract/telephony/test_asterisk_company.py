"""Who hears whom on a real Asterisk, measured: each hums a tone, and what arrives is looked through for it.

The customer is a SIPp telephone behind the trunk; what it is sent is measured in the recording's left channel.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import sys
import time
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from callcenter.domain.call import CallEventKind
from callcenter.kit.ids import new_id
from callcenter.telephony.asterisk.translate import LEG, TAPE_OUT
from callcenter.telephony.port import PlaceCall, Supervising

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from labs import OUR_NUMBER, asterisk_or_skip
from test_asterisk import Worker, eventually, working

from tests.telephony_lab.behaviour import HUM_HZ, RATE_HZ, Behaviour, number
from tests.telephony_lab.lab import HUMMING_AGENT, TelephonyLab

E = CallEventKind
CUSTOMER, AGENT, SUPERVISOR, THIRD = HUM_HZ, 400, 600, 800
NAMES = {CUSTOMER: "customer", AGENT: "agent", SUPERVISOR: "supervisor", THIRD: "third"}
_SETTLES_S = 0.35
_MEASURED_S = 0.3
_LOUD = 1000.0  # amplitude of a tone in samples of 16 bit: below a hum, above what a voice has at one pitch
_numbers = itertools.count(700_000)
_who = itertools.count(1)


@dataclass
class Moment:
    """What each ought to hear from `at` back over the time measured."""

    at: float
    wanted: dict[str, set[int]]


class Floor:
    """Who hums which tone. What they hear is written, with a delay: it is looked through when the talk is over."""

    def __init__(self, pbx: TelephonyLab, worker: Worker) -> None:
        self.pbx = pbx
        self.worker = worker
        self.carrier = worker.carrier
        self.moments: list[Moment] = []
        self._people: dict[int, tuple[UUID, int]] = {}

    async def person(self, hz: int) -> UUID:
        person, n = new_id(), next(_who)
        await self.carrier.park_agent(person, HUMMING_AGENT.format(hz=hz, n=n))
        await self.up(person)
        self._people[hz] = (person, n)
        return person

    async def up(self, person: UUID) -> None:
        leg = self.carrier._legs.get(person)
        assert leg is not None
        await eventually(leg.up.is_set, "the telephone is there")

    async def talk(self, agent_id: UUID) -> UUID:
        request = PlaceCall(new_id(), number(next(_numbers), Behaviour.HUMS), OUR_NUMBER, 15, record=True)
        await self.carrier.place(request)
        await self.worker.until(request.call_id, E.ANSWERED)
        await self.carrier.join(request.call_id, agent_id)
        await self.worker.until(request.call_id, E.JOINED)
        return request.call_id

    async def moment(self, **wanted: set[int]) -> None:
        """From now on until the next change each named hears exactly these."""
        await asyncio.sleep(_SETTLES_S + _MEASURED_S)
        self.moments.append(Moment(time.monotonic(), wanted))

    async def look_through(self, call_id: UUID) -> None:
        """The talk is over: did everybody hear what they ought to?"""
        heard: dict[str, tuple[float, bytes]] = {}
        await self.carrier.hang_up(call_id)
        ended = time.monotonic()
        await self.worker.until(call_id, E.ENDED)
        while not (await self.carrier.recordings(call_id))[0].ready:
            await asyncio.sleep(0.02)
        heard["customer"] = (ended, self.pbx.tape(f"{TAPE_OUT}{call_id}").read_bytes())
        for hz, (person, n) in self._people.items():
            await self.carrier.unpark_agent(person)
            ended = time.monotonic()
            file = self.pbx.heard_by(hz, n)
            await eventually(lambda file=file: self.is_shut(file), "what they heard is written")
            heard[NAMES[hz]] = (ended, file.read_bytes())
        told = [
            {name: tones(heard[name][1], heard[name][0] - moment.at) for name in moment.wanted}
            for moment in self.moments
        ]
        assert told == [moment.wanted for moment in self.moments]

    @staticmethod
    def is_shut(file: Path) -> bool:
        """Asterisk writes in pieces of two seconds, and the rest at the end."""
        return file.exists() and file.stat().st_size % 32_768 != 0


def tones(samples: bytes, before_end_s: float) -> set[int]:
    """Which hums are in a file of samples, in the moment that ends `before_end_s` before its end."""
    end = len(samples) // 2 - round(before_end_s * RATE_HZ)
    found = np.frombuffer(samples[: len(samples) // 2 * 2], "<i2")[
        max(0, end - round(_MEASURED_S * RATE_HZ)) : max(0, end)
    ]
    at = np.arange(len(found))
    return {hz for hz in NAMES if len(at) and 2 * abs(np.mean(found * np.exp(-2j * np.pi * hz * at / RATE_HZ))) > _LOUD}


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    pbx = asterisk_or_skip()
    async with working(pbx) as worker:
        yield Floor(pbx, worker)


async def test_who_hears_whom_under_each_kind_of_supervision(floor: Floor) -> None:
    carrier, agent, supervisor = floor.carrier, await floor.person(AGENT), await floor.person(SUPERVISOR)
    call_id = await floor.talk(agent)
    await floor.moment(agent={CUSTOMER}, customer={AGENT}, supervisor=set())
    await carrier.supervise(call_id, supervisor, Supervising.LISTEN)
    await floor.moment(agent={CUSTOMER}, customer={AGENT}, supervisor={AGENT, CUSTOMER})
    await carrier.supervise(call_id, supervisor, Supervising.WHISPER)
    await floor.moment(agent={CUSTOMER, SUPERVISOR}, customer={AGENT}, supervisor={AGENT, CUSTOMER})
    await carrier.supervise(call_id, supervisor, Supervising.BARGE)
    await floor.moment(agent={CUSTOMER, SUPERVISOR}, customer={AGENT, SUPERVISOR}, supervisor={AGENT, CUSTOMER})
    await carrier.supervise(call_id, supervisor, Supervising.TAKE_OVER)
    await floor.moment(agent={CUSTOMER, SUPERVISOR}, customer={SUPERVISOR}, supervisor={CUSTOMER})
    await carrier.supervise(call_id, supervisor, Supervising.LISTEN)
    await floor.moment(agent={CUSTOMER}, customer={AGENT}, supervisor={AGENT, CUSTOMER})

    await carrier.stop_supervising(call_id, supervisor)
    await floor.moment(agent={CUSTOMER}, customer={AGENT}, supervisor=set())
    await floor.look_through(call_id)


async def test_an_agents_line_that_comes_back_brings_the_supervisor_back_into_the_call(floor: Floor) -> None:
    carrier, agent, supervisor = floor.carrier, await floor.person(AGENT), await floor.person(SUPERVISOR)
    call_id = await floor.talk(agent)
    await carrier.supervise(call_id, supervisor, Supervising.WHISPER)
    floor.pbx.say(f"channel request hangup {leg_name(floor.pbx, agent)}")
    leg = carrier._legs.get(agent)
    assert leg is not None
    await eventually(lambda: not leg.up.is_set(), "the drop")
    await floor.up(agent)
    await floor.moment(agent={CUSTOMER, SUPERVISOR}, customer={AGENT}, supervisor={AGENT, CUSTOMER})
    await floor.look_through(call_id)


def leg_name(pbx: TelephonyLab, agent_id: UUID) -> str:
    lines = pbx.say("core show channels concise").splitlines()
    return next(line.split("!")[0] for line in lines if line.endswith(f"!{LEG}{agent_id}"))


async def test_a_consulted_agent_talks_with_the_agent_alone_and_then_with_the_customer(floor: Floor) -> None:
    carrier, agent, third = floor.carrier, await floor.person(AGENT), await floor.person(THIRD)
    call_id = await floor.talk(agent)
    await carrier.consult(call_id, third)
    await floor.worker.until(call_id, E.CONSULTED)
    await floor.moment(agent={THIRD}, third={AGENT}, customer=set())
    await carrier.complete_transfer(call_id)
    await floor.worker.until(call_id, E.RELEASED)
    await floor.moment(agent=set(), third=set(), customer=set())
    await carrier.join(call_id, third)
    await floor.moment(agent=set(), third={CUSTOMER}, customer={THIRD})
    await floor.look_through(call_id)


async def test_a_recording_has_the_agent_left_and_the_customer_right_and_nothing_of_a_pause(floor: Floor) -> None:
    carrier, agent = floor.carrier, await floor.person(AGENT)
    call_id = await floor.talk(agent)
    await asyncio.sleep(0.6)
    await carrier.pause_recording(call_id)
    await asyncio.sleep(1.0)
    await carrier.resume_recording(call_id)
    await asyncio.sleep(0.5)
    await carrier.hang_up(call_id)
    await floor.worker.until(call_id, E.ENDED)
    while not (found := await carrier.recordings(call_id))[0].ready:
        await asyncio.sleep(0.05)
    content = b"".join([piece async for piece in carrier.fetch_recording(found[0].ref)])
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE_HZ, 2)
        seconds = file.getnframes() / RATE_HZ
        sides = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert len(content) == 44 + sides.nbytes
    assert 0.9 < seconds < 1.6, "a talk of two seconds with a pause of one"
    middle = slice(RATE_HZ // 4, -RATE_HZ // 4)
    assert [tones(sides[middle, n].tobytes(), 0.0) for n in (0, 1)] == [{AGENT}, {CUSTOMER}]
    await carrier.forget_recording(found[0].ref)
    assert not floor.pbx.tape(f"{TAPE_OUT}{call_id}").exists()


async def test_whoever_takes_over_adopts_the_consultation_and_sends_supervisors_home(floor: Floor) -> None:
    """The worker died with a supervisor in a call and a third party in another."""
    carrier = floor.carrier
    agent, third, supervisor = [await floor.person(hz) for hz in (AGENT, THIRD, SUPERVISOR)]
    call_id = await floor.talk(agent)
    other, _ = await floor.worker.talk()
    await carrier.supervise(other, supervisor, Supervising.TAKE_OVER)
    await carrier.consult(call_id, third)
    await floor.worker.until(call_id, E.CONSULTED)
    async with working(floor.pbx) as taking_over:
        status = await taking_over.carrier.status(call_id)
        assert (status.ended, status.held) == (False, True)
        await taking_over.carrier.complete_transfer(call_id)
        await taking_over.until(call_id, E.RELEASED)
        room = floor.pbx.say(f"bridge show room-{supervisor}")
        assert room.split("Num-Channels:")[1].splitlines()[0].strip() == "1", "they are in their own room again"
        for one in (call_id, other):
            await taking_over.carrier.hang_up(one)
            await taking_over.until(one, E.ENDED)
