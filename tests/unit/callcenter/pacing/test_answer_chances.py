"""Lists, hours and leads are told apart by their own calls; one list alone tells the pacer nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from callcenter.pacing import DialEnded, DialOutcome, Snapshot, make_pacer
from callcenter.pacing.answer_chances import MOST_GROUPS, AnswerChances, Group, groups_of
from callcenter.pacing.contract import Pacer
from callcenter.pacing.estimators import PRIOR_CHANCE
from callcenter.pacing.simulation.run import run
from callcenter.pacing.simulation.worlds import LeadList, two_lists

Share = tuple[tuple[Group, ...], float]


def learned(shares: list[Share], rounds: int, seed: int = 3) -> AnswerChances:
    """After so many calls of each, in turn."""
    chances, rng = AnswerChances(), np.random.default_rng(seed)
    for _ in range(rounds):
        for groups, share in shares:
            chances.learn(groups, bool(rng.random() < share))
    return chances


def apart(chances: AnswerChances, one: tuple[Group, ...], other: tuple[Group, ...]) -> float:
    """How far apart the pacer is told they are, in log-odds."""
    told = [chances.chance(groups) or PRIOR_CHANCE for groups in (one, other)]
    return log_odds(told[0]) - log_odds(told[1])


def log_odds(chance: float) -> float:
    return math.log(chance / (1.0 - chance))


@pytest.mark.parametrize(("cool", "warm"), [(0.15, 0.45), (0.06, 0.30), (0.25, 0.30), (0.30, 0.30)])
def test_lists_are_told_apart_as_far_as_they_differ(cool: float, warm: float) -> None:
    shares = [(groups_of("cool", 10), cool), (groups_of("warm", 10), warm)]
    chances = learned(shares, 2000)
    wanted = log_odds(warm) - log_odds(cool)
    assert apart(chances, *(g for g, _ in reversed(shares))) == pytest.approx(wanted, abs=0.3)
    assert [chances.expected(g) for g, _ in shares] == pytest.approx([cool, warm], rel=0.3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (groups_of("a", 10), groups_of("a", 13)),
        (groups_of("a", 10, tries=0), groups_of("a", 10, tries=3)),
        (groups_of("a", 10, score=9), groups_of("a", 10, score=2)),
    ],
    ids=["hour", "tries in vain", "the lead's own score"],
)
def test_hours_and_leads_are_told_apart_within_a_list(one: tuple[Group, ...], other: tuple[Group, ...]) -> None:
    chances = learned([(one, 0.4), (other, 0.2)], 2000)
    assert apart(chances, one, other) == pytest.approx(log_odds(0.4) - log_odds(0.2), abs=0.3)


@pytest.mark.parametrize(("calls", "most"), [(1, 1.3), (5, 2.2), (20, 3.5)])
def test_a_few_calls_are_believed_a_little(calls: int, most: float) -> None:
    """All of a new list's first calls were answered; the others answer at 30 %."""
    chances = learned([(groups_of("old", 10), 0.3)], 1000)
    new = groups_of("new", 10)
    for _ in range(calls):
        chances.learn(new, True)
    assert 0.0 < apart(chances, new, groups_of("old", 10)) < most


def test_one_list_alone_tells_nothing_whatever_it_learns() -> None:
    chances, groups = AnswerChances(), groups_of("only", 10)
    for number in range(500):
        assert chances.chance(groups) is None
        chances.learn(groups, number % 7 == 0)
    assert not chances.tells_apart
    assert chances.chance(groups) is None


def test_groups_without_end_do_not_fill_the_memory() -> None:
    chances = AnswerChances()
    for number in range(MOST_GROUPS):
        chances.learn(groups_of(str(number), 9), number % 3 == 0)
    assert len(chances._effects) <= MOST_GROUPS
    assert len(chances._kinds) <= MOST_GROUPS
    assert chances.chance(groups_of("0", 9)) is None  # forgotten: like one never seen


def test_a_list_that_changes_is_followed() -> None:
    shares = [(groups_of("a", 10), 0.3), (groups_of("b", 10), 0.3)]
    chances = learned(shares, 3000)
    rng = np.random.default_rng(5)
    for _ in range(3000):
        chances.learn(shares[0][0], bool(rng.random() < 0.3))
        chances.learn(shares[1][0], bool(rng.random() < 0.1))
    found = apart(chances, shares[0][0], shares[1][0])
    assert found == pytest.approx(log_odds(0.3) - log_odds(0.1), abs=0.4)


# --- what the pacer makes of it -------------------------------------------------------------------------------


def experienced(told: bool) -> Pacer:
    """After a list of 15 % and one of 45 % in turn."""
    pacer = make_pacer("predictive", answered=4000, abandoned=40)
    rng = np.random.default_rng(1)
    for number in range(2000):
        own = 0.15 if number % 2 else 0.45
        live = bool(rng.random() < own)
        outcome = DialOutcome.LIVE if live else DialOutcome.NO_ANSWER
        pacer.observe(DialEnded(9.0 if live else 25.0, outcome, (0.21 if number % 2 else 0.53) if told else None))
    return pacer


def room(**given: object) -> Snapshot:
    return replace(Snapshot(1000.0, 12, [], [], [995.0] * 4, []), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fewer", "more"),
    [
        (room(next_chance=0.53), room(next_chance=0.21)),
        (room(ringing_chances=[0.53] * 4), room(ringing_chances=[0.21] * 4)),
        (room(next_chance=0.53), room()),
        (room(), room(next_chance=0.21)),
    ],
    ids=["next leads", "ringing calls", "likelier than the common chance", "less likely than it"],
)
def test_fewer_calls_are_launched_where_more_people_answer(fewer: Snapshot, more: Snapshot) -> None:
    assert experienced(True).decide(fewer).launch < experienced(True).decide(more).launch


@pytest.mark.parametrize("odd", [math.nan, -1.0, 7.0, math.inf])
def test_senseless_chances_are_read_as_unknown(odd: float) -> None:
    plain = experienced(True).decide(room(ringing_chances=[0.3] * 4))
    assert experienced(True).decide(room(ringing_chances=[odd] * 4, next_chance=odd)).launch == plain.launch


def test_chances_that_do_not_fit_the_calls_are_left_aside() -> None:
    assert experienced(True).decide(room(ringing_chances=[0.5])).launch == experienced(True).decide(room()).launch


def test_two_lists_told_apart_gain_occupancy_within_the_limit() -> None:
    """A hundred leads of 15 % and a hundred of 45 % in turn; the bench shows whole days."""
    world = two_lists(20, 100, hours=0.75)
    told, common = (run(replace(world, lists_told=known), seeds=(0, 1)) for known in (True, False))
    assert told.occupancy > common.occupancy + 0.01
    assert told.highest_abandonment <= 0.03


def test_lists_that_do_not_differ_lose_nothing() -> None:
    equal = (LeadList("one", 0.30, 50), LeadList("other", 0.30, 50))
    world = replace(two_lists(20, 50, hours=0.75), lists=equal)
    told, common = (run(replace(world, lists_told=known), seeds=(0, 1)) for known in (True, False))
    assert told.occupancy == pytest.approx(common.occupancy, abs=0.02)  # two standard errors of 45 minutes
