"""When a caller number rests, and which one is next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.lines.rules import (
    Caller,
    Figures,
    Policy,
    RestWhy,
    Standing,
    bounds,
    choose,
    judge,
    room,
    room_of,
    to_rest,
    total,
    used,
)

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
POLICY = Policy()
USUAL = Figures(calls=2_000, answered=800, short=80, declined=100)
"""Of all numbers: 40 % answered, a tenth of them over at once, 5 % declined."""


@pytest.mark.parametrize(
    ("mine", "why"),
    [
        (Figures(), None),
        # Few answers: under 0.6 of 40 %, and not by chance.
        (Figures(calls=100, answered=40), None),
        (Figures(calls=100, answered=24), None),
        (Figures(calls=100, answered=23), RestWhy.FEW_ANSWERS),
        (Figures(calls=100), RestWhy.FEW_ANSWERS),
        (Figures(calls=50, answered=11), RestWhy.FEW_ANSWERS),
        (Figures(calls=49), None),
        # Declined: a fifth of the calls.
        (Figures(calls=100, answered=40, declined=19), None),
        (Figures(calls=100, answered=40, declined=20), RestWhy.DECLINED),
        # Short: three of ten answered calls.
        (Figures(calls=100, answered=40, short=11), None),
        (Figures(calls=100, answered=40, short=12), RestWhy.SHORT_CALLS),
        # Signs from outside need no calls; the gravest reason is told.
        (Figures(signs=1), None),
        (Figures(signs=2), RestWhy.COMPLAINTS),
        (Figures(calls=100, answered=0, declined=90, signs=2), RestWhy.COMPLAINTS),
        (Figures(calls=100, answered=0, declined=90), RestWhy.FEW_ANSWERS),
    ],
)
def test_a_number_rests_when_its_figures_are_worse_than_the_others(mine: Figures, why: RestWhy | None) -> None:
    assert judge(mine, USUAL, POLICY) is why


@pytest.mark.parametrize("mine", [Figures(60, 0), Figures(60, 6), Figures(60, 24, 24), Figures(60, 24, 0, 36)])
def test_a_bad_day_of_all_numbers_sends_none_to_rest(mine: Figures) -> None:
    assert judge(mine, total({"a": mine, "b": mine}), POLICY) is None


def test_a_difference_that_chance_explains_sends_nobody_to_rest() -> None:
    few = replace(POLICY, least_calls=5)
    assert judge(Figures(calls=5, answered=1), USUAL, few) is None
    assert judge(Figures(calls=5, answered=2, short=1), USUAL, replace(few, short_share=0.2)) is None
    assert judge(Figures(calls=50, answered=10), USUAL, few) is RestWhy.FEW_ANSWERS


def test_signs_are_only_counted_where_the_rule_says_so() -> None:
    assert judge(Figures(signs=50), USUAL, replace(POLICY, signs=0)) is None


def counted(calls: int = 300) -> st.SearchStrategy[Figures]:
    def of(n: int) -> st.SearchStrategy[Figures]:
        answered = st.integers(0, n)
        return answered.flatmap(
            lambda a: st.builds(
                Figures, st.just(n), st.just(a), st.integers(0, a), st.integers(0, n - a), st.integers(0, 4)
            )
        )

    return st.integers(0, calls).flatmap(of)


@given(counted(), counted(3_000), counted())
def test_more_answers_are_never_a_reason_to_rest(mine: Figures, others: Figures, more: Figures) -> None:
    """A number that answers as the others do, or better, is never sent to rest for few answers."""
    better = replace(mine, calls=mine.calls + more.calls, answered=mine.answered + more.calls)
    if judge(mine, others, POLICY) is not RestWhy.FEW_ANSWERS and mine.calls >= POLICY.least_calls:
        assert judge(better, others, POLICY) is not RestWhy.FEW_ANSWERS
    if mine.answer_rate is not None and others.answer_rate is not None and mine.answer_rate >= others.answer_rate:
        assert judge(mine, others, POLICY) is not RestWhy.FEW_ANSWERS


@given(counted(), counted(3_000))
def test_what_the_figures_say_has_its_ground(mine: Figures, others: Figures) -> None:
    why = judge(mine, others, POLICY)
    if why is not None and why is not RestWhy.COMPLAINTS:
        assert mine.calls >= POLICY.least_calls
    if why is RestWhy.DECLINED:
        assert mine.declined / mine.calls > (others.declined_rate or 0.0)
    if why is RestWhy.SHORT_CALLS:
        assert mine.short / mine.answered > (others.short_rate or 0.0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_bounds_of_a_share_lie_about_it(count: int, more: int) -> None:
    of = count + more
    low, high = bounds(count, of)
    assert 0.0 <= low <= high <= 1.0
    if of:
        assert low - 1e-12 <= count / of <= high + 1e-12


A, B, C = "+862000000001", "+862000000002", "+862000000003"
TO = "+8613800138000"


@pytest.mark.parametrize(
    ("callers", "policy", "usual", "chosen"),
    [
        ([Caller(A, 5), Caller(B, 3), Caller(C, 4)], POLICY, "", B),
        ([Caller(B, 3), Caller(A, 3)], POLICY, "", A),
        # Whom a person knows calls again, unless it may not.
        ([Caller(A, 5), Caller(B, 3)], POLICY, A, A),
        ([Caller(A, 5, rests_until=NOW + timedelta(seconds=1)), Caller(B, 3)], POLICY, A, B),
        ([Caller(A, 5, daily_cap=5), Caller(B, 3)], POLICY, A, B),
        ([Caller(A, 5), Caller(B, 3)], POLICY, C, B),
        # A rest ends at its instant.
        ([Caller(A, 1, rests_until=NOW), Caller(B, 3)], POLICY, "", A),
        ([Caller(A, 1, active=False), Caller(B, 3)], POLICY, "", B),
        # Local numbers, the longest prefix first, only where that is wanted.
        ([Caller(A, 1), Caller(B, 9, prefix="+86")], POLICY, "", A),
        ([Caller(A, 1), Caller(B, 9, prefix="+86")], replace(POLICY, local_presence=True), "", B),
        (
            [Caller(A, 1, prefix="+86"), Caller(B, 9, prefix="+86138"), Caller(C, prefix="+86139")],
            replace(POLICY, local_presence=True),
            "",
            B,
        ),
        # None is left.
        ([], POLICY, "", None),
        ([Caller(A, 9, daily_cap=9), Caller(B, rests_until=NOW + timedelta(hours=1))], POLICY, A, None),
    ],
)
def test_the_next_number(callers: list[Caller], policy: Policy, usual: str, chosen: str | None) -> None:
    found = choose(callers, TO, NOW, policy, usual)
    assert (found.number if found else None) == chosen


pool = st.lists(
    st.builds(
        Caller,
        st.integers(1, 40).map(lambda n: f"+8620000000{n:02}"),
        st.integers(0, 30),
        st.sampled_from([0, 10, 30]),
        st.sampled_from(["", "+86", "+86138"]),
        st.sampled_from([None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)]),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.number,
)


@given(pool, st.booleans(), st.integers(0, 9), st.integers(1, 60))
def test_whatever_is_called_no_number_rests_and_none_goes_past_its_cap(
    callers: list[Caller], local: bool, usual_at: int, calls: int
) -> None:
    policy = replace(POLICY, local_presence=local)
    usual = callers[usual_at % len(callers)].number if callers else ""
    left = room_of(callers, NOW)
    begun = 0
    for _ in range(calls):
        chosen = choose(callers, TO, NOW, policy, usual)
        if chosen is None:
            break
        assert chosen.active
        assert chosen.rests_until is None or chosen.rests_until <= NOW
        assert not chosen.daily_cap or chosen.calls_today < chosen.daily_cap
        callers = used(callers, chosen.number)
        begun += 1
    assert begun == (calls if left is None else min(calls, left))


@given(st.integers(1, 6), st.integers(1, 60))
def test_numbers_take_turns(numbers: int, calls: int) -> None:
    callers = [Caller(f"+86200000000{n}") for n in range(numbers)]
    for n in range(calls):
        chosen = choose(callers, f"+861380013{n:04}", NOW, POLICY)
        assert chosen is not None
        callers = used(callers, chosen.number)
    counts = [one.calls_today for one in callers]
    assert max(counts) - min(counts) <= 1


def test_room_is_without_limit_as_soon_as_one_has_none() -> None:
    assert room(Caller(A, 3, daily_cap=5), NOW) == 2
    assert room_of([Caller(A, 3, daily_cap=5), Caller(B, 4, daily_cap=5)], NOW) == 3
    assert room_of([Caller(A, 3, daily_cap=5), Caller(B)], NOW) is None
    assert room_of([Caller(A, 9, daily_cap=5)], NOW) == 0


def _standing(
    number: str, why: RestWhy | None = RestWhy.FEW_ANSWERS, rate: int = 10, queue: str = "", awake: bool = True
) -> Standing:
    return Standing(number, Figures(calls=100, answered=rate), why, queue, awake)


@pytest.mark.parametrize(
    ("numbers", "sent"),
    [
        ([_standing(A), _standing(B, None)], [A]),
        # The last one awake stays, and it is the best of the bad.
        ([_standing(A, rate=5), _standing(B, rate=9)], [A]),
        ([_standing(A)], []),
        ([_standing(A), _standing(B, None, awake=False)], []),
        # Each campaign keeps one of its own.
        ([_standing(A, queue="x"), _standing(B, None)], []),
        # Complaints know no mercy.
        ([_standing(A, RestWhy.COMPLAINTS)], [A]),
        ([_standing(A, rate=1), _standing(B, RestWhy.COMPLAINTS, rate=50)], [B]),
        # Who rests already, rests.
        ([_standing(A, awake=False), _standing(B, None)], []),
    ],
)
def test_who_is_sent_to_rest(numbers: list[Standing], sent: list[str]) -> None:
    assert [one.number for one in to_rest(numbers)] == sent
