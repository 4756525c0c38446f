"""Claiming leads of several campaigns in turn for the agents of one (campaigns/mix says whose turn it is)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from callcenter.kit.db import Session
from campaigns.dialer.answering import Desk, Desks
from campaigns.leads import service as leads
from campaigns.mix import service as mix
from campaigns.mix.models import MixPart
from campaigns.mix.rules import levels, turns
from campaigns.plans.models import Campaign, CampaignState

Room = Callable[[Campaign], Awaitable[int | None]]
"""For how many calls of a campaign there is a caller number; None: for as many as there are leads."""
Write = Callable[[Desk, Sequence[leads.Claimed]], Awaitable[None]]
"""Writes the attempts of claimed leads; at once, so that the next claim knows of them."""


async def claim_in_turn(
    session: Session,
    desks: Desks,
    host: Desk,
    limit: int,
    now: datetime,
    room: Room,
    write: Write,
    *,
    for_agent: UUID | None = None,
) -> int:
    """Claim up to `limit` leads for the agents of `host` and have their attempts written. Returns how many.

    Promised calls go first, whichever list they are of, and count for no share. The rest goes by priority, within one
    priority by shares; what a list cannot give, the others of its priority give.
    """
    rows = await mix.parts(session, host.campaign.id)
    if not rows:
        limit = _least(limit, await room(host.campaign))
        claimed = await leads.claim(session, host.campaign, host.rules, now, limit, for_agent=for_agent)
        await write(host, claimed)
        return len(claimed)
    taker = _Taker(session, now, room, write, for_agent)
    taking: list[MixPart] = []
    for row in rows:
        desk = host if row.campaign_id == host.campaign.id else await desks.fresh(session, row.campaign_id)
        if desk.campaign.state == CampaignState.OPEN.value:
            taker.desks[row.campaign_id] = desk
            taking.append(row)
    left = limit
    for row in taking:
        left -= await taker.take(row, left, promised=True)
    for level in levels([mix.plain(row) for row in taking]):
        ids = [one.campaign_id for one in level]
        left -= await taker.level([row for row in taking if row.campaign_id in ids], left)
    await session.flush()
    return limit - left


async def may_call(session: Session, desks: Desks, host: Desk, room: Room) -> bool:
    """Whether there is a caller number for the campaign, or for any that shares its agents."""
    if await room(host.campaign) != 0:
        return True
    for row in await mix.parts(session, host.campaign.id):
        desk = await desks.get(session, row.campaign_id)
        if desk.campaign.state == CampaignState.OPEN.value and await room(desk.campaign) != 0:
            return True
    return False


def _least(limit: int, room: int | None) -> int:
    return limit if room is None else min(limit, room)


class _Taker:
    """One launch: takes from lists what they can give."""

    def __init__(self, session: Session, now: datetime, room: Room, write: Write, for_agent: UUID | None) -> None:
        self.desks: dict[UUID, Desk] = {}
        self._session = session
        self._now = now
        self._room = room
        self._write = write
        self._for_agent = for_agent

    async def take(self, row: MixPart, limit: int, *, promised: bool = False) -> int:
        desk = self.desks[row.campaign_id]
        if limit > 0:
            limit = _least(limit, await self._room(desk.campaign))
        if limit <= 0:
            return 0
        claimed = await leads.claim(
            self._session, desk.campaign, desk.rules, self._now, limit, for_agent=self._for_agent, promised=promised
        )
        await self._write(desk, claimed)
        return len(claimed)

    async def level(self, rows: list[MixPart], limit: int) -> int:
        """Take up to `limit` leads of the lists of one priority, by their shares. Returns how many."""
        taken = await self._ask_dry_ones(rows, limit)
        while taken < limit:
            able = [row for row in rows if not row.dry]
            if not able:
                break
            planned = turns([mix.plain(row) for row in able], limit - taken)
            for row, wanted in zip(able, planned, strict=True):
                got = await self.take(row, wanted)
                row.given += got
                row.dry = got < wanted
                taken += got
            if not any(row.dry for row in able):
                break
            _new_round(rows)
        return taken

    async def _ask_dry_ones(self, rows: list[MixPart], limit: int) -> int:
        """Who had nobody at the last look may have somebody now: they are back in turn, in a new round."""
        back: list[MixPart] = []
        for row in rows:
            if row.dry and len(back) < limit and await self.take(row, 1):
                back.append(row)
        if back:
            _new_round(rows)
            for row in back:
                row.dry, row.given = False, 1
        return len(back)


def _new_round(rows: list[MixPart]) -> None:
    for row in rows:
        row.given = 0
