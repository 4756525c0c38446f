"""The do-not-call list in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session

_INSERT = text(
    "INSERT INTO do_not_call (phone, source, reason, added_at, added_by, call_id)"
    " VALUES (:phone, :source, :reason, :now, :by, :call) ON CONFLICT (phone) DO NOTHING"
)
_LISTED = text("SELECT phone FROM do_not_call WHERE phone = ANY(CAST(:phones AS text[]))")


@dataclass(frozen=True, slots=True)
class Entry:
    """One number on the list, with the name of who put it there."""

    phone: str
    source: str
    reason: str
    added_at: datetime
    added_by: UUID | None
    added_by_name: str | None
    call_id: UUID | None
    customer_id: UUID | None


async def insert(
    session: Session, phone: str, *, source: str, reason: str, now: datetime, by: UUID | None, call_id: UUID | None
) -> bool:
    """Whether the number was not on the list before."""
    given = {"phone": phone, "source": source, "reason": reason, "now": now, "by": by, "call": call_id}
    result: Any = await session.execute(_INSERT, given)
    return bool(result.rowcount)


async def which_listed(session: Session, phones: Sequence[str]) -> set[str]:
    if not phones:
        return set()
    return set((await session.execute(_LISTED, {"phones": list(phones)})).scalars())


async def search(
    session: Session, *, phone: str | None, ending: str | None, source: str | None, limit: int, offset: int
) -> tuple[list[Entry], int]:
    """Entries, newest first: of one number, of numbers that end so, or of one source."""
    conditions = ["TRUE"]
    given: dict[str, Any] = {}
    if phone:
        conditions.append("d.phone = :phone")
        given["phone"] = phone
    if ending:
        conditions.append("d.phone LIKE :ending")
        given["ending"] = f"%{ending}"
    if source:
        conditions.append("d.source = :source")
        given["source"] = source
    where = " AND ".join(conditions)
    total = (await session.execute(text(f"SELECT count(*) FROM do_not_call AS d WHERE {where}"), given)).scalar_one()
    found = await session.execute(
        text(
            "SELECT d.phone, d.source, d.reason, d.added_at, d.added_by, u.name AS added_by_name, d.call_id,"
            " c.id AS customer_id FROM do_not_call AS d LEFT JOIN users AS u ON u.id = d.added_by"
            f" LEFT JOIN customers AS c ON c.phone = d.phone WHERE {where}"
            " ORDER BY d.added_at DESC, d.phone LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    return [Entry(**row._mapping) for row in found], int(total)
