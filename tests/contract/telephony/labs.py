"""Where the contract suite makes its calls: one lab for each implementation of the port.

A lab knows numbers whose owners behave as asked, and lets time pass. An Asterisk lab chooses the behaviour by
the last digits of a SIPp customer's number; a Twilio lab would by recorded replies. Written against
`Lab` only, the suite is the same for all of them.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import httpx
import pytest

from callcenter.domain.call import CallEventKind
from callcenter.kit.clock import ManualClock, SystemClock
from callcenter.kit.ids import new_id
from callcenter.telephony.asterisk import AsteriskCarrier
from callcenter.telephony.port import Carrier, CarrierEvent, CarrierRefused, MachineDetection, PlaceCall
from callcenter.telephony.simulated import (
    Fate,
    Line,
    LocalCarrier,
    NetworkProfile,
    SimulatedCarrier,
    SimulatedNetwork,
)
from callcenter.telephony.simulated.server import BackgroundServer
from tests.telephony_lab.behaviour import Behaviour
from tests.telephony_lab.behaviour import number as sipp_number
from tests.telephony_lab.lab import AGENT, LabUnavailable, TelephonyLab

OUR_NUMBER = "+861062345678"
RING_TIMEOUT_S = 15.0  # the shortest that is allowed: with Asterisk these are real seconds


class Called(StrEnum):
    """What the called party does."""

    STAYS = "stays"  # answers, and stays until we hang up
    LEAVES_THE_TALK = "leaves_the_talk"  # answers, and hangs up some seconds after the join
    LEAVES_THE_SILENCE = "leaves_the_silence"  # answers, and hangs up when nobody speaks
    NEVER_ANSWERS = "never_answers"
    BUSY = "busy"
    REJECTS = "rejects"
    INVALID = "invalid"
    CONGESTED = "congested"
    MACHINE = "machine"


class Lab(ABC):
    """`heard` is every event so far, by call, in the order of its arrival."""

    carrier: Carrier
    in_order = True
    """Whether this lab's event channel keeps the order and tells each fact once."""
    dates_within_s = 1.0
    """How exact the instants in events are."""
    our_number = OUR_NUMBER

    def __init__(self) -> None:
        self.heard: dict[UUID, list[CarrierEvent]] = defaultdict(list)
        self._reader: asyncio.Task[None] | None = None

    @abstractmethod
    async def number(self, called: Called) -> str:
        """A number nobody called before, whose owner behaves so."""

    @abstractmethod
    async def pass_time(self, seconds: float) -> None:
        """Let seconds of the carrier's clock pass."""

    @abstractmethod
    async def drop_agent(self, agent_id: UUID) -> None:
        """The agent's line drops; it is the carrier's to bring it up again."""

    async def start(self) -> None:
        await self.carrier.start()
        events = self.carrier.events()

        async def read() -> None:
            async for event in events:
                self.heard[event.call_id].append(event)

        self._reader = asyncio.create_task(read())

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        await self.carrier.close()

    async def call(
        self, called: Called, detection: MachineDetection = MachineDetection.OFF, *, record: bool = False
    ) -> UUID:
        """Place a call; returns its id."""
        request = PlaceCall(new_id(), await self.number(called), self.our_number, RING_TIMEOUT_S, detection, record)
        assert await self.carrier.place(request)
        return request.call_id

    async def quiet(self) -> None:
        """Let so much time pass that whatever was to be told has been told."""
        await self.pass_time(30)

    async def rings_out(self) -> UUID:
        """A call that nobody answers."""
        return await self.call(Called.NEVER_ANSWERS)

    async def agent(self) -> UUID:
        """A parked agent."""
        agent_id = new_id()
        await self.carrier.park_agent(agent_id, f"sim:{agent_id}")
        return agent_id

    async def talk(self, called: Called = Called.STAYS) -> tuple[UUID, UUID]:
        """A call in which agent and customer hear each other; returns (call, agent)."""
        call_id, agent_id = await self.call(called), await self.agent()
        await self.until(call_id, CallEventKind.ANSWERED)
        await self.carrier.join(call_id, agent_id)
        await self.until(call_id, CallEventKind.JOINED)
        return call_id, agent_id

    async def until(self, call_id: UUID, kind: CallEventKind, within_s: float = 120.0) -> CarrierEvent:
        """The first event of that kind, waited for in the carrier's time."""
        step_s = 0.25
        for _ in range(round(within_s / step_s)):
            for event in self.heard[call_id]:
                if event.kind is kind:
                    return event
            await self.pass_time(step_s)
        told = [str(event.kind) for event in self.heard[call_id]]
        raise AssertionError(f"no {kind} within {within_s:g} s; told so far: {told}")

    def facts(self, call_id: UUID) -> list[CarrierEvent]:
        """What the carrier told about the call, each fact once, in the carrier's order."""
        # Whole events, not sequences, are told apart: a second call under the same id would count from 0 again.
        return sorted(set(self.heard[call_id]), key=lambda e: (e.sequence, e.at))

    def kinds(self, call_id: UUID) -> list[CallEventKind]:
        return [event.kind for event in self.facts(call_id)]

    async def refusal(self, asked: Callable[[], object]) -> str:
        """The code with which the carrier refuses."""
        try:
            await asked()  # type: ignore[misc]
        except CarrierRefused as refused:
            return refused.code
        raise AssertionError("the carrier did not refuse")


_SIMULATED: dict[Called, Fate] = {
    Called.STAYS: Fate(Line.PERSON, ring_s=3),
    Called.LEAVES_THE_TALK: Fate(Line.PERSON, ring_s=3, talk_s=8),
    Called.LEAVES_THE_SILENCE: Fate(Line.PERSON, ring_s=3, silence_s=1.5),
    Called.NEVER_ANSWERS: Fate(Line.NO_ANSWER),
    Called.BUSY: Fate(Line.BUSY),
    Called.REJECTS: Fate(Line.REJECTED, ring_s=4),
    Called.INVALID: Fate(Line.INVALID_NUMBER),
    Called.CONGESTED: Fate(Line.CONGESTION),
    Called.MACHINE: Fate(Line.MACHINE, ring_s=6, machine_line_s=60, verdict_s=4, verdict_machine=True),
}

CALM = NetworkProfile.everybody_answers()
FAULTY = replace(
    CALM,
    p_event_late=0.3,
    p_event_doubled=0.3,
    p_event_swapped=0.3,
)
"""Every third event late, every third twice, every third after the next one."""


class LocalLab(Lab):
    """The engine itself, on a clock that is moved by hand: exact and fast."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
        self.network = SimulatedNetwork(self.clock, seed=1, profile=CALM)
        self.carrier = LocalCarrier(self.network)
        self._numbers = itertools.count()

    async def number(self, called: Called) -> str:
        number = f"+86138{next(self._numbers):08d}"
        self.network.script(number, _SIMULATED[called])
        return number

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)

    async def drop_agent(self, agent_id: UUID) -> None:
        self.network.drop_agent(agent_id, 3.0)


class ServerLab(Lab):
    """The client against the real server over HTTP and WebSocket, at many times the speed of life."""

    SPEED = 100.0

    def __init__(self, profile: NetworkProfile, port: int = 0) -> None:
        super().__init__()
        self.in_order = profile.p_event_late == 0
        self.clock = SystemClock(speed=self.SPEED)
        self.network = SimulatedNetwork(self.clock, seed=1, profile=profile)
        self.server = BackgroundServer(lambda: self.network, port)
        self.url = self.server.__enter__()
        self.carrier = SimulatedCarrier(self.url, self.clock)
        self._numbers = itertools.count()

    async def number(self, called: Called) -> str:
        number = f"+86139{next(self._numbers):08d}"
        self.network.script(number, _SIMULATED[called])
        return number

    async def pass_time(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    async def drop_agent(self, agent_id: UUID) -> None:
        async with httpx.AsyncClient(base_url=self.url) as client:
            (await client.post(f"/agents/{agent_id}/drop", json={"seconds": 3.0})).raise_for_status()

    async def close(self) -> None:
        await super().close()
        self.server.__exit__()


_SIPP: dict[Called, Behaviour] = {
    Called.STAYS: Behaviour.SAYS_HELLO,
    Called.LEAVES_THE_TALK: Behaviour.HANGS_UP_LATER,
    Called.LEAVES_THE_SILENCE: Behaviour.HANGS_UP_SOON,
    Called.NEVER_ANSWERS: Behaviour.NEVER_ANSWERS,
    Called.BUSY: Behaviour.BUSY,
    Called.REJECTS: Behaviour.REJECTS,
    Called.INVALID: Behaviour.UNKNOWN_NUMBER,
    Called.CONGESTED: Behaviour.CONGESTED,
    Called.MACHINE: Behaviour.MACHINE,
}


class AsteriskLab(Lab):
    """A real Asterisk with SIPp customers, in real time.

    Pauses of the suite are shortened: on the loopback nothing is later than half a second, but for the verdict of
    machine detection.
    """

    our_number = "+8610123"  # said digit by digit after the message

    def __init__(self) -> None:
        super().__init__()
        self.asterisk = asterisk_or_skip()
        self.carrier = AsteriskCarrier(self.asterisk.settings, SystemClock())

    _numbers = itertools.count()

    async def number(self, called: Called) -> str:
        return sipp_number(next(self._numbers), _SIPP[called])

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 10 if seconds <= 10 else 3.2)

    async def drop_agent(self, agent_id: UUID) -> None:
        lines = self.asterisk.say("core show channels concise").splitlines()
        leg = next(line.split("!")[0] for line in lines if line.endswith(f"!leg-{agent_id}"))
        self.asterisk.say(f"channel request hangup {leg}")

    async def quiet(self) -> None:
        await asyncio.sleep(0.5)

    async def start(self) -> None:
        """Somebody's telephone rings from the first second on: it has rung out when a test asks for that."""
        await super().start()
        self._rings = await self.call(Called.NEVER_ANSWERS)

    async def rings_out(self) -> UUID:
        return self._rings

    async def close(self) -> None:
        """Nothing may be left over of any call: no customer, no copy of a sound, no bridge but the agents' rooms."""
        await self.carrier.hang_up(self._rings)
        try:
            async with asyncio.timeout(5):
                while left := left_over(self.asterisk):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"left over: {left}") from None
        finally:
            await super().close()

    async def until(self, call_id: UUID, kind: CallEventKind, within_s: float = 30.0) -> CarrierEvent:
        ends = time.monotonic() + min(within_s, 30.0)
        while time.monotonic() < ends and kind not in self.kinds(call_id):
            await asyncio.sleep(0.01)
        return await super().until(call_id, kind, within_s=0.25)

    async def agent(self) -> UUID:
        agent_id = new_id()
        await self.carrier.park_agent(agent_id, AGENT.format(n=1))
        return agent_id


def left_over(asterisk: TelephonyLab) -> list[str]:
    """What Asterisk still has of calls: customers' channels, copies of a sound, bridges that bring calls together."""
    listed = [line.split("!")[0] for line in asterisk.say("core show channels concise").splitlines()]
    calls = [one for one in listed if one.startswith("PJSIP/")]
    # A snoop channel that ended may stay in this list for ever; asked for by name it is not there.
    copies = [one for one in listed if one.startswith("Snoop/")]
    copies = [one for one in copies if "not a known channel" not in asterisk.say(f"core show channel {one}")]
    bridges = [one for one in asterisk.say("bridge show all").splitlines() if one.startswith("out-")]
    return calls + copies + bridges


def asterisk_or_skip() -> TelephonyLab:
    """The lab of this process; where there can be none the test is skipped, or fails with REQUIRE_ASTERISK=1."""
    try:
        return TelephonyLab.shared()
    except LabUnavailable as missing:
        if os.environ.get("REQUIRE_ASTERISK") == "1":
            raise
        pytest.skip(f"no Asterisk: {missing}")


def twilio(faults: float = 0.0) -> Lab:
    from twilio_lab import TwilioLab  # which is written against this module

    return TwilioLab(faults)


LABS: dict[str, Callable[[], Lab]] = {
    "simulated, in process": LocalLab,
    "simulated, over its server": lambda: ServerLab(CALM),
    "simulated, over its server with a faulty event channel": lambda: ServerLab(FAULTY),
    "twilio, a fake one": twilio,
    "twilio, a fake one with faulty webhooks": lambda: twilio(0.3),
    "asterisk": AsteriskLab,
}


@asynccontextmanager
async def open_lab(name: str) -> AsyncIterator[Lab]:
    lab = LABS[name]()
    await lab.start()
    try:
        yield lab
    finally:
        await lab.close()
