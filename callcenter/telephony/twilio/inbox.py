"""Events from the web process, which hears the webhooks, to the worker, through PostgreSQL.

A webhook's event is a row before Twilio gets its 204, so nothing is lost while the worker is down: the next one
finds it. A row is marked as handed over when it is taken; what was taken in the last two minutes before a start is
handed over once more, since the worker that took it may have died before it acted (events may be repeated: each has
its sequence). What is lost all the same, reconciliation asks for.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator

from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, is_connection_loss
from callcenter.kit.wake import listen
from callcenter.telephony.port import CarrierEvent
from callcenter.telephony.twilio import repository

_log = log.get(__name__)

LOOK_REAL_S = 1.0
"""A lost notice costs so much at most."""
FORGET_EVERY = 600
BATCH = 200


class _Subscription(AsyncIterator[CarrierEvent]):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[CarrierEvent] = asyncio.Queue()

    async def __anext__(self) -> CarrierEvent:
        return await self.queue.get()


class Inbox:
    """Reads while there is somebody to read for. `open` says whether the last look succeeded."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._subscriptions: weakref.WeakSet[_Subscription] = weakref.WeakSet()
        self._look = asyncio.Event()
        self._jobs: list[asyncio.Task[None]] = []
        self.open = False

    async def start(self) -> None:
        """Raises what the database raises when it is away."""
        if self._jobs:
            return
        async with self._database.transaction() as session:
            await repository.give_back(session)
        self.open = True
        self._jobs = [
            asyncio.create_task(self._read(), name="carrier-inbox"),
            asyncio.create_task(listen(self._database.url, [repository.CHANNEL], self._notice)),
        ]

    async def close(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        self._jobs, self.open = [], False

    def subscribe(self) -> AsyncIterator[CarrierEvent]:
        """Every iterator gets every event from this call on; what waited in the inbox first."""
        subscription = _Subscription()
        self._subscriptions.add(subscription)
        self._look.set()
        return subscription

    async def _notice(self, _channel: str, _payload: str) -> None:
        self._look.set()

    async def _read(self) -> None:
        looks = 0
        while True:
            self._look.clear()
            try:
                while self._subscriptions and await self._hand_over():
                    pass
                if looks % FORGET_EVERY == 0:
                    async with self._database.transaction() as session:
                        await repository.forget(session, self._clock.now())
                self.open = True
            except Exception as error:
                self.open = False
                if is_connection_loss(error):
                    _log.warning("twilio.inbox_away", reason=type(error).__name__)
                else:
                    _log.exception("twilio.inbox_failed")
                await asyncio.sleep(LOOK_REAL_S / 4)
            looks += 1
            try:
                await asyncio.wait_for(self._look.wait(), LOOK_REAL_S)
            except TimeoutError:
                continue

    async def _hand_over(self) -> bool:
        """Hand over one batch; whether there may be more."""
        async with self._database.transaction() as session:
            events = await repository.take(session, BATCH)
        for event in events:
            for subscription in self._subscriptions:
                subscription.queue.put_nowait(event)
        return len(events) == BATCH
