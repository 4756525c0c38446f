"""Public holidays of China and their make-up days; years that the calendar does not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from callcenter.kit.errors import BadInput
from campaigns.plans import notices
from campaigns.schedule.holidays import CALENDARS, CN, NONE, HolidayCalendar, unknown_years
from campaigns.schedule.presets import PRESETS, with_preset
from campaigns.schedule.rules import CallingRules, LeadFacts, ReasonCode, eligibility, window_opens

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = (1, 2, 3, 4, 5)
ALL = (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    ("day", "weekdays", "makeup", "is_open"),
    [
        # 2026: Spring Festival 15–23 February, working Saturdays 14 and 28 February (notice of the State Council)
        (date(2026, 2, 13), WEEK, False, True),
        (date(2026, 2, 14), WEEK, False, False),
        (date(2026, 2, 14), WEEK, True, True),
        (date(2026, 2, 14), ALL, False, True),
        (date(2026, 2, 15), ALL, True, False),
        (date(2026, 2, 16), WEEK, True, False),
        (date(2026, 2, 23), WEEK, False, False),
        (date(2026, 2, 24), WEEK, False, True),
        (date(2026, 2, 28), WEEK, True, True),
        (date(2026, 4, 6), ALL, False, False),  # Qingming, a Monday
        (date(2026, 10, 1), ALL, False, False),
        (date(2026, 10, 8), WEEK, False, True),
        (date(2026, 10, 10), WEEK, True, True),
        # A year it does not know: weekdays alone
        (date(2027, 1, 1), WEEK, True, True),
        (date(2027, 1, 2), WEEK, True, False),
    ],
)
def test_which_days_are_calling_days(day: date, weekdays: tuple[int, ...], makeup: bool, is_open: bool) -> None:
    rules = replace(CallingRules(), weekdays=weekdays, makeup_days=makeup)
    assert rules.is_open_day(day) is is_open


def test_the_campaigns_own_closed_day_wins_over_a_make_up_day() -> None:
    rules = replace(CallingRules(), weekdays=WEEK, makeup_days=True, closed_days=(date(2026, 2, 14),))
    assert not rules.is_open_day(date(2026, 2, 14))


def test_without_a_calendar_only_weekdays_and_closed_days_hold() -> None:
    rules = replace(CallingRules(), holidays=NONE)
    assert rules.is_open_day(date(2026, 10, 1))
    assert unknown_years(NONE, date(1990, 1, 1), date(2050, 1, 1)) == ()


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2026, 12, 20), date(2026, 12, 31), ()),
        (date(2026, 12, 20), date(2027, 1, 1), (2027,)),
        (date(2027, 1, 1), date(2028, 1, 1), (2027, 2028)),
        (date(2003, 12, 31), date(2004, 1, 1), (2003,)),
    ],
)
def test_years_it_does_not_know_are_named(first: date, last: date, years: tuple[int, ...]) -> None:
    known = HolidayCalendar("CN", CN.off, CN.working, frozenset(range(2004, 2027)))
    assert unknown_years(known, first, last) == years
    told = notices.of_calendar(replace(CallingRules(), holidays=known), first, last)
    assert [
        (f"does not know {year}" in one.en, str(year) in one.zh) for year, one in zip(years, told, strict=True)
    ] == [(True, True)] * len(years)


def test_a_draft_is_judged_by_its_postings() -> None:
    rules = replace(CallingRules(), holidays=HolidayCalendar("CN", years=frozenset({2026})))
    today = date(2026, 12, 10)
    assert notices.of_campaign(rules, today, None, date(2026, 12, 17)) == []  # day 14 is 31 December
    assert len(notices.of_campaign(rules, today, None, date(2026, 12, 18))) == 1
    assert notices.of_campaign(rules, today, date(2026, 12, 31), date(2026, 12, 18)) == []
    assert notices.of_campaign(rules, today, None, None) == []


def test_the_gate_waits_for_the_end_of_the_holiday() -> None:
    facts = LeadFacts(posted_on=date(2026, 9, 25))
    now = datetime(2026, 10, 2, 10, 30, tzinfo=SHANGHAI)
    verdict = eligibility(facts, CallingRules(), now)
    assert (verdict.reason, verdict.next_at) == (
        ReasonCode.CLOSED_DAY,
        datetime(2026, 10, 8, 10, tzinfo=SHANGHAI).astimezone(UTC),
    )
    assert window_opens(CallingRules(), now, SHANGHAI) == verdict.next_at
    # Posted a week earlier: day 14 lies inside the holiday, nobody is called, and nothing pretends otherwise.
    lost = eligibility(replace(facts, posted_on=date(2026, 9, 20)), CallingRules(), now)
    assert (lost.reason, lost.detail["obstacle"]) == (ReasonCode.NO_TIME_LEFT, "closed_day")


def test_a_wish_is_kept_on_a_holiday_where_the_law_allows() -> None:
    now = datetime(2026, 10, 1, 19, tzinfo=SHANGHAI)
    facts = LeadFacts(posted_on=date(2026, 9, 20), callback_at=now)
    assert eligibility(facts, CallingRules(), now).allowed
    forbidden = eligibility(facts, replace(CallingRules(), legal_holidays=False), now)
    assert forbidden.reason is ReasonCode.CLOSED_DAY
    assert forbidden.next_at == datetime(2026, 10, 8, 8, tzinfo=SHANGHAI).astimezone(UTC)


def test_a_make_up_day_never_overrules_the_law() -> None:
    rules = replace(CallingRules(), weekdays=WEEK, makeup_days=True, legal_weekdays=WEEK)
    assert rules.is_open_day(date(2026, 2, 14))
    assert not rules.is_legal_day(date(2026, 2, 14))
    assert window_opens(rules, datetime(2026, 2, 14, 10, tzinfo=SHANGHAI), SHANGHAI) == datetime(
        2026, 2, 24, 10, tzinfo=SHANGHAI
    )


def test_presets_bring_their_calendar_and_json_its_code() -> None:
    assert CallingRules.from_json({}).holidays is CN
    assert CallingRules.from_json({"holidays": "none"}).holidays is NONE
    assert with_preset(CallingRules(), PRESETS["US"]).to_json()["holidays"] == "none"
    assert with_preset(CallingRules(), PRESETS["CN"]).to_json()["holidays"] == "CN"
    with pytest.raises(BadInput) as refused:
        CallingRules.from_json({"holidays": "XX"})
    assert refused.value.field == "rules.holidays"


def test_the_installed_calendar_knows_this_year_and_every_day_of_it_is_one_of_three_kinds() -> None:
    assert 2026 in CN.years
    assert not CN.off & CN.working
    assert all(day.isoweekday() in (6, 7) for day in CN.working if day.year >= 2020)
    assert all((a - b) > timedelta(0) for a, b in [(max(CN.off), min(CN.off))])
    assert set(CALENDARS) == {"CN", "none"}
