"""When agents on a break are counted on again."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from campaigns.dialer.returns import ENOUGH, ENOUGH_OWN, Returns, due_after, shift_end

LI, WANG = UUID(int=1), UUID(int=2)
TEN_MINUTES = [600.0, 610.0, 620.0, 590.0, 605.0]
MEALS = [1800.0 + 10.0 * n for n in range(ENOUGH)]


@pytest.mark.parametrize(
    ("elapsed_s", "own", "all_", "due"),
    [
        (60.0, TEN_MINUTES, [], 620.0),  # nearly all were over by then
        (60.0, TEN_MINUTES, MEALS, 620.0),  # their own speak first
        (60.0, TEN_MINUTES[: ENOUGH_OWN - 1], [], None),  # too few
        (60.0, TEN_MINUTES[: ENOUGH_OWN - 1], MEALS, 1960.0),  # then everybody's
        (606.0, TEN_MINUTES, [], None),  # most of theirs were over by now: what is left says little
        (5000.0, TEN_MINUTES, MEALS, None),  # longer than any
        (-3.0, TEN_MINUTES, [], 620.0),
        (60.0, [], [], None),
    ],
)
def test_a_return_is_told_when_such_breaks_were_nearly_all_over_by_then(
    elapsed_s: float, own: list[float], all_: list[float], due: float | None
) -> None:
    assert due_after(elapsed_s, own, all_) == due


def test_breaks_are_kept_apart_by_agent_and_reason() -> None:
    returns = Returns()
    returns.take(
        [
            *((LI, "short_break", s) for s in TEN_MINUTES),
            *((WANG, "meal", s) for s in MEALS),
        ]
    )
    assert returns.due(LI, "short_break", 1000.0, 1060.0) == 1620.0
    assert returns.due(LI, "meal", 1000.0, 1060.0) == 2960.0  # of all
    assert returns.due(WANG, "short_break", 1000.0, 1060.0) is None
    assert returns.due(WANG, "training", 1000.0, 1060.0) is None


@pytest.mark.parametrize(
    ("clock_time", "local_now", "ends"),
    [
        ("17:30", "10:00", "17:30"),
        ("17:30", "17:29", "17:30"),
        ("17:30", "17:30", None),  # who is still there works on
        ("17:30", "18:10", None),
        ("", "10:00", None),
    ],
)
def test_the_end_of_the_shift_is_today_in_the_companys_time(clock_time: str, local_now: str, ends: str | None) -> None:
    def at(clock: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-09T{clock}:00+08:00")

    found = shift_end(clock_time, at(local_now).astimezone(UTC), ZoneInfo("Asia/Shanghai"))
    assert found == (None if ends is None else at(ends))
