"""The gauges of open campaigns, computed once a second for all boards of this process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from agent_ui.live.protocol import BoardNotice, CampaignFigures, CarrierView, PacingView
from backoffice.orders import service as orders
from callcenter.calls import repository as call_rows
from callcenter.kit.clock import midnight_of
from callcenter.kit.db import Session
from callcenter.telephony.health import rules as health_rules
from callcenter.telephony.health import service as health
from callcenter.telephony.health.models import CarrierHealth
from callcenter.telephony.health.rules import Circuit, Trouble
from campaigns.plans import figures as campaign_figures
from campaigns.plans import service as plans

_STALE_S = 5.0
"""Seconds of the clock (times its speed) after which a worker's last word about its carrier counts as none."""
_OLD_S = 2.0
_IN_DOUBT_AFTER_S = 3.0
"""Real seconds: a call of which nothing is heard for so long after it was asked for is in doubt."""

UNHEARD = CarrierView(
    circuit="unheard",
    trouble=None,
    since=None,
    next_look_at=None,
    in_doubt=0,
    zh="没有拨号程序在运行，因此不会发起任何呼叫。请启动 `callcenter worker`。",
    en="No worker is running, so that nobody is called. Start `callcenter worker`.",
)


class Figures:
    def __init__(self, zone: ZoneInfo, *, simulated: bool, carrier: str, speed: float) -> None:
        self._zone = zone
        self._carrier = carrier
        self._speed = speed
        self.simulated = simulated
        self.latest: Mapping[UUID, CampaignFigures] = {}
        self.network = UNHEARD
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
        midnight = midnight_of(now, self._zone)
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
        self.network = await self._network(session, now)

    async def _network(self, session: Session, now: datetime) -> CarrierView:
        """The carrier of the worker that is worst off."""
        heard = await health.heard(session)
        if not heard:
            return UNHEARD
        worst = heard[0]
        doubtful = 0
        if worst.trouble is not None:
            before = now - timedelta(seconds=_IN_DOUBT_AFTER_S * self._speed)
            doubtful = await call_rows.count_unheard(session, before)
        return _carrier_view(worst, doubtful)

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


def _carrier_view(row: CarrierHealth, in_doubt: int) -> CarrierView:
    circuit, trouble = Circuit(row.circuit), Trouble(row.trouble) if row.trouble else None
    return CarrierView(
        circuit=circuit.value,
        trouble=row.trouble,
        since=row.since,
        next_look_at=row.next_look_at,
        in_doubt=in_doubt,
        zh=health_rules.describe(circuit, trouble, "zh"),
        en=health_rules.describe(circuit, trouble, "en"),
    )
