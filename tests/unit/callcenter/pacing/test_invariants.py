"""What holds for every mode in every room, however odd."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.pacing import (
    MODES,
    Abandoned,
    Connected,
    DialEnded,
    DialOutcome,
    PacingEvent,
    Snapshot,
    TalkEnded,
    WrapUpEnded,
    describe,
    make_pacer,
)

NOW = 10_000.0
times = st.floats(NOW - 600.0, NOW)
odd = st.one_of(times, st.sampled_from([math.nan, math.inf, -math.inf, NOW + 50.0, -1e300, 1e300]))
modes = st.sampled_from(MODES)


def snapshots(moment: st.SearchStrategy[float]) -> st.SearchStrategy[Snapshot]:
    group = st.lists(moment, max_size=25)
    return st.builds(
        Snapshot,
        now=st.just(NOW),
        ready=st.integers(0, 30),
        talking=group,
        wrap_up=group,
        ringing=group,
        waiting=group,
        due_back=group,
        leaving=group,
        window_closes=st.one_of(st.none(), st.floats(NOW, NOW + 4000.0)),
        session_ends=st.one_of(st.none(), st.floats(NOW, NOW + 4000.0)),
        lines_limit=st.one_of(st.none(), st.integers(0, 60)),
        ringing_chances=st.lists(st.floats(), max_size=25),
        next_chance=st.one_of(st.none(), st.floats()),
    )


seconds = st.floats(0.0, 900.0)
events: st.SearchStrategy[PacingEvent] = st.one_of(
    st.builds(DialEnded, seconds, st.sampled_from(DialOutcome), st.one_of(st.none(), st.floats())),
    st.builds(Connected, seconds),
    st.builds(Abandoned, seconds),
    st.builds(TalkEnded, seconds),
    st.builds(WrapUpEnded, seconds),
)


@settings(max_examples=150, deadline=None)
@given(modes, st.lists(events, max_size=60), snapshots(times), st.floats(0.2, 30.0), st.floats(1.0, 6.0))
def test_never_above_a_limit(
    mode: str, past: list[PacingEvent], snapshot: Snapshot, rate: float, per_agent: float
) -> None:
    pacer = make_pacer(mode, calls_per_second=rate, max_lines_per_agent=per_agent, history=past)
    launch = pacer.decide(snapshot).launch
    busy = len(snapshot.ringing) + len(snapshot.waiting) + len(snapshot.talking)
    agents = snapshot.ready + len(snapshot.talking) + len(snapshot.wrap_up)
    assert 0 <= launch <= max(1, int(rate))
    if launch and snapshot.lines_limit is not None:
        assert busy + launch <= snapshot.lines_limit
    if launch and mode != "power":
        assert busy + launch <= per_agent * agents + 1e-6
    if launch and snapshot.window_closes is not None:
        assert snapshot.window_closes - NOW >= 25.0


@settings(max_examples=120, deadline=None)
@given(modes, st.lists(events, max_size=40), snapshots(times))
def test_asking_again_changes_nothing(mode: str, past: list[PacingEvent], snapshot: Snapshot) -> None:
    pacer = make_pacer(mode)
    pacer.decide(snapshot)
    for event in past:
        pacer.observe(event)
    first = pacer.decide(snapshot)
    for _ in range(3):
        assert pacer.decide(snapshot) == first


@settings(max_examples=200, deadline=None)
@given(modes, st.lists(events, max_size=30), snapshots(odd))
def test_odd_rooms_never_raise_and_never_burst(mode: str, past: list[PacingEvent], snapshot: Snapshot) -> None:
    pacer = make_pacer(mode)
    for event in past:
        pacer.observe(event)
    decision = pacer.decide(snapshot)
    agents = snapshot.ready + len(snapshot.talking) + len(snapshot.wrap_up)
    assert 0 <= decision.launch <= 40 * max(agents, len(snapshot.due_back))
    assert describe(decision.reason, "zh")
    assert describe(decision.reason, "en")


@settings(max_examples=100, deadline=None)
@given(snapshots(times), st.integers(0, 400))
def test_progressive_never_has_more_calls_than_free_agents(snapshot: Snapshot, answered: int) -> None:
    launch = make_pacer("progressive", answered=answered).decide(snapshot).launch
    assert launch == 0 or len(snapshot.ringing) + len(snapshot.waiting) + launch <= snapshot.ready


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(0, 40))
def test_a_spent_budget_leaves_only_calls_with_an_agent_as_good_as_sure(ready: int, ringing: int) -> None:
    """300 answers of which 9 were lost: not one more may be lost."""
    past = [DialEnded(25.0, DialOutcome.NO_ANSWER)] * 70 + [DialEnded(8.0, DialOutcome.LIVE)] * 30
    pacer = make_pacer("predictive", answered=300, abandoned=9, history=past)
    launch = pacer.decide(Snapshot(NOW, ready, (), (), [NOW - 2.0] * ringing, ())).launch
    lines = ringing + launch
    # chance that more than `ready` of `lines` people answer, at 30 %
    shortage = sum(math.comb(lines, k) * 0.3**k * 0.7 ** (lines - k) for k in range(min(ready, lines) + 1, lines + 1))
    assert launch == 0 or shortage < 0.02


@pytest.mark.parametrize("target", [0.0, 1.0, math.nan, -1.0, 5.0])
def test_any_target_is_survived_without_a_burst(target: float) -> None:
    pacer = make_pacer("predictive", target_abandonment=target)
    for _ in range(500):
        pacer.observe(DialEnded(8.0, DialOutcome.LIVE))
        pacer.observe(Connected(0.0))
    launch = pacer.decide(Snapshot(NOW, 10, (), (), (), ())).launch
    assert 10 <= launch <= 40


def test_zero_agents_for_an_hour_then_a_calm_start() -> None:
    pacer = make_pacer("predictive")
    for second in range(3600):
        assert pacer.decide(Snapshot(float(second), 0, (), (), (), ())).launch == 0
    assert pacer.decide(Snapshot(3601.0, 12, (), (), (), ())).launch <= 18


def test_more_people_waiting_than_ever_rang_launches_nothing() -> None:
    crowd = Snapshot(NOW, 5, [NOW - 60.0] * 5, (), (), [NOW - 1.0] * 500)
    assert make_pacer("predictive", answered=1000).decide(crowd).launch == 0


@pytest.mark.parametrize("mode", ["predictive", "progressive", "power"])
def test_when_the_agents_have_gone_only_calls_past_the_minimum_ring_time_may_be_given_up(mode: str) -> None:
    gone = Snapshot(NOW, 0, (), (), [NOW - 20.0, NOW - 15.0, NOW - 14.9, NOW - 1.0], ())
    decision = make_pacer(mode).decide(gone)
    assert (decision.launch, decision.cancel) == (0, 2)
    later = replace(gone, due_back=[NOW + 600.0])  # somebody comes back, but not for these
    assert make_pacer(mode).decide(later).cancel == 2


def test_calls_are_kept_for_an_agent_who_is_back_within_a_ring_time() -> None:
    soon = Snapshot(NOW, 0, (), (), [NOW - 20.0, NOW - 1.0], (), due_back=[NOW + 5.0])
    assert make_pacer("predictive").decide(soon).cancel == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"ring_timeout_s": 0.0},
        {"ring_timeout_s": math.nan},
        {"patience_s": -1.0},
        {"calls_per_second": -1.0},
        {"max_lines_per_agent": math.inf},
        {"person_taken_for_machine": 1.0},
        {"detection_s": math.nan},
    ],
)
def test_senseless_settings_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        make_pacer("predictive", **bad)


def test_with_the_budget_spent_a_free_agent_still_gets_a_call() -> None:
    """After a crash the day may stand above the limit: predictive is then as careful as progressive, and no more."""
    pacer = make_pacer("predictive", answered=20, abandoned=6)
    for busy, ready, ringing, wanted in ((3, 9, 0, 9), (3, 9, 4, 5), (3, 9, 9, 0), (12, 0, 0, 0)):
        picture = Snapshot(NOW, ready, [NOW - 40.0] * busy, (), [NOW - 2.0] * ringing, ())
        assert pacer.decide(picture).launch == wanted, picture
