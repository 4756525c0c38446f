"""Calls per second, on our side.

Twilio takes one a second by default and lets the rest wait, up to a day: a call that waits there rings whoever it
is for at a time that nobody chose. So they wait here, and briefly, or are refused as too fast.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from callcenter.kit.clock import Clock


class Turnstile:
    """Lets `per_second` through, evenly; nobody waits longer than they say."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._gap = timedelta(seconds=1 / per_second)
        self._next: datetime | None = None

    async def take(self, within_s: float) -> bool:
        """Wait for a turn; False, at once, when it would be later than `within_s` seconds from now."""
        now = self._clock.now()
        turn = now if self._next is None else max(now, self._next)
        wait_s = (turn - now).total_seconds()
        if wait_s > within_s:
            return False
        self._next = turn + self._gap
        if wait_s > 0:
            await self._clock.sleep(wait_s)
        return True
