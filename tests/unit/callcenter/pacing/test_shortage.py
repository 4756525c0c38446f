"""Tails of (answers - releases), against the exact distribution of unlike chances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.pacing.shortage import chance_short, probabilities


def exact(answer_chances: list[float], release_chances: list[float], spare: int) -> float:
    """P(answers - releases > spare) by convolution."""

    def pmf(chances: list[float]) -> np.ndarray:
        result = np.ones(1)
        for q in chances:
            result = np.convolve(result, [1.0 - q, q])
        return result

    answers, releases = pmf(answer_chances), pmf(release_chances)
    return float(sum(p * q for x, p in enumerate(answers) for y, q in enumerate(releases) if x - y > spare))


def moments(chances: list[float]) -> tuple[float, float]:
    return sum(chances), sum(q * (1.0 - q) for q in chances)


@pytest.mark.parametrize(
    ("answers", "releases", "spare"),
    [
        ([0.1] * 10, [0.05] * 18, 0),
        ([0.1] * 10, [0.05] * 18, 2),
        ([0.3, 0.2, 0.1, 0.05] * 3, [0.9, 0.4, 0.05, 0.02], 1),
        ([0.06] * 60, [0.1] * 17, 4),
        ([0.2] * 15, [], 0),
        ([0.2] * 15, [0.3] * 5, -2),
        ([0.3] * 60, [0.1] * 40, 16),
        ([0.15] * 300, [0.05] * 900, 8),
    ],
)
def test_close_to_the_exact_tail(answers: list[float], releases: list[float], spare: int) -> None:
    true = exact(answers, releases, spare)
    assert chance_short(*moments(answers), *moments(releases), spare) == pytest.approx(true, rel=0.1, abs=0.004)


@given(st.floats(0.01, 30.0), st.floats(0.02, 2.0))
def test_probabilities_sum_to_one_and_have_the_mean(mean: float, ratio: float) -> None:
    terms = probabilities(mean, mean * ratio, 400)
    assert sum(terms) == pytest.approx(1.0, abs=1e-6)
    assert sum(k * p for k, p in enumerate(terms)) == pytest.approx(mean, rel=0.02)
    assert min(terms) >= 0.0


CHANCES = st.lists(st.floats(0.0, 1.0), max_size=40)


@settings(max_examples=200, deadline=None)
@given(CHANCES, CHANCES, st.integers(-6, 12))
def test_a_chance_and_smaller_with_more_spare_agents(answers: list[float], releases: list[float], spare: int) -> None:
    here = chance_short(*moments(answers), *moments(releases), spare)
    more = chance_short(*moments(answers), *moments(releases), spare + 1)
    assert 0.0 <= more <= here + 1e-6 <= 1.0 + 1e-5


@pytest.mark.parametrize(("answers", "spare", "short"), [(0.0, 0, 0.0), (0.0, -1, 1.0), (500.0, -5000, 1.0)])
def test_the_certain_cases(answers: float, spare: int, short: float) -> None:
    assert chance_short(answers, answers, 0.0, 0.0, spare) == pytest.approx(short, abs=1e-6)
