"""借款: money in advance for an approved request; settled by claims or given back; a guarantor stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.budgets import service as budgets
from backoffice.expenses import ledger, rules
from backoffice.expenses.models import AdvanceSettlement, CashAdvance, ExpenseRequest
from backoffice.expenses.requests import mine
from backoffice.expenses.rules import ADVANCE, ExpensePolicy
from backoffice.kit.duties import Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.models import User

KIND = "cash_advance"
THING = "cash_advance"


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan slip: the amount in figures and in capital characters, which must agree."""

    request_id: UUID
    amount_fen: int
    capitals: str
    reason: str
    guarantor_id: UUID
    due_on: date | None = None


async def overdue_of(session: Session, person: UUID, today: date) -> CashAdvance | None:
    """An advance of theirs that should have been settled before today."""
    s = ledger.settled()
    found: CashAdvance | None = await session.scalar(
        select(CashAdvance)
        .outerjoin(s, s.c.id == col(CashAdvance.id))
        .where(
            col(CashAdvance.person_id) == person,
            col(CashAdvance.state) == "paid",
            col(CashAdvance.due_on) < today,
            col(CashAdvance.amount_fen) > func.coalesce(s.c.settled_fen, 0),
        )
        .order_by(col(CashAdvance.due_on))
        .limit(1)
    )
    return found


async def ask(session: Session, now: datetime, today: date, actor: Actor, loan: Loan) -> CashAdvance:
    """For one's own approved request. Refused m2-4 while an overdue one is open."""
    await session.get(User, actor.user_id, with_for_update=True)  # one advance of a person at a time
    request = await acts.take(session, ExpenseRequest, loan.request_id, "expense_request", None)
    mine(request.applicant_id, actor)
    if request.state not in ("approved", "used"):
        raise Refused("m2-1", "申请尚未批准,不能借款。", "The request is not approved, so no money is advanced on it.")
    late = await overdue_of(session, actor.user_id, today)
    if late is not None:
        raise Refused(
            "m2-4",
            f"借款 {late.number} 已于 {late.due_on} 到期未结清,结清前不能再借款。",
            f"The advance {late.number} was due on {late.due_on} and is not settled; until it is there is no new one.",
        )
    if not rules.same_amount(loan.amount_fen, loan.capitals):
        raise BadInput(
            field="amount_capitals",
            problem_zh=f"大写金额与小写不符,应为“{rules.capitals(loan.amount_fen)}”",
            problem_en=f"the amount in capital characters is not that in figures: '{rules.capitals(loan.amount_fen)}'",
        )
    if await session.get(User, loan.guarantor_id) is None:
        raise NotFound(what_zh="担保人", what_en="guarantor", id=loan.guarantor_id)
    if loan.guarantor_id == actor.user_id:
        raise SameHands(("借款", "take an advance"), ("为其担保", "stand guarantor for it"))
    await _within(session, request, loan.amount_fen)
    policy = await policies.load(session, ExpensePolicy)
    row = CashAdvance(
        number=await next_number(session, "LN", today),
        request_id=request.id,
        person_id=actor.user_id,
        guarantor_id=loan.guarantor_id,
        reason=loan.reason,
        amount_fen=loan.amount_fen,
        amount_capitals=rules.capitals(loan.amount_fen),
        due_on=loan.due_on or today + timedelta(days=policy.advance_days),
        asked_on=today,
        made_at=now,
    )
    await acts.born(session, now, actor, row, ADVANCE, detail={"amount_fen": row.amount_fen})
    title = f"{row.number} 借款 {amount_words(row.amount_fen)} {row.reason[:40]}"
    await approvals.submit(session, now, actor, Ask(KIND, THING, row.id, title, row.amount_fen, _content(row)))
    return row


async def _within(session: Session, request: ExpenseRequest, amount_fen: int) -> None:
    """Advances on a request, together, are within what was approved of it and not yet claimed."""
    out = await session.scalar(
        select(func.coalesce(func.sum(col(CashAdvance.amount_fen)), 0)).where(
            col(CashAdvance.request_id) == request.id, col(CashAdvance.state) != "rejected"
        )
    )
    granted = await ledger.granted_fen(session, request.id)
    if int(out or 0) + amount_fen > granted:
        raise Refused(
            "m2-2",
            f"借款合计超过申请批准的{amount_words(granted)}。",
            f"The advances would be more than the {amount_words(granted)} approved.",
            field="amount_fen",
        )


def _content(row: CashAdvance) -> dict[str, Any]:
    return {"request": str(row.request_id), "amount_fen": row.amount_fen, "due_on": str(row.due_on)}


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, CashAdvance, approval.thing_id, THING, None)
    command = "approve" if approval.state == "approved" else "reject"
    if ADVANCE.after(row.state, command) is not None:
        await acts.move(session, now, None, row, ADVANCE, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "借款", "cash advance", _decided)


async def withdraw(
    session: Session, now: datetime, actor: Actor, advance_id: UUID, version: int, note: str
) -> CashAdvance:
    row = await acts.take(session, CashAdvance, advance_id, THING, version)
    mine(row.person_id, actor)
    await acts.move(session, now, actor, row, ADVANCE, "withdraw", note=note)
    await approvals.void(session, now, actor, KIND, row.id, "借款人撤回 · withdrawn")
    return row


async def pay(
    session: Session, now: datetime, today: date, actor: Actor, advance_id: UUID, version: int, note: str = ""
) -> CashAdvance:
    """The cashier pays it out: never to themselves, large sums after notice, nothing while another is late."""
    row = await acts.take(session, CashAdvance, advance_id, THING, version)
    acts.require_duty(actor, ADVANCE.roles("approved", "pay"))
    if actor.user_id == row.person_id:
        raise SameHands(("借款", "take an advance"), ("付款", "pay it out"))
    policy = await policies.load(session, ExpensePolicy)
    first = rules.payable_from(row.asked_on, row.amount_fen, policy.notice_over_fen, policy.notice_days)
    if today < first:
        raise Refused(
            "m2-notice",
            f"超过{amount_words(policy.notice_over_fen)}的借款须提前{policy.notice_days}天通知财务,{first}起可付。",
            f"More than {amount_words(policy.notice_over_fen)} needs {policy.notice_days} day(s) of notice: "
            f"payable from {first}.",
        )
    late = await overdue_of(session, row.person_id, today)
    if late is not None:
        raise Refused("m2-4", f"借款 {late.number} 逾期未结清。", f"The advance {late.number} is overdue.")
    reservation = await budgets.reservation_of(session, "expense_request", row.request_id)
    if reservation is not None:
        await budgets.over_now(session, reservation)
    sets = {"paid_on": today, "paid_by": actor.user_id}
    await acts.move(session, now, actor, row, ADVANCE, "pay", note=note, sets=sets)
    return row


async def settle(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    row: CashAdvance,
    amount_fen: int,
    *,
    claim_id: UUID | None = None,
    by_claim: bool = False,
) -> None:
    """Book what was spent or given back; the state follows the sum. `row` is locked."""
    session.add(
        AdvanceSettlement(
            advance_id=row.id,
            claim_id=claim_id,
            by_claim=by_claim,
            amount_fen=amount_fen,
            on_day=today,
            made_by=actor.user_id,
        )
    )
    await session.flush()
    left = await ledger.open_fen(session, row)
    detail = {"amount_fen": amount_fen, "by_claim": by_claim, "open_fen": left}
    await acts.move(session, now, None, row, ADVANCE, "settle_part" if left else "settle_advance", detail=detail)


async def give_back(
    session: Session, now: datetime, today: date, actor: Actor, advance_id: UUID, version: int, amount_fen: int
) -> CashAdvance:
    """The cashier takes back what was not spent."""
    row = await acts.take(session, CashAdvance, advance_id, THING, version)
    acts.require_duty(actor, ADVANCE.roles("approved", "pay"))
    if actor.user_id == row.person_id:
        raise SameHands(("借款", "take an advance"), ("收回借款", "take it back"))
    left = await ledger.open_fen(session, row)
    if amount_fen > left:
        raise Refused(
            "m2-6",
            f"未核销借款为{amount_words(left)}。",
            f"Only {amount_words(left)} of it are open.",
            field="amount_fen",
        )
    await settle(session, now, today, actor, row, amount_fen)
    return row


async def call_guarantors(session: Session, now: datetime, today: date) -> int:
    """By night: an overdue advance is told once, with the day until which its guarantor repays it."""
    policy = await policies.load(session, ExpensePolicy)
    rows = await session.scalars(
        select(col(CashAdvance.id))
        .where(
            col(CashAdvance.state) == "paid",
            col(CashAdvance.due_on) < today,
            col(CashAdvance.guarantor_called_on).is_(None),
        )
        .order_by(col(CashAdvance.id))
    )
    done = 0
    for advance_id in rows.all():
        row = await acts.take(session, CashAdvance, advance_id, THING, None)
        left = await ledger.open_fen(session, row)
        if left and row.guarantor_called_on is None:
            row.guarantor_called_on = today
            until = rules.guarantor_by(row.due_on, policy.guarantor_months)
            detail = {"open_fen": left, "guarantor_id": str(row.guarantor_id), "until": until.isoformat()}
            await acts.write(session, now, None, row, THING, "guarantor_called", detail=detail)
            done += 1
    return done
