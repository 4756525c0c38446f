"""Reading orders for lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backoffice.orders.models import OrderSource, OrderState
from backoffice.orders.schemas import OrderRow
from callcenter.kit.db import Session

_FROM = """
    FROM sales_orders o JOIN customers c ON c.id = o.customer_id LEFT JOIN users u ON u.id = o.taken_by
    WHERE (CAST(:id AS uuid) IS NULL OR o.id = :id)
      AND (CAST(:customer AS uuid) IS NULL OR o.customer_id = :customer)
      AND (CAST(:channel AS uuid) IS NULL OR o.channel_id = :channel)
      AND (CAST(:taken_by AS uuid) IS NULL OR o.taken_by = :taken_by)
      AND (CAST(:state AS text) IS NULL OR o.state = :state)
      AND (CAST(:source AS text) IS NULL OR o.source = :source)
      AND (CAST(:number AS text) IS NULL OR o.number = :number)
      AND (CAST(:since AS timestamptz) IS NULL OR o.created_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR o.created_at < :until)
"""


async def page(
    session: Session,
    *,
    limit: int,
    offset: int,
    id: UUID | None = None,
    customer: UUID | None = None,
    channel: UUID | None = None,
    taken_by: UUID | None = None,
    state: OrderState | None = None,
    source: OrderSource | None = None,
    number: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[list[OrderRow], int]:
    """Newest first."""
    given: dict[str, Any] = {
        "id": id,
        "customer": customer,
        "channel": channel,
        "taken_by": taken_by,
        "state": state.value if state is not None else None,
        "source": source.value if source is not None else None,
        "number": number,
        "since": since,
        "until": until,
    }
    total: int = (await session.execute(text(f"SELECT count(*) {_FROM}"), given)).scalar_one()
    rows = await session.execute(
        text(
            "SELECT o.id, o.number, o.customer_id, c.name AS customer_name, o.source, o.channel_id, o.call_id,"
            " o.taken_by, u.name AS taken_by_name, o.state, o.payment, o.total_fen, o.created_at, o.version"
            f" {_FROM} ORDER BY o.created_at DESC, o.number DESC LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    return [OrderRow(**row._mapping) for row in rows], total
