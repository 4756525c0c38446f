"""Reading follow-ups for lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.followups.models import FollowUpCase, FollowUpState
from campaigns.followups.schemas import FollowUpEventRow, FollowUpRow
from campaigns.rhythm.rules import Grade

_FROM = """
    FROM follow_ups f JOIN campaigns p ON p.id = f.campaign_id JOIN customers c ON c.id = f.customer_id
    LEFT JOIN users u ON u.id = f.owner_id
    WHERE (CAST(:campaign AS uuid) IS NULL OR f.campaign_id = :campaign)
      AND (CAST(:owner AS uuid) IS NULL OR f.owner_id = :owner)
      AND (CAST(:state AS text) IS NULL OR f.state = :state)
      AND (CAST(:case AS text) IS NULL OR f."case" = :case)
      AND (CAST(:due_before AS timestamptz) IS NULL OR f.due_at <= :due_before)
      AND (CAST(:grade AS text) IS NULL OR f.grade = :grade)
      AND (CAST(:id AS uuid) IS NULL OR f.id = :id)
"""
_ROWS = f"""
    SELECT f.id, f.campaign_id, p.name AS campaign_name, f.lead_id, f.customer_id, c.name AS customer_name, f."case",
           f.reason, f.owner_id, u.name AS owner_name, f.due_at, f.state = 'due' AND f.due_at < :now AS overdue,
           f.state, f.created_at, f.ended_at, f.ended_because, f.grade, f.round, f.tries
    {_FROM} ORDER BY f.due_at, f.id LIMIT :limit OFFSET :offset
"""


async def page(
    session: Session,
    *,
    now: datetime,
    limit: int,
    offset: int,
    campaign: UUID | None = None,
    owner: UUID | None = None,
    state: FollowUpState | None = None,
    case: FollowUpCase | None = None,
    grade: Grade | None = None,
    due_before: datetime | None = None,
    id: UUID | None = None,
) -> tuple[list[FollowUpRow], int]:
    given: dict[str, Any] = {
        "campaign": campaign,
        "owner": owner,
        "state": state.value if state is not None else None,
        "case": case.value if case is not None else None,
        "grade": grade.value if grade is not None else None,
        "due_before": due_before,
        "id": id,
    }
    total: int = (await session.execute(text(f"SELECT count(*) {_FROM}"), given)).scalar_one()
    rows = await session.execute(text(_ROWS), given | {"now": now, "limit": limit, "offset": offset})
    return [FollowUpRow(**row._mapping) for row in rows], total


_HISTORY = text(
    """
    SELECT e.at, e.what, u.name AS by_name, e.call_id, e.due_at, e.note
    FROM follow_up_events e LEFT JOIN users u ON u.id = e.by WHERE e.follow_up_id = :id ORDER BY e.id LIMIT 500
    """
)


async def history(session: Session, follow_up_id: UUID) -> list[FollowUpEventRow]:
    """What happened to a follow-up, in order."""
    rows = await session.execute(_HISTORY, {"id": follow_up_id})
    return [FollowUpEventRow(**row._mapping) for row in rows]
