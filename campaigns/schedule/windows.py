"""Times of day in a zone, and the exact instant at which one of them begins.

All functions are DST-safe: membership is read from the wall clock of the zone, and an instant is made from a
local date and time only inside 05:00–23:00, where no zone of the world turns its clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARLIEST = time(5, 0)
LATEST = time(23, 0)
ALL_WEEK = (1, 2, 3, 4, 5, 6, 7)
HORIZON_DAYS = 62
"""How far ahead a next instant is looked for: two months outlast every cap and gap of the presets."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A time of day on the customer's clock: `start` belongs to it, `end` does not (source rule 7)."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        return self.start <= at < self.end

    def inside(self, outer: Window) -> bool:
        return outer.start <= self.start and self.end <= outer.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{name}' is no IANA time zone") from None


def local_date(at: datetime, where: ZoneInfo) -> date:
    return at.astimezone(where).date()


def day_start(day: date, where: ZoneInfo) -> datetime:
    """The first instant of `day` in the zone, in UTC."""
    return datetime.combine(day, time.min, where).astimezone(UTC)


def next_day_of(at: datetime, where: ZoneInfo, is_open: Callable[[date], bool]) -> datetime | None:
    """`at` when its local day is one of calling, else the first instant of the next such day; None: none in sight."""
    day = local_date(at, where)
    for ahead in range(HORIZON_DAYS):
        candidate = day + timedelta(days=ahead)
        if is_open(candidate):
            return at if ahead == 0 else day_start(candidate, where)
    return None


def next_inside(
    at: datetime, where: ZoneInfo, windows: Sequence[Window], weekdays: Collection[int] = ALL_WEEK
) -> datetime | None:
    """`at` when the zone's clock stands inside one of `windows` (sorted), else the next start of one."""
    local = at.astimezone(where)
    today, clock = local.date(), local.time()
    for ahead in range(HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        if day.isoweekday() not in weekdays:
            continue
        for window in windows:
            if ahead == 0:
                if window.holds(clock):
                    return at
                if window.start <= clock:
                    continue
            start = datetime.combine(day, window.start, where).astimezone(UTC)
            # A zone that jumps over the date line leaves out a whole day.
            if start > at and start.astimezone(where).date() == day:
                return start
    return None


def window_at(at: datetime, where: ZoneInfo, windows: Sequence[Window]) -> Window | None:
    """The window in which the zone's clock stands at `at`."""
    clock = at.astimezone(where).time()
    return next((window for window in windows if window.holds(clock)), None)
