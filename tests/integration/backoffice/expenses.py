"""Builders of expenses, through the services and the whole way of approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backoffice.approvals import repository as approval_repository
from backoffice.expenses import advances, claims, requests, rules
from backoffice.expenses.advances import Loan
from backoffice.expenses.claims import Claim, Invoice
from backoffice.expenses.models import CashAdvance, ExpenseClaim, ExpenseRequest
from backoffice.expenses.requests import Wish
from backoffice.expenses.rules import InvoiceType
from backoffice.kit.duties import Actor
from callcenter.kit.db import Session
from callcenter.kit.ids import new_id
from tests.integration.backoffice.budgets import TRAVEL, agree_all
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)


def wish(fen: int, **given: Any) -> Wish:
    values: dict[str, Any] = {
        "department": TRAVEL.department,
        "account": TRAVEL.account,
        "purpose": "青岛出差",
        "needed_on": DAY,
        "region": "山东",
    }
    return Wish(amount_fen=fen, **(values | given))


async def asked(session: Session, who: Actor, fen: int, *, on: date = DAY, **given: Any) -> ExpenseRequest:
    row = await requests.draft(session, at(on), on, who, wish(fen, **given))
    return await requests.submit(session, at(on), who, row.id, row.version)


async def granted(
    session: Session, staff: Any, fen: int, *, on: date = DAY, who: Actor | None = None, **given: Any
) -> ExpenseRequest:
    row = await asked(session, who or staff.rep, fen, on=on, **given)
    await agree_all(session, staff, "expense_request", row.id, on)
    await session.refresh(row)
    return row


async def lent(
    session: Session, staff: Any, request: ExpenseRequest, fen: int, *, on: date = DAY, **given: Any
) -> CashAdvance:
    loan = Loan(request.id, fen, rules.capitals(fen), "差旅", staff.sm.user_id, **given)
    row = await advances.ask(session, at(on), on, staff.rep, loan)
    await agree_all(session, staff, "cash_advance", row.id, on)
    await session.refresh(row)
    return await advances.pay(session, at(on), on, staff.cash, row.id, row.version)


def invoice(fen: int, on: date = DAY, number: str = "", issuer: str = "海景大酒店") -> Invoice:
    return Invoice(on, fen, issuer, number or new_id().hex[:20], InvoiceType.ORDINARY_VAT)


async def claimed(
    session: Session,
    staff: Any,
    request: ExpenseRequest | None,
    fens: Sequence[int],
    *,
    on: date = DAY,
    checked: bool = True,
    **given: Any,
) -> ExpenseClaim:
    """Handed in by the representative and (`checked`) on its way to the approval."""
    claim = Claim([invoice(fen, on) for fen in fens], request.id if request else None, returned_on=on, **given)
    row = await claims.draft(session, at(on), on, staff.rep, claim)
    await claims.submit(session, at(on), on, staff.rep, row.id, row.version)
    if checked:
        await claims.dept_approve(session, at(on), staff.sm, row.id, row.version, "")
        await claims.finance_check(session, at(on), staff.fin, row.id, row.version, "")
    return row


async def approved(session: Session, staff: Any, row: ExpenseClaim, on: date = DAY) -> ExpenseClaim:
    await agree_all(session, staff, "expense_claim", row.id, on)
    await agree_all(session, staff, "expense_claim_late", row.id, on)
    await session.refresh(row)
    return row


async def roles_asked(session: Session, kind: str, thing_id: UUID) -> list[str]:
    approval = await approval_repository.alive(session, kind, thing_id)
    assert approval is not None
    return [task.role for task in await approval_repository.tasks(session, approval.id)]
