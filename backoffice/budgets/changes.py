"""追加 and 调剂: more for a budget, or from one to another. Finance gives its opinion, CMO or GM decides (M3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.budgets import ledger, rules, service
from backoffice.budgets.models import Budget, BudgetChange, BudgetEntry, BudgetPot
from backoffice.budgets.rules import CHANGE, MONTHS, ChangeKind
from backoffice.budgets.service import Dimension
from backoffice.kit.duties import Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.roles import service as roles
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.people.models import User

KIND = "budget_change"


async def draft(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    to: tuple[Dimension, int],
    amount_fen: int,
    reason: str,
    source: tuple[Dimension, int] | None = None,
) -> BudgetChange:
    """`to` and `source`: what and which month. Without a source it is a supplement, with one a transfer."""
    if source is not None and source[0].year != to[0].year:
        raise BadInput(field="from", problem_zh="不能跨年度调剂", problem_en="a transfer stays within one year")
    pot = await service.pot_of(session, to[0])
    other = await service.pot_of(session, source[0]) if source else None
    if other is not None and other.id == pot.id:
        raise BadInput(
            field="from",
            problem_zh="调出与调入是同一预算",
            problem_en="both sides are the same budget",
            mend_zh="同一预算内调整月份请用修订。",
            mend_en="Move amounts between months of one budget by a revision.",
        )
    row = BudgetChange(
        number=await next_number(session, "BC", today),
        kind=(ChangeKind.VIREMENT if source else ChangeKind.SUPPLEMENT).value,
        to_pot_id=pot.id,
        to_month=to[1],
        from_pot_id=other.id if other else None,
        from_month=source[1] if source else None,
        amount_fen=amount_fen,
        reason=reason,
        made_by=actor.user_id,
        made_on=today,
    )
    await acts.born(session, now, actor, row, CHANGE, note=reason, detail={"amount_fen": amount_fen})
    return row


async def _take(session: Session, change_id: UUID, version: int | None) -> BudgetChange:
    seen = await acts.get(session, BudgetChange, change_id, "budget_change")
    await service.lock_pots(session, *(pot for pot in (seen.to_pot_id, seen.from_pot_id) if pot))
    return await acts.take(session, BudgetChange, change_id, "budget_change", version)


async def submit(session: Session, now: datetime, actor: Actor, change_id: UUID, version: int) -> BudgetChange:
    row = await _take(session, change_id, version)
    if actor.user_id != row.made_by:
        raise Refused("not_the_maker", "只有申请人可以提交。", "Only its maker submits it.")
    await _possible(session, row)
    await acts.move(session, now, actor, row, CHANGE, "submit")
    return row


async def withdraw(
    session: Session, now: datetime, actor: Actor, change_id: UUID, version: int, note: str
) -> BudgetChange:
    """Back to the draft; verdicts are void."""
    row = await _take(session, change_id, version)
    if actor.user_id != row.made_by:
        raise Refused("not_the_maker", "只有申请人可以撤回。", "Only its maker takes it back.")
    sets = {"opinion": "", "opinion_by": None}
    await acts.move(session, now, None, row, CHANGE, "rework", note=note, sets=sets)
    await approvals.void(session, now, actor, KIND, row.id, "申请人撤回 · taken back")
    return row


def _content(row: BudgetChange) -> dict[str, Any]:
    return row.model_dump(include={"from_pot_id", "from_month", "to_pot_id", "to_month", "amount_fen"})


async def give_opinion(
    session: Session, now: datetime, actor: Actor, change_id: UUID, version: int, opinion: str
) -> BudgetChange:
    """Finance's opinion, which opens the approval (in the maker's name)."""
    row = await _take(session, change_id, version)
    if actor.user_id == row.made_by:
        raise SameHands(("申请预算变更", "ask for a change"), ("提出财务意见", "give finance's opinion"))
    if not opinion.strip():
        raise BadInput(field="note", problem_zh="请写明财务意见", problem_en="finance's opinion is missing")
    sets = {"opinion": opinion.strip(), "opinion_by": actor.user_id}
    await acts.move(session, now, actor, row, CHANGE, "give_opinion", note=opinion, sets=sets)
    zh, _ = await service.what_is(session, await session.get_one(BudgetPot, row.to_pot_id))
    title = f"{row.number} {'调剂' if row.from_pot_id else '追加'} {zh} {amount_words(row.amount_fen)}"
    maker = await roles.actor_of(session, await session.get_one(User, row.made_by))
    await approvals.submit(
        session, now, maker, Ask(KIND, "budget_change", row.id, title, row.amount_fen, _content(row))
    )
    return row


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await _take(session, approval.thing_id, None)
    command = {"approved": "approve", "rejected": "reject"}.get(approval.state, "rework")
    if row.state != "draft" and CHANGE.after(row.state, command) is not None:
        await acts.move(session, now, None, row, CHANGE, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "预算变更", "change of a budget", _decided)


async def apply(
    session: Session, now: datetime, today: date, actor: Actor, change_id: UUID, version: int, note: str = ""
) -> BudgetChange:
    """Finance carries it out, if it is still possible: money may have been spent since it was approved."""
    row = await _take(session, change_id, version)
    acts.require_duty(actor, CHANGE.roles("approved", "carry_out"))
    if actor.user_id == row.made_by:
        raise SameHands(("申请预算变更", "ask for a change"), ("执行变更", "apply it"))
    if row.state == "approved" and not await approvals.approved(session, KIND, row.id, _content(row)):
        raise Refused("not_approved", "该变更未获批准。", "Exactly this change has not been approved.")
    budget, source = await _possible(session, row)
    sets = {"applied_by": actor.user_id, "applied_on": today}
    await acts.move(session, now, actor, row, CHANGE, "carry_out", note=note, sets=sets)
    session.add(BudgetEntry(budget_id=budget.id, change_id=row.id, month=row.to_month, amount_fen=row.amount_fen))
    if source is not None and row.from_month is not None:
        taken = BudgetEntry(budget_id=source.id, change_id=row.id, month=row.from_month, amount_fen=-row.amount_fen)
        session.add(taken)
    await session.flush()
    return row


async def _issued(session: Session, pot_id: UUID) -> Budget:
    budget = await service.in_force(session, pot_id)
    if budget is None or budget.state != "issued":
        zh, en = await service.what_is(session, await session.get_one(BudgetPot, pot_id))
        raise Refused("m3-5", f"{zh}没有已下达的预算。", f"{en} has no issued budget.")
    return budget


async def _possible(session: Session, row: BudgetChange) -> tuple[Budget, Budget | None]:
    """Both budgets. Refused m3-1 when the source has less available, in the year or in any month from it on."""
    budget = await _issued(session, row.to_pot_id)
    if row.from_pot_id is None or row.from_month is None:
        return budget, None
    source = await _issued(session, row.from_pot_id)
    months = await ledger.months(session, row.from_pot_id)
    ends = [rules.position(months).available, months[row.from_month - 1].budget]
    ends += [rules.position(months, to).available for to in range(row.from_month, MONTHS + 1)]
    if min(ends) < row.amount_fen:
        zh, en = await service.what_is(session, await session.get_one(BudgetPot, row.from_pot_id))
        raise Refused(
            "m3-1",
            f"{zh}在{row.from_month}月最多可调出{amount_words(max(min(ends), 0))},不足{amount_words(row.amount_fen)}。",
            f"{en} can give at most {amount_words(max(min(ends), 0))} in month {row.from_month}, "
            f"not {amount_words(row.amount_fen)}.",
            field="amount_fen",
        )
    return budget, source


async def of_budget(session: Session, budget_id: UUID) -> int:
    """What applied changes added to a version, in all."""
    total = await session.scalar(
        select(func.coalesce(func.sum(col(BudgetEntry.amount_fen)), 0)).where(col(BudgetEntry.budget_id) == budget_id)
    )
    return int(total or 0)
