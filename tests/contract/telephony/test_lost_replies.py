"""What the client of the simulated network says when an answer is lost, late, nobody's, or never asked for.

A relay between client and network swallows what it is told to swallow: the calls themselves are real.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from callcenter.kit.clock import SystemClock
from callcenter.kit.ids import new_id
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, PlaceCall
from callcenter.telephony.simulated import NetworkProfile, SimulatedCarrier, SimulatedNetwork
from callcenter.telephony.simulated.server import BackgroundServer

OUR_NUMBER = "+861062345678"
ANOTHER = "+8613800000001"


@dataclass
class Relay:
    """Forwards connections; `mode` decides what becomes of the answers to commands."""

    port: int
    mode: str = "forward"  # | silence | cut | nonsense
    requests: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.port)

        async def upward() -> None:
            while data := await reader.read(65536):
                if data.startswith((b"POST", b"PUT")):
                    self.requests.append(data.split(b"\r\n", 1)[0])
                up_writer.write(data)
            up_writer.close()

        async def downward() -> None:
            while data := await up_reader.read(65536):
                if data.startswith(b"HTTP/1.1 2") and self.mode == "silence":
                    continue
                if data.startswith(b"HTTP/1.1 2") and self.mode == "cut":
                    break
                if data.startswith(b"HTTP/1.1 2") and self.mode == "nonsense":
                    data = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\nsorry"
                writer.write(data)
            writer.close()

        with suppress(OSError):
            await asyncio.gather(upward(), downward())


@asynccontextmanager
async def _through_a_relay() -> AsyncIterator[tuple[SimulatedCarrier, Relay]]:
    clock = SystemClock(speed=10)
    with BackgroundServer(lambda: SimulatedNetwork(clock, 1, NetworkProfile.everybody_answers())) as url:
        relay = Relay(int(url.rsplit(":", 1)[1]))
        server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
        carrier = SimulatedCarrier(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", clock)
        await carrier.start()
        try:
            yield carrier, relay
        finally:
            await carrier.close()
            server.close()


def _request() -> PlaceCall:
    return PlaceCall(new_id(), ANOTHER, OUR_NUMBER)


@pytest.mark.parametrize("mode", ["silence", "cut", "nonsense"])
async def test_a_lost_reply_is_unreachable_asked_once_and_the_call_is_found_by_status(mode: str) -> None:
    async with _through_a_relay() as (carrier, relay):
        request = _request()
        relay.mode = mode
        with pytest.raises(CarrierUnreachable):
            await carrier.place(request)
        relay.mode = "forward"
        assert relay.requests == [b"POST /calls HTTP/1.1"], "asked again without knowing"
        assert (await carrier.status(request.call_id)).known, "the person is being called, and nobody would know"


async def test_a_silent_network_costs_at_most_two_seconds() -> None:
    async with _through_a_relay() as (carrier, relay):
        relay.mode = "silence"
        async with asyncio.timeout(2.5):
            with pytest.raises(CarrierUnreachable):
                await carrier.place(_request())


async def test_a_refusal_passes_through_as_a_refusal() -> None:
    async with _through_a_relay() as (carrier, _):
        with pytest.raises(CarrierRefused) as refused:
            await carrier.place(PlaceCall(new_id(), ANOTHER, OUR_NUMBER, ring_timeout_s=5))
        assert refused.value.code == "not_permitted"


async def test_nothing_is_placed_before_the_event_channel_is_open() -> None:
    carrier = SimulatedCarrier("http://127.0.0.1:1", SystemClock())
    with pytest.raises(CarrierRefused) as refused:
        await carrier.place(_request())
    assert refused.value.code == "too_fast"  # never processed: safe to ask again


async def test_starting_without_a_network_says_which_command_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.telephony.simulated.carrier._START_WITHIN_S", 0.2)
    carrier = SimulatedCarrier("http://127.0.0.1:1", SystemClock())
    with pytest.raises(CarrierUnreachable, match="callcenter carrier"):
        await carrier.start()
    assert not carrier.connected
