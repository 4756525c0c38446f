"""PURE: calendar dates in the company's zone. No instant is compared with a date anywhere else."""

from __future__ import annotations

import calendar
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


def local_date(now: datetime, zone: ZoneInfo) -> date:
    """The date on the company's wall at the instant `now`."""
    return now.astimezone(zone).date()


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month; the month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month_day(day: date, number: int) -> date:
    """Day `number` of the month after that of `day` (its last day when it is shorter)."""
    first = month_end(day) + timedelta(days=1)
    return first.replace(day=min(number, month_end(first).day))


class DayCounting(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The company's calendar: Monday to Friday, but for the days told otherwise.

    `off` are holidays on weekdays; `on` are working days on weekends (调休).
    """

    counting: DayCounting = DayCounting.CALENDAR
    off: AbstractSet[date] = frozenset()
    on: AbstractSet[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def add(self, start: date, days: int) -> date:
        """`days` days after `start`, which is day 0. Counting working days, `start` itself is never counted."""
        if self.counting is DayCounting.CALENDAR:
            return start + timedelta(days=days)
        step = timedelta(days=1 if days >= 0 else -1)
        day, left = start, abs(days)
        while left:
            day += step
            left -= self.is_working(day)
        return day
