"""Lift against a control group: figures by hand, and an interval that keeps its promise."""

from __future__ import annotations

import numpy as np
import pytest

from campaigns.mailings.rules import lift, share


def test_the_worked_example() -> None:
    """56 of 70 against 48 of 80: the example in Newcombe's paper, interval 0.0524 … 0.3339."""
    found = lift(70, 56, 80, 48)
    assert found is not None
    assert found.lift == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))
    assert found.proven
    assert found.more_buyers == pytest.approx(14)


@pytest.mark.parametrize(
    ("mailed", "bought", "control", "control_bought", "proven"),
    [
        (1_000, 60, 100, 6, False),  # the same share
        (1_000, 60, 100, 0, True),
        (100, 6, 10, 0, False),  # too few to tell
        (1_000, 10, 1_000, 60, True),  # it did harm
        (10, 0, 10, 0, False),
    ],
)
def test_what_is_proven(mailed: int, bought: int, control: int, control_bought: int, proven: bool) -> None:
    found = lift(mailed, bought, control, control_bought)
    assert found is not None
    assert found.proven is proven
    assert -1 <= found.low <= found.lift <= found.high <= 1


def test_without_one_of_the_groups_nothing_can_be_said() -> None:
    assert lift(0, 0, 10, 1) is None
    assert lift(10, 1, 0, 0) is None


@pytest.mark.parametrize("given", [(0, 0), (10, 11), (10, -1)])
def test_impossible_counts(given: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="of"):
        share(*given)


def test_the_interval_holds_the_truth_in_19_cases_of_20() -> None:
    chance = np.random.default_rng(3)
    held = 0
    for mailed, control in chance.binomial((2_000, 200), (0.06, 0.03), (1_000, 2)):
        found = lift(2_000, int(mailed), 200, int(control))
        assert found is not None
        held += found.low <= 0.03 <= found.high
    assert 0.93 <= held / 1_000 <= 0.985
