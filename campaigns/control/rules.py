"""Was an attempt right? PURE.

`faults_of` does not ask the gate again: it reads only what the attempt left behind (the call's times, the pass it
was given, the do-not-call list) and judges by the wall clock. Where gate and proof disagree, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from campaigns.schedule.rules import CallingRules, Grounds
from campaigns.schedule.windows import zone

PITCH_S = (10 * 60, 15 * 60)
"""Source, 7.3.1 rule 6: a pitch takes 10 to 15 minutes."""
TOO_SHORT_S = 60
TOO_LONG_S = PITCH_S[1]
"""[D] Limits of a campaign that has set none: a minute cannot sell, and beyond the pitch it annoys (rule 8)."""


class Fault(StrEnum):
    """What must be none. In the order in which they are told."""

    NO_PASS = "no_pass"  # no evidence that the gate let it through
    OUTSIDE_LAW = "outside_law"  # outside the legal hours or days of the campaign's preset
    OUTSIDE_DAYS = "outside_days"  # not on the 7th to the 14th day after posting
    OUTSIDE_WINDOWS = "outside_windows"
    DO_NOT_CALL = "do_not_call"  # the number was on the list already
    OVER_CAP = "over_cap"  # more calls to the person than the preset's caps allow
    TWICE_AT_ONCE = "twice_at_once"  # two calls to one number at the same time


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt left behind. Instants are aware; `grounds` None: it has no pass."""

    launched_at: datetime
    timezone: str
    posted_on: date | None
    grounds: str | None
    on_list_since: datetime | None = None
    """When the number came onto the do-not-call list."""
    earlier_s: Sequence[float] = ()
    """Seconds since each earlier call to the same person, as far back as the longest cap reaches."""
    overlaps: bool = False


def faults_of(attempt: Attempt, rules: CallingRules) -> tuple[Fault, ...]:
    """Everything that was wrong with an attempt; empty: nothing.

    A time the customer asked for (grounds `callback`) is exempt from days and windows, never from the law
    (source rule 7). Who showed interest (`follow_up`) may be called for `follow_up_days` after the last day.
    """
    local = attempt.launched_at.astimezone(zone(attempt.timezone))
    day, clock = local.date(), local.time()
    found: list[Fault] = []
    if attempt.grounds is None:
        found.append(Fault.NO_PASS)
    if not rules.is_legal_day(day) or not any(window.holds(clock) for window in rules.legal_windows):
        found.append(Fault.OUTSIDE_LAW)
    if attempt.grounds != Grounds.CALLBACK:
        extra = rules.follow_up_days if attempt.grounds == Grounds.FOLLOW_UP else 0
        if attempt.posted_on is None or not (
            rules.days_from <= (day - attempt.posted_on).days <= rules.days_to + extra
        ):
            found.append(Fault.OUTSIDE_DAYS)
        if not rules.is_open_day(day) or not any(window.holds(clock) for window in rules.windows):
            found.append(Fault.OUTSIDE_WINDOWS)
    if attempt.on_list_since is not None and attempt.on_list_since < attempt.launched_at:
        found.append(Fault.DO_NOT_CALL)
    if any(sum(ago < cap.within_s for ago in attempt.earlier_s) >= cap.most for cap in rules.caps):
        found.append(Fault.OVER_CAP)
    if attempt.overlaps:
        found.append(Fault.TWICE_AT_ONCE)
    return tuple(found)


def periods(first: date, last: date, length_days: int = 30) -> list[tuple[date, date]]:
    """The successive periods in which abandonment is counted, both ends included: over the campaign if it is
    shorter, else each 30 days from its first (16 CFR 310.4(b)(4)(i))."""
    found = []
    begin = first
    while begin <= last:
        end = min(begin + timedelta(days=length_days - 1), last)
        found.append((begin, end))
        begin = end + timedelta(days=1)
    return found
