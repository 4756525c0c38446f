"""May this person be called at this instant; if not, why, and when is the next instant at which they may?

`eligibility` is the one gate every attempt passes. It first asks what no time can mend (a refusal, the last
day gone, all attempts used) and then moves forward in time, from one obstacle's end to the next, until none
is left: the least instant at which every rule is content.

Whoever asked for a time is called at that time: a callback is exempt from the recommended windows, from
closed days and from the days after posting, never from legal hours, do-not-call, consent or caps. A person
who asked to buy or showed great interest is followed up after the last day too (source, 7.3.1 三.3), inside
the windows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.schedule.calling import CallingRules, Cap, ConsentPolicy, Retry, from_json, to_json, validate_rules
from campaigns.schedule.sentences import describe
from campaigns.schedule.verdict import CLOSES, Grounds, ReasonCode, Verdict
from campaigns.schedule.windows import (
    HORIZON_DAYS,
    Window,
    day_start,
    local_date,
    next_day_of,
    next_inside,
    window_at,
    zone,
)

__all__ = [
    "CallingRules",
    "Cap",
    "ConsentPolicy",
    "Grounds",
    "LeadFacts",
    "ReasonCode",
    "Retry",
    "Verdict",
    "Window",
    "callback_verdict",
    "describe",
    "eligibility",
    "from_json",
    "order_key",
    "to_json",
    "validate_rules",
    "window_closes",
    "window_opens",
]

_MAX_STEPS = 5000


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """Everything the judgement reads. Instants are aware and in UTC; dates are the customer's local ones."""

    posted_on: date | None
    timezone: str = "Asia/Shanghai"
    possible_zones: tuple[str, ...] = ()
    """Where the zone is a guess: every zone the number may be in. Law and days must hold in all of them."""
    closed_reason: str | None = None
    campaign_open: bool = True
    consent: str = "unknown"
    do_not_call: bool = False
    has_number: bool = True
    """False: every number of the person is dead or somebody else's."""
    replied: bool = False
    returned: bool = False
    attempts: int = 0
    fruitless: int = 0
    """Attempts since the last conversation."""
    last_attempt_at: datetime | None = None
    last_outcome: str | None = None
    rest_until: datetime | None = None
    callback_at: datetime | None = None
    follow_up: bool = False
    """Asked to buy, or showed great interest: may be followed up after the last day."""
    in_call: bool = False
    """A call to this number is in flight, from whichever campaign."""
    recent_calls: tuple[datetime, ...] = ()
    """Calls to this person, over all campaigns, as far back as the longest cap reaches."""


_Next = Callable[[datetime], datetime | None]


def grounds_of(facts: LeadFacts) -> Grounds:
    if facts.callback_at is not None:
        return Grounds.CALLBACK
    return Grounds.FOLLOW_UP if facts.follow_up else Grounds.SCHEDULE


def _zones(facts: LeadFacts) -> list[ZoneInfo]:
    """The customer's zone first, then the others it may be."""
    return [zone(name) for name in dict.fromkeys((facts.timezone, *facts.possible_zones))]


def _last_day(facts: LeadFacts, rules: CallingRules, posted_on: date) -> date:
    extra = rules.follow_up_days if facts.follow_up else 0
    return posted_on + timedelta(days=rules.days_to + extra)


def eligibility(facts: LeadFacts, rules: CallingRules, now: datetime) -> Verdict:
    """Judge one lead at one instant.

    `allowed` means: place the call now. Otherwise `reason` is the first rule that stands in the way, and at
    `next_at` (not a second before) the answer will be yes, if nothing else happens until then.
    """
    detail: dict[str, Any] = {"timezone": facts.timezone}
    if facts.posted_on is not None:
        here = zone(facts.timezone)
        detail |= {
            "posted_on": facts.posted_on,
            "day_n": (local_date(now, here) - facts.posted_on).days,
            "first_day": facts.posted_on + timedelta(days=rules.days_from),
            "last_day": _last_day(facts, rules, facts.posted_on),
        }
    grounds = grounds_of(facts)
    for_good = _never(facts, rules, now)
    if for_good is not None:
        closes = CLOSES.get(for_good)
        return Verdict(False, for_good, None, grounds, closes, detail | _more(for_good, facts, rules))
    reason, at = _earliest(facts, rules, now, avoid_last_window=True)
    if at is None and _avoided(facts, rules) is not None:
        # Another window is a wish; it must not cost the last chance.
        reason, at = _earliest(facts, rules, now, avoid_last_window=False)
    if reason is None:
        return Verdict(True, ReasonCode.ALLOWED, now, grounds, None, detail)
    detail |= _more(reason, facts, rules)
    if at is None:
        return Verdict(False, ReasonCode.NO_TIME_LEFT, None, grounds, None, detail | {"obstacle": reason.value})
    return Verdict(False, reason, at, grounds, None, detail)


def _never(facts: LeadFacts, rules: CallingRules, now: datetime) -> ReasonCode | None:
    """The first reason that no waiting mends."""
    if facts.closed_reason is not None:
        return ReasonCode.CLOSED
    if facts.do_not_call:
        return ReasonCode.DO_NOT_CALL
    if not facts.has_number:
        return ReasonCode.NO_NUMBER
    if facts.consent == "refused":
        return ReasonCode.CONSENT_REFUSED
    if rules.consent is ConsentPolicy.REQUIRED and facts.consent != "given":
        return ReasonCode.CONSENT_MISSING
    if facts.callback_at is None:
        # Someone who asked to be called is called, also when a slip or a returned letter crossed it.
        if facts.replied:
            return ReasonCode.REPLIED
        if facts.returned:
            return ReasonCode.RETURNED_MAIL
        if facts.posted_on is None:
            return ReasonCode.NOT_MAILED
    if facts.fruitless >= rules.attempts_max or facts.attempts >= rules.attempts_total:
        return ReasonCode.EXHAUSTED
    if facts.callback_at is None and facts.posted_on is not None:
        last = _last_day(facts, rules, facts.posted_on)
        if any(local_date(now, where) > last for where in _zones(facts)):
            return ReasonCode.EXPIRED
    if facts.in_call:
        return ReasonCode.IN_CALL
    if not facts.campaign_open:
        return ReasonCode.CAMPAIGN_NOT_OPEN
    return None


def _earliest(
    facts: LeadFacts, rules: CallingRules, now: datetime, *, avoid_last_window: bool
) -> tuple[ReasonCode | None, datetime | None]:
    """(first obstacle at `now` or None, least instant ≥ `now` without any obstacle or None).

    Each obstacle answers the least instant from which it does not stand in the way; going from one to the
    next until none moves is exact, because each of them only ever moves forward.
    """
    obstacles = _obstacles(facts, rules, avoid_last_window=avoid_last_window)
    first: ReasonCode | None = None
    at = now
    far = max(t for t in (now, facts.callback_at, facts.rest_until) if t is not None)
    if facts.posted_on is not None:
        far = max(far, day_start(facts.posted_on + timedelta(days=rules.days_from), zone(facts.timezone)))
    far += timedelta(days=HORIZON_DAYS)
    for _ in range(_MAX_STEPS):
        for reason, next_after in obstacles:
            later = next_after(at)
            if later is None or later > far:
                return first or reason, None
            if later > at:
                first = first or reason
                at = later
                break
        else:
            return first, at
    return first, None


def _obstacles(facts: LeadFacts, rules: CallingRules, *, avoid_last_window: bool) -> list[tuple[ReasonCode, _Next]]:
    """What may stand in the way for a time, in the order in which it is named."""
    exempt = facts.callback_at is not None
    zones = _zones(facts)
    found: list[tuple[ReasonCode, _Next]] = []
    if not exempt and facts.posted_on is not None:
        found.extend((ReasonCode.TOO_EARLY, _days(facts, rules, facts.posted_on, where)) for where in zones)
    if facts.callback_at is not None:
        found.append((ReasonCode.CALLBACK_LATER, _not_before(facts.callback_at)))
    if facts.rest_until is not None:
        found.append((ReasonCode.RESTING, _not_before(facts.rest_until)))
    if facts.recent_calls:
        newest_first = sorted(facts.recent_calls, reverse=True)
        found.extend((ReasonCode.CAP, _cap(newest_first, cap)) for cap in rules.caps)
        gap_over = newest_first[0] + timedelta(seconds=rules.min_gap_s)
        found.append((ReasonCode.MIN_GAP, _not_before(gap_over)))
    found.extend((ReasonCode.LEGAL_HOURS, _legal(rules, where)) for where in zones)
    if not exempt or not rules.legal_holidays:
        is_open = rules.is_legal_day if exempt else rules.is_open_day
        found.append((ReasonCode.CLOSED_DAY, lambda at: next_day_of(at, zones[0], is_open)))
    if not exempt:
        found.append((ReasonCode.OUTSIDE_WINDOW, lambda at: next_inside(at, zones[0], rules.windows)))
        avoided = _avoided(facts, rules) if avoid_last_window else None
        if avoided is not None:
            found.append((ReasonCode.OTHER_WINDOW, _other_window(facts, rules, avoided, zones[0])))
    return found


def _not_before(limit: datetime) -> _Next:
    return lambda at: max(at, limit)


def _days(facts: LeadFacts, rules: CallingRules, posted_on: date, where: ZoneInfo) -> _Next:
    first = day_start(posted_on + timedelta(days=rules.days_from), where)
    last = _last_day(facts, rules, posted_on)

    def next_after(at: datetime) -> datetime | None:
        if local_date(at, where) > last:
            return None
        return max(at, first)

    return next_after


def _cap(newest_first: list[datetime], cap: Cap) -> _Next:
    if len(newest_first) < cap.most:
        return lambda at: at
    # When the `most`-th newest call has left the period, there is room for one more.
    free = newest_first[cap.most - 1] + timedelta(seconds=cap.within_s)
    return lambda at: max(at, free)


def _legal(rules: CallingRules, where: ZoneInfo) -> _Next:
    return lambda at: next_inside(at, where, rules.legal_windows, rules.legal_weekdays)


def _other_window(facts: LeadFacts, rules: CallingRules, avoided: Window, where: ZoneInfo) -> _Next:
    """Any window but `avoided`; on the last day every window is right."""
    others = tuple(window for window in rules.windows if window != avoided)
    last = day_start(_last_day(facts, rules, facts.posted_on), where) if facts.posted_on is not None else None

    def next_after(at: datetime) -> datetime | None:
        if last is not None and at >= last:
            return at
        later = next_inside(at, where, others)
        return later if last is None or (later is not None and later < last) else last

    return next_after


def _avoided(facts: LeadFacts, rules: CallingRules) -> Window | None:
    """The window that the last attempt was in, when its outcome asks for another one."""
    if facts.last_attempt_at is None or facts.last_outcome is None or facts.callback_at is not None:
        return None
    if len(rules.windows) < 2 or not rules.retry_for(facts.last_outcome).other_window:
        return None
    return window_at(facts.last_attempt_at, zone(facts.timezone), rules.windows)


def _more(reason: ReasonCode, facts: LeadFacts, rules: CallingRules) -> dict[str, Any]:
    """What the sentence for `reason` names beyond the days."""
    match reason:
        case ReasonCode.CLOSED:
            return {"closed_reason": facts.closed_reason}
        case ReasonCode.EXHAUSTED:
            return {"attempts": facts.attempts, "attempts_max": rules.attempts_max}
        case ReasonCode.LEGAL_HOURS:
            return {"windows": [str(window) for window in rules.legal_windows]}
        case ReasonCode.OUTSIDE_WINDOW | ReasonCode.OTHER_WINDOW:
            return {"windows": [str(window) for window in rules.windows]}
        case ReasonCode.RESTING:
            return {"last_outcome": facts.last_outcome}
        case ReasonCode.CAP:
            return {"calls": len(facts.recent_calls), "caps": [(cap.most, cap.within_s) for cap in rules.caps]}
        case ReasonCode.MIN_GAP:
            return {"min_gap_s": rules.min_gap_s}
        case _:
            return {}


def callback_verdict(
    at: datetime, rules: CallingRules, now: datetime, timezone: str, possible_zones: tuple[str, ...] = ()
) -> Verdict:
    """Whether a callback may be promised for `at`: legal hours in every zone the customer may be in."""
    facts = LeadFacts(posted_on=None, timezone=timezone, possible_zones=possible_zones, callback_at=at)
    detail: dict[str, Any] = {"timezone": timezone, "windows": [str(window) for window in rules.legal_windows]}
    reason, next_at = _earliest(facts, rules, at, avoid_last_window=False)
    if at <= now or reason is not None:
        return Verdict(False, reason or ReasonCode.CALLBACK_LATER, next_at, Grounds.CALLBACK, None, detail)
    return Verdict(True, ReasonCode.ALLOWED, at, Grounds.CALLBACK, None, detail)


def order_key(
    *,
    callback_at: datetime | None,
    last_day: date,
    attempts: int,
    score: int,
    now: datetime,
    first_calls_first: bool = False,
) -> tuple[int, datetime | date, int, int]:
    """Sorting leads by this: due callbacks (oldest promise first), then the nearest last day, then whoever was
    tried least (a first call goes before a second try), then score. `first_calls_first`: whoever was never called
    goes before all others but promises."""
    if callback_at is not None and callback_at <= now:
        return (0, callback_at, 0, -score)
    return (2 if first_calls_first and attempts > 0 else 1, last_day, attempts, -score)


def _open_until(rules: CallingRules, now: datetime, where: ZoneInfo) -> datetime | None:
    day = local_date(now, where)
    if not rules.is_open_day(day):
        return None
    window = window_at(now, where, rules.windows)
    if window is None or next_inside(now, where, rules.legal_windows, rules.legal_weekdays) != now:
        return None
    return datetime.combine(day, window.end, where).astimezone(UTC)


def window_closes(rules: CallingRules, now: datetime, where: ZoneInfo) -> datetime | None:
    """When the calling window that is open in the zone at `now` closes; None while none is open."""
    return _open_until(rules, now, where)


def window_opens(rules: CallingRules, now: datetime, where: ZoneInfo) -> datetime | None:
    """The next instant ≥ `now` at which ordinary calling is permitted in the zone; None: not within two months."""
    facts = LeadFacts(posted_on=None, timezone=where.key)
    return _earliest(facts, rules, now, avoid_last_window=False)[1]
