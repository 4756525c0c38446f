"""PURE: the judgement of M6: when money is a problem, by when it is reported, what may be written off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from backoffice.kit.dates import Calendar, add_months
from backoffice.kit.duties import OfficeRole
from backoffice.kit.fen import per_million, times
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words


class LiabilityFrom(StrEnum):
    REPORT_DUE = "report_due"
    OCCURRENCE = "occurrence"


class ProblemPolicy(Policy):
    room: ClassVar[str] = "problem_accounts"

    months: int = setting(
        2, source="H", zh="开票后几个月未收款视同问题账款", en="Months unpaid that make it a problem", ge=1
    )
    occurrence_days: int = setting(
        60, source="H", zh="发生日为开票日起第几天", en="Day counted as the occurrence", ge=1
    )
    count_first_day: bool = setting(
        True, source="D", zh="起算日(开票日)是否计为第1天", en="Whether the invoice's day is day 1 of those"
    )
    report_days: int = setting(2, source="H", zh="发现后几日内提交报告书", en="Days for the report", ge=0)
    plan_days: int = setting(2, source="H", zh="法务几日内拟定处理方案", en="Days for legal's plan", ge=0)
    correct_days: int = setting(2, source="H", zh="退回后几日内重报", en="Days to refile a returned report", ge=0)
    full_liability_days: int = setting(
        15, source="H", zh="逾多少日未报由业务员全额赔偿(仅作意见记录)", en="Days without a report until full liability"
    )
    full_liability_from: LiabilityFrom = setting(
        LiabilityFrom.REPORT_DUE, source="D", zh="上述日数自报告期限或发生日起算", en="From when those days are counted"
    )
    refund_days: int = setting(5, source="H", zh="收回后几日内退还业务员已赔款", en="Days to pay a representative back")
    provision_rates: tuple[tuple[int | None, int], ...] | None = setting(
        None,
        source="S",
        zh="坏账准备:[账龄上限(年,含;null=以上),比率(百万分之)];办法之一:[[1,30000],[2,50000],[null,100000]]",
        en="Provision: [upper age in years, included; null: above], rate in millionths; one published set is 3/5/10 %",
    )


class CaseState(StrEnum):
    DETECTED = "detected"
    REPORTED = "reported"
    RETURNED = "returned_for_correction"
    VERIFIED = "verified"
    PLANNED = "planned"
    DECIDED = "decided"
    EXECUTING = "executing"
    PARTLY_RECOVERED = "partly_recovered"
    RECOVERED = "recovered"
    LOSS_PROPOSED = "loss_proposed"
    WRITTEN_OFF = "written_off"
    RECOVERED_AFTER = "recovered_after"
    CLOSED = "closed"


_C, _R = CaseState, OfficeRole
OPEN = tuple(state.value for state in CaseState if state not in (_C.RECOVERED, _C.CLOSED))
"""Cases that hold the customer's orders and shipments (M6-2): a write-off ends the claim's value, not the hold."""
_EARLY = (_C.DETECTED, _C.REPORTED, _C.RETURNED, _C.VERIFIED, _C.PLANNED, _C.DECIDED)

CASE: Machine[CaseState] = Machine(
    "problem_case",
    CaseState,
    _C.DETECTED,
    (
        Move("report", (_C.DETECTED, _C.RETURNED), _C.REPORTED, roles(_R.REP)),
        Move("verify", (_C.REPORTED,), _C.VERIFIED, roles(_R.SM)),
        Move("return_report", (_C.REPORTED,), _C.RETURNED, roles(_R.SM, _R.LEGAL)),
        Move("return_report", (_C.VERIFIED,), _C.RETURNED, roles(_R.LEGAL)),
        Move("plan", (_C.VERIFIED,), _C.PLANNED, roles(_R.LEGAL)),
        Move("decide", (_C.PLANNED,), _C.DECIDED, roles(_R.GM)),
        Move("execute", (_C.DECIDED,), _C.EXECUTING, roles(_R.LEGAL)),
        Move("recover_part", (_C.EXECUTING, _C.PARTLY_RECOVERED), _C.PARTLY_RECOVERED),
        Move("recover_all", (*_EARLY, _C.EXECUTING, _C.PARTLY_RECOVERED), _C.RECOVERED),
        Move("propose_loss", (_C.EXECUTING, _C.PARTLY_RECOVERED), _C.LOSS_PROPOSED, roles(_R.FIN)),
        Move("refuse_loss", (_C.LOSS_PROPOSED,), _C.EXECUTING),
        Move("write_off", (_C.LOSS_PROPOSED,), _C.WRITTEN_OFF),
        Move("recover_after", (_C.WRITTEN_OFF, _C.RECOVERED_AFTER), _C.RECOVERED_AFTER, roles(_R.FIN)),
        Move("exempt", (_C.DETECTED,), _C.CLOSED, roles(_R.GM)),
        Move("close", (_C.RECOVERED, _C.WRITTEN_OFF, _C.RECOVERED_AFTER), _C.CLOSED, roles(_R.FIN, _R.LEGAL)),
    ),
)


class CaseKind(StrEnum):
    LATE = "late"  # two months from the invoice without money or return
    FRAUD = "fraud"
    DUMPED = "dumped"  # 倒账
    DISHONOURED = "dishonoured"
    OTHER = "other"  # has to be explained


class Evidence(StrEnum):
    BANKRUPTCY = "bankruptcy"
    COURT_RULING = "court_ruling"
    DEATH = "death"
    LONG_OVERDUE = "long_overdue"  # with the records of the chase


words(
    problem_case=("问题账款", "problem case"),
    detected=("已发现", "detected"),
    reported=("已报告", "reported"),
    returned_for_correction=("退回更正", "returned for correction"),
    verified=("已核实", "verified"),
    planned=("已拟方案", "planned"),
    decided=("已裁决", "decided"),
    executing=("执行中", "executing"),
    partly_recovered=("部分收回", "partly recovered"),
    recovered=("已收回", "recovered"),
    loss_proposed=("已提损失", "loss proposed"),
    recovered_after=("核销后收回", "recovered after write-off"),
    report=("提交报告书", "report"),
    verify=("核实", "verify"),
    return_report=("退回报告", "return the report"),
    plan=("拟定方案", "plan"),
    decide=("裁决", "decide"),
    execute=("执行", "execute"),
    recover_part=("部分收回", "recover in part"),
    recover_all=("全部收回", "recover in full"),
    propose_loss=("提出核销", "propose the loss"),
    refuse_loss=("不予核销", "refuse the loss"),
    write_off=("核销", "write off"),
    recover_after=("登记核销后收回", "record a later recovery"),
    exempt=("特批免列", "exempt"),
    fraud=("被骗", "fraud"),
    dumped=("倒账", "account dumped"),
    dishonoured=("票据未兑现", "note dishonoured"),
    other=("其他", "other"),
    bankruptcy=("破产", "bankruptcy"),
    court_ruling=("法院裁定", "court ruling"),
    death=("死亡", "death"),
    long_overdue=("长期逾期(附催收记录)", "long overdue, with the records of the chase"),
)


@dataclass(frozen=True, slots=True)
class CaseDates:
    months_end: date
    opens_on: date
    occurred_on: date
    report_due: date
    full_liability_from: date


def case_dates(invoice_on: date, policy: ProblemPolicy, calendar: Calendar | None = None) -> CaseDates:
    """M6-1: the dates of an invoice that stays unpaid. "More than two months" excludes the last day."""
    calendar = calendar or Calendar()
    end = add_months(invoice_on, policy.months)
    opens = end + timedelta(days=1)
    occurred = invoice_on + timedelta(days=policy.occurrence_days - (1 if policy.count_first_day else 0))
    report_due = calendar.add(opens, policy.report_days)
    start = report_due if policy.full_liability_from is LiabilityFrom.REPORT_DUE else occurred
    return CaseDates(end, opens, occurred, report_due, start + timedelta(days=policy.full_liability_days))


def is_problem(invoice_on: date, outstanding_fen: int, returned: bool, today: date, policy: ProblemPolicy) -> bool:
    return outstanding_fen > 0 and not returned and today >= case_dates(invoice_on, policy).opens_on


def late_report(reported_on: date | None, report_due: date, today: date) -> bool:
    return (reported_on or today) > report_due


def full_liability(reported_on: date | None, from_on: date, today: date) -> bool:
    """Whether the full-liability opinion applies: a flag for people, never a deduction (M6's note on wage law)."""
    return reported_on is None and today > from_on


def provision_rate(years_limit: Sequence[tuple[int | None, int]], invoice_on: date, as_of: date) -> int:
    """The rate (millionths) of an invoice's age; the limits include their last day."""
    for years, rate in years_limit:
        if years is None or as_of <= add_months(invoice_on, 12 * years):
            return rate
    return years_limit[-1][1]


def provision(amounts_by_rate: Sequence[tuple[int, int]]) -> int:
    """Σ amount × rate, each line rounded once."""
    return sum(per_million(amount, rate) for amount, rate in amounts_by_rate)


def provision_charge(required_fen: int, old_fen: int) -> int:
    """What is charged (below 0: released) to bring the old provision to the required one."""
    return required_fen - old_fen


def use_provision(provision_fen: int, write_off_fen: int) -> tuple[int, int]:
    """M6-3: (taken from the provision, missing and charged to expense) of a write-off."""
    used = min(max(provision_fen, 0), write_off_fen)
    return used, write_off_fen - used


def may_write_off(amount_fen: int, outstanding_fen: int, decided: bool, has_evidence: bool) -> bool:
    """M6-4: a decided case with evidence, no more than is open; a paid invoice has nothing to write off."""
    return decided and has_evidence and 0 < amount_fen <= outstanding_fen


def compensation_back(recovered_fen: int, percent: int) -> int:
    """M6-5: what a representative who paid `percent` of the loss gets back of a later recovery."""
    return times(recovered_fen, percent, 100)
