"""Finding talks that ended without a result."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from agent_ui.unresulted.schemas import UnresultedCall
from callcenter.kit.db import Session

# `present_until` is real time, whatever the installation's clock does: hence the database's own clock.
_AWAY = "extract(epoch FROM clock_timestamp() - a.present_until)::float"
_FOUND = f"""
    FROM calls c JOIN campaigns p ON p.id = c.queue_id JOIN users u ON u.id = c.agent_id
    LEFT JOIN agents a ON a.user_id = c.agent_id
    CROSS JOIN LATERAL (SELECT a.call_id IS NOT DISTINCT FROM c.id AS held,
                        CASE WHEN a.socket_id IS NULL OR {_AWAY} > 0 THEN coalesce({_AWAY}, 0) END AS away_s) s
    WHERE c.state = 'ended' AND c.connected_at IS NOT NULL AND c.agent_id IS NOT NULL AND c.disposed_at IS NULL
      AND c.created_at >= :since AND (NOT s.held OR s.away_s >= :away)
      AND (CAST(:call AS uuid) IS NULL OR c.id = :call)
"""


async def page(
    session: Session, since: datetime, away_s: float, limit: int, offset: int, call_id: UUID | None = None
) -> tuple[list[UnresultedCall], int]:
    """Talks since `since` without a result whose agent has been away for `away_s` real seconds, or has let go of
    them; the longest waiting first."""
    given: dict[str, Any] = {"since": since, "away": away_s, "call": call_id}
    total: int = (await session.execute(text(f"SELECT count(*) {_FOUND}"), given)).scalar_one()
    rows = await session.execute(
        text(
            "SELECT c.id AS call_id, c.queue_id AS campaign_id, p.name AS campaign_name, c.customer_id,"
            " coalesce(c.card #>> '{customer,name}', '') AS customer_name,"
            " coalesce(c.card #>> '{customer,masked_phone}', '') AS masked_phone,"
            " c.agent_id, u.name AS agent_name, c.ended_at, c.talk_s, c.stage, s.away_s, s.held"
            f" {_FOUND} ORDER BY c.ended_at, c.id LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    return [UnresultedCall(**row._mapping) for row in rows], total
