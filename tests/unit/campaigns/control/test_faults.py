"""M14 rules 3, 7 and 8: what an attempt left behind is judged by the wall clock, boundaries on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.control.rules import Attempt, Fault, faults_of, periods
from campaigns.schedule.rules import CallingRules

SHANGHAI = ZoneInfo("Asia/Shanghai")
POSTED = date(2026, 3, 2)
RULES = CallingRules()


def at(day: date, clock: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))


def attempt(day: date = date(2026, 3, 9), clock: str = "10:30:00", **given: object) -> Attempt:
    return replace(Attempt(at(day, clock), "Asia/Shanghai", POSTED, "schedule"), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "faults"),
    [
        (date(2026, 3, 8), (Fault.OUTSIDE_DAYS,)),  # day 6
        (date(2026, 3, 9), ()),  # day 7
        (date(2026, 3, 16), ()),  # day 14
        (date(2026, 3, 17), (Fault.OUTSIDE_DAYS,)),  # day 15
    ],
)
def test_m14_3_the_seventh_to_the_fourteenth_day(day: date, faults: tuple[Fault, ...]) -> None:
    assert faults_of(attempt(day), RULES) == faults


@pytest.mark.parametrize(
    ("clock", "right"),
    [
        ("09:59:59", False),
        ("10:00:00", True),
        ("10:59:59", True),
        ("11:00:00", False),
        ("11:59:59", False),
        ("12:00:00", True),
        ("13:00:00", False),
        ("15:00:00", True),
        ("16:59:59", True),
        ("17:00:00", False),
    ],
)
def test_m14_7_inside_the_windows_end_exclusive(clock: str, right: bool) -> None:
    assert faults_of(attempt(clock=clock), RULES) == (() if right else (Fault.OUTSIDE_WINDOWS,))


def test_windows_are_those_of_the_customers_clock() -> None:
    in_shanghai = attempt(clock="10:30:00")
    assert faults_of(replace(in_shanghai, timezone="Asia/Urumqi"), RULES) == (Fault.OUTSIDE_WINDOWS,)  # 08:30 there


def test_a_time_the_customer_asked_for_is_exempt_from_windows_and_days_never_from_the_law() -> None:
    evening = attempt(date(2026, 3, 25), "20:59:59", grounds="callback")
    assert faults_of(evening, RULES) == ()
    assert faults_of(replace(evening, launched_at=at(date(2026, 3, 25), "21:00:00")), RULES) == (Fault.OUTSIDE_LAW,)
    assert faults_of(replace(evening, launched_at=at(date(2026, 3, 25), "07:59:59")), RULES) == (Fault.OUTSIDE_LAW,)


def test_interest_may_be_followed_up_for_a_fortnight_inside_the_windows() -> None:
    assert faults_of(attempt(date(2026, 3, 30), grounds="follow_up"), RULES) == ()  # day 28
    assert faults_of(attempt(date(2026, 3, 31), grounds="follow_up"), RULES) == (Fault.OUTSIDE_DAYS,)
    assert faults_of(attempt(date(2026, 3, 20), "11:30:00", grounds="follow_up"), RULES) == (Fault.OUTSIDE_WINDOWS,)


def test_without_a_pass_and_without_posting_nothing_is_right() -> None:
    assert faults_of(attempt(grounds=None), RULES) == (Fault.NO_PASS,)
    assert faults_of(attempt(posted_on=None), RULES) == (Fault.OUTSIDE_DAYS,)


def test_a_public_holiday_is_no_calling_day() -> None:
    labour_day = attempt(date(2026, 5, 1), posted_on=date(2026, 4, 24))  # day 7, 10:30
    assert faults_of(labour_day, RULES) == (Fault.OUTSIDE_WINDOWS,)


def test_on_the_list_before_the_call_counts_and_because_of_it_does_not() -> None:
    one = attempt()
    before = one.launched_at - timedelta(microseconds=1)
    assert faults_of(replace(one, on_list_since=before), RULES) == (Fault.DO_NOT_CALL,)
    assert faults_of(replace(one, on_list_since=one.launched_at), RULES) == ()


@pytest.mark.parametrize(
    ("earlier_s", "over"),
    [
        ((100, 200), False),  # the third within five minutes is allowed
        ((100, 200, 299), True),  # a fourth is not
        ((100, 200, 300), False),  # the oldest has left the five minutes
        ((3600, 7200, 10_800, 14_400), False),  # the fifth within 24 hours
        ((3600, 7200, 10_800, 14_400, 86_399), True),
        ((3600, 7200, 10_800, 14_400, 86_400), False),
    ],
)
def test_carriers_norm_three_in_five_minutes_and_five_in_a_day(earlier_s: tuple[float, ...], over: bool) -> None:
    assert faults_of(attempt(earlier_s=earlier_s), RULES) == ((Fault.OVER_CAP,) if over else ())


def test_two_calls_at_once() -> None:
    assert faults_of(attempt(overlaps=True), RULES) == (Fault.TWICE_AT_ONCE,)


@pytest.mark.parametrize(("days", "lengths"), [(1, [1]), (29, [29]), (30, [30]), (31, [30, 1]), (75, [30, 30, 15])])
def test_periods_are_the_campaign_or_each_thirty_days_of_it(days: int, lengths: list[int]) -> None:
    first = date(2026, 2, 20)
    found = periods(first, first + timedelta(days=days - 1))
    assert [(end - begin).days + 1 for begin, end in found] == lengths
    assert found[0][0] == first
    assert all(found[n][1] + timedelta(days=1) == found[n + 1][0] for n in range(len(found) - 1))
