"""Who is told when somebody ordered by the reply slip of a mailing, or telephoned before being called.

The back office does not know campaigns: it says "this person answered that mailing", and whoever listens draws the
conclusion (no pitch to somebody who has ordered). bootstrap connects the two:

    replies.listen(mailings.mark_replied)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID

from callcenter.kit.db import Session

Listener = Callable[[Session, UUID, UUID, date, datetime], Awaitable[None]]
"""(session, mailing, customer, the company's date, now), in the transaction of the order: a refusal refuses it."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Be told of answers from now on; telling the same listener twice does nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


async def answered(session: Session, mailing_id: UUID, customer_id: UUID, on: date, now: datetime) -> None:
    for listener in _listeners:
        await listener(session, mailing_id, customer_id, on, now)
