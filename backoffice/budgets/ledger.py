"""The one definition of budget, actual, reserved and available, as SELECTs. Lists, checks and reports read these."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Select, case, cast, func, literal, select, union_all
from sqlalchemy.sql.selectable import Subquery
from sqlmodel import col

from backoffice.budgets.models import (
    Budget,
    BudgetActual,
    BudgetEntry,
    BudgetMonth,
    BudgetPot,
    BudgetReservation,
)
from backoffice.budgets.rules import MONTHS, Month
from callcenter.kit.db import Session

IN_FORCE = ("issued", "closed")


def whole(column: Any) -> Any:
    """A sum as a whole number."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def spent() -> Subquery:
    """Per reservation: consumed_fen."""
    return (
        select(col(BudgetActual.reservation_id).label("id"), whole(col(BudgetActual.amount_fen)).label("consumed_fen"))
        .where(col(BudgetActual.reservation_id).is_not(None))
        .group_by(col(BudgetActual.reservation_id))
        .subquery("spent")
    )


def reservations() -> Select[Any]:
    """Each reservation with consumed_fen and open_fen (what it still holds)."""
    s = spent()
    consumed = func.coalesce(s.c.consumed_fen, 0)
    left = func.greatest(col(BudgetReservation.amount_fen) - consumed, 0)
    out: Any = select(
        BudgetReservation.__table__.c,  # type: ignore[attr-defined]
        cast(consumed, BigInteger).label("consumed_fen"),
        cast(case((col(BudgetReservation.released_on).is_(None), left), else_=0), BigInteger).label("open_fen"),
    ).outerjoin(s, s.c.id == col(BudgetReservation.id))
    found: Select[Any] = out
    return found


def by_month() -> Subquery:
    """pot_id, month, budget_fen, actual_fen, reserved_fen: one row for each month in which there is anything."""
    zero = literal(0, BigInteger)
    in_force = col(Budget.state).in_(IN_FORCE)
    r = reservations().subquery("r")
    parts = union_all(
        select(
            col(Budget.pot_id).label("pot_id"),
            col(BudgetMonth.month).label("month"),
            col(BudgetMonth.amount_fen).label("budget_fen"),
            zero.label("actual_fen"),
            zero.label("reserved_fen"),
        )
        .join(BudgetMonth, col(BudgetMonth.budget_id) == col(Budget.id))
        .where(in_force),
        select(col(Budget.pot_id), col(BudgetEntry.month), col(BudgetEntry.amount_fen), zero, zero)
        .join(BudgetEntry, col(BudgetEntry.budget_id) == col(Budget.id))
        .where(in_force),
        select(col(BudgetActual.pot_id), col(BudgetActual.month), zero, col(BudgetActual.amount_fen), zero),
        select(r.c.pot_id, r.c.month, zero, zero, r.c.open_fen).where(r.c.open_fen > 0),
    ).subquery("parts")
    return (
        select(
            parts.c.pot_id,
            parts.c.month,
            whole(parts.c.budget_fen).label("budget_fen"),
            whole(parts.c.actual_fen).label("actual_fen"),
            whole(parts.c.reserved_fen).label("reserved_fen"),
        )
        .group_by(parts.c.pot_id, parts.c.month)
        .subquery("by_month")
    )


def execution(today: date) -> Select[Any]:
    """Each pot: the year's budget, actual, reserved, available; and the same accumulated to the month of `today`."""
    m = by_month()
    p = BudgetPot
    to = case((col(p.year) < today.year, MONTHS), (col(p.year) > today.year, 0), else_=literal(today.month, Integer))
    used = m.c.actual_fen + m.c.reserved_fen
    past = m.c.month <= to
    return (
        select(
            col(p.id).label("id"),
            col(p.year).label("year"),
            col(p.department_code).label("department_code"),
            col(p.account_code).label("account_code"),
            whole(m.c.budget_fen).label("budget_fen"),
            whole(m.c.actual_fen).label("actual_fen"),
            whole(m.c.reserved_fen).label("reserved_fen"),
            (whole(m.c.budget_fen) - whole(used)).label("available_fen"),
            cast(whole(used) * 100 // func.nullif(whole(m.c.budget_fen), 0), Integer).label("used_percent"),
            whole(case((past, m.c.budget_fen), else_=0)).label("to_date_budget_fen"),
            whole(case((past, used), else_=0)).label("to_date_used_fen"),
            whole(case((past, m.c.budget_fen - used), else_=0)).label("to_date_available_fen"),
        )
        .join(m, m.c.pot_id == col(p.id))
        .group_by(col(p.id))
    )


async def months(session: Session, pot_id: UUID) -> list[Month]:
    """The twelve months of a pot as they are now."""
    m = by_month()
    rows = {row.month: row for row in await session.execute(select(m).where(m.c.pot_id == pot_id))}
    return [
        Month(row.budget_fen, row.actual_fen, row.reserved_fen) if (row := rows.get(number)) else Month()
        for number in range(1, MONTHS + 1)
    ]
