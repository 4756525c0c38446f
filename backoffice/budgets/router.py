"""/api/backoffice/budgets, budget-changes, budget-execution …"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col

from backoffice.budgets import changes, ledger, lists, papers, rules, service
from backoffice.budgets.models import Budget, Department, ExpenseAccount
from backoffice.budgets.rules import BUDGET, CHANGE, MONTHS
from backoffice.budgets.schemas import (
    AccountBody,
    BudgetEdit,
    BudgetNew,
    BudgetOut,
    ChangeNew,
    ChangeOut,
    CheckIn,
    CheckOut,
    DepartmentBody,
    DepartmentOut,
    FindingOut,
    MonthOut,
    Opinion,
)
from backoffice.budgets.service import Commitment
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import one
from backoffice.printing.http import add_print
from backoffice.printing.paper import Paper
from backoffice.roles.access import Administrator, OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.ids import new_id
from callcenter.people.audit import audit

router = APIRouter(prefix="/api/backoffice", tags=["back office: budgets"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS

add_list(router, lists.BUDGETS, "/budgets")
add_list(router, lists.EXECUTION, "/budget-execution")
add_list(router, lists.RESERVATIONS, "/budget-reservations")
add_list(router, lists.ACTUALS, "/budget-actuals")
add_list(router, lists.EXCEPTIONS, "/budget-exceptions")
add_list(router, lists.CHANGES, "/budget-changes")
add_list(router, lists.WARNINGS, "/budget-warnings")
add_list(router, lists.ACCOUNTS, "/expense-accounts")


async def _show(session: Session, today: date, actor: Actor, budget_id: UUID) -> BudgetOut:
    values = await one(session, lists.BUDGETS, budget_id, today)
    row = await acts.get(session, Budget, budget_id, "budget")
    written = await service.months_of(session, budget_id)
    months = await ledger.months(session, row.pot_id)
    out = []
    for number in range(1, MONTHS + 1):
        m = months[number - 1]
        out.append(
            MonthOut(
                month=number,
                written_fen=written[number - 1],
                budget_fen=m.budget,
                actual_fen=m.actual,
                reserved_fen=m.reserved,
                available_fen=m.budget - m.used,
                to_date_available_fen=rules.position(months, number).available,
            )
        )
    commands = set(BUDGET.commands(row.state, actor.roles))
    if actor.user_id == row.made_by:
        commands -= {"unit_review", "consolidate", "issue_budget"}
        commands |= {"edit"} if row.state in service.AT_WORK else set()
    else:
        commands -= {"drop"}
    commands |= {"revise"} if row.state == "issued" else set()
    return BudgetOut.model_validate(
        values
        | row.model_dump(exclude={"made_at"})
        | {
            "changed_fen": await changes.of_budget(session, budget_id),
            "months": out,
            "commands": sorted(commands),
            "timeline": [StoryLine(**line) for line in await acts.story(session, "budget", budget_id)],
        }
    )


async def _change(session: Session, today: date, actor: Actor, change_id: UUID) -> ChangeOut:
    values = await one(session, lists.CHANGES, change_id, today)
    return ChangeOut.model_validate(
        values
        | {
            "commands": CHANGE.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**line) for line in await acts.story(session, "budget_change", change_id)],
        }
    )


@router.post("/budgets", status_code=201)
async def draft(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: BudgetNew) -> BudgetOut:
    """A unit drafts its budget of a year, department and account."""
    row = await service.draft(session, now, today, actor, body.dimension(), body.plain())
    return await _show(session, today, actor, row.id)


@router.post("/budget-checks")
async def check(session: DbSession, _: OfficeActor, body: CheckIn) -> CheckOut:
    """What a budget would say to an amount. Nothing is reserved."""
    want = Commitment(body.department_code, body.account_code, body.day, body.amount_fen, "question", new_id(), "")
    found = await service.look(session, want, body.stage)
    return CheckOut(
        action=found.action,
        findings=[
            FindingOut(
                scope=f.scope, month=f.month, budget_fen=f.budget, used_fen=f.used, over_fen=f.over, action=f.action
            )
            for f in found.findings
        ],
    )


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: BudgetEdit) -> None:
    await service.edit(s, n, a, i, b.version, b.plain())


async def _review(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.review(s, n, a, i, b.version, b.note)


async def _consolidate(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.consolidate(s, n, a, i, b.version, b.note)


async def _issue(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.issue(s, n, t, a, i, b.version, b.note)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.close(s, n, a, i, b.version, b.note)


async def _drop(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.drop(s, n, a, i, b.version, b.note)


add_get(router, "/budgets", _show, BudgetOut)
add_command(router, "/budgets", "edit", _edit, _show, BudgetOut, BudgetEdit)
add_command(router, "/budgets", "unit-review", _review, _show, BudgetOut)
add_command(router, "/budgets", "consolidate", _consolidate, _show, BudgetOut)
add_command(router, "/budgets", "issue-budget", _issue, _show, BudgetOut)
add_command(router, "/budgets", "close", _close, _show, BudgetOut)
add_command(router, "/budgets", "drop", _drop, _show, BudgetOut)


async def _budget_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.budget(session, today, await _show(session, today, actor, thing_id))


add_print(router, "/budgets", _budget_paper)


@router.post("/budgets/{id}/revise", status_code=201)
async def revise(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, id: UUID, body: BudgetEdit
) -> BudgetOut:
    """A new version as a draft; the one in force stays until the new one is issued."""
    row = await service.revise(session, now, today, actor, id, body.version, body.plain())
    return await _show(session, today, actor, row.id)


# ---------------------------------------------------------------- changes


@router.post("/budget-changes", status_code=201)
async def draft_change(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ChangeNew) -> ChangeOut:
    """A supplement, or with `source` a transfer."""
    if (body.source is None) != (body.source_month is None):
        raise BadInput(
            field="source_month",
            problem_zh="调出预算与调出月份须同时填写",
            problem_en="the source and its month go together",
        )
    source = (body.source.dimension(), body.source_month) if body.source and body.source_month else None
    row = await changes.draft(
        session, now, today, actor, (body.to.dimension(), body.to_month), body.amount_fen, body.reason, source
    )
    return await _change(session, today, actor, row.id)


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await changes.submit(s, n, a, i, b.version)


async def _opinion(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Opinion) -> None:
    await changes.give_opinion(s, n, a, i, b.version, b.note)


async def _apply(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await changes.apply(s, n, t, a, i, b.version, b.note)


async def _rework(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await changes.withdraw(s, n, a, i, b.version, b.note)


add_get(router, "/budget-changes", _change, ChangeOut)
add_command(router, "/budget-changes", "submit", _submit, _change, ChangeOut)
add_command(router, "/budget-changes", "give-opinion", _opinion, _change, ChangeOut, Opinion)
add_command(router, "/budget-changes", "carry-out", _apply, _change, ChangeOut)
add_command(router, "/budget-changes", "rework", _rework, _change, ChangeOut)


# ---------------------------------------------------------------- accounts and departments


@router.get("/departments")
async def departments(session: DbSession, _: OfficeActor) -> list[DepartmentOut]:
    """Cost centres."""
    rows = await session.scalars(select(Department).order_by(col(Department.code)))
    return [DepartmentOut(**row.model_dump()) for row in rows]


@router.put("/departments/{code}", status_code=204)
async def set_department(session: DbSession, now: Now, by: Administrator, code: str, body: DepartmentBody) -> None:
    """Add or rename one; a department is never removed, only no longer active."""
    await session.merge(Department(code=code, **body.model_dump()))
    await audit(session, now, by, "department_set", "department", code, body.model_dump())


@router.put("/expense-accounts/{code}", status_code=204)
async def set_account(session: DbSession, now: Now, by: Administrator, code: str, body: AccountBody) -> None:
    """Add or change one. What carries budgets does not become a group."""
    if body.parent_code is not None and await session.get(ExpenseAccount, body.parent_code) is None:
        raise NotFound(what_zh="上级科目", what_en="parent account", id=body.parent_code)
    if body.is_group or body.balance_sheet:
        await service.require_no_pot(session, code)
    await session.merge(ExpenseAccount(code=code, **body.model_dump()))
    await audit(session, now, by, "expense_account_set", "expense_account", code, body.model_dump())
