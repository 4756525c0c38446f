"""PURE: when a job of the day is due, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from backoffice.kit.words import words

OPENS = time(0, 10)
"""Local time from which the day's work is done."""
RETRY = timedelta(minutes=30)
MOST_TRIES = 5
LOOK_EVERY = timedelta(minutes=10)


class RunState(StrEnum):
    DONE = "done"
    FAILED = "failed"


words(failed=("失败", "failed"))


def due(state: str | None, tries: int, last_at: datetime | None, now: datetime) -> bool:
    """Whether a job of this day is to be run now: never run, or failed some time ago and not too often."""
    if state is None or last_at is None:
        return True
    return state == RunState.FAILED and tries < MOST_TRIES and now - last_at >= RETRY


def is_open(now: datetime, zone: ZoneInfo) -> bool:
    """Whether the day's work may begin: just after midnight the day is still settling."""
    return now.astimezone(zone).time() >= OPENS


def next_look(now: datetime, zone: ZoneInfo) -> datetime:
    """The next instant to look: the opening of the next day, or earlier, for what failed."""
    local = now.astimezone(zone)
    opening = datetime.combine(local.date(), OPENS, zone)
    if opening <= local:
        opening += timedelta(days=1)
    return min(opening, now + LOOK_EVERY)
