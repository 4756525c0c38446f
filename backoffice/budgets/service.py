"""The life of a budget, and spending on it: check, reserve, spend, release.

    await reserve(session, today, Commitment(department, account, day, fen, "expense_request", id, number), by)
    await spend(session, Expense(...))             # on a reservation, or without one
    await release(session, today, "expense_request", id)

Whatever moves money locks its pot first (pots in the order of their ids), so two at once are one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.budgets import ledger, rules
from backoffice.budgets.models import (
    Budget,
    BudgetActual,
    BudgetMonth,
    BudgetPot,
    BudgetReservation,
    Department,
    ExpenseAccount,
)
from backoffice.budgets.rules import BUDGET, MONTHS, Action, BudgetPolicy, Check, Scope, Stage
from backoffice.kit.duties import ROLE_NAMES, Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands, WrongState
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.roles import service as roles
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.kit.ids import new_id
from callcenter.people.models import User

KIND = "budget"
AT_WORK = ("draft", "unit_reviewed", "consolidated", "committee_approved")


# ---------------------------------------------------------------- pots


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a budget is of."""

    year: int
    department: str
    account: str


async def pot_of(session: Session, what: Dimension) -> BudgetPot:
    """The pot, made when it is the first time. Raises NotFound and Refused m3-5."""
    account = await session.get(ExpenseAccount, what.account)
    if account is None or not account.enabled:
        raise NotFound(what_zh="费用科目", what_en="expense account", id=what.account)
    if await session.get(Department, what.department) is None:
        raise NotFound(what_zh="部门", what_en="department", id=what.department)
    if account.is_group or account.balance_sheet:
        raise Refused(
            "m3-5",
            f"“{account.name_zh}”是汇总科目或资产负债类科目,不能编制预算,请选择末级费用科目。",
            f"'{account.name_en}' is a group or balance-sheet account and carries no budget; choose one of its leaves.",
            field="account_code",
        )
    await session.execute(
        insert(BudgetPot)
        .values(id=new_id(), year=what.year, department_code=what.department, account_code=what.account)
        .on_conflict_do_nothing()
    )
    found: BudgetPot | None = await session.scalar(
        select(BudgetPot).where(
            col(BudgetPot.year) == what.year,
            col(BudgetPot.department_code) == what.department,
            col(BudgetPot.account_code) == what.account,
        )
    )
    assert found is not None  # just made
    return found


async def lock_pots(session: Session, *pot_ids: UUID) -> None:
    """In one order, whoever asks, so that no two wait for each other."""
    query = select(col(BudgetPot.id)).where(col(BudgetPot.id).in_(pot_ids)).order_by(col(BudgetPot.id))
    await session.execute(query.with_for_update())


async def require_no_pot(session: Session, account: str) -> None:
    """Raises Refused m3-5 when an account already carries budgets or expenses."""
    if await session.scalar(select(col(BudgetPot.id)).where(col(BudgetPot.account_code) == account).limit(1)):
        raise Refused(
            "m3-5",
            "该科目已有预算或支出,不能改为汇总科目或资产负债类科目。",
            "The account carries budgets already and cannot become a group or balance-sheet account.",
            field="is_group",
        )


async def in_force(session: Session, pot_id: UUID) -> Budget | None:
    found: Budget | None = await session.scalar(
        select(Budget)
        .where(col(Budget.pot_id) == pot_id, col(Budget.state).in_(ledger.IN_FORCE))
        .execution_options(populate_existing=True)
    )
    return found


async def what_is(session: Session, pot: BudgetPot) -> tuple[str, str]:
    """`2026 销售部 会务费`, in both languages."""
    department = await session.get_one(Department, pot.department_code)
    account = await session.get_one(ExpenseAccount, pot.account_code)
    return (
        f"{pot.year}年{department.name_zh}“{account.name_zh}”",
        f"{pot.year} {department.name_en} '{account.name_en}'",
    )


# ---------------------------------------------------------------- budgets


@dataclass(frozen=True, slots=True)
class Figures:
    """What a budget says. `months` or `shares_bp` (hundredths of a percent); neither: a twelfth each."""

    annual_fen: int
    months: Sequence[int] = ()
    shares_bp: Sequence[int] = ()
    actions: dict[str, Action] = field(default_factory=dict)
    """`year_on_request` …; what is not named is as the settings say."""
    reason: str = ""


def _twelve(figures: Figures) -> list[int]:
    """M3-5: twelve amounts that add to the total, or shares that add to 100 %. Raises BadInput."""
    if figures.shares_bp:
        if len(figures.shares_bp) != MONTHS or sum(figures.shares_bp) != rules.WHOLE_BP:
            raise BadInput(
                field="shares_bp",
                problem_zh=f"十二个月的比例合计为{sum(figures.shares_bp) / 100:.2f}%,应为100%",
                problem_en=f"the shares of the twelve months add up to {sum(figures.shares_bp) / 100:.2f} %, not 100 %",
            )
        return rules.distribute(figures.annual_fen, figures.shares_bp)
    if not figures.months:
        return rules.evenly(figures.annual_fen)
    if len(figures.months) != MONTHS or sum(figures.months) != figures.annual_fen:
        raise BadInput(
            field="months",
            problem_zh=f"{len(figures.months)}个月合计{amount_words(sum(figures.months))},"
            f"与年度预算{amount_words(figures.annual_fen)}不符",
            problem_en=f"{len(figures.months)} months add up to {amount_words(sum(figures.months))}, "
            f"the year is {amount_words(figures.annual_fen)}",
        )
    return list(figures.months)


async def draft(
    session: Session, now: datetime, today: date, actor: Actor, what: Dimension, figures: Figures
) -> Budget:
    """A unit drafts its budget. Refused m3-5 when the pot has one (in force: revise that; at work: edit that)."""
    pot = await pot_of(session, what)
    await lock_pots(session, pot.id)
    await _only_one(session, pot, revision=False)
    policy = await policies.load(session, BudgetPolicy)
    actions = {
        f"{scope}_on_{stage}": action
        for stage in ("request", "actual")
        for scope, action in (("year", policy.year_action), ("month", policy.month_action))
    } | figures.actions
    said: dict[str, Any] = {name: action.value for name, action in actions.items()}
    row = Budget(
        number=await next_number(session, "BG", today),
        pot_id=pot.id,
        annual_fen=figures.annual_fen,
        reason=figures.reason,
        made_by=actor.user_id,
        made_at=now,
        **said,
    )
    twelve = _twelve(figures)
    await acts.born(session, now, actor, row, BUDGET, detail={"annual_fen": figures.annual_fen})
    await _set_months(session, row, twelve)
    return row


async def _only_one(session: Session, pot: BudgetPot, *, revision: bool) -> None:
    states = AT_WORK if revision else (*AT_WORK, *ledger.IN_FORCE)
    other = await session.scalar(
        select(Budget).where(col(Budget.pot_id) == pot.id, col(Budget.state).in_(states)).limit(1)
    )
    if other is not None:
        zh, en = await what_is(session, pot)
        raise Refused(
            "m3-5",
            f"{zh}已有预算 {other.number}。已下达的请修订,编制中的请直接修改。",
            f"{en} already has the budget {other.number}. Revise it once it is issued; edit it while it is at work.",
            field="account_code",
        )


async def _set_months(session: Session, row: Budget, twelve: Sequence[int]) -> None:
    await session.execute(delete(BudgetMonth).where(col(BudgetMonth.budget_id) == row.id))
    session.add_all(BudgetMonth(budget_id=row.id, month=n, amount_fen=fen) for n, fen in enumerate(twelve, start=1))
    await session.flush()


async def months_of(session: Session, budget_id: UUID) -> list[int]:
    """The twelve amounts of this version as they were written (without later changes)."""
    rows = await session.scalars(
        select(BudgetMonth).where(col(BudgetMonth.budget_id) == budget_id).order_by(col(BudgetMonth.month))
    )
    return [row.amount_fen for row in rows]


async def take(session: Session, budget_id: UUID, version: int | None) -> Budget:
    """Lock the pot, then the budget."""
    seen = await acts.get(session, Budget, budget_id, "budget")
    await lock_pots(session, seen.pot_id)
    return await acts.take(session, Budget, budget_id, "budget", version)


async def edit(
    session: Session, now: datetime, actor: Actor, budget_id: UUID, version: int, figures: Figures
) -> Budget:
    """Change what it says before it is issued: it goes back to the draft, and every verdict on it is void."""
    row = await take(session, budget_id, version)
    if row.state not in AT_WORK:
        raise WrongState(thing="budget", state=row.state, command="edit")
    if actor.user_id != row.made_by:
        raise Refused("not_the_maker", "只有编制人可以修改预算。", "Only its maker edits a budget.")
    twelve = _twelve(figures)
    if row.state != "draft":
        await _back(session, now, actor, row, "内容修改 · changed")
    row.annual_fen, row.reason = figures.annual_fen, figures.reason
    for name, action in figures.actions.items():
        setattr(row, name, action.value)
    await _set_months(session, row, twelve)
    await acts.write(session, now, actor, row, "budget", "edit", detail={"annual_fen": row.annual_fen})
    return row


async def _back(session: Session, now: datetime, actor: Actor | None, row: Budget, why: str) -> None:
    sets = {"reviewed_by": None, "consolidated_by": None}
    await acts.move(session, now, None, row, BUDGET, "rework", note=why, sets=sets)
    await approvals.void(session, now, actor, KIND, row.id, why)


async def review(session: Session, now: datetime, actor: Actor, budget_id: UUID, version: int, note: str) -> Budget:
    """The unit's manager, who did not draft it."""
    row = await take(session, budget_id, version)
    _other_hands(row, actor, ("审核", "review it"))
    await acts.move(session, now, actor, row, BUDGET, "unit_review", note=note, sets={"reviewed_by": actor.user_id})
    return row


def _other_hands(row: Budget, actor: Actor, second: tuple[str, str]) -> None:
    if actor.user_id == row.made_by:
        raise SameHands(("编制预算", "draft a budget"), second)


async def _content(session: Session, row: Budget) -> dict[str, Any]:
    actions = {n: getattr(row, n) for n in Budget.model_fields if "_on_" in n and not n.startswith("issued")}
    return {"pot": str(row.pot_id), "annual_fen": row.annual_fen, "months": await months_of(session, row.id)} | actions


async def consolidate(
    session: Session, now: datetime, actor: Actor, budget_id: UUID, version: int, note: str
) -> Budget:
    """Finance consolidates and puts it before the committee (an approval in the maker's name)."""
    row = await take(session, budget_id, version)
    _other_hands(row, actor, ("汇总", "consolidate it"))
    await acts.move(session, now, actor, row, BUDGET, "consolidate", note=note, sets={"consolidated_by": actor.user_id})
    maker = await roles.actor_of(session, await session.get_one(User, row.made_by))
    zh, _ = await what_is(session, await session.get_one(BudgetPot, row.pot_id))
    title = f"{row.number} {zh} {amount_words(row.annual_fen)}"
    ask = Ask(KIND, "budget", row.id, title, row.annual_fen, await _content(session, row))
    await approvals.submit(session, now, maker, ask)
    return row


async def _decided(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await take(session, approval.thing_id, None)
    if approval.state == "approved":
        await acts.move(session, now, None, row, BUDGET, "approve", detail={"approval": str(approval.id)})
    elif row.state != "draft" and BUDGET.after(row.state, "rework") is not None:
        sets = {"reviewed_by": None, "consolidated_by": None}
        await acts.move(session, now, None, row, BUDGET, "rework", note=approval.state, sets=sets)


outcomes.register(KIND, "预算", "budget", _decided)


async def issue(
    session: Session, now: datetime, today: date, actor: Actor, budget_id: UUID, version: int, note: str = ""
) -> Budget:
    """下达. A revision takes the place of the version before it, which stays to be read (M3-6)."""
    row = await take(session, budget_id, version)
    acts.require_duty(actor, BUDGET.roles("committee_approved", "issue_budget"))
    _other_hands(row, actor, ("下达", "issue it"))
    if row.state == "committee_approved" and not await approvals.approved(
        session, KIND, row.id, await _content(session, row)
    ):
        raise Refused("not_approved", "现有内容未经预算委员会通过。", "Exactly this has not passed the committee.")
    before = await in_force(session, row.pot_id)
    if before is not None:
        await _covers(session, row)
        await acts.move(session, now, None, before, BUDGET, "supersede", detail={"by": row.number})
    sets = {"issued_by": actor.user_id, "issued_on": today}
    await acts.move(session, now, actor, row, BUDGET, "issue_budget", note=note, sets=sets)
    return row


async def _covers(session: Session, row: Budget) -> None:
    now = await ledger.months(session, row.pot_id)
    used = rules.position(now)
    if row.annual_fen < used.actual + used.reserved:
        raise Refused(
            "m3-5",
            f"修订后的预算{amount_words(row.annual_fen)}低于已用和占用的{amount_words(used.actual + used.reserved)}。",
            f"The revised budget of {amount_words(row.annual_fen)} is below the "
            f"{amount_words(used.actual + used.reserved)} already spent and promised.",
            field="annual_fen",
        )


async def revise(
    session: Session, now: datetime, today: date, actor: Actor, budget_id: UUID, version: int, figures: Figures
) -> Budget:
    """M3-6: a new version of an issued budget, to go the whole way; until it is issued the old one holds."""
    old = await take(session, budget_id, version)
    if old.state != "issued":
        raise WrongState(thing="budget", state=old.state, command="revise")
    pot = await session.get_one(BudgetPot, old.pot_id)
    await _only_one(session, pot, revision=True)
    copied = {n: getattr(old, n) for n in Budget.model_fields if n.startswith(("year_on_", "month_on_"))}
    row = Budget(
        number=await next_number(session, "BG", today),
        pot_id=old.pot_id,
        revision=old.revision + 1,
        revision_of=old.id,
        annual_fen=figures.annual_fen,
        reason=figures.reason,
        made_by=actor.user_id,
        made_at=now,
        **(copied | {name: action.value for name, action in figures.actions.items()}),
    )
    twelve = _twelve(figures)
    await _covers(session, row)
    await acts.born(session, now, actor, row, BUDGET, note=figures.reason, detail={"revision_of": old.number})
    await _set_months(session, row, twelve)
    return row


async def close(session: Session, now: datetime, actor: Actor, budget_id: UUID, version: int, note: str) -> Budget:
    """At the end of its year: nothing more is spent on it. Refused while something is reserved."""
    row = await take(session, budget_id, version)
    held = rules.position(await ledger.months(session, row.pot_id)).reserved
    if row.state == "issued" and held:
        raise Refused(
            "m3-7",
            f"仍有占用{amount_words(held)}未核销或释放,不能关闭预算。",
            f"{amount_words(held)} are still reserved; have those documents closed first.",
        )
    await acts.move(session, now, actor, row, BUDGET, "close", note=note)
    return row


async def drop(session: Session, now: datetime, actor: Actor, budget_id: UUID, version: int, note: str) -> Budget:
    row = await take(session, budget_id, version)
    if actor.user_id != row.made_by:
        raise Refused("not_the_maker", "只有编制人可以放弃草稿。", "Only its maker drops a draft.")
    await acts.move(session, now, actor, row, BUDGET, "drop", note=note)
    return row


# ---------------------------------------------------------------- checking and spending


@dataclass(frozen=True, slots=True)
class Commitment:
    """What wants to be spent: on which pot (by department, account and day), how much, for which document."""

    department: str
    account: str
    day: date
    amount_fen: int
    document: str
    document_id: UUID
    number: str

    @property
    def dimension(self) -> Dimension:
        return Dimension(self.day.year, self.department, self.account)


@dataclass(frozen=True, slots=True)
class Leave:
    """Who lets it exceed the budget, and why (M3-4)."""

    by: Actor
    reason: str


async def look(session: Session, want: Commitment, stage: Stage) -> Check:
    """What a check says now. Changes nothing."""
    pot = await pot_of(session, want.dimension)
    return await _check(session, pot, want.day.month, want.amount_fen, stage)


async def _check(session: Session, pot: BudgetPot, month: int, amount_fen: int, stage: Stage) -> Check:
    budget = await in_force(session, pot.id)
    months = await ledger.months(session, pot.id)
    if budget is None or budget.state == "closed":
        policy = await policies.load(session, BudgetPolicy)
        action = Action.STOP if budget is not None else policy.unbudgeted
        at = rules.position(months)
        held = rules.Finding(Scope.YEAR, MONTHS, 0, at.actual + at.reserved + amount_fen, action)
        return Check((held,)) if action is not Action.IGNORE else Check(())
    on_year = Action(getattr(budget, f"year_on_{stage}"))
    on_month = Action(getattr(budget, f"month_on_{stage}"))
    return rules.check(months, month, amount_fen, on_year, on_month)


def words_of(check: Check) -> tuple[str, str]:
    """What is exceeded, as a sentence."""
    zh, en = [], []
    for f in check.findings:
        to_zh = "年度" if f.scope is Scope.YEAR else f"1至{f.month}月累计"
        to_en = "of the year" if f.scope is Scope.YEAR else f"accumulated to month {f.month}"
        zh.append(f"{to_zh}预算{amount_words(f.budget)},将用{amount_words(f.used)},超出{amount_words(f.over)}")
        en.append(
            f"the budget {to_en} is {amount_words(f.budget)}, {amount_words(f.used)} would be used: "
            f"over by {amount_words(f.over)}"
        )
    return ";".join(zh), "; ".join(en)


async def refuse_or_pass(session: Session, pot: BudgetPot, check: Check, exception: Leave | None) -> Leave | None:
    """M3-3, M3-4. Raises Refused m3-3 for a Stop that nobody lifts; gives the exception that was needed."""
    if check.action is not Action.STOP:
        return None
    policy = await policies.load(session, BudgetPolicy)
    if exception is not None and policy.exception_role in exception.by.roles and exception.reason.strip():
        return exception
    zh, en = words_of(check)
    what_zh, what_en = await what_is(session, pot)
    role_zh, role_en = ROLE_NAMES[policy.exception_role]
    raise Refused(
        "m3-3",
        f"{what_zh}预算不足:{zh}。请减少金额、申请追加或调剂预算,或由{role_zh}写明理由特批。",
        f"{what_en}: {en}. Ask for less, for a supplement or a transfer; or the {role_en} allows it with a reason.",
        field="amount_fen",
    )


async def reserve(
    session: Session, today: date, want: Commitment, exception: Leave | None = None
) -> tuple[BudgetReservation, Check]:
    """Hold the amount for the document, once (M3-7). Raises Refused m3-3 when the budget stops it."""
    pot = await pot_of(session, want.dimension)
    await lock_pots(session, pot.id)
    check = await _check(session, pot, want.day.month, want.amount_fen, Stage.REQUEST)
    needed = await refuse_or_pass(session, pot, check, exception)
    row = BudgetReservation(
        pot_id=pot.id,
        month=want.day.month,
        document=want.document,
        document_id=want.document_id,
        document_number=want.number,
        amount_fen=want.amount_fen,
        over_fen=check.over,
        excepted_by=needed.by.user_id if needed else None,
        exception_reason=needed.reason.strip() if needed else "",
        made_on=today,
    )
    session.add(row)
    await session.flush()
    return row, check


async def reservation_of(session: Session, document: str, document_id: UUID) -> BudgetReservation | None:
    found: BudgetReservation | None = await session.scalar(
        select(BudgetReservation).where(
            col(BudgetReservation.document) == document, col(BudgetReservation.document_id) == document_id
        )
    )
    return found


async def free_of(session: Session, row: BudgetReservation) -> int:
    """What a reservation still holds."""
    r = ledger.reservations().subquery()
    return int(await session.scalar(select(r.c.open_fen).where(r.c.id == row.id)) or 0)


@dataclass(frozen=True, slots=True)
class Expense:
    """An expense to book. `region`, `person`, `customer`: what reports group by."""

    what: Commitment
    region: str = ""
    person: UUID | None = None
    customer: UUID | None = None


async def spend(
    session: Session, expense: Expense, on: BudgetReservation | None = None, exception: Leave | None = None
) -> BudgetActual:
    """Book an expense on a reservation (which is consumed, nothing is counted twice), or on the pot itself."""
    want = expense.what
    if on is not None:
        pot_id = on.pot_id
        await lock_pots(session, pot_id)
        needed, over = None, 0
    else:
        pot = await pot_of(session, want.dimension)
        pot_id = pot.id
        await lock_pots(session, pot_id)
        check = await _check(session, pot, want.day.month, want.amount_fen, Stage.ACTUAL)
        needed, over = await refuse_or_pass(session, pot, check, exception), check.over
    row = BudgetActual(
        pot_id=pot_id,
        reservation_id=on.id if on else None,
        month=want.day.month if on is None else await _month_in(session, pot_id, want.day),
        on_day=want.day,
        document=want.document,
        document_id=want.document_id,
        document_number=want.number,
        amount_fen=want.amount_fen,
        region=expense.region,
        person_id=expense.person,
        customer_id=expense.customer,
        over_fen=over,
        excepted_by=needed.by.user_id if needed else None,
        exception_reason=needed.reason.strip() if needed else "",
    )
    session.add(row)
    await session.flush()
    return row


async def _month_in(session: Session, pot_id: UUID, day: date) -> int:
    """The month an expense counts in. Handed in after New Year, it is the old budget's December."""
    pot = await session.get_one(BudgetPot, pot_id)
    return day.month if day.year == pot.year else MONTHS if day.year > pot.year else 1


async def over_now(session: Session, reservation: BudgetReservation) -> None:
    """Before money goes out on a reservation (stage order): Refused m3-3 when its pot is exceeded and says stop."""
    await lock_pots(session, reservation.pot_id)
    if reservation.excepted_by is not None:
        return
    pot = await session.get_one(BudgetPot, reservation.pot_id)
    check = await _check(session, pot, reservation.month, 0, Stage.ORDER)
    await refuse_or_pass(session, pot, check, None)


async def release(session: Session, today: date, document: str, document_id: UUID) -> None:
    """What is left of a reservation goes back to the budget (M3-7). Nothing happens when there is none."""
    row = await reservation_of(session, document, document_id)
    if row is not None and row.released_on is None:
        await lock_pots(session, row.pot_id)
        row.released_on = today
        row.version += 1
        await session.flush()
