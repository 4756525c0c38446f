"""Who can still be called before their last day, with how many agents, and who will be lost. PURE.

The calling hours are cut into steps of at most an hour. Leads are groups with the same first and last day; within a
group they are told apart by the attempts they have had. In a step the agents make `capacity` attempts: first what was
promised (callbacks and follow-ups), then the nearest last day, and there whoever was tried least, as the dialler does
(`schedule.rules.order_key`). What becomes of an attempt is taken in shares: so many come back after so long, in
another window if the campaign's retry table says so, so many are promised a call, and the rest are done with.

Everything is an expected value. What is left out, and said beside the answer: other time zones than the company's,
leads that will yet be added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

MAX_AGENTS = 5000
DEFAULT_CALLS_PER_HOUR = 6.0
"""Of one agent. From the worked example of the notes (backoffice 14): 62.5 % of the calls connect, 12 minutes of
talk each, half a minute of wrap-up, four fifths of the time busy: 60 × 0.8 / (0.625 × 12.5) = 6.1."""
DEFAULT_AGAIN = 0.375
"""Share of attempts after which the lead is to be called again: those that do not connect in the same example."""
_NOBODY = 0.5
"""Fewer than half a lead is none."""
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Group:
    """Open leads with the same days. `by_attempts[k]`: how many have been tried k times since their last talk."""

    first_day: date
    last_day: date
    by_attempts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of calling hours. `window`: which of the day's windows it lies in; seconds since midnight."""

    day: date
    window: int
    start_s: float
    end_s: float

    @property
    def hours(self) -> float:
        return (self.end_s - self.start_s) / 3600


@dataclass(frozen=True, slots=True)
class Return:
    """A share of the attempts after which the lead comes back."""

    share: float
    after_s: float = _DAY_S
    other_window: bool = False
    counts: bool = True
    """Whether the attempt uses up one of `attempts_max`."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What the agents get done, and what becomes of an attempt."""

    calls_per_hour: float = DEFAULT_CALLS_PER_HOUR
    returns: tuple[Return, ...] = (Return(DEFAULT_AGAIN),)
    promised: float = 0.0
    """Share of the attempts after which somebody waits for a call at a time of their own."""
    promised_after_days: int = 1
    attempts_max: int = 5
    first_calls_first: bool = False
    """Everybody once before anybody twice (`CallingRules.first_calls_first`)."""

    @property
    def again(self) -> float:
        return sum(one.share for one in self.returns)


@dataclass(frozen=True, slots=True)
class DayAhead:
    """One day, in leads and attempts (expected values)."""

    day: date
    is_open: bool
    callable: float
    """Leads whose days these are and that are not finished at its beginning."""
    becoming: float
    """Of these, those whose first day it is."""
    capacity: float
    """Attempts the agents can make."""
    first_calls: float
    """Leads called for the first time."""
    repeats: float
    promised: float
    """Callbacks and follow-ups kept."""
    expiring: float
    """Leads that end with this day although they were never called."""
    expiring_tried: float
    """Leads that end with this day, tried and not reached."""


@dataclass(frozen=True, slots=True)
class Forecast:
    days: tuple[DayAhead, ...]
    agents: float
    lost: float
    """Leads that will expire uncalled with these agents."""
    lost_anyway: float
    """Of these, those whom no number of agents saves: no open day is left to them."""
    agents_needed: int | None
    """Least number of agents with whom only `lost_anyway` are lost; None: more than MAX_AGENTS."""


_Counts = list[list[float]]
"""[k][w]: leads with k attempts, whom the window w - 1 is to avoid; w = 0: any window is right."""


@dataclass(slots=True)
class _Pool:
    """One group at work: who may be called now, and who comes back at which step."""

    group: Group
    ready: _Counts
    later: dict[int, _Counts] = field(default_factory=dict)
    over: float = 0.0
    """Tried ones who would come back after their last day."""

    def arrive(self, step: int) -> None:
        for due in [at for at in self.later if at <= step]:
            for mine, theirs in zip(self.ready, self.later.pop(due), strict=True):
                for w, n in enumerate(theirs):
                    mine[w] += n

    def callable(self, k: int, step: Step) -> list[int]:
        """Of those tried k times, whose turn the step's window is: on the last day every window is right."""
        last = step.day == self.group.last_day
        return [w for w, n in enumerate(self.ready[k]) if n > 0 and (last or w != step.window + 1)]

    def uncalled(self) -> float:
        return sum(self.ready[0])

    def tried(self) -> float:
        back = sum(sum(sum(row) for row in counts) for counts in self.later.values())
        return sum(sum(row) for row in self.ready[1:]) + back + self.over


class _Run:
    """One pass through the days with a number of agents."""

    def __init__(self, groups: Sequence[Group], steps: Sequence[Step], today: date, agents: float, pace: Pace) -> None:
        width = max(pace.attempts_max, 1)
        self._shape = (width, max((step.window for step in steps), default=0) + 2)
        self._pools = [_Pool(group, self._counts(group)) for group in sorted(groups, key=lambda g: g.last_day)]
        self._steps, self._agents, self._pace, self._today = steps, agents, pace, today
        self._middles = [(step.day - today).days * _DAY_S + (step.start_s + step.end_s) / 2 for step in steps]
        self._back: dict[tuple[int, int], int] = {}
        self._owed = 0.0
        self._owed_from: dict[date, float] = defaultdict(float)

    def _counts(self, group: Group | None = None) -> _Counts:
        width, windows = self._shape
        counts = [[0.0] * windows for _ in range(width)]
        for k, n in enumerate(group.by_attempts[:width] if group is not None else ()):
            counts[k][0] = n
        return counts

    def days(self, promised: Mapping[date, float]) -> tuple[DayAhead, ...]:
        for day, n in promised.items():
            self._owed_from[max(day, self._today)] += n
        end = max(pool.group.last_day for pool in self._pools)
        by_day = {day: list(part) for day, part in groupby(range(len(self._steps)), lambda i: self._steps[i].day)}
        found = []
        for ahead in range((end - self._today).days + 1):
            day = self._today + timedelta(days=ahead)
            found.append(self._day(day, by_day.get(day, [])))
        return tuple(found)

    def _day(self, day: date, steps: Sequence[int]) -> DayAhead:
        now = [pool for pool in self._pools if pool.group.first_day <= day <= pool.group.last_day]
        may_call = sum(pool.uncalled() + pool.tried() for pool in now)
        becoming = sum(pool.uncalled() + pool.tried() for pool in now if pool.group.first_day == day)
        self._owed += self._owed_from.pop(day, 0.0)
        capacity = first = repeats = kept_in_all = 0.0
        for step in steps:
            room = self._agents * self._steps[step].hours * self._pace.calls_per_hour
            capacity += room
            kept = min(self._owed, room)
            self._owed -= kept
            kept_in_all += kept
            self._promise(day, kept)
            # Whoever was promised a call and is not reached is promised it again.
            self._owed_from[day + timedelta(days=1)] += kept * min(1.0, self._pace.again)
            called, again = self._step(step, now, room - kept)
            first, repeats = first + called, repeats + again
        over = [pool for pool in now if pool.group.last_day == day]
        return DayAhead(
            day=day,
            is_open=bool(steps),
            callable=may_call,
            becoming=becoming,
            capacity=capacity,
            first_calls=first,
            repeats=repeats,
            promised=kept_in_all,
            expiring=sum(pool.uncalled() for pool in over),
            expiring_tried=sum(pool.tried() for pool in over),
        )

    def _step(self, step: int, now: Sequence[_Pool], room: float) -> tuple[float, float]:
        """Make `room` attempts. Returns (first calls, repeats)."""
        first = repeats = 0.0
        for pool in now:
            pool.arrive(step)
        here = self._steps[step]
        for pools, k in self._turns(now):
            may = [(pool, w) for pool in pools for w in pool.callable(k, here)]
            waiting = sum(pool.ready[k][w] for pool, w in may)
            if waiting <= 0 or room <= 0:
                continue
            share = min(1.0, room / waiting)
            room -= share * waiting
            for pool, w in may:
                tried = share * pool.ready[k][w]
                pool.ready[k][w] -= tried
                first, repeats = (first + tried, repeats) if k == 0 else (first, repeats + tried)
                self._after(step, pool, k, tried)
        return first, repeats

    def _turns(self, now: Sequence[_Pool]) -> list[tuple[list[_Pool], int]]:
        """Who goes before whom: leads of equal last day that were tried equally often (`schedule.rules.order_key`)."""
        days = [list(equals) for _, equals in groupby(now, key=lambda pool: pool.group.last_day)]
        found = [(pools, k) for pools in days for k in range(self._shape[0])]
        return sorted(found, key=lambda turn: turn[1] > 0) if self._pace.first_calls_first else found

    def _after(self, step: int, pool: _Pool, k: int, tried: float) -> None:
        self._promise(self._steps[step].day, tried)
        for no, back in enumerate(self._pace.returns):
            tries = k + 1 if back.counts or k == 0 else k
            if tries >= self._shape[0]:
                continue  # after the last attempt nobody comes back
            at = self._comes_back(step, no, pool.group.last_day)
            if at is None:
                pool.over += tried * back.share
            else:
                avoids = self._steps[step].window + 1 if back.other_window else 0
                pool.later.setdefault(at, self._counts())[tries][avoids] += tried * back.share

    def _promise(self, day: date, attempts: float) -> None:
        if self._pace.promised:
            self._owed_from[day + timedelta(days=self._pace.promised_after_days)] += attempts * self._pace.promised

    def _comes_back(self, step: int, no: int, last_day: date) -> int | None:
        """The first step, until `last_day`, at which somebody tried in `step` is rested."""
        back = self._pace.returns[no]
        at = self._back.get((step, no))
        if at is None:
            at = next(
                (
                    t
                    for t in range(step + 1, len(self._steps))
                    if self._middles[t] >= self._middles[step] + back.after_s
                ),
                len(self._steps),
            )
            self._back[step, no] = at
        return at if at < len(self._steps) and self._steps[at].day <= last_day else None


def run(
    groups: Sequence[Group],
    steps: Sequence[Step],
    promised: Mapping[date, float],
    today: date,
    agents: float,
    pace: Pace,
) -> tuple[DayAhead, ...]:
    """Day by day from `today` to the last day of the last group.

    `steps`: the calling hours left, in their order; days without are closed. `promised`: callbacks and follow-ups due.
    """
    if not groups:
        return ()
    return _Run(groups, steps, today, agents, pace).days(promised)


def lost_in(days: Sequence[DayAhead]) -> float:
    return sum(day.expiring for day in days)


def least(enough: Callable[[int], bool], most: int) -> int | None:
    """A whole number n ≤ `most` with enough(n) and not enough(n - 1); the least one when `enough` is monotonous."""
    high = 1
    while high < most and not enough(high):
        high *= 2
    high = min(high, most)
    if not enough(high):
        return None
    if enough(0):
        return 0
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high


def forecast(
    groups: Sequence[Group],
    steps: Sequence[Step],
    promised: Mapping[date, float],
    today: date,
    agents: float,
    pace: Pace,
) -> Forecast:
    """What happens with `agents`, and with how many nobody would be lost who can be saved."""
    days = run(groups, steps, promised, today, agents, pace)
    lost = lost_in(days)
    anyway = lost_in(run(groups, steps, promised, today, 1e9, pace))

    def saves_all(count: int) -> bool:
        return lost_in(run(groups, steps, promised, today, count, pace)) < anyway + _NOBODY

    return Forecast(days, agents, lost, anyway, least(saves_all, MAX_AGENTS))
