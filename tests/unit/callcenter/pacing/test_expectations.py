"""What the pacer expects moves it in the right direction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.pacing import Connected, DialEnded, DialOutcome, Pacer, Snapshot, TalkEnded, make_pacer

NOW = 1000.0


def practised(**options: float) -> Pacer:
    """A pacer in mid-morning: 30 % live, talks of 60 s or 600 s, budget to spare."""
    past = []
    for i in range(1000):
        live = i % 10 < 3
        past.append(DialEnded(6.0 + i % 9 if live else 25.0, DialOutcome.LIVE if live else DialOutcome.NO_ANSWER))
        if live:
            past.append(TalkEnded(600.0 + i % 60 if i % 2 else 40.0 + i % 40))
    return make_pacer("predictive", answered=1000, abandoned=24, history=past, **options)  # type: ignore[arg-type]


def launched(snapshot: Snapshot, pacer: Pacer | None = None) -> int:
    return (pacer or practised()).decide(snapshot).launch


ROOM = Snapshot(NOW, 4, [NOW - 200.0] * 16, (), (), ())


def test_more_free_agents_more_calls() -> None:
    counts = [launched(replace(ROOM, ready=n)) for n in range(0, 9, 2)]
    assert counts == sorted(counts)
    assert counts[-1] > 3 * counts[1] > 0


def test_ringing_calls_count_until_they_are_old() -> None:
    young = launched(replace(ROOM, ringing=[NOW - 3.0] * 6))
    old = launched(replace(ROOM, ringing=[NOW - 24.0] * 6))
    assert young < old <= launched(ROOM)


def test_the_age_of_talks_tells_who_will_be_free() -> None:
    """At 50 s a refusal is about to end; at 200 s it is a long talk; at 620 s a long talk about to end."""
    soon, late, ending = (launched(replace(ROOM, talking=[NOW - age] * 16)) for age in (50.0, 200.0, 640.0))
    assert soon > late
    assert ending > late


def test_waiting_people_come_first() -> None:
    assert launched(replace(ROOM, waiting=[NOW - 0.5] * 3)) < launched(ROOM)


def test_agents_known_to_return_are_counted() -> None:
    assert launched(replace(ROOM, due_back=[NOW + 2.0] * 5)) > launched(ROOM)
    assert launched(replace(ROOM, due_back=[NOW + 300.0] * 5)) == launched(ROOM)


def test_agents_known_to_leave_are_not() -> None:
    assert launched(replace(ROOM, leaving=[NOW + 5.0] * 3)) < launched(ROOM)
    assert launched(replace(ROOM, leaving=[NOW + 3000.0] * 3)) == launched(ROOM)


def test_leads_that_rarely_answer_get_more_lines() -> None:
    assert launched(replace(ROOM, next_chance=0.05)) > 2 * launched(ROOM)


def test_ringing_leads_that_often_answer_count_for_more() -> None:
    ringing = [NOW - 3.0] * 6
    keen = replace(ROOM, ringing=ringing, ringing_chances=[0.8] * 6)
    cold = replace(ROOM, ringing=ringing, ringing_chances=[0.03] * 6)
    assert launched(keen) < launched(cold)


@pytest.mark.parametrize(("seconds", "launches"), [(10.0, False), (24.9, False), (26.0, True), (600.0, True)])
def test_the_window_is_left_softly(seconds: float, launches: bool) -> None:
    assert (launched(replace(ROOM, window_closes=NOW + seconds)) > 0) == launches


@pytest.mark.parametrize(("seconds", "launches"), [(26.0, False), (28.0, True)])
def test_so_is_the_session_with_time_for_the_patience(seconds: float, launches: bool) -> None:
    assert (launched(replace(ROOM, session_ends=NOW + seconds)) > 0) == launches


def test_calls_a_second_hold_over_time_however_often_asked() -> None:
    for step in (1.0, 0.25, 0.1):
        pacer, ringing, now = practised(calls_per_second=3.0), [], NOW
        for _ in range(round(5.0 / step)):
            count = pacer.decide(Snapshot(now, 60, (), (), list(ringing), ())).launch
            ringing += [now] * count
            now += step
        assert len(ringing) == 15


def test_quick_failures_count_against_the_rate() -> None:
    pacer = practised(calls_per_second=2.0)
    assert pacer.decide(Snapshot(NOW, 20, (), (), (), ())).launch == 2
    for _ in range(2):
        pacer.observe(DialEnded(0.1, DialOutcome.FAILED))
    assert pacer.decide(Snapshot(NOW + 0.2, 20, (), (), (), ())).launch == 0


def test_a_restart_remembers_the_budget() -> None:
    spent = make_pacer("predictive", answered=300, abandoned=9)
    assert spent.decide(ROOM).reason.budget == pytest.approx(0.0)
    spent.observe(Connected(0.0))
    assert spent.decide(ROOM).reason.budget == pytest.approx(0.03)
