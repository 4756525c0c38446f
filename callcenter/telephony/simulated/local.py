"""The port straight onto a network in the same process: for tests and simulations on a ManualClock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID

from callcenter.domain.call import EndCause
from callcenter.telephony.port import CallStatus, CarrierEvent, PlaceCall, Recorded, Supervising
from callcenter.telephony.simulated.network import SimulatedNetwork


class _Subscription(AsyncIterator[CarrierEvent]):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[CarrierEvent] = asyncio.Queue()

    async def __anext__(self) -> CarrierEvent:
        return await self.queue.get()


class LocalCarrier:
    """See `callcenter.telephony.port.Carrier`. It starts and closes the network it is given."""

    name = "simulated"
    simulated = True
    calls_per_second: float | None = None

    def __init__(self, network: SimulatedNetwork) -> None:
        self.network = network
        self._stops: list[Callable[[], None]] = []
        self._started = False

    async def start(self) -> None:
        if not self._started:
            self._started = True
            self.network.start()

    async def close(self) -> None:
        self._started = False
        while self._stops:
            self._stops.pop()()
        await self.network.close()

    def events(self) -> AsyncIterator[CarrierEvent]:
        subscription = _Subscription()
        self._stops.append(self.network.listen(subscription.queue.put_nowait))
        return subscription

    @property
    def connected(self) -> bool:
        return self._started

    async def probe(self) -> None:
        return

    async def place(self, request: PlaceCall) -> str:
        return self.network.place(request)

    async def park_agent(self, agent_id: UUID, address: str) -> None:
        self.network.park_agent(agent_id, address)

    async def unpark_agent(self, agent_id: UUID) -> None:
        self.network.unpark_agent(agent_id)

    async def join(self, call_id: UUID, agent_id: UUID) -> None:
        self.network.join(call_id, agent_id)

    async def hold(self, call_id: UUID) -> None:
        self.network.hold(call_id)

    async def resume(self, call_id: UUID) -> None:
        self.network.resume(call_id)

    async def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        self.network.hang_up(call_id, cause)

    async def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        self.network.play_message_and_hang_up(call_id, message)

    async def status(self, call_id: UUID) -> CallStatus:
        return self.network.status(call_id)

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        self.network.supervise(call_id, supervisor_id, how)

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        self.network.stop_supervising(call_id, supervisor_id)

    async def release(self, call_id: UUID) -> None:
        self.network.release(call_id)

    async def transfer(self, call_id: UUID, number: str) -> None:
        self.network.transfer(call_id, number)

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        self.network.consult(call_id, to)

    async def complete_transfer(self, call_id: UUID) -> None:
        self.network.complete_transfer(call_id)

    async def end_consultation(self, call_id: UUID) -> None:
        self.network.end_consultation(call_id)

    async def announce(self, call_id: UUID, message: str) -> None:
        self.network.announce(call_id, message)

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        self.network.send_digits(call_id, digits)

    async def pause_recording(self, call_id: UUID) -> None:
        self.network.pause_recording(call_id)

    async def resume_recording(self, call_id: UUID) -> None:
        self.network.resume_recording(call_id)

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        return self.network.tapes.of(call_id)

    async def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        for piece in self.network.tapes.fetch(ref):
            yield piece

    async def forget_recording(self, ref: str) -> None:
        self.network.tapes.forget(ref)
