"""The rhythm of following up: grades A, B, C and D as the table of a new installation has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rhythm.rules import HOUR, Grade, Pace, Planned, Standing, after_talk, tried_enough

A, B, C, D = Grade
DAY = 24
TABLE = {
    A: Pace(A, 3 * DAY, rounds_max=4, tries_max=5, then=B),
    B: Pace(B, 7 * DAY, rounds_max=3, tries_max=5, then=C),
    C: Pace(C, 15 * DAY, rounds_max=3, tries_max=4, then=D),
    D: Pace(D, 30 * DAY, rounds_max=2, tries_max=3),
}


# A every 3 days, B every 7, C every 15 (domain notes, 14b); on both sides of each grade's last round.
@pytest.mark.parametrize(
    ("grade", "before", "then", "days"),
    [
        (A, None, (A, 1), 3),
        (A, (A, 1), (A, 2), 3),
        (A, (A, 3), (A, 4), 3),
        (A, (A, 4), (B, 1), 7),
        (A, (B, 1), (A, 1), 3),  # interested again
        (B, (A, 2), (B, 1), 7),
        (B, (B, 2), (B, 3), 7),
        (B, (B, 3), (C, 1), 15),
        (C, None, (C, 1), 15),
        (C, (C, 3), (D, 1), 30),
        (D, (D, 1), (D, 2), 30),
        (D, (D, 2), None, 0),
    ],
)
def test_what_follows_a_talk(
    grade: Grade, before: tuple[Grade, int] | None, then: tuple[Grade, int] | None, days: int
) -> None:
    planned = after_talk(TABLE, grade, None if before is None else Standing(*before))
    assert planned == (None if then is None else Planned(Standing(*then), days * DAY * HOUR))


def test_a_results_own_rest_holds_as_long_as_the_grade_is_its_own() -> None:
    """Who asked to buy is called within a day; sorted down, they get the lower grade's pace."""
    assert after_talk(TABLE, A, None, own_rest_s=24 * HOUR) == Planned(Standing(A, 1), 24 * HOUR)
    assert after_talk(TABLE, A, Standing(A, 4), own_rest_s=24 * HOUR) == Planned(Standing(B, 1), 7 * DAY * HOUR)


@pytest.mark.parametrize(("tries", "enough"), [(0, False), (4, False), (5, True), (6, True)])
def test_fruitless_tries(tries: int, enough: bool) -> None:
    assert tried_enough(TABLE[A], tries) is enough


@given(
    rounds=st.tuples(*[st.integers(1, 5)] * 4),
    thens=st.tuples(st.sampled_from([None, B, C, D]), st.sampled_from([None, C, D]), st.sampled_from([None, D])),
    start=st.sampled_from(Grade),
)
def test_whoever_says_the_same_again_and_again_comes_to_an_end(
    rounds: tuple[int, ...], thens: tuple[Grade | None, ...], start: Grade
) -> None:
    """Each grade asked for anew: at most all rounds of all grades."""
    table = {
        grade: Pace(grade, 24, most, 5, then) for grade, most, then in zip(Grade, rounds, (*thens, None), strict=True)
    }
    standing: Standing | None = None
    for _ in range(sum(rounds) + 1):
        planned = after_talk(table, start if standing is None else standing.grade, standing)
        if planned is None:
            return
        standing = planned.standing
    raise AssertionError("it never ended")
