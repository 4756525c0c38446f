"""Public holidays as a value that is handed to the judgement, and what it means for a day to be one of calling.

China's holidays are announced each November for the next year, with make-up working days (调休) on weekends around
them. The calendar knows the years it has data for and says so: for any other year only the weekdays hold, and
whoever opens or watches a campaign is warned (`unknown_years`). Other countries: `closed_days` of the campaign.
Source of the data: the package chinesecalendar, which copies the State Council's yearly notices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from chinese_calendar import constants as china  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """`off`: days nobody works, weekends inside a holiday included; `working`: weekend days on which people work."""

    code: str
    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    """Years it has data for."""

    def knows(self, year: int) -> bool:
        return self.code == NONE.code or year in self.years


NONE = HolidayCalendar("none")
CN = HolidayCalendar(
    "CN",
    frozenset(china.holidays),
    frozenset(china.workdays),
    frozenset(day.year for day in china.holidays),
)
CALENDARS: Mapping[str, HolidayCalendar] = {calendar.code: calendar for calendar in (NONE, CN)}


def is_holiday(calendar: HolidayCalendar, closed_days: Collection[date], day: date) -> bool:
    """A public holiday, or a day the campaign itself keeps closed."""
    return day in closed_days or day in calendar.off


def is_open_day(
    calendar: HolidayCalendar,
    closed_days: Collection[date],
    weekdays: Collection[int],
    day: date,
    *,
    makeup_days: bool,
) -> bool:
    """Whether ordinary calling takes place on `day`: its weekday, unless a holiday or a make-up day says otherwise.

    `makeup_days`: whether a make-up working day counts as a working day, whatever its weekday. The campaign's own
    closed days always win.
    """
    if is_holiday(calendar, closed_days, day):
        return False
    return day.isoweekday() in weekdays or (makeup_days and day in calendar.working)


def unknown_years(calendar: HolidayCalendar, first: date, last: date) -> tuple[int, ...]:
    """Years between the two days, both included, for which the calendar has no data."""
    return tuple(year for year in range(first.year, last.year + 1) if not calendar.knows(year))
