"""Whose turn is the next call: shares are exact to less than one call, at every moment."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.mix.rules import Part, levels, next_turn, turns


def _parts(*weights: int) -> list[Part]:
    return [Part(UUID(int=n), weight) for n, weight in enumerate(weights, start=1)]


def _order(*weights: int, calls: int) -> str:
    """Which list gave each call, by letters."""
    parts, said = _parts(*weights), ""
    for _ in range(calls):
        n = next_turn(parts)
        parts[n] = replace(parts[n], given=parts[n].given + 1)
        said += "ABCDEF"[n]
    return said


@pytest.mark.parametrize(
    ("weights", "order"),
    [
        ((1,), "AAAA"),
        ((1, 1), "ABABABAB"),
        ((3, 1), "AAABAAAB"),
        ((1, 3), "BBABBBAB"),
        ((2, 1), "AABAABAAB"),
        ((5, 3, 2), "ABACABABAC"),
        ((60, 30, 10), "AABABAABAC"),
        ((7, 1, 1, 1), "AAABAACAAD"),
    ],
)
def test_the_order_of_turns(weights: tuple[int, ...], order: str) -> None:
    assert _order(*weights, calls=len(order)) == order


@pytest.mark.parametrize(
    ("weights", "calls", "shares"),
    [
        ((3, 1), 20, [15, 5]),
        ((3, 1), 1, [1, 0]),
        ((1, 1, 1), 2, [1, 1, 0]),
        ((5, 3, 2), 100, [50, 30, 20]),
        ((), 3, []),
    ],
)
def test_how_many_of_the_next_calls(weights: tuple[int, ...], calls: int, shares: list[int]) -> None:
    assert turns(_parts(*weights), calls) == shares


def test_priorities_come_before_shares() -> None:
    first, second, third = (replace(part, priority=p) for part, p in zip(_parts(1, 9, 1), (2, 1, 2), strict=True))
    assert levels([first, second, third]) == [[second], [first, third]]


@given(
    weights=st.lists(st.integers(1, 1000), min_size=1, max_size=8),
    launches=st.lists(st.integers(0, 12), min_size=1, max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_no_list_is_ever_a_whole_call_away_from_its_share(weights: list[int], launches: list[int]) -> None:
    """However the calls are cut into launches."""
    parts = _parts(*weights)
    for calls in launches:
        gave = turns(parts, calls)
        assert sum(gave) == calls
        parts = [replace(part, given=part.given + more) for part, more in zip(parts, gave, strict=True)]
        so_far = sum(part.given for part in parts)
        for part in parts:
            assert abs(part.given - Fraction(part.weight * so_far, sum(weights))) < 1


@given(weights=st.lists(st.integers(1, 50), min_size=1, max_size=6), calls=st.integers(0, 120))
@settings(max_examples=60, deadline=None)
def test_a_plan_is_the_turns_one_after_the_other(weights: list[int], calls: int) -> None:
    order = _order(*weights, calls=calls)
    assert turns(_parts(*weights), calls) == [
        ("ABCDEF"[n] in order and order.count("ABCDEF"[n])) or 0 for n in range(len(weights))
    ]
