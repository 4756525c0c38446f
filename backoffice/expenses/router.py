"""/api/backoffice/expense-requests, cash-advances, expense-claims."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter

from backoffice.budgets import service as budgets
from backoffice.expenses import advances, claims, ledger, lists, papers, requests, rules
from backoffice.expenses.advances import Loan
from backoffice.expenses.lists import GroupBy
from backoffice.expenses.models import CashAdvance, ExpenseClaim, ExpenseRequest
from backoffice.expenses.rules import ADVANCE, CLAIM, REQUEST, ExpensePolicy, InvoiceType
from backoffice.expenses.schemas import (
    AdvanceNew,
    AdvanceOut,
    ClaimEdit,
    ClaimNew,
    ClaimOut,
    GiveBack,
    GroupOut,
    InvoiceIn,
    Pay,
    RequestNew,
    RequestOut,
)
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import one
from backoffice.policies import service as policies
from backoffice.printing.http import add_print
from backoffice.printing.paper import Paper
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: expenses"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS
add_list(router, lists.REQUESTS, "/expense-requests")
add_list(router, lists.ADVANCES, "/cash-advances")
add_list(router, lists.CLAIMS, "/expense-claims")
add_list(router, lists.INVOICES, "/expense-invoices")

_OWN = frozenset({"submit", "withdraw", "cancel"})
"""Commands of the maker alone."""


def _buttons(commands: list[str], maker: UUID, actor: Actor) -> list[str]:
    """The maker's own commands for the maker, the others' for others."""
    return [c for c in commands if (c in _OWN) == (actor.user_id == maker) or c == "close"]


async def _request(session: Session, today: date, actor: Actor, request_id: UUID) -> RequestOut:
    values = await one(session, lists.REQUESTS, request_id, today)
    row = await acts.get(session, ExpenseRequest, request_id, "expense_request")
    held = await budgets.reservation_of(session, "expense_request", request_id)
    commands = _buttons(REQUEST.commands(row.state, actor.roles), row.applicant_id, actor)
    if actor.user_id != row.applicant_id and OfficeRole.FIN not in actor.roles:
        commands = [c for c in commands if c != "close"]
    return RequestOut.model_validate(
        values
        | row.model_dump(include={"supplement_of", "exception_reason", "check_result"})
        | {
            "granted_fen": await ledger.granted_fen(session, request_id),
            "reserved_fen": await budgets.free_of(session, held) if held else 0,
            "commands": commands,
            "timeline": [StoryLine(**x) for x in await acts.story(session, "expense_request", request_id)],
        }
    )


@router.post("/expense-requests", status_code=201)
async def ask(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: RequestNew) -> RequestOut:
    """A request of one's own, before anything is spent."""
    row = await requests.draft(session, now, today, actor, body.plain())
    return await _request(session, today, actor, row.id)


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await requests.submit(s, n, a, i, b.version)


async def _withdraw(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await requests.withdraw(s, n, a, i, b.version, b.note)


async def _close(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await requests.close(s, n, t, a, i, b.version, b.note)


add_get(router, "/expense-requests", _request, RequestOut)
add_command(router, "/expense-requests", "submit", _submit, _request, RequestOut)
add_command(router, "/expense-requests", "withdraw", _withdraw, _request, RequestOut)
add_command(router, "/expense-requests", "close", _close, _request, RequestOut)


# ---------------------------------------------------------------- advances


async def _advance(session: Session, today: date, actor: Actor, advance_id: UUID) -> AdvanceOut:
    values = await one(session, lists.ADVANCES, advance_id, today)
    row = await acts.get(session, CashAdvance, advance_id, "cash_advance")
    policy = await policies.load(session, ExpensePolicy)
    commands = _buttons(ADVANCE.commands(row.state, actor.roles), row.person_id, actor)
    if row.state == "paid" and OfficeRole.CASH in actor.roles and actor.user_id != row.person_id:
        commands.append("give_back")
    return AdvanceOut.model_validate(
        values
        | row.model_dump(include={"amount_capitals", "guarantor_called_on"})
        | {
            "guarantor_due_on": rules.guarantor_by(row.due_on, policy.guarantor_months),
            "commands": commands,
            "timeline": [StoryLine(**x) for x in await acts.story(session, "cash_advance", advance_id)],
        }
    )


@router.post("/cash-advances", status_code=201)
async def lend(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: AdvanceNew) -> AdvanceOut:
    """A loan slip on one's own approved request; it goes for approval at once."""
    loan = Loan(body.request_id, body.amount_fen, body.amount_capitals, body.reason, body.guarantor_id, body.due_on)
    row = await advances.ask(session, now, today, actor, loan)
    return await _advance(session, today, actor, row.id)


async def _pay_advance(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await advances.pay(s, n, t, a, i, b.version, b.note)


async def _withdraw_advance(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await advances.withdraw(s, n, a, i, b.version, b.note)


async def _give_back(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: GiveBack) -> None:
    await advances.give_back(s, n, t, a, i, b.version, b.amount_fen)


add_get(router, "/cash-advances", _advance, AdvanceOut)
add_command(router, "/cash-advances", "pay", _pay_advance, _advance, AdvanceOut)
add_command(router, "/cash-advances", "withdraw", _withdraw_advance, _advance, AdvanceOut)
add_command(router, "/cash-advances", "give-back", _give_back, _advance, AdvanceOut, GiveBack)


# ---------------------------------------------------------------- claims


async def _claim(session: Session, today: date, actor: Actor, claim_id: UUID) -> ClaimOut:
    values = await one(session, lists.CLAIMS, claim_id, today)
    row = await acts.get(session, ExpenseClaim, claim_id, "expense_claim")
    if row.state == "paid":
        settled, back = await claims.settled_of(session, claim_id)
        payout = row.amount_fen - settled
    else:
        found = await claims.set_off_of(session, row)
        settled, payout, back = found.settled, found.payout, found.give_back
    commands = _buttons(CLAIM.commands(row.state, actor.roles), row.person_id, actor)
    if row.state == "draft" and actor.user_id == row.person_id:
        commands.append("edit")
    return ClaimOut.model_validate(
        values
        | row.model_dump(include={"final", "returned_on", "reason"})
        | {
            "lines": [
                InvoiceIn(
                    spent_on=x.spent_on,
                    amount_fen=x.amount_fen,
                    issuer=x.issuer,
                    invoice_no=x.invoice_no,
                    invoice_type=InvoiceType(x.invoice_type),
                    tax_fen=x.tax_fen,
                    note=x.note,
                )
                for x in await claims.lines_of(session, claim_id)
            ],
            "set_off_fen": settled,
            "payout_fen": payout,
            "give_back_fen": back,
            "commands": sorted(commands),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "expense_claim", claim_id)],
        }
    )


@router.post("/expense-claims", status_code=201)
async def claim(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ClaimNew) -> ClaimOut:
    """Invoices of what was asked for."""
    row = await claims.draft(session, now, today, actor, body.plain())
    return await _claim(session, today, actor, row.id)


async def _edit(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: ClaimEdit) -> None:
    await claims.edit(s, n, t, a, i, b.version, [line.plain() for line in b.lines])


async def _submit_claim(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await claims.submit(s, n, t, a, i, b.version)


async def _dept(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await claims.dept_approve(s, n, a, i, b.version, b.note)


async def _finance(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await claims.finance_check(s, n, a, i, b.version, b.note)


async def _return(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await claims.send_back(s, n, a, i, b.version, b.note)


async def _cancel(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await claims.cancel(s, n, a, i, b.version, b.note)


async def _pay(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Pay) -> None:
    await claims.pay(s, n, t, a, i, b.version, b.net_fen)


add_get(router, "/expense-claims", _claim, ClaimOut)
add_command(router, "/expense-claims", "edit", _edit, _claim, ClaimOut, ClaimEdit)
add_command(router, "/expense-claims", "submit", _submit_claim, _claim, ClaimOut)
add_command(router, "/expense-claims", "dept-approve", _dept, _claim, ClaimOut)
add_command(router, "/expense-claims", "finance-check", _finance, _claim, ClaimOut)
add_command(router, "/expense-claims", "return", _return, _claim, ClaimOut)
add_command(router, "/expense-claims", "cancel", _cancel, _claim, ClaimOut)
add_command(router, "/expense-claims", "pay", _pay, _claim, ClaimOut, Pay)


async def _claim_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.claim(session, today, await _claim(session, today, actor, thing_id))


add_print(router, "/expense-claims", _claim_paper)


@router.get("/reports/expenses")
async def report(session: DbSession, _: OfficeActor, group_by: GroupBy, from_on: date, to_on: date) -> list[GroupOut]:
    """Expenses booked in a period, by account, department, person, customer, region or month."""
    if from_on > to_on:
        raise BadInput(field="to_on", problem_zh="结束日早于开始日", problem_en="the period ends before it begins")
    return [GroupOut(key=k, name=n, amount_fen=f) for k, n, f in await lists.by(session, group_by, from_on, to_on)]
