"""Whatever the history: the next instant is exact, attempts end, and no lead is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.schedule.presets import PRESETS, with_preset
from campaigns.schedule.rules import CallingRules, LeadFacts, ReasonCode, Window, eligibility, validate_rules

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Paris",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "America/Havana",
)
OUTCOMES = ("no_answer", "busy", "rejected", "machine", "abandoned", "congestion", "failed")
STILL = {ReasonCode.IN_CALL, ReasonCode.CAMPAIGN_NOT_OPEN, ReasonCode.CONSENT_MISSING, ReasonCode.NOT_MAILED}
"""Reasons without a next time that something other than time must mend."""

instants = st.integers(0, 60 * 86_400).map(lambda s: datetime(2026, 2, 20, tzinfo=UTC) + timedelta(seconds=s))


@st.composite
def rules_(draw: st.DrawFn) -> CallingRules:
    clocks = sorted(draw(st.sets(st.integers(16, 42), min_size=2, max_size=6)))  # half hours, 8:00 to 21:00
    edges = [time(half // 2, 30 * (half % 2)) for half in clocks[: len(clocks) // 2 * 2]]
    windows = tuple(Window(edges[i], edges[i + 1]) for i in range(0, len(edges), 2))
    days_from = draw(st.integers(0, 10))
    rules = with_preset(CallingRules(), PRESETS[draw(st.sampled_from(["CN", "UK", "STRICTEST", "FR"]))])
    return replace(
        rules,
        windows=windows,
        days_from=days_from,
        days_to=days_from + draw(st.integers(0, 12)),
        weekdays=tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1)))),
        closed_days=tuple(sorted(draw(st.sets(st.dates(date(2026, 3, 1), date(2026, 4, 1)), max_size=4)))),
        attempts_max=draw(st.integers(1, 6)),
    )


@st.composite
def facts_(draw: st.DrawFn, now: datetime) -> LeadFacts:
    def ago(days: int) -> st.SearchStrategy[datetime]:
        return st.integers(0, days * 86_400).map(lambda s: now - timedelta(seconds=s))

    def ahead(days: int) -> st.SearchStrategy[datetime]:
        return st.integers(-3600, days * 86_400).map(lambda s: now + timedelta(seconds=s))

    zone = draw(st.sampled_from(ZONES))
    return LeadFacts(
        posted_on=now.date() - timedelta(days=draw(st.integers(-1, 30))),
        timezone=zone,
        possible_zones=tuple(draw(st.lists(st.sampled_from(ZONES), max_size=2))),
        consent=draw(st.sampled_from(["given", "unknown"])),
        attempts=draw(st.integers(0, 5)),
        last_attempt_at=draw(st.none() | ago(5)),
        last_outcome=draw(st.none() | st.sampled_from(OUTCOMES)),
        rest_until=draw(st.none() | ahead(5)),
        callback_at=draw(st.none() | ahead(20)),
        follow_up=draw(st.booleans()),
        recent_calls=tuple(draw(st.lists(ago(3), max_size=6))),
    )


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_next_instant_is_allowed_and_not_a_second_before(data: st.DataObject) -> None:
    now, rules = data.draw(instants), data.draw(rules_())
    facts = data.draw(facts_(now))
    verdict = eligibility(facts, rules, now)
    if verdict.allowed:
        assert verdict.next_at == now
        return
    if verdict.next_at is None:
        assert verdict.closes is not None or verdict.reason in STILL | {ReasonCode.NO_TIME_LEFT}
        return
    assert verdict.next_at > now
    assert eligibility(facts, rules, verdict.next_at).allowed
    assert not eligibility(facts, rules, verdict.next_at - timedelta(seconds=1)).allowed
    between = now + (verdict.next_at - now) * data.draw(st.floats(0, 0.999))
    assert not eligibility(facts, rules, between).allowed


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_where_no_time_is_left_none_is_ever_found(data: st.DataObject) -> None:
    now, rules = data.draw(instants), data.draw(rules_())
    facts = data.draw(facts_(now))
    if eligibility(facts, rules, now).reason is ReasonCode.NO_TIME_LEFT:
        for quarter_hours in range(0, 4 * 24 * 20, 3):
            assert not eligibility(facts, rules, now + timedelta(minutes=15 * quarter_hours)).allowed


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_lead_that_nobody_answers_ends_after_its_attempts(data: st.DataObject) -> None:
    """Calling a lead whenever it is allowed: never against a rule, never too often, and it always ends."""
    rules = data.draw(rules_())
    zone = data.draw(st.sampled_from(ZONES))
    now = data.draw(instants)
    facts = LeadFacts(posted_on=now.date(), timezone=zone, consent="given")
    calls: list[datetime] = []
    for _ in range(60):
        verdict = eligibility(facts, rules, now)
        if verdict.next_at is None:
            break
        now = verdict.next_at
        assert eligibility(facts, rules, now).allowed
        calls.append(now)
        outcome = data.draw(st.sampled_from(OUTCOMES[:5]))
        facts = replace(
            facts,
            attempts=facts.attempts + 1,
            fruitless=facts.fruitless + 1,
            last_attempt_at=now,
            last_outcome=outcome,
            rest_until=now + timedelta(seconds=rules.retry_for(outcome).after_s),
            recent_calls=tuple(calls),
        )
        now += timedelta(seconds=data.draw(st.integers(1, 90)))
    assert verdict.reason in (ReasonCode.EXHAUSTED, ReasonCode.EXPIRED, ReasonCode.NO_TIME_LEFT)
    assert len(calls) <= rules.attempts_max
    where = ZoneInfo(zone)
    for at in calls:
        clock, day = at.astimezone(where).time(), at.astimezone(where).date()
        assert any(window.start <= clock < window.end for window in rules.windows)
        assert any(window.start <= clock < window.end for window in rules.legal_windows)
        assert rules.days_from <= (day - facts.posted_on).days <= rules.days_to  # type: ignore[operator]
        for cap in rules.caps:
            window = [c for c in calls if at - timedelta(seconds=cap.within_s) < c <= at]
            assert len(window) <= cap.most


@settings(max_examples=200, deadline=None)
@given(rules_())
def test_rules_survive_their_json(rules: CallingRules) -> None:
    again = CallingRules.from_json(rules.to_json())
    assert again == rules
    if all(any(w.inside(legal) for legal in rules.legal_windows) for w in rules.windows) and set(rules.weekdays) & set(
        rules.legal_weekdays
    ):
        validate_rules(again)
