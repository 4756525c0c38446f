"""Pure judgement about caller numbers: what their figures say, when one rests, which one is next.

A number that people no longer answer, decline, or hang up on at once is often marked as a nuisance by their
telephones: it is left alone for a while. The figures are compared with those of all our numbers in the same days, so
that a bad hour or a bad list does not send every number to rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

_Z = 1.96
"""One-sided, 97.5 %: how sure we are that a number is worse than the others, before it is sent to rest."""


class RestWhy(StrEnum):
    """RestWhy a number rests."""

    COMPLAINTS = "complaints"
    FEW_ANSWERS = "few_answers"
    DECLINED = "declined"
    SHORT_CALLS = "short_calls"
    BY_HAND = "by_hand"


class SignKind(StrEnum):
    """What was heard of a number from outside."""

    COMPLAINT = "complaint"  # somebody complained of calls from it
    MARKED = "marked"  # telephones show it as a nuisance
    BLOCKED = "blocked"  # a telephone company says that it blocks it


@dataclass(frozen=True, slots=True)
class Policy:
    """`days`: how far back is looked; `rest_hours`: how long a number rests; the others: see `judge`, `choose`."""

    days: int = 7
    least_calls: int = 50
    answer_share: float = 0.6
    declined_share: float = 0.2
    short_share: float = 0.3
    short_s: float = 6.0
    signs: int = 2
    """Complaints and the like within `days` that are too many; 0: they are only counted."""
    rest_hours: float = 48.0
    keep_days: int = 90
    """Whom we talked with from a number within so many days is called from it again; 0: everybody by turns."""
    local_presence: bool = False
    """Whether a number of the called person's own region is preferred."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one number (or of all) in some days.

    `answered`: by a person, or by nobody knows whom. `short`: talked with an agent, and the customer hung up within
    `short_s` of the answer. `declined`: refused before an answer, by the person, their telephone or the network.
    `signs`: see SignKind.
    """

    calls: int = 0
    answered: int = 0
    short: int = 0
    declined: int = 0
    signs: int = 0

    @property
    def answer_rate(self) -> float | None:
        return self.answered / self.calls if self.calls else None

    @property
    def short_rate(self) -> float | None:
        return self.short / self.answered if self.answered else None

    @property
    def declined_rate(self) -> float | None:
        return self.declined / self.calls if self.calls else None


def total(figures: Mapping[str, Figures]) -> Figures:
    each = figures.values()
    return Figures(
        sum(f.calls for f in each),
        sum(f.answered for f in each),
        sum(f.short for f in each),
        sum(f.declined for f in each),
        sum(f.signs for f in each),
    )


def bounds(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share: what `count` out of `of` leaves possible. (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = count / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def judge(mine: Figures, of_all: Figures, policy: Policy) -> RestWhy | None:
    """Whether a number should rest.

    Complaints and the like: `signs` of them are enough, however few its calls are. The others need `least_calls` calls,
    and a difference from all numbers together that chance does not explain. Few answers: its answer rate is below
    `answer_share` of theirs. Declined, short calls: at least that share of its calls (of its answered calls).
    """
    if policy.signs and mine.signs >= policy.signs:
        return RestWhy.COMPLAINTS
    if mine.calls < max(policy.least_calls, 1):
        return None
    rate = of_all.answer_rate or 0.0
    if mine.answered / mine.calls < policy.answer_share * rate and bounds(mine.answered, mine.calls)[1] < rate:
        return RestWhy.FEW_ANSWERS
    if _too_many(mine.declined, mine.calls, policy.declined_share, of_all.declined_rate):
        return RestWhy.DECLINED
    if _too_many(mine.short, mine.answered, policy.short_share, of_all.short_rate):
        return RestWhy.SHORT_CALLS
    return None


def _too_many(count: int, of: int, share: float, usual: float | None) -> bool:
    return of > 0 and count > 0 and count / of >= share and bounds(count, of)[0] > (usual or 0.0)


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller number as the choice sees it. `prefix`: of the numbers it is local to, as in +8653; empty: none."""

    number: str
    calls_today: int = 0
    daily_cap: int = 0
    """Calls a day; 0: as many as there are."""
    prefix: str = ""
    rests_until: datetime | None = None
    active: bool = True


def room(caller: Caller, now: datetime) -> int | None:
    """How many calls may be made from it now; None: as many as there are."""
    if not caller.active or (caller.rests_until is not None and caller.rests_until > now):
        return 0
    return max(0, caller.daily_cap - caller.calls_today) if caller.daily_cap else None


def room_of(callers: Sequence[Caller], now: datetime) -> int | None:
    """The same of all together."""
    each = [room(one, now) for one in callers]
    return None if None in each else sum(one for one in each if one is not None)


def choose(callers: Sequence[Caller], to_number: str, now: datetime, policy: Policy, usual: str = "") -> Caller | None:
    """The number to call from; None when none may be used.

    Of those that may: `usual`, the one from which the person was talked with, which they know and call back; else
    local ones first (the longest prefix), where that is wanted; then the one with the fewest calls today, so that they
    take turns; then by the number itself.
    """
    free = [caller for caller in callers if room(caller, now) != 0]
    if not free:
        return None

    def order(caller: Caller) -> tuple[bool, int, int, str]:
        local = policy.local_presence and caller.prefix != "" and to_number.startswith(caller.prefix)
        return (caller.number != usual, -len(caller.prefix) if local else 0, caller.calls_today, caller.number)

    return min(free, key=order)


def used(callers: Sequence[Caller], number: str) -> list[Caller]:
    """The same numbers after one more call from `number`."""
    return [replace(one, calls_today=one.calls_today + 1) if one.number == number else one for one in callers]


def rests_until(now: datetime, policy: Policy) -> datetime:
    return now + timedelta(hours=policy.rest_hours)


@dataclass(frozen=True, slots=True)
class Standing:
    """A number with what its figures ask for. `queue`: whose it is; empty: everybody's."""

    number: str
    figures: Figures
    why: RestWhy | None
    queue: str
    awake: bool
    """Whether it may be called from, but for its daily cap."""


def to_rest(numbers: Sequence[Standing]) -> list[Standing]:
    """Who is sent to rest, the worst first. The last one awake of a campaign or of everybody's stays: the figures
    compare numbers with each other, and it is for people to decide that nobody is called. Complaints know no such
    mercy.
    """
    awake: dict[str, int] = {}
    for one in numbers:
        awake[one.queue] = awake.get(one.queue, 0) + one.awake
    sent = []
    for one in sorted(numbers, key=lambda s: (s.why is not RestWhy.COMPLAINTS, s.figures.answer_rate or 0.0, s.number)):
        if one.why is None or not one.awake or (awake[one.queue] < 2 and one.why is not RestWhy.COMPLAINTS):
            continue
        awake[one.queue] -= 1
        sent.append(one)
    return sent
