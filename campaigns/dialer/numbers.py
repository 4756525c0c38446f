"""From which of our numbers calls are made: the choice of callcenter/lines, for the campaigns of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from callcenter.kit.db import Session
from callcenter.lines.service import Callers, Pool
from campaigns.plans.models import Campaign


class Numbers:
    """What is chosen in one transaction; calls chosen by one campaign are counted for the others."""

    def __init__(self, session: Session, callers: Callers, now: datetime) -> None:
        self._session = session
        self._callers = callers
        self._now = now
        self._pools: dict[UUID, Pool] = {}

    async def _pool(self, campaign: Campaign) -> Pool:
        known = self._pools.get(campaign.id)
        if known is None:
            known = await self._callers.pool(self._session, campaign.id, campaign.from_number, self._now)
            self._pools[campaign.id] = known
        return known

    async def room(self, campaign: Campaign) -> int | None:
        """How many calls of the campaign may be begun; None: as many as there are."""
        return (await self._pool(campaign)).room(self._now)

    async def choose(self, campaign: Campaign, to_numbers: Sequence[str]) -> list[str]:
        """From which number each is called. There has to be `room` for so many."""
        pool = await self._pool(campaign)
        await self._callers.known(self._session, pool, to_numbers, self._now)
        chosen = [pool.next(number, self._now) for number in to_numbers]
        if None in chosen:
            raise ValueError("more calls than there is room for on the campaign's numbers")
        return [number for number in chosen if number is not None]
