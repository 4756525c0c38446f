"""Does a rule fire at this instant, and why? PURE.

A rule has conditions, all of which must hold, and one action. It fires when they *begin* to hold: a rule that closes a
campaign at 90 % does not close it again each minute after a supervisor has opened it once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Metric(StrEnum):
    """What a condition looks at. Counts of a day are counted from the installation's midnight."""

    PROGRESS = "progress"
    """Share of the campaign's leads that are finished, in per cent."""
    LEADS_OPEN = "leads_open"
    LEADS_UNTRIED = "leads_untried"
    """Open leads to whom no call was made yet."""
    ATTEMPTS_TODAY = "attempts_today"
    ORDERS_TODAY = "orders_today"
    ABANDONED_TODAY = "abandoned_today"
    """Share of today's answered calls for which there was no agent, in per cent."""
    AGENTS = "agents"
    """Agents signed on to the campaign and not on a break."""
    MINUTE_OF_DAY = "minute_of_day"
    """Minutes since midnight on the installation's clock: 600 is 10:00."""
    WEEKDAY = "weekday"
    """1 (Monday) to 7 (Sunday)."""
    DATE = "date"
    """The installation's date as a number: 20260309."""


class Comparison(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS = "is"


class Deed(StrEnum):
    OPEN = "open"
    PAUSE = "pause"
    CLOSE = "close"
    CHANGE = "change"
    """Sets some of the campaign's settings (`Action.settings`)."""


@dataclass(frozen=True, slots=True)
class Condition:
    metric: Metric
    comparison: Comparison
    value: float

    def holds(self, figures: Mapping[Metric, float]) -> bool:
        seen = figures[self.metric]
        match self.comparison:
            case Comparison.AT_LEAST:
                return seen >= self.value
            case Comparison.AT_MOST:
                return seen <= self.value
            case Comparison.IS:
                return seen == self.value


@dataclass(frozen=True, slots=True)
class Judged:
    fires: bool
    holds: bool
    """To be kept until the next look."""
    because: tuple[str, ...]
    """What was seen for each condition: `progress 92.5 (at_least 90)`."""
    seen: tuple[float, ...] = ()
    """The figures alone, in the order of the conditions."""


def judge(conditions: Sequence[Condition], figures: Mapping[Metric, float], *, held: bool) -> Judged:
    """`held`: whether the conditions held at the look before."""
    holds = bool(conditions) and all(one.holds(figures) for one in conditions)
    said = tuple(f"{c.metric} {figures[c.metric]:g} ({c.comparison} {c.value:g})" for c in conditions)
    figures_seen = tuple(figures[c.metric] for c in conditions)
    return Judged(fires=holds and not held, holds=holds, because=said, seen=figures_seen)


def clock_figures(now: datetime, zone: ZoneInfo) -> dict[Metric, float]:
    """The figures that only the clock tells."""
    here = now.astimezone(zone)
    return {
        Metric.MINUTE_OF_DAY: here.hour * 60 + here.minute,
        Metric.WEEKDAY: here.isoweekday(),
        Metric.DATE: here.year * 10_000 + here.month * 100 + here.day,
    }


def progress(leads: int, still_open: int) -> float:
    """Per cent of the leads that are finished; a campaign without leads has not begun."""
    return 0.0 if leads == 0 else 100 * (leads - still_open) / leads


def share(part: int, whole: int) -> float:
    return 0.0 if whole == 0 else 100 * part / whole
