"""Reading mixes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.mix.models import MixPart
from campaigns.plans.models import Campaign, CampaignState

_CALLS_TODAY = text(
    """
    SELECT queue_id, count(*) AS calls FROM calls
    WHERE created_at >= :midnight AND launched_at IS NOT NULL AND transferred_at IS NULL
      AND ((queue_id = :host AND agents_of IS NULL) OR agents_of = :host)
    GROUP BY queue_id
    """
)


async def of_host(session: Session, host_id: UUID, *, lock: bool = False) -> Sequence[MixPart]:
    """Every list of a host's mix, in order; none where it shares its agents with nobody."""
    statement = select(MixPart).where(MixPart.host_id == host_id).order_by(col(MixPart.position))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalars().all()


async def open_host_of(session: Session, campaign_id: UUID) -> UUID | None:
    """Whose agents call for this campaign: another one's that has not ended, else None."""
    statement = (
        select(MixPart.host_id)
        .join(Campaign, col(Campaign.id) == MixPart.host_id)
        .where(
            MixPart.campaign_id == campaign_id,
            MixPart.host_id != campaign_id,
            col(Campaign.state).in_([CampaignState.OPEN.value, CampaignState.PAUSED.value]),
        )
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def campaigns(session: Session, ids: Sequence[UUID]) -> dict[UUID, Campaign]:
    rows = (await session.execute(select(Campaign).where(col(Campaign.id).in_(ids)))).scalars()
    return {row.id: row for row in rows}


async def calls_since(session: Session, host_id: UUID, midnight: datetime) -> dict[UUID, int]:
    rows = await session.execute(_CALLS_TODAY, {"host": host_id, "midnight": midnight})
    return {row.queue_id: row.calls for row in rows}
