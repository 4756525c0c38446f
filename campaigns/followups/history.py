"""Writing down what happened to each follow-up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from callcenter.kit.db import Session
from campaigns.followups.models import FollowUpEvent, Happened


async def note(
    session: Session,
    follow_up_id: UUID,
    what: Happened,
    now: datetime,
    *,
    by: UUID | None = None,
    call_id: UUID | None = None,
    due_at: datetime | None = None,
    note: str = "",
) -> None:
    session.add(
        FollowUpEvent(
            follow_up_id=follow_up_id, at=now, what=what.value, by=by, call_id=call_id, due_at=due_at, note=note
        )
    )
    await session.flush()
