"""When the day's work begins and what failed is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backoffice.nightly.rules import LOOK_EVERY, MOST_TRIES, RETRY, due, is_open, next_look

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("state", "tries", "ago", "expected"),
    [
        (None, 0, None, True),
        ("done", 1, timedelta(hours=9), False),
        ("failed", 1, RETRY - timedelta(seconds=1), False),
        ("failed", 1, RETRY, True),
        ("failed", MOST_TRIES, timedelta(hours=9), False),
    ],
)
def test_a_job_is_due_once_a_day_and_again_when_it_failed(
    state: str | None, tries: int, ago: timedelta | None, expected: bool
) -> None:
    now = local(9, 12, 0)
    assert due(state, tries, now - ago if ago else None, now) is expected


def test_the_day_opens_ten_minutes_after_midnight_of_the_company() -> None:
    assert not is_open(local(9, 0, 9), SHANGHAI)
    assert is_open(local(9, 0, 10), SHANGHAI)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(9, 0, 3), local(9, 0, 10)),  # the opening comes first
        (local(9, 0, 10), local(9, 0, 10) + LOOK_EVERY),
        (local(9, 23, 59), local(9, 23, 59) + LOOK_EVERY),
    ],
)
def test_the_next_look(now: datetime, expected: datetime) -> None:
    assert next_look(now, SHANGHAI) == expected
