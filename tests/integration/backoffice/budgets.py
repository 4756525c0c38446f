"""Builders of budgets: through the services, with the whole way of approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backoffice import defaults
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.budgets import changes, ledger, lists, rules, service
from backoffice.budgets.models import Budget, BudgetChange, BudgetPot
from backoffice.budgets.rules import Action, Position
from backoffice.budgets.service import Commitment, Dimension, Figures
from backoffice.listing.query import one
from callcenter.kit.db import Session
from callcenter.kit.ids import new_id
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 1, 5)
CONFERENCE = Dimension(2026, "MKT", "660106")
ADVERTISING = Dimension(2026, "MKT", "660103")
TRAVEL = Dimension(2026, "SALES", "660101")


async def agree_all(
    session: Session, staff: Any, kind: str, thing_id: UUID, on: date = DAY, note: str = "同意"
) -> None:
    """Every verdict still missing, each by a holder of the duty who is not the maker."""
    while True:
        approval = await approval_repository.alive(session, kind, thing_id)
        if approval is None or approval.state != "pending":
            return
        task = next(t for t in await approval_repository.tasks(session, approval.id) if t.state == "open")
        who = getattr(staff, task.role.lower())
        if who.user_id == approval.maker_id:
            who = getattr(staff, task.role.lower() + "2")
        await approvals.agree(session, at(on), on, who, approval.id, approval.version, note)


async def issued(
    session: Session,
    staff: Any,
    what: Dimension,
    annual_fen: int,
    *,
    months: Sequence[int] = (),
    on: date = DAY,
    **actions: Action,
) -> Budget:
    """Drafted by the representative of the unit, issued by the general manager."""
    await defaults.install(session)
    row = await service.draft(session, at(on), on, staff.mkt, what, Figures(annual_fen, months, actions=dict(actions)))
    await through(session, staff, row, on=on)
    return row


async def through(session: Session, staff: Any, row: Budget, *, on: date = DAY) -> Budget:
    await service.review(session, at(on), staff.sm, row.id, row.version, "")
    await service.consolidate(session, at(on), staff.fin, row.id, row.version, "")
    await agree_all(session, staff, "budget", row.id, on)
    await session.refresh(row)
    return await service.issue(session, at(on), on, staff.gm, row.id, row.version)


async def changed(
    session: Session,
    staff: Any,
    to: Dimension,
    fen: int,
    month: int,
    source: tuple[Dimension, int] | None = None,
    on: date = DAY,
) -> BudgetChange:
    row = await changes.draft(session, at(on), on, staff.mkt, (to, month), fen, "会议加场", source)
    await changes.submit(session, at(on), staff.mkt, row.id, row.version)
    await changes.give_opinion(session, at(on), staff.fin, row.id, row.version, "可行")
    await agree_all(session, staff, "budget_change", row.id, on)
    await session.refresh(row)
    return await changes.apply(session, at(on), on, staff.fin, row.id, row.version)


def want(what: Dimension, fen: int, day: date, number: str = "T") -> Commitment:
    return Commitment(what.department, what.account, day, fen, "test", new_id(), number)


async def stands(session: Session, what: Dimension, to: int = 12) -> Position:
    pot = await service.pot_of(session, what)
    return rules.position(await ledger.months(session, pot.id), to)


async def row_of(session: Session, what: Dimension, today: date) -> dict[str, Any]:
    """The line of the execution table."""
    pot: BudgetPot = await service.pot_of(session, what)
    return await one(session, lists.EXECUTION, pot.id, today)
