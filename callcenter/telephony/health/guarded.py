"""A carrier with the circuit breaker around it: what every request came to is heard, and calls wait while it is open.

Only the beginning of calls is ever held back. What is refused here was never sent: `CarrierRefused("held_back")`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock, SystemClock
from callcenter.kit.errors import Lang
from callcenter.telephony.health import rules
from callcenter.telephony.health.rules import Breaker, Circuit, Seen, Told
from callcenter.telephony.port import (
    CallStatus,
    Carrier,
    CarrierEvent,
    CarrierRefused,
    CarrierUnreachable,
    PlaceCall,
    Recorded,
    Supervising,
)

_log = log.get(__name__)

T = TypeVar("T")

LOOK_REAL_S = 0.5
START_AGAIN = timedelta(seconds=3)
START_WITHIN_REAL_S = 3.0
"""A worker does not wait longer for its carrier before it looks after everything else."""


class _Asked:
    """One request to the carrier, while it lasts: what it came to, and how long that took.

    `told` stays None where it tells nothing of the network: our own limit, or we broke off ourselves.
    """

    def __init__(self, clock: Clock, *, timed: bool = True) -> None:
        self._clock = clock
        self._timed = timed
        self._begun = self._ended = clock.now()
        self.told: Told | None = None

    def __enter__(self) -> None:
        self._begun = self._clock.now()

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        self._ended = self._clock.now()
        if error is None:
            self.told = Told.FINE
        elif isinstance(error, CarrierUnreachable):
            self.told = Told.SILENT
        elif isinstance(error, CarrierRefused):
            self.told = _told(error)

    def seen(self, told: Told) -> Seen:
        return Seen(self._ended, told, (self._ended - self._begun).total_seconds() if self._timed else 0.0)


class GuardedCarrier:
    """See `callcenter.telephony.port.Carrier`. `clock` is for the breaker: real time, but in tests."""

    def __init__(self, inner: Carrier, clock: Clock | None = None) -> None:
        self.inner = inner
        self.name = inner.name
        self.simulated = inner.simulated
        self.calls_per_second = inner.calls_per_second
        self.breaker = Breaker()
        self._clock = clock or SystemClock()
        self._jobs: list[asyncio.Task[bool] | asyncio.Task[None]] = []
        self._asking = False

    # The breaker

    def now(self) -> datetime:
        return self._clock.now()

    def room(self) -> int | None:
        """How many calls may be begun now; None: no limit."""
        return rules.room(self.breaker)

    def sentence(self, lang: Lang) -> str:
        """What is the matter and what happens next; empty when nothing is."""
        return rules.describe(self.breaker.circuit, self.breaker.trouble, lang)

    def _become(self, breaker: Breaker) -> None:
        if breaker.circuit is not self.breaker.circuit:
            _log.warning("carrier.circuit", circuit=breaker.circuit.value, trouble=breaker.trouble, tries=breaker.tries)
        self.breaker = breaker

    async def look(self) -> None:
        """What is not told by requests: the event channel, and the question when it is due."""
        now = self._clock.now()
        self._become(rules.channel(self.breaker, self.inner.connected, now))
        if self._asking or not rules.asks_now(self.breaker, now):
            return
        self._asking = True
        asked = _Asked(self._clock)
        try:
            with contextlib.suppress(CarrierRefused, CarrierUnreachable), asked:
                await self.inner.probe()
        finally:
            self._asking = False
        self._become(rules.answered(self.breaker, asked.seen(asked.told or Told.FINE)))

    async def _watched(self, awaited: Awaitable[T], *, timed: bool = True, trial: int | None = None) -> T:
        """`trial`: the number of the trouble in which this call is a trial."""
        asked = _Asked(self._clock, timed=timed)
        try:
            with asked:
                return await awaited
        finally:
            is_trial = trial is not None and trial == self.breaker.tries
            if asked.told is not None:
                self._become(rules.hear(self.breaker, asked.seen(asked.told), is_trial=is_trial))
            elif is_trial:
                self.breaker = rules.nothing_learned(self.breaker)

    # The carrier

    async def start(self) -> None:
        """Never fails: a carrier that cannot be reached is one in trouble, and is tried again until it can."""
        if self._jobs:
            return
        first = asyncio.create_task(self._start(), name="carrier-start")
        self._jobs = [first, asyncio.create_task(self._keep_looking(first), name="carrier-health")]
        await asyncio.wait({first}, timeout=START_WITHIN_REAL_S)

    async def _start(self) -> bool:
        try:
            await self.inner.start()
        except CarrierUnreachable as error:
            _log.warning("carrier.unreachable", reason=str(error))
            now = self._clock.now()
            for _ in range(rules.IN_A_ROW):
                self._become(rules.hear(self.breaker, Seen(now, Told.NOT_SENT)))
            return False
        return True

    async def _keep_looking(self, starting: asyncio.Task[bool]) -> None:
        again_at = self._clock.now()
        while True:
            if starting.done() and not starting.result() and self._clock.now() >= again_at:
                starting = asyncio.create_task(self._start(), name="carrier-start")
                self._jobs[0] = starting
                again_at = self._clock.now() + START_AGAIN
            try:
                await self.look()
            except Exception:
                _log.exception("carrier.look_failed")
            await asyncio.sleep(LOOK_REAL_S)

    async def close(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        self._jobs = []
        await self.inner.close()

    def events(self) -> AsyncIterator[CarrierEvent]:
        return self.inner.events()

    @property
    def connected(self) -> bool:
        return self.inner.connected

    async def probe(self) -> None:
        await self.inner.probe()

    async def place(self, request: PlaceCall) -> str:
        allowed = rules.let_through(self.breaker)
        if allowed is None:
            raise CarrierRefused("held_back", "not sent: the telephone network is in trouble")
        self.breaker = allowed
        trial = allowed.tries if allowed.circuit is Circuit.HALF_OPEN else None
        # Where the carrier's own limit makes calls wait for their turn, the time tells nothing.
        timed = self.calls_per_second is None
        return await self._watched(self.inner.place(request), timed=timed, trial=trial)

    async def park_agent(self, agent_id: UUID, address: str) -> None:
        await self._watched(self.inner.park_agent(agent_id, address))

    async def unpark_agent(self, agent_id: UUID) -> None:
        await self._watched(self.inner.unpark_agent(agent_id))

    async def join(self, call_id: UUID, agent_id: UUID) -> None:
        await self._watched(self.inner.join(call_id, agent_id))

    async def hold(self, call_id: UUID) -> None:
        await self._watched(self.inner.hold(call_id))

    async def resume(self, call_id: UUID) -> None:
        await self._watched(self.inner.resume(call_id))

    async def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        await self._watched(self.inner.hang_up(call_id, cause))

    async def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        await self._watched(self.inner.play_message_and_hang_up(call_id, message))

    async def status(self, call_id: UUID) -> CallStatus:
        return await self._watched(self.inner.status(call_id))

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        await self._watched(self.inner.supervise(call_id, supervisor_id, how))

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        await self._watched(self.inner.stop_supervising(call_id, supervisor_id))

    async def release(self, call_id: UUID) -> None:
        await self._watched(self.inner.release(call_id))

    async def transfer(self, call_id: UUID, number: str) -> None:
        await self._watched(self.inner.transfer(call_id, number))

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        await self._watched(self.inner.consult(call_id, to))

    async def complete_transfer(self, call_id: UUID) -> None:
        await self._watched(self.inner.complete_transfer(call_id))

    async def end_consultation(self, call_id: UUID) -> None:
        await self._watched(self.inner.end_consultation(call_id))

    async def announce(self, call_id: UUID, message: str) -> None:
        await self._watched(self.inner.announce(call_id, message))

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        await self._watched(self.inner.send_digits(call_id, digits))

    async def pause_recording(self, call_id: UUID) -> None:
        await self._watched(self.inner.pause_recording(call_id))

    async def resume_recording(self, call_id: UUID) -> None:
        await self._watched(self.inner.resume_recording(call_id))

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        return await self._watched(self.inner.recordings(call_id))

    def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        return self.inner.fetch_recording(ref)

    async def forget_recording(self, ref: str) -> None:
        await self._watched(self.inner.forget_recording(ref))


def _told(refused: CarrierRefused) -> Told | None:
    """What a refusal says of the network; None: nothing, it was our own limit."""
    if refused.code == "no_account":
        return Told.SHUT_OUT
    if refused.code != "too_fast":
        return Told.FINE
    if refused.ours:
        return None
    return Told.NOT_SENT if refused.detail.startswith("not sent") else Told.TOO_FAST
