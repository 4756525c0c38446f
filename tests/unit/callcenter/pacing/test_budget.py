"""The budget: never overdrawn knowingly, never left unused, the price moving gently."""

from __future__ import annotations

import math

import pytest

from callcenter.pacing.budget import Budget


@pytest.mark.parametrize(
    ("answered", "abandoned", "may_lose"),
    [(0, 0, 0), (33, 0, 0), (200, 0, 2), (200, 6, 0), (200, 9, 0), (1000, 10, 2)],
)
def test_what_may_be_lost_at_once(answered: int, abandoned: int, may_lose: int) -> None:
    # counts of earlier today: the last half-hour knows only its grace of two
    assert Budget(0.03, answered, abandoned).appetite(12).may_lose == may_lose


def test_the_price_falls_as_the_budget_grows() -> None:
    prices = [Budget(0.03, n, 3).appetite(12).own_chance for n in (90, 110, 130, 160, 200)]
    assert prices == sorted(prices)
    assert prices[-1] > 5 * prices[0]


def test_no_target_means_no_risk() -> None:
    appetite = Budget(0.0, 500, 0).appetite(50)
    assert (appetite.own_chance, appetite.may_lose) == (0.0, 0)


def test_near_the_end_an_overdraft_is_less_likely_to_be_allowed() -> None:
    budget = Budget(0.03, 400, 8)
    doubts = [budget.appetite(12, remaining).doubt for remaining in (1000.0, 150.0, 20.0, math.inf)]
    assert doubts[0] > doubts[1] > doubts[3] > doubts[2]  # unknown: it may be the end


def test_near_the_end_a_sudden_crowd_is_reckoned_with() -> None:
    budget = Budget(0.03, 400, 8)
    jumps = [budget.appetite(12, remaining).jump_doubt for remaining in (1000.0, 150.0, 20.0, math.inf)]
    assert jumps[0] == jumps[3] == 1.0
    assert 1.0 > jumps[1] > jumps[2] > 0.0


def test_the_reserve_is_spent_before_the_day_ends() -> None:
    prices = [Budget(0.03, 600, 16).appetite(12, remaining).own_chance for remaining in (math.inf, 150.0, 20.0)]
    assert prices == sorted(prices)
    assert prices[-1] > 1.5 * prices[0]
    assert Budget(0.03, 600, 18).appetite(12, 20.0).may_lose == 0


def test_a_bad_half_hour_is_held_back_and_forgotten() -> None:
    budget = Budget(0.03, 5000, 0)
    budget.pass_time(0.0)
    for i in range(100):
        budget.record(abandoned=i % 8 == 0)
    assert budget.appetite(50).half_hour
    assert budget.appetite(50).may_lose == 0
    budget.pass_time(1900.0)
    assert budget.appetite(50).may_lose > 0


def test_the_clock_may_jump_back_without_harm() -> None:
    budget = Budget(0.03)
    for now in (5000.0, 10.0, 5001.0, 1e9, 0.0):
        budget.pass_time(now)
        budget.record(abandoned=False)
    assert budget.appetite(5).may_lose == 0


def test_people_taken_for_machines_are_paid_from_the_same_budget() -> None:
    plain = Budget(0.03, 1000, 10)
    strict = Budget(0.03, 1000, 10, person_taken_for_machine=0.01)
    assert plain.left == pytest.approx(20.0)
    assert strict.left == pytest.approx(20.0 - 9.8, abs=0.05)


def test_machines_that_reach_agents_are_not_people() -> None:
    assert Budget(0.03, 1000, 10, machines_among_answers=0.1).left == pytest.approx(17.0)
