"""Whether a customer has an open problem case (what orders and shipments ask, M6-2), and the provision's balance."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.problem_accounts.models import ProblemCase, Provision, WriteOff
from backoffice.problem_accounts.rules import OPEN
from callcenter.kit.db import Session


async def has_open_case(session: Session, customer_id: UUID) -> bool:
    found = await session.scalar(
        select(col(ProblemCase.id))
        .where(col(ProblemCase.customer_id) == customer_id, col(ProblemCase.state).in_(OPEN))
        .limit(1)
    )
    return found is not None


async def provision_balance(session: Session, on: date) -> int:
    """The last provision up to `on`, less what write-offs have taken from it since."""
    last = await session.scalar(
        select(Provision).where(col(Provision.as_of) <= on).order_by(col(Provision.as_of).desc()).limit(1)
    )
    if last is None:
        return 0
    used = await session.scalar(
        select(func.coalesce(func.sum(col(WriteOff.from_provision_fen)), 0)).where(
            col(WriteOff.written_off_on).is_not(None),
            col(WriteOff.written_off_on) >= last.as_of,
            col(WriteOff.written_off_on) <= on,
        )
    )
    return last.required_fen - int(used or 0)
