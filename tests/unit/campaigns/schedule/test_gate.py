"""The gate, rule by rule, on both sides of every boundary. Section numbers are of the source, chapter 7."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaigns.schedule.presets import CN, DE, FR, PRESETS, STRICTEST, UK, US, Preset, with_preset
from campaigns.schedule.rules import (
    CallingRules,
    Cap,
    ConsentPolicy,
    Grounds,
    LeadFacts,
    ReasonCode,
    Window,
    callback_verdict,
    describe,
    eligibility,
    order_key,
    validate_rules,
    window_closes,
    window_opens,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = CallingRules()
MAILED = LeadFacts(posted_on=date(2026, 3, 2))


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# 7.3.1 三.2(1): "在宣传资料寄出的7~14天后". Mailed 2026-03-02: 2026-03-09 to 2026-03-16, both included.
@pytest.mark.parametrize(
    ("day", "reason", "next_at"),
    [
        ("2026-03-08", ReasonCode.TOO_EARLY, "2026-03-09 10:00"),  # day 6
        ("2026-03-09", ReasonCode.ALLOWED, None),  # day 7
        ("2026-03-12", ReasonCode.ALLOWED, None),
        ("2026-03-16", ReasonCode.ALLOWED, None),  # day 14
        ("2026-03-17", ReasonCode.EXPIRED, None),  # day 15
    ],
)
def test_days_7_to_14_after_posting(day: str, reason: ReasonCode, next_at: str | None) -> None:
    verdict = eligibility(MAILED, RULES, shanghai(f"{day} 10:30"))
    assert verdict.reason is reason
    assert verdict.allowed is (reason is ReasonCode.ALLOWED)
    if next_at:
        assert verdict.next_at == shanghai(next_at)
    if reason is ReasonCode.EXPIRED:
        assert (verdict.closes, verdict.next_at) == ("expired", None)


# 7.3.1 三.2(3)①: "上午10:00—11:00,12:00—13:00,15:00—17:00为宜". The start belongs to a window, the end does not.
@pytest.mark.parametrize(
    ("clock", "allowed", "next_clock"),
    [
        ("08:00:00", False, "10:00"),
        ("09:59:59", False, "10:00"),
        ("10:00:00", True, None),
        ("10:59:59", True, None),
        ("11:00:00", False, "12:00"),
        ("11:59:59", False, "12:00"),
        ("12:00:00", True, None),
        ("12:59:59", True, None),
        ("13:00:00", False, "15:00"),
        ("14:59:59", False, "15:00"),
        ("15:00:00", True, None),
        ("16:59:59", True, None),
        ("17:00:00", False, "2026-03-11 10:00"),
        ("20:59:59", False, "2026-03-11 10:00"),
    ],
)
def test_windows_of_the_source(clock: str, allowed: bool, next_clock: str | None) -> None:
    verdict = eligibility(MAILED, RULES, shanghai(f"2026-03-10 {clock}"))
    assert verdict.allowed is allowed
    if next_clock:
        day = "" if " " in next_clock else "2026-03-10 "
        assert verdict.reason is ReasonCode.OUTSIDE_WINDOW
        assert verdict.next_at == shanghai(day + next_clock)


@pytest.mark.parametrize(
    ("facts", "reason", "closes"),
    [
        ({"do_not_call": True}, ReasonCode.DO_NOT_CALL, "do_not_call"),
        ({"consent": "refused"}, ReasonCode.CONSENT_REFUSED, "refused"),
        ({"replied": True}, ReasonCode.REPLIED, "ordered_direct"),
        ({"returned": True}, ReasonCode.RETURNED_MAIL, "returned_mail"),
        ({"posted_on": None}, ReasonCode.NOT_MAILED, None),
        ({"fruitless": 5, "attempts": 5}, ReasonCode.EXHAUSTED, "exhausted"),
        ({"fruitless": 4, "attempts": 4}, ReasonCode.ALLOWED, None),
        ({"fruitless": 0, "attempts": 12}, ReasonCode.EXHAUSTED, "exhausted"),
        ({"in_call": True}, ReasonCode.IN_CALL, None),
        ({"campaign_open": False}, ReasonCode.CAMPAIGN_NOT_OPEN, None),
        ({"closed_reason": "sold"}, ReasonCode.CLOSED, None),
        # A promise is kept although a slip or a letter crossed it; a refusal is stronger than any promise.
        ({"replied": True, "callback_at": shanghai("2026-03-10 10:00")}, ReasonCode.ALLOWED, None),
        ({"consent": "refused", "callback_at": shanghai("2026-03-10 10:00")}, ReasonCode.CONSENT_REFUSED, "refused"),
        ({"do_not_call": True, "callback_at": shanghai("2026-03-10 10:00")}, ReasonCode.DO_NOT_CALL, "do_not_call"),
    ],
)
def test_what_no_waiting_mends(facts: dict[str, Any], reason: ReasonCode, closes: str | None) -> None:
    verdict = eligibility(replace(MAILED, **facts), RULES, shanghai("2026-03-10 10:00"))
    assert (verdict.reason, verdict.closes) == (reason, closes)
    assert (verdict.next_at is None) is not verdict.allowed


@pytest.mark.parametrize(("consent", "allowed"), [("given", True), ("unknown", False), ("refused", False)])
def test_where_consent_is_required_silence_is_not_enough(consent: str, allowed: bool) -> None:
    rules = replace(RULES, consent=ConsentPolicy.REQUIRED)
    assert eligibility(replace(MAILED, consent=consent), rules, shanghai("2026-03-10 10:00")).allowed is allowed


@pytest.mark.parametrize(
    ("now", "allowed", "next_at"),
    [
        ("2026-04-20 19:29:59", False, "2026-04-20 19:30"),
        ("2026-04-20 19:30:00", True, None),  # long after day 14, outside every window: the customer asked for it
        ("2026-04-20 20:59:59", True, None),
        ("2026-04-20 21:00:00", False, "2026-04-21 08:00"),  # never outside the law
        ("2026-04-21 07:59:59", False, "2026-04-21 08:00"),
        ("2026-04-21 08:00:00", True, None),  # and the promise does not go stale
    ],
)
def test_a_time_the_customer_asked_for(now: str, allowed: bool, next_at: str | None) -> None:
    facts = replace(MAILED, callback_at=shanghai("2026-04-20 19:30"))
    verdict = eligibility(facts, RULES, shanghai(now))
    assert (verdict.allowed, verdict.grounds) == (allowed, Grounds.CALLBACK)
    if next_at:
        assert verdict.next_at == shanghai(next_at)


# 7.3.1 三.3(1)①②: those who asked to buy or showed great interest are followed up; the pitch's days are over then.
@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("2026-03-20 10:00", ReasonCode.ALLOWED),
        ("2026-03-30 10:00", ReasonCode.ALLOWED),  # 14 days after the last day
        ("2026-03-31 10:00", ReasonCode.EXPIRED),
        ("2026-03-20 11:30", ReasonCode.OUTSIDE_WINDOW),  # but within the windows
    ],
)
def test_the_interested_are_followed_up_after_the_last_day(now: str, reason: ReasonCode) -> None:
    assert eligibility(replace(MAILED, follow_up=True), RULES, shanghai(now)).reason is reason


@pytest.mark.parametrize(
    ("calls", "rules", "reason"),
    [
        (["15:10", "15:30", "15:50", "16:10", "16:30"], {}, ReasonCode.CAP),  # 5 in 24 hours
        (["15:10", "15:30", "15:50", "16:10"], {}, ReasonCode.ALLOWED),
        (["16:56", "16:57", "16:58"], {"min_gap_s": 0}, ReasonCode.CAP),  # 3 in 5 minutes
        (["16:55", "16:57", "16:58"], {"min_gap_s": 0}, ReasonCode.ALLOWED),  # the first is 5 minutes old
        (["16:20"], {"min_gap_s": 2401}, ReasonCode.MIN_GAP),
        (["16:20"], {"min_gap_s": 2400}, ReasonCode.ALLOWED),  # exactly 40 minutes ago
        (["16:20"], {"caps": (Cap(1, 2401),)}, ReasonCode.CAP),
        (["16:20"], {"caps": (Cap(1, 2400),)}, ReasonCode.ALLOWED),
        (["16:20"], {"caps": (Cap(2, 2401),)}, ReasonCode.ALLOWED),
    ],
)
def test_caps_per_person(calls: list[str], rules: dict[str, Any], reason: ReasonCode) -> None:
    facts = replace(MAILED, recent_calls=tuple(shanghai(f"2026-03-10 {clock}") for clock in calls))
    rules = {"windows": (Window(time(10), time(18)),)} | rules
    assert eligibility(facts, replace(RULES, **rules), shanghai("2026-03-10 17:00")).reason is reason


def test_the_instant_at_which_a_cap_ends_is_exact() -> None:
    facts = replace(MAILED, recent_calls=tuple(shanghai(f"2026-03-10 10:{m:02d}") for m in (0, 10, 20, 30, 40)))
    rules = replace(RULES, windows=(Window(time(8), time(21)),))
    verdict = eligibility(facts, rules, shanghai("2026-03-10 15:00"))
    assert (verdict.reason, verdict.next_at) == (ReasonCode.CAP, shanghai("2026-03-11 10:00"))
    assert not eligibility(facts, rules, shanghai("2026-03-11 09:59:59")).allowed
    assert eligibility(facts, rules, shanghai("2026-03-11 10:00")).allowed


def test_three_calls_in_five_minutes() -> None:
    facts = replace(MAILED, recent_calls=tuple(shanghai(f"2026-03-10 10:0{m}") for m in (0, 1, 2)))
    rules = replace(RULES, min_gap_s=0)
    assert eligibility(facts, rules, shanghai("2026-03-10 10:04:59")).reason is ReasonCode.CAP
    assert eligibility(facts, rules, shanghai("2026-03-10 10:05")).allowed


def test_callbacks_keep_the_caps_and_the_gap() -> None:
    facts = replace(MAILED, callback_at=shanghai("2026-03-10 14:00"), recent_calls=(shanghai("2026-03-10 13:58"),))
    verdict = eligibility(facts, RULES, shanghai("2026-03-10 14:00"))
    assert (verdict.reason, verdict.next_at) == (ReasonCode.MIN_GAP, shanghai("2026-03-10 14:03"))


def test_after_nobody_answered_another_window_is_tried() -> None:
    facts = replace(
        MAILED,
        last_attempt_at=shanghai("2026-03-10 10:15"),
        last_outcome="no_answer",
        rest_until=shanghai("2026-03-10 14:15"),
        attempts=1,
        fruitless=1,
    )
    resting = eligibility(facts, RULES, shanghai("2026-03-10 12:30"))
    assert (resting.reason, resting.next_at) == (ReasonCode.RESTING, shanghai("2026-03-10 15:00"))
    same = eligibility(facts, RULES, shanghai("2026-03-11 10:15"))
    assert (same.reason, same.next_at) == (ReasonCode.OTHER_WINDOW, shanghai("2026-03-11 12:00"))


def test_another_window_is_a_wish_that_never_costs_the_last_chance() -> None:
    facts = replace(
        MAILED,
        last_attempt_at=shanghai("2026-03-15 16:30"),
        last_outcome="no_answer",
        rest_until=shanghai("2026-03-15 20:30"),
    )
    assert eligibility(facts, RULES, shanghai("2026-03-16 12:30")).allowed
    assert eligibility(facts, RULES, shanghai("2026-03-16 15:00")).allowed  # day 14: every window is right
    # Day 13, and day 14 is a holiday: the window of last time is the last chance.
    eve = replace(facts, last_attempt_at=shanghai("2026-03-14 16:30"), rest_until=shanghai("2026-03-15 16:00"))
    assert eligibility(eve, RULES, shanghai("2026-03-15 16:00")).reason is ReasonCode.OTHER_WINDOW
    holiday = replace(RULES, closed_days=(date(2026, 3, 16),))
    assert eligibility(eve, holiday, shanghai("2026-03-15 16:00")).allowed


def test_the_evening_of_the_last_day_is_no_time_left_but_not_yet_expired() -> None:
    verdict = eligibility(MAILED, RULES, shanghai("2026-03-16 17:00"))
    assert (verdict.reason, verdict.next_at, verdict.closes) == (ReasonCode.NO_TIME_LEFT, None, None)


def test_closed_days_and_weekdays() -> None:
    rules = replace(RULES, weekdays=(1, 2, 3, 4, 5), closed_days=(date(2026, 3, 9),))
    holiday = eligibility(MAILED, rules, shanghai("2026-03-09 10:00"))
    assert (holiday.reason, holiday.next_at) == (ReasonCode.CLOSED_DAY, shanghai("2026-03-10 10:00"))
    saturday = eligibility(MAILED, rules, shanghai("2026-03-14 10:00"))
    assert (saturday.reason, saturday.next_at) == (ReasonCode.CLOSED_DAY, shanghai("2026-03-16 10:00"))
    asked = replace(MAILED, callback_at=shanghai("2026-03-14 10:00"))
    assert eligibility(asked, rules, shanghai("2026-03-14 10:00")).allowed  # the customer asked for it


# ---------------------------------------------------------------- zones


@pytest.mark.parametrize(
    ("zone", "now", "allowed", "next_at"),
    [
        # New York goes from UTC-5 to UTC-4 on Sunday 2026-03-08, and back on 2026-11-01.
        ("America/New_York", "2026-03-07T14:59:59+00:00", False, "2026-03-07T15:00:00+00:00"),
        ("America/New_York", "2026-03-07T15:00:00+00:00", True, None),
        ("America/New_York", "2026-03-08T13:59:59+00:00", False, "2026-03-08T14:00:00+00:00"),
        ("America/New_York", "2026-03-08T14:00:00+00:00", True, None),
        ("America/New_York", "2026-03-07T22:00:00+00:00", False, "2026-03-08T14:00:00+00:00"),  # 17:00 the day before
        ("America/New_York", "2026-11-01T14:59:59+00:00", False, "2026-11-01T15:00:00+00:00"),
        ("America/New_York", "2026-11-01T15:00:00+00:00", True, None),
        # Paris: +1 to +2 on 2026-03-29, back on 2026-10-25.
        ("Europe/Paris", "2026-03-29T08:00:00+00:00", True, None),
        ("Europe/Paris", "2026-03-28T16:00:00+00:00", False, "2026-03-29T08:00:00+00:00"),
        ("Europe/Paris", "2026-10-25T08:59:59+00:00", False, "2026-10-25T09:00:00+00:00"),
        # On either side of the date line.
        ("Pacific/Kiritimati", "2026-03-08T20:00:00+00:00", True, None),  # 2026-03-09 10:00, UTC+14
        ("Pacific/Kiritimati", "2026-03-08T19:59:59+00:00", False, "2026-03-08T20:00:00+00:00"),
        ("Pacific/Pago_Pago", "2026-03-09T21:00:00+00:00", True, None),  # 2026-03-09 10:00, UTC-11
        ("Pacific/Pago_Pago", "2026-03-09T20:59:59+00:00", False, "2026-03-09T21:00:00+00:00"),
        ("Asia/Kolkata", "2026-03-09T04:30:00+00:00", True, None),
    ],
)
def test_the_customers_own_clock(zone: str, now: str, allowed: bool, next_at: str | None) -> None:
    instant = datetime.fromisoformat(now)
    posted = (instant.astimezone(ZoneInfo(zone)).date()) - timedelta(days=8)
    verdict = eligibility(LeadFacts(posted_on=posted, timezone=zone), RULES, instant)
    assert verdict.allowed is allowed
    if next_at:
        assert verdict.next_at == datetime.fromisoformat(next_at)


def test_days_are_counted_on_the_customers_calendar() -> None:
    """In Auckland day 7 begins while it is still day 6 in Shanghai; in Los Angeles it is the other way round."""
    now = shanghai("2026-03-09 05:30")
    auckland = LeadFacts(posted_on=date(2026, 3, 2), timezone="Pacific/Auckland")
    los_angeles = replace(auckland, timezone="America/Los_Angeles")
    assert eligibility(auckland, RULES, now).allowed  # 10:30 on the 9th
    verdict = eligibility(los_angeles, RULES, now)  # 14:30 on the 8th
    assert (verdict.reason, verdict.next_at) == (
        ReasonCode.TOO_EARLY,
        local("America/Los_Angeles", "2026-03-09 10:00"),
    )


def test_29_february() -> None:
    leap = LeadFacts(posted_on=date(2028, 2, 22))
    assert eligibility(leap, RULES, shanghai("2028-02-28 10:00")).reason is ReasonCode.TOO_EARLY
    assert eligibility(leap, RULES, shanghai("2028-02-29 10:00")).allowed  # day 7
    assert eligibility(leap, RULES, shanghai("2028-03-07 10:00")).allowed  # day 14
    assert eligibility(leap, RULES, shanghai("2028-03-08 10:00")).reason is ReasonCode.EXPIRED


def test_a_guessed_zone_must_be_lawful_everywhere_it_may_be() -> None:
    guess = LeadFacts(
        posted_on=date(2026, 3, 2),
        timezone="America/New_York",
        possible_zones=("America/New_York", "America/Chicago", "America/Los_Angeles"),
    )
    ten_in_new_york = local("America/New_York", "2026-03-10 10:30")  # 07:30 in Los Angeles
    verdict = eligibility(guess, RULES, ten_in_new_york)
    assert (verdict.reason, verdict.next_at) == (
        ReasonCode.LEGAL_HOURS,
        local("America/New_York", "2026-03-10 12:00"),  # 09:00 in Los Angeles
    )
    known = replace(guess, possible_zones=())
    assert eligibility(known, RULES, ten_in_new_york).allowed


def test_zones_that_no_hour_suits_are_never_called() -> None:
    everywhere = LeadFacts(
        posted_on=date(2026, 3, 2), timezone="Asia/Shanghai", possible_zones=("Asia/Shanghai", "America/New_York")
    )
    rules = replace(RULES, legal_windows=(Window(time(9), time(18)),))
    assert eligibility(everywhere, rules, shanghai("2026-03-10 10:00")).reason is ReasonCode.NO_TIME_LEFT


# ---------------------------------------------------------------- presets


@pytest.mark.parametrize("preset", list(PRESETS.values()), ids=lambda p: p.code)
def test_every_preset_can_be_run_and_names_its_source(preset: Any) -> None:
    rules = validate_rules(with_preset(RULES, preset))
    assert preset.source_zh
    assert preset.source_en
    assert CallingRules.from_json(rules.to_json()) == rules


def test_the_strictest_preset_satisfies_all_others() -> None:
    for preset in PRESETS.values():
        assert all(any(w.inside(outer) for outer in preset.windows) for w in STRICTEST.windows)
        assert set(STRICTEST.weekdays) <= set(preset.weekdays)
        assert STRICTEST.min_gap_s >= preset.min_gap_s
        for cap in preset.caps:
            assert any(own.most <= cap.most and own.within_s >= cap.within_s for own in STRICTEST.caps), (
                preset.code,
                cap,
            )


def _edges(preset: Preset, *windows: tuple[str, str]) -> list[tuple[Preset, str, ReasonCode]]:
    """On both sides of each end of the legal hours, on a Tuesday: the start belongs to them, the end does not."""
    found = []
    for opens, closes in windows:
        for clock, seconds, inside in ((opens, -1, False), (opens, 0, True), (closes, -1, True), (closes, 0, False)):
            instant = datetime.fromisoformat(f"2026-03-10 {clock}") + timedelta(seconds=seconds)
            found.append((preset, str(instant), ReasonCode.ALLOWED if inside else ReasonCode.LEGAL_HOURS))
    return found


# How many calls to one person, in which time, and the least between two; the last one allowed and the first too many.
@pytest.mark.parametrize(
    ("preset", "calls_before", "now", "reason"),
    [
        (CN, ["10:00"], "10:04:59", ReasonCode.MIN_GAP),
        (CN, ["10:00"], "10:05:00", ReasonCode.ALLOWED),
        (CN, ["10:00", "11:00", "12:00", "13:00"], "15:00:00", ReasonCode.ALLOWED),
        (CN, ["10:00", "11:00", "12:00", "13:00", "14:00"], "15:00:00", ReasonCode.CAP),
        (US, ["10:00", "11:00"], "12:00:00", ReasonCode.ALLOWED),
        (US, ["10:00", "11:00", "12:00"], "13:00:00", ReasonCode.CAP),
        (UK, ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"], "16:00:00", ReasonCode.ALLOWED),
        (FR, ["10:00", "11:00", "12:00"], "15:00:00", ReasonCode.ALLOWED),
        # The cap of 30 days outlasts the last day.
        (FR, ["10:00", "11:00", "12:00", "14:00"], "15:00:00", ReasonCode.NO_TIME_LEFT),
        (DE, ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"], "16:00:00", ReasonCode.ALLOWED),
        (STRICTEST, ["10:00"], "10:29:59", ReasonCode.MIN_GAP),
        (STRICTEST, ["10:00"], "10:30:00", ReasonCode.ALLOWED),
        (STRICTEST, ["10:00", "11:00", "12:00"], "15:00:00", ReasonCode.CAP),
    ],
)
def test_how_often_each_preset_lets_a_person_be_called(
    preset: Preset, calls_before: list[str], now: str, reason: ReasonCode
) -> None:
    rules = replace(with_preset(RULES, preset), windows=(Window(time(5), time(23)),))
    recent = tuple(shanghai(f"2026-03-10 {clock}") for clock in calls_before)
    facts = replace(MAILED, consent="given", recent_calls=recent)
    assert eligibility(facts, rules, shanghai(f"2026-03-10 {now}")).reason is reason


@pytest.mark.parametrize(
    ("preset", "unknown_may_be_called"), [(CN, True), (US, True), (UK, True), (FR, False), (DE, False)]
)
def test_where_consent_must_be_given_beforehand(preset: Preset, unknown_may_be_called: bool) -> None:
    rules = replace(with_preset(RULES, preset), windows=(Window(time(5), time(23)),))
    for consent, allowed in (("given", True), ("unknown", unknown_may_be_called), ("refused", False)):
        facts = replace(MAILED, consent=consent)
        assert eligibility(facts, rules, shanghai("2026-03-10 15:00")).allowed is allowed


@pytest.mark.parametrize(("outcome", "hours"), [("abandoned", 72), ("machine", 24)])
def test_britain_leaves_people_in_peace_to_the_second(outcome: str, hours: int) -> None:
    rules = with_preset(RULES, UK)
    rest = timedelta(seconds=rules.retry_for(outcome).after_s)
    assert rest == timedelta(hours=hours)
    call = shanghai("2026-03-09 15:00")
    facts = replace(MAILED, rest_until=call + rest, last_attempt_at=call)
    assert eligibility(facts, rules, call + rest - timedelta(seconds=1)).reason is ReasonCode.RESTING
    assert eligibility(facts, rules, call + rest).allowed


# The days begin and end at midnight of the customer's own clock: 7–14, on both sides, to the second.
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(
    ("clock", "reason"),
    [
        ("2026-03-08 23:59:59", ReasonCode.TOO_EARLY),  # day 6; in New York the night in which an hour was lost
        ("2026-03-09 00:00:00", ReasonCode.ALLOWED),  # day 7
        ("2026-03-16 23:59:59", ReasonCode.ALLOWED),  # day 14
        ("2026-03-17 00:00:00", ReasonCode.EXPIRED),  # day 15
    ],
)
def test_days_begin_and_end_at_the_customers_midnight(zone: str, clock: str, reason: ReasonCode) -> None:
    all_day = (Window(time(0), time(23, 59, 59)),)
    rules = replace(RULES, windows=all_day, legal_windows=all_day)
    facts = replace(MAILED, timezone=zone)
    at = local(zone, clock)
    if clock.endswith("23:59:59"):
        at -= timedelta(seconds=1)  # a window's end does not belong to it
    assert eligibility(facts, rules, at).reason is reason


@pytest.mark.parametrize(
    ("preset", "now", "reason"),
    [
        *_edges(CN, ("08:00", "21:00")),
        *_edges(US, ("08:00", "20:00")),
        *_edges(UK, ("08:00", "21:00")),
        *_edges(FR, ("10:00", "13:00"), ("14:00", "20:00")),
        *_edges(DE, ("08:00", "20:00")),
        *_edges(STRICTEST, ("10:00", "13:00"), ("14:00", "20:00")),
        (FR, "2026-03-13 15:00:00", ReasonCode.ALLOWED),  # a Friday
        (FR, "2026-03-14 15:00:00", ReasonCode.LEGAL_HOURS),  # a Saturday
        (DE, "2026-03-14 15:00:00", ReasonCode.ALLOWED),
        (DE, "2026-03-15 15:00:00", ReasonCode.LEGAL_HOURS),  # a Sunday
        (UK, "2026-03-15 15:00:00", ReasonCode.ALLOWED),
        (US, "2026-03-15 15:00:00", ReasonCode.ALLOWED),
        (CN, "2026-03-15 15:00:00", ReasonCode.ALLOWED),
    ],
)
def test_legal_hours_bind_whatever_the_windows_say(preset: Any, now: str, reason: ReasonCode) -> None:
    rules = replace(with_preset(RULES, preset), windows=(Window(time(5), time(23)),))
    facts = replace(MAILED, consent="given")
    assert eligibility(facts, rules, shanghai(now)).reason is reason


def test_france_calls_nobody_on_a_holiday_not_even_who_asked_for_it() -> None:
    rules = replace(with_preset(RULES, FR), closed_days=(date(2026, 3, 10),))
    facts = replace(MAILED, consent="given", callback_at=shanghai("2026-03-10 15:00"))
    verdict = eligibility(facts, rules, shanghai("2026-03-10 15:00"))
    assert (verdict.reason, verdict.next_at) == (ReasonCode.CLOSED_DAY, shanghai("2026-03-11 10:00"))


def test_britain_leaves_an_abandoned_person_in_peace_for_three_days() -> None:
    assert with_preset(RULES, UK).retry_for("abandoned").after_s == 72 * 3600


# ---------------------------------------------------------------- around it


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-10 08:00", True),
        ("2026-03-10 07:59", False),
        ("2026-03-10 20:59", True),
        ("2026-03-10 21:00", False),
        ("2026-03-09 09:00", False),  # in the past
    ],
)
def test_which_callbacks_may_be_promised(at: str, allowed: bool) -> None:
    now = shanghai("2026-03-09 10:00")
    assert callback_verdict(shanghai(at), RULES, now, "Asia/Shanghai").allowed is allowed


def test_the_order_of_calling() -> None:
    now = shanghai("2026-03-10 10:00")
    late, soon = date(2026, 3, 11), date(2026, 3, 18)
    rows = {
        "later, low": {"callback_at": None, "last_day": soon, "score": 1},
        "later, high": {"callback_at": None, "last_day": soon, "score": 9},
        "later, highest, but tried": {"callback_at": None, "last_day": soon, "attempts": 1, "score": 10},
        "last chance": {"callback_at": None, "last_day": late, "score": 0},
        "callback, not yet due": {"callback_at": now + timedelta(seconds=1), "last_day": soon, "score": 5},
        "callback, due": {"callback_at": now, "last_day": soon, "score": 0},
        "callback, overdue": {"callback_at": now - timedelta(hours=1), "last_day": soon, "score": 0},
    }
    ordered = sorted(rows, key=lambda name: order_key(now=now, **({"attempts": 0} | rows[name])))
    assert ordered == [
        "callback, overdue",
        "callback, due",
        "last chance",
        "later, high",
        "callback, not yet due",
        "later, low",
        "later, highest, but tried",
    ]


def test_everybody_once_before_anybody_twice_where_a_campaign_wants_it() -> None:
    now = shanghai("2026-03-10 10:00")
    late, soon = date(2026, 3, 11), date(2026, 3, 18)
    rows = {
        "last chance of a second try": {"last_day": late, "attempts": 1},
        "a first call with days left": {"last_day": soon, "attempts": 0},
        "promised": {"last_day": soon, "attempts": 1, "callback_at": now},
    }
    orders = [
        sorted(
            rows,
            key=lambda name: order_key(
                now=now,
                **({"callback_at": None, "score": 0} | rows[name]),
                first_calls_first=first,
            ),
        )
        for first in (False, True)
    ]
    assert orders == [
        ["promised", "last chance of a second try", "a first call with days left"],
        ["promised", "a first call with days left", "last chance of a second try"],
    ]


def test_when_windows_open_and_close() -> None:
    assert window_closes(RULES, shanghai("2026-03-10 10:30"), SHANGHAI) == shanghai("2026-03-10 11:00")
    assert window_closes(RULES, shanghai("2026-03-10 11:00"), SHANGHAI) is None
    assert window_opens(RULES, shanghai("2026-03-10 11:00"), SHANGHAI) == shanghai("2026-03-10 12:00")
    assert window_opens(RULES, shanghai("2026-03-10 12:30"), SHANGHAI) == shanghai("2026-03-10 12:30")
    weekdays = replace(RULES, weekdays=(1,))
    assert window_opens(weekdays, shanghai("2026-03-10 12:30"), SHANGHAI) == shanghai("2026-03-16 10:00")


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    from campaigns.schedule.verdict import Verdict

    for reason in ReasonCode:
        verdict = Verdict(
            reason is ReasonCode.ALLOWED, reason, shanghai("2026-03-10 10:00"), detail={"timezone": "UTC"}
        )
        zh, en = describe(verdict, "zh"), describe(verdict, "en")
        assert zh.endswith("。")
        assert en.endswith(".")
        assert "{" not in zh + en


def test_a_sentence_names_the_next_time_on_the_customers_clock() -> None:
    facts = replace(MAILED, timezone="Europe/Paris")
    verdict = eligibility(facts, RULES, local("Europe/Paris", "2026-03-10 11:30"))
    assert describe(verdict, "zh") == (
        "客户当地时间不在外呼时段（10:00–11:00、12:00–13:00、15:00–17:00）内。"
        "下次可呼叫：2026-03-10 12:00（客户当地时间）。"
    )
    assert "Next: 2026-03-10 12:00 on the customer's clock." in describe(verdict, "en")
