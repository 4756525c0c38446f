"""Caller numbers: which one is next, which ones are sent to rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.kit.clock import midnight_of
from callcenter.kit.db import Session
from callcenter.lines import repository, rules
from callcenter.lines.models import CallerNumber
from callcenter.lines.rules import Caller, Figures, Policy, RestWhy

COUNTED_EVERY = timedelta(seconds=10)
"""How old the count of today's calls may be: so long, other workers' calls are not yet in it."""


@dataclass
class Pool:
    """The numbers that a campaign may call from in one transaction. `counts` goes on counting what was chosen."""

    own: str
    """For a campaign that has no others."""
    policy: Policy = field(default_factory=Policy)
    rows: Sequence[CallerNumber] = ()
    counts: dict[str, int] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)
    """From which number a person was talked with, by theirs."""

    def _callers(self) -> list[Caller]:
        return [
            Caller(row.number, self.counts.get(row.number, 0), row.daily_cap, row.prefix, row.rests_until, row.active)
            for row in self.rows
        ]

    def room(self, now: datetime) -> int | None:
        """How many calls may be made; None: as many as there are."""
        return rules.room_of(self._callers(), now) if self.rows else None

    def next(self, to_number: str, now: datetime) -> str | None:
        """The number to call from, counted; None: all of them rest, or have had their calls for today."""
        if not self.rows:
            return self.own
        chosen = rules.choose(self._callers(), to_number, now, self.policy, self.usual.get(to_number, ""))
        if chosen is None:
            return None
        self.counts[chosen.number] = chosen.calls_today + 1
        return chosen.number


class Callers:
    """What a worker remembers between two choices: how often each number was used today."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._counts: dict[str, int] = {}
        self._counted_at: datetime | None = None

    async def pool(self, session: Session, queue_id: UUID, own: str, now: datetime) -> Pool:
        """What rests is read anew each time: nobody is called from a number that was sent to rest."""
        rows = await repository.of_queue(session, queue_id, own)
        if not rows:
            return Pool(own)
        await self._count(session, now)
        return Pool(own, await repository.policy(session), rows, self._counts)

    async def known(self, session: Session, pool: Pool, to_numbers: Sequence[str], now: datetime) -> None:
        """Let the pool know from which number these people were talked with."""
        if pool.rows and pool.policy.keep_days:
            pool.usual = await repository.usual(session, to_numbers, now - timedelta(days=pool.policy.keep_days))

    async def _count(self, session: Session, now: datetime) -> None:
        today = midnight_of(now, self._zone)
        if self._counted_at is None or now - self._counted_at >= COUNTED_EVERY or self._counted_at < today:
            self._counts = await repository.calls_since(session, today)
            self._counted_at = now


async def standing(session: Session, now: datetime) -> tuple[dict[str, Figures], Figures, Policy]:
    """Figures of each number in the days that are looked at, of all together, and the rule."""
    policy = await repository.policy(session)
    figures = await repository.figures(session, now - timedelta(days=policy.days), policy.short_s)
    return figures, rules.total(figures), policy


async def send_to_rest(session: Session, now: datetime) -> list[tuple[str, RestWhy]]:
    """End rests that are over, and begin those that the figures ask for. Returns who rests from now on, and why."""
    rows = {row.number: row for row in await repository.numbers(session, lock=True)}
    if not rows:
        return []
    for row in rows.values():
        if row.rests_until is not None and row.rests_until <= now:
            wake(row, now)
    await session.flush()
    figures, of_all, policy = await standing(session, now)
    standings = []
    for number, row in rows.items():
        mine = figures.get(number, Figures())
        awake = row.active and row.rests_until is None
        queue = "" if row.queue_id is None else str(row.queue_id)
        standings.append(rules.Standing(number, mine, rules.judge(mine, of_all, policy), queue, awake))
    sent = []
    for one in rules.to_rest(standings):
        assert one.why is not None
        rest(rows[one.number], rules.rests_until(now, policy), one.why)
        sent.append((one.number, one.why))
    await session.flush()
    return sent


def rest(row: CallerNumber, until: datetime, why: RestWhy) -> None:
    row.rests_until, row.rest_why = until, why.value
    row.version += 1


def wake(row: CallerNumber, now: datetime) -> None:
    """It may be used again, and its figures begin anew."""
    row.rests_until = row.rest_why = None
    row.counts_from = now
    row.version += 1
