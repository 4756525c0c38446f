"""The rhythm of following up: when is a sorted person called again, as what, and when is it enough? PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

HOUR = 3600


class Sorting(StrEnum):
    """The five ways in which a first talk ends (domain notes, 14b)."""

    BUYS_NOW = "buys_now"  # 立即购买: take the order and the payment
    INTERESTED = "interested"  # 有兴趣: speed it up
    CONSIDERING = "considering"  # 考虑、犹豫: talk; do not push the product at once
    NOT_NOW = "not_now"  # 近期不买: keep the relation, note the expected date, send material
    NEVER = "never"  # 肯定不买: learn why, keep the door open


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class Pace:
    """One line of the table of grades."""

    grade: Grade
    every_h: int
    """Hours between two talks."""
    rounds_max: int
    """So many follow-ups of this grade; what comes next is `then`."""
    tries_max: int
    """So many fruitless attempts on one follow-up; then it is enough."""
    then: Grade | None = None
    """The grade after the last round; None: the end."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands in the rhythm."""

    grade: Grade
    round: int
    """1 for the first follow-up of the grade."""


@dataclass(frozen=True, slots=True)
class Planned:
    standing: Standing
    rest_s: int


def after_talk(
    paces: Mapping[Grade, Pace], grade: Grade, before: Standing | None, own_rest_s: int | None = None
) -> Planned | None:
    """What follows a talk whose result sorts the person to `grade`; None: it was the last one.

    `before`: where they stood until this talk. `own_rest_s`: the result's own rest, which holds instead of the grade's
    as long as the grade is the result's.
    """
    standing = Standing(grade, before.round + 1 if before is not None and before.grade is grade else 1)
    for _ in Grade:
        pace = paces[standing.grade]
        if standing.round <= pace.rounds_max:
            own = own_rest_s if standing.grade is grade else None
            return Planned(standing, pace.every_h * HOUR if own is None else own)
        if pace.then is None:
            return None
        round_there = before.round + 1 if before is not None and before.grade is pace.then else 1
        standing = Standing(pace.then, round_there)
    return None  # grades that follow each other in a circle, all used up


def tried_enough(pace: Pace, tries: int) -> bool:
    """Whether `tries` fruitless attempts on one follow-up are enough."""
    return tries >= pace.tries_max
