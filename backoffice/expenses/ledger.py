"""The one definition of what is claimed of a request and open of an advance, as SELECTs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, or_, select
from sqlalchemy.sql.selectable import Subquery
from sqlmodel import col

from backoffice.expenses.models import AdvanceSettlement, CashAdvance, ExpenseClaim, ExpenseRequest
from callcenter.kit.db import Session

NOT_CLAIMED = ("draft", "rejected", "cancelled")
GRANTED = ("approved", "used", "closed")


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def claimed() -> Subquery:
    """Per request: claimed_fen, of claims submitted and not refused."""
    return (
        select(col(ExpenseClaim.request_id).label("id"), _sum(col(ExpenseClaim.amount_fen)).label("claimed_fen"))
        .where(col(ExpenseClaim.request_id).is_not(None), col(ExpenseClaim.state).not_in(NOT_CLAIMED))
        .group_by(col(ExpenseClaim.request_id))
        .subquery("claimed")
    )


def settled() -> Subquery:
    """Per advance: settled_fen."""
    return (
        select(
            col(AdvanceSettlement.advance_id).label("id"), _sum(col(AdvanceSettlement.amount_fen)).label("settled_fen")
        )
        .group_by(col(AdvanceSettlement.advance_id))
        .subquery("settled")
    )


async def granted_fen(session: Session, request_id: UUID) -> int:
    """What was approved of a request with its supplements."""
    return int(
        await session.scalar(
            select(_sum(col(ExpenseRequest.amount_fen))).where(
                or_(col(ExpenseRequest.id) == request_id, col(ExpenseRequest.supplement_of) == request_id),
                col(ExpenseRequest.state).in_(GRANTED),
            )
        )
        or 0
    )


async def claimed_fen(session: Session, request_id: UUID, *, but: UUID | None = None) -> int:
    query = select(_sum(col(ExpenseClaim.amount_fen))).where(
        col(ExpenseClaim.request_id) == request_id, col(ExpenseClaim.state).not_in(NOT_CLAIMED)
    )
    if but is not None:
        query = query.where(col(ExpenseClaim.id) != but)
    return int(await session.scalar(query) or 0)


async def open_fen(session: Session, advance: CashAdvance) -> int:
    """What of a paid advance is neither spent nor given back."""
    if advance.paid_on is None:
        return 0
    spent = await session.scalar(
        select(_sum(col(AdvanceSettlement.amount_fen))).where(col(AdvanceSettlement.advance_id) == advance.id)
    )
    return advance.amount_fen - int(spent or 0)
