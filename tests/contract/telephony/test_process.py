"""The simulated network as the process it is: it outlives its clients, and its clients outlive it."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit.clock import SystemClock
from callcenter.kit.ids import new_id
from callcenter.settings import Settings
from callcenter.telephony.port import CarrierEvent, CarrierRefused, CarrierUnreachable, PlaceCall
from callcenter.telephony.registry import make_carrier
from callcenter.telephony.simulated import SimulatedCarrier

SPEED = 20.0
OUR_NUMBER = "+861062345678"

_PROGRAM = """
import sys
from datetime import datetime
from callcenter.kit.clock import SystemClock
from callcenter.settings import Settings
from callcenter.telephony.simulated import NetworkProfile
from callcenter.telephony.simulated.server import run
start = datetime.fromisoformat(sys.argv[2])
clock = SystemClock(start, start, float(sys.argv[3]))
run(Settings(carrier_url=sys.argv[1]), clock, 7, NetworkProfile.everybody_answers())
"""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Process:
    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.started = datetime.now(UTC)
        self.clock = SystemClock(self.started, self.started, SPEED)
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = [sys.executable, "-c", _PROGRAM, self.url, self.started.isoformat(), str(SPEED)]
        self._popen = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)

    def stop(self, how: signal.Signals) -> int:
        assert self._popen is not None
        self._popen.send_signal(how)
        return self._popen.wait(10)

    def ask(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def _process() -> Iterator[Process]:
    process = Process()
    process.start()
    try:
        yield process
    finally:
        process.stop(signal.SIGKILL)


async def _until(events: list[CarrierEvent], kind: CallEventKind) -> CarrierEvent:
    async with asyncio.timeout(20):
        while True:
            for event in events:
                if event.kind is kind:
                    return event
            await asyncio.sleep(0.01)


async def _until_connected(carrier: SimulatedCarrier, expected: bool) -> None:
    async with asyncio.timeout(15):
        while carrier.connected is not expected:
            await asyncio.sleep(0.01)


def _hear(carrier: SimulatedCarrier) -> list[CarrierEvent]:
    heard: list[CarrierEvent] = []
    events = carrier.events()

    async def read() -> None:
        async for event in events:
            heard.append(event)

    heard_by = asyncio.create_task(read())
    _READERS.add(heard_by)
    return heard


_READERS: set[asyncio.Task[None]] = set()


@pytest.fixture(autouse=True)
def _stop_reading() -> Iterator[None]:
    yield
    for reader in _READERS:
        reader.cancel()
    _READERS.clear()


async def test_it_says_plainly_that_it_is_simulated() -> None:
    with _process() as process:
        carrier = make_carrier(Settings(carrier_url=process.url), process.clock)
        await carrier.start()
        health = await asyncio.to_thread(process.ask, "/health")
        await carrier.close()
    assert (carrier.name, carrier.simulated) == ("simulated", True)
    assert (health["name"], health["simulated"]) == ("simulated", True)
    assert "模拟" in health["notice_zh"]
    assert "no real telephone" in health["notice_en"]


async def test_calls_go_on_without_the_dialler_and_status_tells_its_successor() -> None:
    with _process() as process:
        first = SimulatedCarrier(process.url, process.clock)
        await first.start()
        heard = _hear(first)
        talking, left_alone, agent_id = new_id(), new_id(), new_id()
        await first.park_agent(agent_id, "sim:1")
        await first.place(PlaceCall(talking, "+8613800000001", OUR_NUMBER))
        await _until(heard, CallEventKind.ANSWERED)
        await first.join(talking, agent_id)
        await _until(heard, CallEventKind.JOINED)
        await first.place(PlaceCall(left_alone, "+8613800000002", OUR_NUMBER))
        await first.close()  # to the network the same as a kill: the sockets are gone

        await process.clock.sleep(60)  # time enough to ring, to be answered and to hang up in silence
        second = SimulatedCarrier(process.url, process.clock)
        await second.start()
        alone = await second.status(left_alone)
        assert (alone.ended, alone.cause, alone.joined_agent) == (True, EndCause.CUSTOMER_HUNG_UP, None)
        assert alone.answered_at is not None
        status = await second.status(talking)
        assert (status.known, status.joined_at is not None) == (True, True)
        figures = await asyncio.to_thread(process.ask, "/figures")
        assert figures["totals"]["placed"] == 2
        assert figures["totals"]["answered"] == 2
        assert figures["events"]["unheard"] >= 3, "ringing, answered and ended of the second call had no listener"
        await second.close()


async def test_the_client_outlives_the_network_and_finds_its_successor() -> None:
    with _process() as process:
        carrier = SimulatedCarrier(process.url, process.clock)
        await carrier.start()
        heard = _hear(carrier)
        lost = new_id()
        await carrier.place(PlaceCall(lost, "+8613800000001", OUR_NUMBER))
        process.stop(signal.SIGKILL)
        await _until_connected(carrier, False)
        with pytest.raises(CarrierRefused, match="not sent"):
            await carrier.place(PlaceCall(new_id(), "+8613800000003", OUR_NUMBER))
        with pytest.raises((CarrierRefused, CarrierUnreachable)):
            await carrier.status(lost)

        process.start()
        await _until_connected(carrier, True)
        assert not (await carrier.status(lost)).known
        heard.clear()
        await carrier.place(PlaceCall(new_id(), "+8613800000003", OUR_NUMBER))
        await _until(heard, CallEventKind.ANSWERED)
        await carrier.close()


async def test_it_stops_at_once_when_told_to_even_while_somebody_listens() -> None:
    with _process() as process:
        carrier = SimulatedCarrier(process.url, process.clock)
        await carrier.start()
        async with asyncio.timeout(5):
            code = await asyncio.to_thread(process.stop, signal.SIGTERM)
        assert code in (0, -signal.SIGTERM)
        await carrier.close()
