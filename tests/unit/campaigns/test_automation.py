"""When a rule of a campaign fires: at the moment its conditions begin to hold."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaigns.automation.rules import Comparison, Condition, Metric, clock_figures, judge, progress, share

NINETY = Condition(Metric.PROGRESS, Comparison.AT_LEAST, 90)
FEW = Condition(Metric.AGENTS, Comparison.AT_MOST, 2)


@pytest.mark.parametrize(
    ("seen", "held", "fires", "holds"),
    [
        (89.9, False, False, False),
        (90.0, False, True, True),  # the boundary belongs to the rule
        (95.0, True, False, True),  # it held before: done already
        (80.0, True, False, False),  # and may fire again later
    ],
)
def test_a_rule_fires_when_its_conditions_begin_to_hold(seen: float, held: bool, fires: bool, holds: bool) -> None:
    found = judge([NINETY], {Metric.PROGRESS: seen}, held=held)
    assert (found.fires, found.holds) == (fires, holds)
    assert found.because == (f"progress {seen:g} (at_least 90)",)


def test_all_conditions_must_hold() -> None:
    assert judge([NINETY, FEW], {Metric.PROGRESS: 91, Metric.AGENTS: 2}, held=False).fires
    assert not judge([NINETY, FEW], {Metric.PROGRESS: 91, Metric.AGENTS: 3}, held=False).fires
    assert not judge([], {}, held=False).fires


def test_the_clock_is_the_installations() -> None:
    seen = clock_figures(datetime(2026, 3, 8, 17, 59, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    assert seen == {Metric.MINUTE_OF_DAY: 119, Metric.WEEKDAY: 1, Metric.DATE: 20260309}


def test_shares_of_nothing() -> None:
    assert (progress(0, 0), progress(200, 50), share(0, 0), share(3, 100)) == (0.0, 75.0, 0.0, 3.0)
