"""The do-not-call list as campaigns use it: through the customer master's own service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from crm_sync.do_not_call.models import DoNotCallSource

_LISTED = text("SELECT phone FROM do_not_call WHERE phone = ANY(CAST(:phones AS text[]))")
_ADD = text(
    "INSERT INTO do_not_call (phone, source, reason, added_at, added_by, call_id)"
    " VALUES (:phone, :source, :reason, :now, :by, :call) ON CONFLICT (phone) DO NOTHING"
)


async def which_listed(session: Session, phones: Sequence[str]) -> set[str]:
    return set((await session.execute(_LISTED, {"phones": list(phones)})).scalars())


async def add(
    session: Session,
    phone: str,
    source: DoNotCallSource,
    reason: str,
    now: datetime,
    by: UUID | None,
    call_id: UUID | None,
) -> None:
    given = {"phone": phone, "source": source.value, "reason": reason, "now": now, "by": by, "call": call_id}
    await session.execute(_ADD, given)
