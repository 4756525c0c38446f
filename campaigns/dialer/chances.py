"""Which of a campaign's leads are likelier to answer: learned from its own calls, told to the pacer with each call.

The judgement is callcenter.pacing.answer_chances. Here is what a campaign calls a list: the campaign (where several
share the same agents) with the list its customer came from; the hour is the customer's own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.domain.call import AnsweredBy, Outcome
from callcenter.kit.db import Session
from callcenter.pacing import DialEnded, DialOutcome
from callcenter.pacing.answer_chances import AnswerChances, Group, groups_of
from callcenter.pacing.estimators import PRIOR_CHANCE
from campaigns.dialer.answering import Desk
from campaigns.leads import repository as lead_rows
from campaigns.leads import service as leads
from campaigns.mix import repository as mix_rows
from campaigns.mix import service as mix
from campaigns.mix.rules import levels, turns
from campaigns.schedule.rules import order_key, window_opens
from campaigns.schedule.windows import local_date

NEXT_LEADS = 10
"""So many of the next leads are looked at for the chance of the calls that would be launched now."""
MOST_FLYING = 20_000
SCORE_STEP, LOWEST_SCORE, HIGHEST_SCORE = 10, -50, 200
_TOLD_NOTHING = (Outcome.SKIPPED.value, Outcome.CANCELLED.value)

# In flight, too: a worker that starts in mid-shift hears their ends.
_CALLS = text(
    "SELECT c.id, c.queue_id, c.attempt_no, c.created_at, c.state, c.outcome, c.answered_at, c.answered_by,"
    " c.connected_at, k.source, l.timezone, l.score FROM calls c JOIN leads l ON l.id = c.subject_id"
    " JOIN customers k ON k.id = c.customer_id"
    " WHERE ((c.queue_id = :queue AND c.agents_of IS NULL) OR c.agents_of = :queue) AND c.created_at >= :since"
    " ORDER BY c.created_at"
)


def groups(
    list_id: UUID, source: str, timezone: str, attempt_no: int, score: int, now: datetime, zone: ZoneInfo | None = None
) -> tuple[Group, ...]:
    """What sets this call apart from others of the same agents."""
    hour = now.astimezone(zone or ZoneInfo(timezone)).hour
    band = min(max(score, LOWEST_SCORE), HIGHEST_SCORE) // SCORE_STEP
    return groups_of(f"{list_id.hex} {source}", hour, attempt_no - 1, band)


class Chances:
    """What one campaign's loop has learned of who answers."""

    def __init__(self) -> None:
        self._known = AnswerChances()
        self._flying: OrderedDict[UUID, tuple[Group, ...]] = OrderedDict()

    @classmethod
    async def learned(cls, session: Session, queue_id: UUID, since: datetime) -> Chances:
        """From the calls since then."""
        made = cls()
        for row in (await session.execute(_CALLS, {"queue": queue_id, "since": since})).all():
            made._take(row)
        return made

    def _take(self, row: Any) -> None:
        found = groups(row.queue_id, row.source, row.timezone, row.attempt_no, row.score, row.created_at)
        if row.state != "ended":
            self._fly(row.id, found)
        elif row.outcome not in _TOLD_NOTHING:
            machine = row.answered_by == AnsweredBy.MACHINE.value and row.connected_at is None
            self._known.learn(found, row.answered_at is not None and not machine)

    def tell(self, call_id: UUID, list_id: UUID, one: leads.Claimed, now: datetime) -> float | None:
        """The chance of a call that is about to be launched, as the pacer wants it; its end will be learned."""
        lead = one.lead
        found = groups(list_id, one.customer.source, lead.timezone, one.attempt_no, lead.score, now)
        self._fly(call_id, found)
        return self._known.chance(found)

    def learn(self, call_id: UUID, event: DialEnded) -> None:
        """A call stopped ringing."""
        found = self._flying.pop(call_id, None)
        if found is not None and event.outcome is not DialOutcome.CANCELLED:
            self._known.learn(found, event.outcome is DialOutcome.LIVE)

    def _fly(self, call_id: UUID, found: tuple[Group, ...]) -> None:
        self._flying[call_id] = found
        while len(self._flying) > MOST_FLYING:
            self._flying.popitem(last=False)

    async def next(self, session: Session, host: Desk, now: datetime) -> float | None:
        """The mean chance of those who would be called next, of all lists whose turn it is; None: like all others.

        Promised calls go before and are not looked at: they are few.
        """
        if not self._known.tells_apart:
            return None
        chances = [
            self._known.chance(found)
            for list_id, count in await _shares(session, host.campaign.id)
            for found in await _front(session, host, list_id, count, now)
        ]
        if all(one is None for one in chances):
            return None
        return sum(PRIOR_CHANCE if one is None else one for one in chances) / len(chances)


async def _shares(session: Session, host_id: UUID) -> list[tuple[UUID, int]]:
    """How many of the next calls come from each list."""
    rows = await mix_rows.of_host(session, host_id)
    for level in levels([mix.plain(row) for row in rows]):
        able = [one for one in level if not one.dry]
        if able:
            counts = turns(able, NEXT_LEADS)
            return [(one.campaign_id, count) for one, count in zip(able, counts, strict=True) if count]
    return [(host_id, NEXT_LEADS)]


async def _front(session: Session, host: Desk, list_id: UUID, count: int, now: datetime) -> Sequence[tuple[Group, ...]]:
    """The first `count` leads of a list, by what sets them apart; nothing is locked."""
    span = timedelta(days=host.rules.days_to - host.rules.days_from)
    found: list[Any] = []
    for name in await lead_rows.zones_of(session, list_id):
        here = ZoneInfo(name)
        if window_opens(host.rules, now, here) == now:
            today = local_date(now, here)
            found += await lead_rows.peek(session, list_id, name, today, today + span, count)
    found.sort(
        key=lambda row: order_key(
            callback_at=None, last_day=row.last_day, attempts=row.attempts, score=row.score, now=now
        )
    )
    return [groups(list_id, r.source, r.timezone, r.call_no + 1, r.score, now) for r in found[:count]]
