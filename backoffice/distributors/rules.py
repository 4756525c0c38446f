"""PURE: the judgement of M12. `以上` includes; shares are compared by cross-multiplication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, TypeVar

from backoffice.distributors.seed import COMPANY_PLAN_DAY, REGION_PLAN_DAY, Criterion
from backoffice.kit.policy import Policy, setting

Key = TypeVar("Key")


class DistributorPolicy(Policy):
    room: ClassVar[str] = "distributors"

    min_years: int | None = setting(
        None, source="S", zh="同类或同业经营经验至少几年(原文留空)", en="Fewest years in the trade (blank there)", ge=0
    )
    min_assets_fen: int | None = setting(
        None, source="S", zh="固定资产至少多少(分;原文留空)", en="Least fixed assets in fen (blank there)", ge=0
    )
    min_turnover_fen: int | None = setting(
        None, source="S", zh="或年营业额至少多少(分;原文留空)", en="Or least yearly turnover in fen (blank there)", ge=0
    )
    plan_for_next_year: bool = setting(
        True,
        source="D",
        zh="11月1日/5日下发的是下一年度的规划",
        en="What is issued on 1 and 5 November is the plan of the next year",
    )
    plan_notice_days: int = setting(
        31, source="D", zh="规划到期前几天生成待办", en="Days ahead on which a plan becomes a task", ge=0, le=300
    )
    grading_month: int = setting(1, source="D", zh="每年几月评定上一年度等级", en="Month of the grading", ge=1, le=12)
    grading_day: int = setting(10, source="D", zh="每年几日评定", en="Day of the grading", ge=1, le=28)
    lift_cash_only: bool = setting(
        True,
        source="D",
        zh="升出A级时自动取消因A级而设的现款交易",
        en="A dealer that leaves grade A is no longer cash only, if the grade alone had made it so",
    )
    visit_days_aaa: int = setting(14, source="D", zh="AAA级拜访间隔(天)", en="Days between visits, grade AAA", ge=1)
    visit_days_aa: int = setting(30, source="D", zh="AA级拜访间隔(天)", en="Days between visits, grade AA", ge=1)
    visit_days: int = setting(60, source="D", zh="其他分销商拜访间隔(天)", en="Days between visits, the others", ge=1)
    loan_days: int = setting(7, source="D", zh="档案借阅天数", en="Days for which a file is lent", ge=1)
    complaint_days: int = setting(3, source="D", zh="投诉处理期限(天)", en="Days to solve a complaint", ge=1)
    required_papers: tuple[str, ...] = setting(
        ("营业执照", "税务登记证", "法定代表人身份证明", "客户档案管理制度", "风险评估办法"),
        source="D",
        zh="分销商档案应有的资料",
        en="Papers that a complete file holds",
    )


# ---------------------------------------------------------------- selection (M12-4)


@dataclass(frozen=True, slots=True)
class Candidate:
    years_in_trade: int
    fixed_assets_fen: int
    annual_turnover_fen: int
    good_character: bool
    has_customer_files: bool
    has_risk_method: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion. `met` None: the company has not set the number that the source leaves blank."""

    criterion: Criterion
    met: bool | None
    zh: str
    en: str


def _at_least(value: int, least: int | None) -> bool | None:
    return None if least is None else value >= least


def select(candidate: Candidate, policy: DistributorPolicy) -> list[Finding]:
    """The four criteria, all needed; fixed assets *or* turnover will do for the second."""
    years = _at_least(candidate.years_in_trade, policy.min_years)
    assets = _at_least(candidate.fixed_assets_fen, policy.min_assets_fen)
    turnover = _at_least(candidate.annual_turnover_fen, policy.min_turnover_fen)
    # An unset figure of the two cannot help; it leaves the criterion open only when neither is set.
    means = None if assets is None and turnover is None else bool(assets) or bool(turnover)
    systems = candidate.has_customer_files and candidate.has_risk_method
    return [
        Finding(
            Criterion.EXPERIENCE,
            years,
            f"经营经验 {candidate.years_in_trade} 年,标准 {_shown(policy.min_years)} 年以上",
            f"{candidate.years_in_trade} years in the trade; the standard asks for {_shown(policy.min_years)}",
        ),
        Finding(Criterion.MEANS, means, "固定资产或年营业额达到标准", "fixed assets or turnover reach the standard"),
        Finding(Criterion.CHARACTER, candidate.good_character, "法人代表道德品质好", "legal representative: character"),
        Finding(Criterion.SYSTEMS, systems, "有客户档案制度和风险评估办法", "customer files and a method for risks"),
    ]


def _shown(least: int | None) -> str:
    return "××" if least is None else str(least)


def unset(findings: Sequence[Finding]) -> list[Criterion]:
    return [finding.criterion for finding in findings if finding.met is None]


def qualifies(findings: Sequence[Finding]) -> bool:
    return all(finding.met is True for finding in findings)


# ---------------------------------------------------------------- the year's plans (M12-5)


def plan_due(year: int, company: bool, policy: DistributorPolicy) -> date:
    """1 November for the company's plan, 5 November for a region's, of the year before the plan's (setting)."""
    month, day = COMPANY_PLAN_DAY if company else REGION_PLAN_DAY
    return date(year - policy.plan_for_next_year, month, day)


def planned_year(today: date, policy: DistributorPolicy) -> int | None:
    """The plan year whose papers are to be at work on `today`: from `plan_notice_days` before 1 November on."""
    due = date(today.year, *COMPANY_PLAN_DAY)
    if today < due - timedelta(days=policy.plan_notice_days):
        return None
    return today.year + policy.plan_for_next_year


def late_days(due_on: date, done_on: date | None, today: date) -> int:
    """Days past the date: until it was done, or until today. On the day itself it is in time."""
    return max(0, ((done_on or today) - due_on).days)


# ---------------------------------------------------------------- grading (M12-11, M12-12)


class GradeMethod(StrEnum):
    SHARE = "share"  # of the company's sales, the best first, cumulated
    AMOUNT = "amount"  # the distributor's own sales


class ShareReading(StrEnum):
    """In which class a distributor lies whose own share crosses the border."""

    END = "end"  # its cumulative end has to be within (the default)
    START = "start"  # its cumulative start has to be within


@dataclass(frozen=True, slots=True)
class Standard:
    """`aaa` and `aa`: percent of sales (share), or fen a year (amount)."""

    method: GradeMethod
    reading: ShareReading
    aaa: int
    aa: int


def consistent(standard: Standard) -> bool:
    if standard.method is GradeMethod.SHARE:
        return 0 <= standard.aaa <= standard.aa <= 100
    return 0 <= standard.aa <= standard.aaa


@dataclass(frozen=True, slots=True)
class Graded:
    key: object
    sales_fen: int
    cumulative_fen: int
    """Of this one and all better ones."""
    grade: str


def grade(sales: Sequence[tuple[object, int]], standard: Standard) -> list[Graded]:
    """M12-11: by contribution to sales, the largest first; equal sales get the same grade.

    Who sold nothing (or less) is A whatever the shares say.
    """
    ordered = sorted(sales, key=lambda item: -item[1])
    whole = sum(fen for _, fen in ordered if fen > 0)
    out: list[Graded] = []
    reached = 0
    for key, fen in ordered:
        start, reached = reached, reached + max(fen, 0)
        if out and out[-1].sales_fen == fen:
            name = out[-1].grade
        elif fen <= 0:
            name = "A"
        elif standard.method is GradeMethod.AMOUNT:
            name = "AAA" if fen >= standard.aaa else "AA" if fen >= standard.aa else "A"
        else:
            name = _by_share(start, reached, whole, standard)
        out.append(Graded(key, fen, reached, name))
    return out


def _by_share(start: int, end: int, whole: int, standard: Standard) -> str:
    def within(percent: int) -> bool:
        if standard.reading is ShareReading.END:
            return end * 100 <= percent * whole
        return start * 100 < percent * whole

    return "AAA" if within(standard.aaa) else "AA" if within(standard.aa) else "A"


def cash_only_after(new_grade: str, cash_only: bool, by_grade: bool, policy: DistributorPolicy) -> tuple[bool, bool]:
    """(cash only, because of the grade) once the new grade counts.

    Grade A is cash only at once (M8-3); leaving it lifts only what the grade itself had set. Due dates of what was
    delivered on credit before are no business of the flag.
    """
    if new_grade == "A":
        return True, by_grade or not cash_only
    if by_grade and policy.lift_cash_only:
        return False, False
    return cash_only, by_grade and cash_only


def graded_year(today: date, policy: DistributorPolicy) -> int | None:
    """The year that should be graded by `today`: the last one, from the day of the settings on."""
    return today.year - 1 if today >= date(today.year, policy.grading_month, policy.grading_day) else None


# ---------------------------------------------------------------- visits, files


def visit_interval(grade_name: str | None, policy: DistributorPolicy) -> int:
    return {"AAA": policy.visit_days_aaa, "AA": policy.visit_days_aa}.get(grade_name or "", policy.visit_days)


def next_visit(last_on: date | None, since: date, grade_name: str | None, policy: DistributorPolicy) -> date:
    """When the next visit is due: an interval after the last one, or after `since` when there was none."""
    return (last_on or since) + timedelta(days=visit_interval(grade_name, policy))


def completeness(held: Sequence[str], required: Sequence[str]) -> tuple[int, list[str]]:
    """Whole percent of the required papers that are there (rounded down), and the names of those missing."""
    missing = [name for name in required if name not in set(held)]
    return (100 * (len(required) - len(missing)) // len(required) if required else 100), missing


CHANGEABLE = frozenset(
    {
        "legal_representative", "years_in_trade", "fixed_assets_fen", "annual_turnover_fen", "good_character",
        "has_customer_files", "has_risk_method", "city", "address", "contact", "contact_phone",
    }
)  # fmt: skip
"""Fields of the file that a reported change may carry (M12-3)."""
