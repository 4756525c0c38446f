"""Kept are: the decision in force when somebody was abandoned, and changes of what holds the pacer back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callcenter.pacing import Abandoned, Connected, Decision
from callcenter.pacing.reasons import HeldBack, Reason
from campaigns.pacing_notes.rules import CHANGES_APART, Notebook, Why

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def decision(launch: int, held_back: HeldBack = HeldBack.ABANDONMENT) -> Decision:
    return Decision(launch, Reason(held_back))


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_first_decision_and_each_change_are_kept_but_not_every_flicker() -> None:
    book, apart = Notebook(), CHANGES_APART.total_seconds()
    assert [why for why, _, _ in book.take(decision(1), [], at(0))] == [Why.CHANGED]
    assert book.take(decision(1), [], at(60)) == []
    assert [n[0] for n in book.take(decision(0, HeldBack.LINES), [], at(61))] == [Why.CHANGED]
    assert book.take(decision(0, HeldBack.BUDGET), [], at(61 + apart - 0.001)) == []
    assert [n[0] for n in book.take(decision(0, HeldBack.BUDGET), [], at(61 + apart))] == [Why.CHANGED]


def test_an_abandonment_keeps_the_decision_that_launched_last_not_the_one_that_heard_of_it() -> None:
    book = Notebook()
    launched = decision(3)
    book.take(launched, [], at(0))
    book.take(decision(0), [], at(1))
    assert book.take(decision(0), [Connected(0.2), Abandoned(2.0)], at(14)) == [(Why.ABANDONED, launched, at(0))]
    assert book.take(decision(0), [Connected(0.2)], at(15)) == []


def test_a_worker_that_has_just_begun_blames_no_decision_of_its_own() -> None:
    assert [n[0] for n in Notebook().take(decision(0), [Abandoned(2.0)], at(0))] == [Why.CHANGED]
