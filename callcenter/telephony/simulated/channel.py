"""The event channel between the network and whoever listens, with the faults real ones have.

Facts go in once and in order; what comes out may be late, doubled, swapped or lost, by the profile's rates and
each call's own generator.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.call import CallEventKind
from callcenter.kit.clock import Clock
from callcenter.telephony.port import CarrierEvent
from callcenter.telephony.simulated.fate import NEVER_S
from callcenter.telephony.simulated.profile import NetworkProfile
from callcenter.telephony.simulated.timetable import Timetable

Listener = Callable[[CarrierEvent], None]

_KEPT_AT_MOST = 100_000  # events


class EventChannel:
    """`counts` has: told, lost, late, doubled, swapped, unheard (nobody listened), kept."""

    def __init__(self, clock: Clock, timetable: Timetable, profile: NetworkProfile) -> None:
        self._clock = clock
        self._timetable = timetable
        self._profile = profile
        self._listeners: dict[int, Listener] = {}
        self._swapped: dict[UUID, CarrierEvent] = {}
        self._kept: deque[tuple[datetime, CarrierEvent]] = deque(maxlen=_KEPT_AT_MOST)
        self.counts: Counter[str] = Counter()

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every event from now on (and those kept for want of a listener); returns how to stop."""
        key = id(listener)
        self._listeners[key] = listener
        self._forget_kept()
        while self._kept:
            self._deliver(self._kept.popleft()[1])

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    def tell(self, event: CarrierEvent, draw: random.Random) -> None:
        profile = self._profile
        # Always four draws, so that a rate changed here moves nothing else the call draws.
        late, doubled, swapped, lost = draw.random(), draw.random(), draw.random(), draw.random()
        before = self._swapped.pop(event.call_id, None)
        if lost < profile.p_event_lost:
            self.counts["lost"] += 1
        elif before is None and swapped < profile.p_event_swapped and event.kind is not CallEventKind.ENDED:
            self._hold_back(event)
        else:
            delay_s = 0.0
            if late < profile.p_event_late:
                self.counts["late"] += 1
                delay_s = profile.event_late_median_s * draw.lognormvariate(0.0, profile.event_late_sigma)
            self._send(event, delay_s)
            if doubled < profile.p_event_doubled:
                self.counts["doubled"] += 1
                self._send(event, delay_s + draw.uniform(0.0, profile.event_doubled_longest_s))
        if before is not None:
            self._deliver(before)

    def _hold_back(self, event: CarrierEvent) -> None:
        self.counts["swapped"] += 1
        self._swapped[event.call_id] = event
        # Nobody acts on RINGING, and what follows it is far off; for the others somebody waits in silence.
        window_s = NEVER_S if event.kind is CallEventKind.RINGING else self._profile.event_swap_window_s

        def give_up() -> None:
            if self._swapped.get(event.call_id) is event:
                self._deliver(self._swapped.pop(event.call_id))

        self._timetable.after(window_s, give_up)

    def _send(self, event: CarrierEvent, delay_s: float) -> None:
        if delay_s > 0:
            self._timetable.after(delay_s, lambda: self._deliver(event))
        else:
            self._deliver(event)

    def _deliver(self, event: CarrierEvent) -> None:
        if self._listeners:
            self.counts["told"] += 1
            for listener in tuple(self._listeners.values()):
                listener(event)
        elif self._profile.keep_events_s > 0:
            self.counts["kept"] += 1
            self._forget_kept()
            self._kept.append((self._clock.now(), event))
        else:
            self.counts["unheard"] += 1

    def _forget_kept(self) -> None:
        oldest = self._clock.now() - timedelta(seconds=self._profile.keep_events_s)
        while self._kept and self._kept[0][0] < oldest:
            self._kept.popleft()
            self.counts["unheard"] += 1
