"""The contract, as sentences: every mode is usable and safe from its first call."""

from __future__ import annotations

import math

import pytest

from callcenter.pacing import (
    MODES,
    Abandoned,
    Connected,
    DialEnded,
    DialOutcome,
    HeldBack,
    Reason,
    Snapshot,
    TalkEnded,
    WrapUpEnded,
    describe,
    make_pacer,
)


def room(ready: int, ringing: int = 0, now: float = 100.0, **more: object) -> Snapshot:
    return Snapshot(now=now, ready=ready, talking=(), wrap_up=(), ringing=[now - 5.0] * ringing, waiting=(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "ready", "ringing", "launched"),
    [
        ("progressive", 5, 0, 5),
        ("progressive", 5, 3, 2),
        ("progressive", 5, 7, 0),
        ("power", 5, 0, 5),  # nothing answered yet: one line per free agent
        ("preview", 5, 0, 0),
    ],
)
def test_modes_without_prediction(mode: str, ready: int, ringing: int, launched: int) -> None:
    assert make_pacer(mode).decide(room(ready, ringing)).launch == launched


def test_predictive_starts_near_one_line_per_agent_when_it_knows_nothing() -> None:
    assert 10 <= make_pacer("predictive").decide(room(12)).launch <= 18


def test_power_uses_its_ratio_once_the_budget_allows() -> None:
    pacer = make_pacer("power", max_lines_per_agent=3.0, answered=200, abandoned=2)
    assert pacer.decide(room(4)).launch == 12


@pytest.mark.parametrize("mode", MODES)
def test_nobody_at_work_launches_nothing(mode: str) -> None:
    assert make_pacer(mode).decide(room(0)).launch == 0


@pytest.mark.parametrize("mode", ["predictive", "progressive", "power"])
def test_nothing_is_launched_that_could_ring_past_the_window(mode: str) -> None:
    decision = make_pacer(mode).decide(room(5, window_closes=120.0))
    assert (decision.launch, decision.reason.held_back) == (0, HeldBack.WINDOW_CLOSING)


@pytest.mark.parametrize("mode", ["predictive", "progressive", "power"])
def test_calls_per_second_bound_the_launches(mode: str) -> None:
    decision = make_pacer(mode, calls_per_second=2.0).decide(room(9))
    assert (decision.launch, decision.reason.held_back) == (2, HeldBack.RATE)


def test_lines_bound_the_launches() -> None:
    decision = make_pacer("predictive").decide(room(9, 3, lines_limit=5))
    assert (decision.launch, decision.reason.held_back) == (2, HeldBack.LINES)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown pacing mode"):
        make_pacer("turbo")


@pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("mode", MODES)
def test_a_senseless_clock_launches_nothing(mode: str, now: float) -> None:
    assert make_pacer(mode).decide(room(5, now=now)).launch == 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("value", [math.nan, math.inf, -5.0, 0.0, 1e12])
def test_odd_events_never_raise(mode: str, value: float) -> None:
    pacer = make_pacer(mode)
    for outcome in DialOutcome:
        pacer.observe(DialEnded(value, outcome))
    for event in (Connected(value), Abandoned(value), TalkEnded(value), WrapUpEnded(value)):
        pacer.observe(event)
    assert 0 <= pacer.decide(room(3)).launch <= 12


@pytest.mark.parametrize("held_back", list(HeldBack))
def test_every_reason_has_a_sentence_in_both_languages(held_back: HeldBack) -> None:
    reason = Reason(held_back, agents=12, free=3, limit=5.0)
    assert describe(reason, "en").endswith(".")
    assert describe(reason, "zh").endswith("。")
