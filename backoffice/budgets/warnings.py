"""M3-8, by night: who has come near the end of a budget."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.budgets import ledger, rules
from backoffice.budgets.models import Budget, BudgetWarning
from backoffice.budgets.rules import MONTHS, BudgetPolicy, Scope
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session


async def early_warning(session: Session, now: datetime, today: date) -> int:
    """M3-8, by night: a line for each issued budget that has come to the threshold, of the year or to date. Once."""
    policy = await policies.load(session, BudgetPolicy)
    e = ledger.execution(today).subquery()
    rows = await session.execute(
        select(e, col(Budget.id).label("budget_id"))
        .join(Budget, col(Budget.pot_id) == e.c.id)
        .where(col(Budget.state) == "issued", e.c.actual_fen + e.c.reserved_fen > 0)
        .order_by(col(Budget.number))
    )
    made = 0
    for row in rows.all():
        to = MONTHS if row.year < today.year else today.month if row.year == today.year else 0
        found = [(Scope.YEAR, MONTHS, row.budget_fen, row.actual_fen + row.reserved_fen)]
        if to:
            found.append((Scope.MONTH, to, row.to_date_budget_fen, row.to_date_used_fen))
        for scope, month, budget, used in found:
            if rules.warns(used, budget, policy.warn_percent):
                made += await _warn(session, now, today, row.budget_id, scope, month, budget, used, policy.warn_percent)
    return made


async def _warn(
    session: Session,
    now: datetime,
    today: date,
    budget_id: UUID,
    scope: Scope,
    month: int,
    budget: int,
    used: int,
    percent: int,
) -> int:
    values = BudgetWarning(
        budget_id=budget_id,
        scope=scope.value,
        month=month,
        threshold_percent=percent,
        budget_fen=budget,
        used_fen=used,
        warned_on=today,
    ).model_dump()
    new = await session.scalar(
        insert(BudgetWarning).values(**values).on_conflict_do_nothing().returning(col(BudgetWarning.id))
    )
    if new is None:
        return 0
    row = await acts.take(session, Budget, budget_id, "budget", None)
    detail = {"scope": scope.value, "month": month, "used_fen": used, "budget_fen": budget}
    await acts.write(session, now, None, row, "budget", "early_warning", detail=detail)
    return 1
