"""The record of what people did: one line an action, with ids and no personal data, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callcenter.kit.db import Session
from callcenter.people.models import AuditRecord, User


async def audit(
    session: Session,
    now: datetime,
    user: User | None,
    action: str,
    thing: str,
    thing_id: str,
    detail: dict[str, Any] | None = None,
    *,
    address: str = "",
) -> None:
    """Write down that `user` did `action` (past tense: `list_imported`) to `thing` (`import_run`) `thing_id`.

    In the transaction of the action itself: both happen or neither. `user` None: nobody who is signed in
    (the command line, a failed sign-in). `detail`: small JSON of ids and figures, never names, phones or texts.
    """
    session.add(
        AuditRecord(
            at=now,
            user_id=user.id if user is not None else None,
            action=action,
            thing=thing,
            thing_id=thing_id,
            detail=detail or {},
            address=address,
        )
    )
    await session.flush()
