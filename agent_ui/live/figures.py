"""The gauges of open campaigns, computed once a second for all boards of this process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from agent_ui.live.protocol import BoardNotice, CampaignFigures, PacingView
from backoffice.orders import service as orders
from callcenter.kit.db import Session
from campaigns.plans import figures as campaign_figures
from campaigns.plans import service as plans

_STALE_S = 5.0
"""Seconds of the clock (times its speed) after which a worker's last word about its carrier counts as none."""
_OLD_S = 2.0


class Figures:
    def __init__(self, zone: ZoneInfo, *, simulated: bool, carrier: str, speed: float) -> None:
        self._zone = zone
        self._carrier = carrier
        self._speed = speed
        self.simulated = simulated
        self.latest: Mapping[UUID, CampaignFigures] = {}
        self._refreshed_at: datetime | None = None
        self._pacing: dict[UUID, Mapping[str, Any]] = {}

    async def hear_pacing(self, body: bytes) -> None:
        told = orjson.loads(body)
        self._pacing[UUID(told["campaign_id"])] = told

    async def refresh_when_old(self, session: Session, now: datetime) -> None:
        """For a snapshot: nobody may have looked for a while, so nothing was computed."""
        old = self._refreshed_at is None or (now - self._refreshed_at).total_seconds() > _OLD_S * self._speed
        if old:
            await self.refresh(session, now)

    async def refresh(self, session: Session, now: datetime) -> None:
        self._refreshed_at = now
        open_ones = await plans.open_campaigns(session)
        ids = [c.id for c in open_ones]
        figures = await campaign_figures.figures(session, ids, now, self._zone)
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        sold = await orders.totals_by_channel(session, ids, since=midnight)
        latest: dict[UUID, CampaignFigures] = {}
        for campaign in open_ones:
            told = self._pacing.get(campaign.id)
            count, fen = sold.get(campaign.id, (0, 0))
            fresh = told is not None and self._is_fresh(told, now)
            latest[campaign.id] = CampaignFigures(
                campaign_id=campaign.id,
                name=campaign.name,
                state=campaign.state,
                mode=campaign.mode,
                as_of=now,
                abandonment_limit=campaign.target_abandonment,
                orders=count,
                orders_fen=fen,
                pacing=_pacing_view(told) if told is not None and fresh else None,
                carrier=self._carrier,
                carrier_connected=bool(told is not None and fresh and told["carrier_connected"]),
                simulated=self.simulated,
                warnings=[BoardNotice(code=one.code, zh=one.zh, en=one.en) for one in figures[campaign.id].warnings],
                **figures[campaign.id].shown(),
            )
        self.latest = latest

    def _is_fresh(self, told: Mapping[str, Any], now: datetime) -> bool:
        return (now - datetime.fromisoformat(told["at"])).total_seconds() < _STALE_S * max(1.0, self._speed)


def _pacing_view(told: Mapping[str, Any]) -> PacingView:
    return PacingView(
        at=datetime.fromisoformat(told["at"]),
        launch=told["launch"],
        held_back_by=told["held_back_by"],
        zh=told["zh"],
        en=told["en"],
    )
