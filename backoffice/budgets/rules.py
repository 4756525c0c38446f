"""PURE: the lives of budgets and of their changes, and whether an amount may still be committed (M3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words

MONTHS = 12
WHOLE_BP = 10_000
"""100 % in hundredths of a percent."""


class BudgetState(StrEnum):
    DRAFT = "draft"
    UNIT_REVIEWED = "unit_reviewed"
    CONSOLIDATED = "consolidated"
    COMMITTEE_APPROVED = "committee_approved"
    ISSUED = "issued"
    CLOSED = "closed"
    REVISED = "revised"
    DROPPED = "dropped"


class ChangeState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    FINANCE_OPINION = "finance_opinion"
    APPROVED = "approved"
    CARRIED_OUT = "carried_out"
    REJECTED = "rejected"


class ChangeKind(StrEnum):
    SUPPLEMENT = "supplement"  # 追加
    VIREMENT = "virement"  # 调剂


class Action(StrEnum):
    """What happens when a budget is exceeded, the strongest last."""

    IGNORE = "ignore"
    WARN = "warn"
    STOP = "stop"


class Stage(StrEnum):
    """When it is asked: a request, money or an order committed on it, an expense without a reservation (M3-3)."""

    REQUEST = "request"
    ORDER = "order"
    ACTUAL = "actual"


class Scope(StrEnum):
    YEAR = "year"
    MONTH = "month"  # accumulated from January


_B, _C, _R = BudgetState, ChangeState, OfficeRole

BUDGET: Machine[BudgetState] = Machine(
    "budget",
    BudgetState,
    _B.DRAFT,
    (
        Move("unit_review", (_B.DRAFT,), _B.UNIT_REVIEWED, roles(_R.SM, _R.CMO)),
        Move("consolidate", (_B.UNIT_REVIEWED,), _B.CONSOLIDATED, roles(_R.FIN)),
        Move("approve", (_B.CONSOLIDATED,), _B.COMMITTEE_APPROVED),  # the committee's last verdict
        Move("issue_budget", (_B.COMMITTEE_APPROVED,), _B.ISSUED, roles(_R.GM)),
        Move("supersede", (_B.ISSUED,), _B.REVISED),
        Move("close", (_B.ISSUED,), _B.CLOSED, roles(_R.FIN)),
        # A changed text, and a refusal of the committee, begin the way anew.
        Move("rework", (_B.UNIT_REVIEWED, _B.CONSOLIDATED, _B.COMMITTEE_APPROVED), _B.DRAFT),
        Move("drop", (_B.DRAFT,), _B.DROPPED, roles(*OfficeRole)),
    ),
)
CHANGE: Machine[ChangeState] = Machine(
    "budget_change",
    ChangeState,
    _C.DRAFT,
    (
        Move("submit", (_C.DRAFT,), _C.SUBMITTED, roles(*OfficeRole)),
        Move("give_opinion", (_C.SUBMITTED,), _C.FINANCE_OPINION, roles(_R.FIN)),
        Move("approve", (_C.FINANCE_OPINION,), _C.APPROVED),
        Move("reject", (_C.FINANCE_OPINION,), _C.REJECTED),
        Move("rework", (_C.SUBMITTED, _C.FINANCE_OPINION, _C.APPROVED), _C.DRAFT),
        Move("carry_out", (_C.APPROVED,), _C.CARRIED_OUT, roles(_R.FIN)),
    ),
)
MACHINES = (BUDGET, CHANGE)

words(
    budget=("预算", "budget"),
    budget_change=("预算变更", "change of a budget"),
    unit_review=("单位审核", "review for the unit"),
    unit_reviewed=("单位已审核", "reviewed by the unit"),
    consolidate=("财务汇总", "consolidate"),
    consolidated=("财务已汇总", "consolidated"),
    committee_approved=("预算委员会已通过", "approved by the committee"),
    issue_budget=("下达", "issue the budget"),
    supersede=("被新版取代", "supersede"),
    revised=("已被新版取代", "revised"),
    rework=("退回重编", "rework"),
    give_opinion=("财务意见", "give finance's opinion"),
    finance_opinion=("财务已提意见", "finance has given its opinion"),
    carry_out=("执行变更", "carry out"),
    carried_out=("已执行", "carried out"),
    supplement=("追加", "supplement"),
    virement=("调剂", "transfer between budgets"),
    stop=("禁止", "stop"),
    warn=("提醒", "warn"),
    ignore=("不检查", "ignore"),
    budgets=("预算", "budgets"),
    budget_changes=("预算变更记录", "changes of budgets"),
    budget_reservations=("预算占用", "reservations"),
    budget_execution=("预算执行表", "budget execution"),
    budget_exceptions=("超预算批准", "approvals over budget"),
    budget_warnings=("预算预警", "early warnings"),
    budget_accounts=("费用科目", "expense accounts"),
    budget_actuals=("预算实际发生", "expenses against budgets"),
    year=("年度", "year"),
    month=("月份", "month"),
    department=("部门", "department"),
    account_code=("科目编码", "account code"),
    account_name=("科目", "account"),
    annual_fen=("年度预算", "annual budget"),
    budget_fen=("预算数", "budget"),
    actual_fen=("实际数", "actual"),
    reserved_fen=("占用数", "reserved"),
    available_fen=("可用数", "available"),
    used_percent=("使用率%", "used %"),
    to_date_budget_fen=("累计预算", "budget to date"),
    to_date_used_fen=("累计已用", "used to date"),
    to_date_available_fen=("累计可用", "available to date"),
    consumed_fen=("已核销", "consumed"),
    released_on=("释放日期", "released on"),
    document_number=("单据号", "document"),
    over_fen=("超出金额", "over by"),
    exception_reason=("超预算理由", "reason of the exception"),
    exception_by=("批准人", "allowed by"),
    warned_on=("预警日期", "warned on"),
    threshold_percent=("预警线%", "threshold %"),
    scope=("口径", "scope"),
    from_account=("调出科目", "from account"),
    to_account=("调入科目", "to account"),
    budget_revision=("预算版本", "version of the budget"),
    is_group=("汇总科目", "group account"),
    balance_sheet=("资产负债类", "balance sheet account"),
    parent_code=("上级科目", "parent account"),
    on_day=("发生日期", "date"),
    department_code=("部门编码", "department code"),
    applied_on=("执行日期", "applied on"),
    used_fen=("已用", "used"),
    person=("人员", "person"),
    travel=("差旅类", "travel"),
    enabled=("启用", "enabled"),
    still_reserved=("已占用", "reserved"),
    **{f"{of}.state.issued": ("已下达", "issued") for of in ("budget", "budgets")},
    consumed=("已核销(占用)", "consumed"),
)


class BudgetPolicy(Policy):
    room: ClassVar[str] = "budgets"

    year_action: Action = setting(
        Action.STOP, source="C", zh="新预算:超年度预算时", en="New budgets: when the year's amount is exceeded"
    )
    month_action: Action = setting(
        Action.WARN,
        source="C",
        zh="新预算:超累计月度预算时",
        en="New budgets: when the accumulated months are exceeded",
    )
    unbudgeted: Action = setting(
        Action.STOP, source="H", zh="预算外支出(该科目没有已下达的预算)", en="Spending on what has no issued budget"
    )
    exception_role: OfficeRole = setting(
        OfficeRole.GM,
        source="C",
        zh="可批准超预算的岗位(须写明理由)",
        en="Who may allow more than a budget, with a reason",
    )
    warn_percent: int = setting(
        80, source="D", zh="已用达到预算的百分之几时预警", en="Early warning from this percentage used", ge=1, le=100
    )


# ---------------------------------------------------------------- sums


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a budget, in fen."""

    budget: int = 0
    actual: int = 0
    reserved: int = 0

    @property
    def used(self) -> int:
        return self.actual + self.reserved


@dataclass(frozen=True, slots=True)
class Position:
    """Where a budget stands: of the year, or accumulated to a month. `available` may be below 0 (M3-1)."""

    budget: int
    actual: int
    reserved: int

    @property
    def available(self) -> int:
        return self.budget - self.actual - self.reserved


def position(months: Sequence[Month], to: int = MONTHS) -> Position:
    """M3-1, of the months January to `to` (12: the year)."""
    part = months[:to]
    return Position(sum(m.budget for m in part), sum(m.actual for m in part), sum(m.reserved for m in part))


@dataclass(frozen=True, slots=True)
class Finding:
    """An exceeded budget: by how much, in which scope, and what follows."""

    scope: Scope
    month: int
    budget: int
    used: int
    action: Action

    @property
    def over(self) -> int:
        return self.used - self.budget


@dataclass(frozen=True, slots=True)
class Check:
    findings: tuple[Finding, ...]

    @property
    def action(self) -> Action | None:
        """The strongest that follows; None: it is within the budget."""
        order = list(Action)
        found = [finding.action for finding in self.findings]
        return max(found, key=order.index) if found else None

    @property
    def over(self) -> int:
        return max((finding.over for finding in self.findings), default=0)


def check(months: Sequence[Month], month: int, amount: int, year_action: Action, month_action: Action) -> Check:
    """Whether `amount` more in `month` exceeds the year or the accumulated months (M3-2, M3-3).

    Exceeded means strictly greater: spending exactly the budget passes. A later month whose accumulated budget is
    already promised counts too, or money could be promised twice by asking for an earlier month afterwards.
    """
    out = []
    year = position(months)
    if year.budget - year.available + amount > year.budget:
        out.append(Finding(Scope.YEAR, MONTHS, year.budget, year.actual + year.reserved + amount, year_action))
    worst: Finding | None = None
    for to in range(month, MONTHS + 1):
        if to > month and not months[to - 1].used:
            continue  # nothing was promised in it, so it can only have become better
        at = position(months, to)
        found = Finding(Scope.MONTH, to, at.budget, at.actual + at.reserved + amount, month_action)
        if found.over > 0 and (worst is None or found.over > worst.over):
            worst = found
    if worst is not None:
        out.append(worst)
    return Check(tuple(out))


def distribute(annual: int, shares_bp: Sequence[int]) -> list[int]:
    """Twelve amounts that add up to `annual` exactly, by shares that add up to 100 % (M3-5)."""
    out, given, share = [], 0, 0
    for part in shares_bp:
        share += part
        reached = annual * share // WHOLE_BP
        out.append(reached - given)
        given = reached
    return out


def evenly(annual: int) -> list[int]:
    """A twelfth each, to the fen: 1,200,000 is twelve times 100,000. They add up to `annual`."""
    return [annual * (n + 1) // MONTHS - annual * n // MONTHS for n in range(MONTHS)]


def warns(used: int, budget: int, percent: int) -> bool:
    """M3-8: `percent` or more of a budget is used. A budget of nothing warns as soon as anything is used."""
    return used > 0 and used * 100 >= budget * percent


def used_percent(used: int, budget: int) -> int | None:
    """Whole percent, rounded down: 100 only when all of it is used. None: there is no budget to use."""
    return used * 100 // budget if budget > 0 else None
