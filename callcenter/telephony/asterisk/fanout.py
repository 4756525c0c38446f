"""Every reader of events gets every event."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Iterable

from callcenter.kit import log
from callcenter.telephony.port import CarrierEvent

_log = log.get(__name__)
_WAITING_AT_MOST = 100_000  # events of one reader; beyond it the oldest go, and `status` has to tell


class _Subscription(AsyncIterator[CarrierEvent]):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[CarrierEvent] = asyncio.Queue(_WAITING_AT_MOST)

    def put(self, event: CarrierEvent) -> None:
        if self.queue.full():
            self.queue.get_nowait()
            _log.error("asterisk.events_overflow")
        self.queue.put_nowait(event)

    async def __anext__(self) -> CarrierEvent:
        return await self.queue.get()


class FanOut:
    def __init__(self) -> None:
        self._subscriptions: weakref.WeakSet[_Subscription] = weakref.WeakSet()  # dropped with their last reader

    def subscribe(self) -> AsyncIterator[CarrierEvent]:
        subscription = _Subscription()
        self._subscriptions.add(subscription)
        return subscription

    def tell(self, events: Iterable[CarrierEvent]) -> None:
        for event in events:
            for subscription in self._subscriptions:
                subscription.put(event)
