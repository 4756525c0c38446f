"""M1 as tables: variance and its levels, price and volume, the expense ratio, targets that sum to the year."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.marketing_control import rules
from backoffice.marketing_control.rules import LineState, Metric, PeriodKind, Split, Target

MONTH, QUARTER = PeriodKind.MONTH, PeriodKind.QUARTER


def _twelve(fen: int) -> list[Target]:
    return [Target(Metric.SALES, MONTH, n, fen, 1) for n in range(1, 13)]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (_twelve(100), []),
        ([*_twelve(100)[:11], Target(Metric.SALES, MONTH, 12, 101, 1)], ["sum"]),
        (_twelve(100)[:11], ["missing", "sum"]),
        ([*_twelve(100)[:11], Target(Metric.SALES, QUARTER, 4, 100, 1)], ["mixed"]),
        ([Target(Metric.SALES, QUARTER, n, 300, 3) for n in range(1, 5)], []),
        ([*_twelve(100), Target(Metric.RECEIPTS, MONTH, 1, 1)], ["no_year"]),
    ],
)
def test_m1_1_targets_of_every_period_sum_to_the_year(lines: list[Target], codes: list[str]) -> None:
    assert [w.code for w in rules.check({Metric.SALES: (1_200, 12)}, lines)] == codes


@pytest.mark.parametrize(
    ("metric", "target", "actual", "level"),
    [
        (Metric.SALES, 10_000, 9_501, LineState.ON_TRACK),
        (Metric.SALES, 10_000, 9_500, LineState.WATCH),  # -5 % is watch
        (Metric.SALES, 10_000, 9_001, LineState.WATCH),
        (Metric.SALES, 10_000, 9_000, LineState.OFF_TRACK),  # -10 % is off track
        (Metric.SALES, 10_000, 12_000, LineState.ON_TRACK),
        (Metric.SALES, 0, 500, LineState.ON_TRACK),
        (Metric.EXPENSES, 10_000, 10_500, LineState.WATCH),  # expenses are behind when they are over
        (Metric.EXPENSES, 10_000, 11_000, LineState.OFF_TRACK),
        (Metric.EXPENSES, 10_000, 5_000, LineState.ON_TRACK),
    ],
)
def test_m1_2_watch_from_minus_five_percent_off_track_from_minus_ten(
    metric: Metric, target: int, actual: int, level: LineState
) -> None:
    assert rules.level(metric, target, actual, 5, 10) is level


def test_m1_2_a_target_of_nothing_is_not_divided_by() -> None:
    assert rules.variance_bp(0, 500) is None
    assert rules.variance_bp(10_000, 9_000) == -1_000


def test_m1_4_worked_example_600_of_price_and_1_000_of_volume() -> None:
    assert rules.split(4_000, 400_000, 3_000, 240_000) == Split(60_000, 100_000)
    assert rules.split(0, 400_000, 3_000, 240_000) is None


@given(st.integers(1, 10**6), st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 10**12))
def test_m1_4_price_and_volume_add_up_to_the_gap_exactly(units: int, fen: int, sold: int, got: int) -> None:
    found = rules.split(units, fen, sold, got)
    assert found is not None
    assert found.gap == fen - got
    # Each is within half a fen of the fraction it stands for.
    assert abs((found.price + got) * units * 2 - 2 * fen * sold) <= units


def test_m1_5_expenses_of_360_000_on_sales_of_4_500_000_are_8_percent() -> None:
    assert rules.ratio_bp(36_000_000, 450_000_000) == 800
    assert 800 - 750 == 50  # half a point over the planned 7.5 %
    assert rules.ratio_bp(1, 0) is None


def test_the_levels_are_settings() -> None:
    p = rules.MarketingPolicy()
    assert (p.watch_percent, p.off_percent) == (5, 10)
