"""The port: a room that holds personal data says what it holds of one person, and erases it.

crm_sync stands below campaigns and the back office; they come to it, it never imports them. `bootstrap` collects the
`HOLDER` of every `personal.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from callcenter.kit.db import Session


@dataclass(frozen=True, slots=True)
class Erased:
    """What one holder did. `kept`: what stays, with the reason in both languages."""

    counts: Mapping[str, int]
    kept: Sequence[tuple[str, str, str]] = ()
    """(what, 为什么, why)"""


class Holder(Protocol):
    name: str
    """A word of `[a-z_]+`: the heading of its part in a copy."""

    async def copy(self, session: Session, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        """Everything held of the person, as rows of plain values by what they are."""
        ...

    async def erase(self, session: Session, customer_id: UUID, now: datetime) -> Erased:
        """Take out what need not be kept by law. Twice does no harm."""
        ...


async def rows(session: Session, statement: Any, customer_id: UUID) -> list[dict[str, Any]]:
    """The rows of a statement with the one parameter `:customer`."""
    return [dict(row._mapping) for row in await session.execute(statement, {"customer": customer_id})]
