"""费用申请: before spending, within the budget, approved by amount; supplements; closing gives back what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.budgets import service as budgets
from backoffice.budgets.rules import Action, BudgetPolicy, Stage
from backoffice.budgets.service import Commitment, Leave
from backoffice.expenses import ledger
from backoffice.expenses.models import CashAdvance, ExpenseClaim, ExpenseRequest
from backoffice.expenses.rules import REQUEST, ExpensePolicy
from backoffice.kit.duties import ROLE_NAMES, Actor, OfficeRole
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import NotYourDuty, Refused
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session

KIND = "expense_request"
THING = "expense_request"
TO_THE_TOP = 99
"""An exception goes to the highest band, whatever its amount (M3-4)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    department: str
    account: str
    purpose: str
    amount_fen: int
    needed_on: date
    customer_id: UUID | None = None
    region: str = ""
    event_id: UUID | None = None
    supplement_of: UUID | None = None
    exception_reason: str = ""
    """Why it should be allowed although the budget says stop."""


async def draft(session: Session, now: datetime, today: date, actor: Actor, wish: Wish) -> ExpenseRequest:
    """Whoever will spend asks, before spending. A supplement is of the same account as what it adds to."""
    pot = await budgets.pot_of(session, _commitment(wish).dimension)  # refuses a group, or what is unknown
    if wish.supplement_of is not None:
        first = await acts.get(session, ExpenseRequest, wish.supplement_of, THING)
        same = (first.department_code, first.account_code) == (pot.department_code, pot.account_code)
        if first.applicant_id != actor.user_id or not same or first.supplement_of is not None:
            raise Refused(
                "m2-2",
                "补充申请须由原申请人就原申请的部门和科目提出。",
                "A supplement is asked for by the same person, for the same department and account as the request.",
                field="supplement_of",
            )
    row = ExpenseRequest(
        number=await next_number(session, "EX", today),
        applicant_id=actor.user_id,
        department_code=wish.department,
        account_code=wish.account,
        purpose=wish.purpose,
        customer_id=wish.customer_id,
        event_id=wish.event_id,
        region=wish.region,
        amount_fen=wish.amount_fen,
        needed_on=wish.needed_on,
        asked_on=today,
        supplement_of=wish.supplement_of,
        exception=bool(wish.exception_reason.strip()),
        exception_reason=wish.exception_reason.strip(),
        check_result=[],
        made_at=now,
    )
    await acts.born(session, now, actor, row, REQUEST, detail={"amount_fen": row.amount_fen})
    return row


def _commitment(wish: Wish) -> Commitment:
    return Commitment(wish.department, wish.account, wish.needed_on, wish.amount_fen, KIND, UUID(int=0), "")


def commitment(row: ExpenseRequest) -> Commitment:
    return Commitment(row.department_code, row.account_code, row.needed_on, row.amount_fen, KIND, row.id, row.number)


def mine(row_maker: UUID, actor: Actor) -> None:
    """Raises NotYourDuty unless it is the actor's own."""
    if actor.user_id != row_maker:
        raise NotYourDuty(frozenset(), why_zh="只有制单人可以操作。", why_en="Only its maker may do this.")


def _content(row: ExpenseRequest) -> dict[str, Any]:
    names = ("department_code", "account_code", "purpose", "amount_fen", "needed_on", "exception", "supplement_of")
    return {name: str(getattr(row, name)) for name in names}


async def submit(session: Session, now: datetime, actor: Actor, request_id: UUID, version: int) -> ExpenseRequest:
    """Checked against the budget first: a Stop is refused here, unless an exception is asked for (M3-3, M3-4)."""
    row = await acts.take(session, ExpenseRequest, request_id, THING, version)
    mine(row.applicant_id, actor)
    check = await budgets.look(session, commitment(row), Stage.REQUEST)
    if check.action is Action.STOP and not row.exception:
        pot = await budgets.pot_of(session, commitment(row).dimension)
        await budgets.refuse_or_pass(session, pot, check, None)
    found = [
        {"scope": f.scope, "month": f.month, "budget_fen": f.budget, "used_fen": f.used, "over_fen": f.over,
         "action": f.action}
        for f in check.findings
    ]  # fmt: skip
    await acts.move(session, now, actor, row, REQUEST, "submit", detail={"budget": found}, sets={"check_result": found})
    title = f"{row.number} {row.purpose[:40]} {amount_words(row.amount_fen)}"
    if row.exception:
        title = f"{title}(超预算 over budget)"
    ask = Ask(KIND, THING, row.id, title, row.amount_fen, _content(row), TO_THE_TOP if row.exception else 0)
    await approvals.submit(session, now, actor, ask)
    return row


async def _leave_of(session: Session, actor: Actor | None, approval: Approval) -> Leave | None:
    """The last verdict as leave to exceed: its giver, in that duty, with the opinion as the reason."""
    if actor is None:
        return None
    policy = await policies.load(session, BudgetPolicy)
    for task in await approval_repository.tasks(session, approval.id):
        if task.decided_by == actor.user_id and task.role == policy.exception_role.value:
            who = Actor(actor.user_id, actor.name, actor.roles | {OfficeRole(task.role)})
            return Leave(who, task.opinion)
    return None


async def _decided(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, ExpenseRequest, approval.thing_id, THING, None)
    if approval.state == "approved":
        policy = await policies.load(session, ExpensePolicy)
        today = approval.approved_on or row.asked_on
        leave = await _leave_of(session, actor, approval) if row.exception else None
        await budgets.reserve(session, today, commitment(row), leave)
        sets = {"valid_until": max(today, row.needed_on) + timedelta(days=policy.request_days)}
        await acts.move(session, now, None, row, REQUEST, "approve", detail={"approval": str(approval.id)}, sets=sets)
    elif row.state == "submitted":
        await acts.move(session, now, None, row, REQUEST, "reject" if approval.state == "rejected" else "reopen")


outcomes.register(KIND, "费用申请", "expense request", _decided)


async def withdraw(
    session: Session, now: datetime, actor: Actor, request_id: UUID, version: int, note: str
) -> ExpenseRequest:
    """By its maker, before it is approved."""
    row = await acts.take(session, ExpenseRequest, request_id, THING, version)
    mine(row.applicant_id, actor)
    await acts.move(session, now, actor, row, REQUEST, "withdraw", note=note)
    await approvals.void(session, now, actor, KIND, row.id, "申请人撤回 · withdrawn")
    return row


async def close(
    session: Session, now: datetime, today: date, actor: Actor, request_id: UUID, version: int, note: str = ""
) -> ExpenseRequest:
    """Nothing more is claimed on it: what is left of its reservation, and of its supplements', goes back (M3-7)."""
    row = await acts.take(session, ExpenseRequest, request_id, THING, version)
    if actor.user_id != row.applicant_id and OfficeRole.FIN not in actor.roles:
        zh, en = ROLE_NAMES[OfficeRole.FIN]
        raise NotYourDuty(
            frozenset({OfficeRole.FIN}), why_zh=f"由申请人或{zh}关闭。", why_en=f"Its maker or {en} closes it."
        )
    await _nothing_open(session, row)
    await acts.move(session, now, actor, row, REQUEST, "close", note=note)
    await _release(session, today, row)
    for supplement in await _supplements(session, row):
        await acts.move(session, now, None, supplement, REQUEST, "close")
        await _release(session, today, supplement)
    return row


async def _supplements(session: Session, row: ExpenseRequest) -> list[ExpenseRequest]:
    rows = await session.scalars(
        select(ExpenseRequest).where(
            col(ExpenseRequest.supplement_of) == row.id, col(ExpenseRequest.state) == "approved"
        )
    )
    return list(rows)


async def _nothing_open(session: Session, row: ExpenseRequest) -> None:
    at_work = ("submitted", "dept_approved", "finance_checked", "approved")
    claim = await session.scalar(
        select(col(ExpenseClaim.number)).where(
            col(ExpenseClaim.request_id) == row.id, col(ExpenseClaim.state).in_(at_work)
        )
    )
    advance = await session.scalar(
        select(col(CashAdvance.number)).where(
            col(CashAdvance.request_id) == row.id, col(CashAdvance.state).in_(["requested", "approved", "paid"])
        )
    )
    if claim or advance:
        raise Refused(
            "m3-7",
            f"{claim or advance} 尚未办结,不能关闭申请。",
            f"{claim or advance} is still at work; finish it before the request is closed.",
        )


async def _release(session: Session, today: date, row: ExpenseRequest) -> None:
    await budgets.release(session, today, KIND, row.id)


async def expire(session: Session, now: datetime, today: date) -> int:
    """By night: approved, nothing spent on it, its time is over."""
    rows = await session.scalars(
        select(col(ExpenseRequest.id))
        .where(
            col(ExpenseRequest.state) == "approved",
            col(ExpenseRequest.valid_until) < today,
            col(ExpenseRequest.supplement_of).is_(None),  # they end with what they add to
        )
        .order_by(col(ExpenseRequest.id))
    )
    done = 0
    for request_id in rows.all():
        row = await acts.take(session, ExpenseRequest, request_id, THING, None)
        if row.state != "approved" or await ledger.claimed_fen(session, row.id):
            continue
        try:
            await _nothing_open(session, row)
        except Refused:
            continue  # money was advanced on it: that has to come back first
        await acts.move(session, now, None, row, REQUEST, "expire")
        await _release(session, today, row)
        for supplement in await _supplements(session, row):
            await acts.move(session, now, None, supplement, REQUEST, "expire")
            await _release(session, today, supplement)
        done += 1
    return done
