"""Pure judgement about recordings: who may hear one, how long it is kept, which part is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})", re.ASCII)

AGAIN_S = (10.0, 30.0, 120.0, 600.0, 3600.0)
"""Pauses between the tries to fetch a recording; the last one repeats."""
GIVE_UP = timedelta(days=7)
"""After so long the carrier is not asked any more: it has no recording of this call."""


@dataclass(frozen=True, slots=True)
class Hearing:
    allowed: bool
    why: str


def may_hear(*, leads: bool, own: bool, agents_may: bool) -> Hearing:
    """`leads`: a supervisor or administrator; `own`: it is the agent's own call; `agents_may`: the campaign's rule."""
    if leads:
        return Hearing(True, "supervisor")
    if own and agents_may:
        return Hearing(True, "own_call")
    return Hearing(False, "agents_may_not" if own else "not_yours")


def deletion_due(began_at: datetime, retention_days: int, now: datetime, *, kept_for: str | None) -> bool:
    """Whether its time is over. What is kept for a reason (a complaint, a dispute) stays until that is taken back."""
    return kept_for is None and now >= began_at + timedelta(days=retention_days)


def next_try(tries: int, ended_at: datetime, now: datetime) -> datetime | None:
    """When to ask the carrier again after `tries` fruitless ones; None: give up."""
    if now >= ended_at + GIVE_UP:
        return None
    return now + timedelta(seconds=AGAIN_S[min(max(tries, 1), len(AGAIN_S)) - 1])


@dataclass(frozen=True, slots=True)
class Part:
    first: int
    length: int


def part_of(header: str | None, size: int) -> Part | None:
    """The one range of bytes that is asked for (RFC 9110, 14.2); None: the whole.

    Several ranges, other units and what makes no sense are answered with the whole, as the RFC allows.

    Raises:
        ValueError: there is no such part.
    """
    found = _RANGE.fullmatch(header.strip()) if header is not None else None
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        if length == 0:
            raise ValueError("nothing is asked for")
        return Part(size - length, length)
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise ValueError("behind the end")
    return Part(first, last - first + 1)
