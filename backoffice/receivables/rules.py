"""PURE: the judgement of M4. Dates are the company's; money is fen; `以内` includes, `超过` excludes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from backoffice.kit.dates import Calendar, month_end, next_month_day
from backoffice.kit.fen import first_come, per_million
from backoffice.kit.policy import Policy, setting


class AgeingBasis(StrEnum):
    DUE = "due"
    INVOICE = "invoice"


def _rising(days: tuple[int, ...]) -> tuple[int, ...]:
    if not days or any(later <= earlier for earlier, later in itertools.pairwise((0, *days))):
        raise ValueError("days that rise, each after the one before · 天数须逐个递增")
    return days


Rising = Annotated[tuple[int, ...], AfterValidator(_rising)]
Rising3 = Annotated[tuple[int, int, int], AfterValidator(_rising)]


class ReceivablesPolicy(Policy):
    room: ClassVar[str] = "receivables"

    ageing_basis: AgeingBasis = setting(
        AgeingBasis.DUE, source="H", zh="账龄按到期日(due)或开票日(invoice)计算", en="Ageing by due or by invoice date"
    )
    ageing_days: Rising3 = setting(
        (30, 60, 90), source="H", zh="账龄分段上限(天,含)", en="Upper ends of the ageing buckets in days, included"
    )
    uncollected_day: int = setting(
        5,
        source="H",
        zh="次月几日(含)前收到不算未收款",
        en="Money up to this day of the next month is in time",
        ge=1,
        le=28,
    )
    report_days: int = setting(
        5, source="H", zh="转为催收款后几日内书面报告", en="Days for the written reason once under collection", ge=1
    )
    solve_days: int = setting(
        30,
        source="H",
        zh="催收款几日内解决(另有版本为15日)",
        en="Days to solve it once under collection (variant: 15)",
        ge=1,
    )
    count_first_day: bool = setting(
        False, source="D", zh="期限首日是否计入(是:首日为第1天)", en="Whether the first day of such a term is day 1"
    )
    reason_days: int = setting(
        3,
        source="H",
        zh="业务员收到未收款明细后几日内填写原因",
        en="Days for the representative's reason on uncollected money",
    )
    dunning_days: Rising = setting(
        (1, 15, 30), source="H", zh="各级催款单的逾期天数", en="Days overdue from which each dunning level is sent"
    )
    dunning_gap_days: int = setting(
        7, source="D", zh="两级催款单之间至少间隔几天", en="Fewest days between two levels for one invoice", ge=0
    )
    extension_days_sm: int = setting(
        15, source="D", zh="延期超过几天须上一级审批", en="A longer extension goes one level up", ge=0
    )
    extension_days_cmo: int = setting(
        30, source="D", zh="延期超过几天须再上一级审批", en="A longer extension goes two levels up", ge=0
    )
    yearly_rate: int | None = setting(
        None,
        source="S",
        zh="逾期年利率(百万分之;180000 = 18%)",
        en="Yearly interest on overdue money, in millionths",
        ge=0,
    )
    daily_rate: int | None = setting(
        None,
        source="H",
        zh="逾期违约金日率(百万分之;1000 = 千分之一)",
        en="Daily penalty on overdue money, in millionths",
        ge=0,
    )


# ---------------------------------------------------------------- allocation (M4-1)


def allocatable(amount_fen: int, allocated_fen: int, refunded_fen: int = 0) -> int:
    """What of a receipt (or credit note) is still free; the rest of it stays the customer's advance."""
    return amount_fen - allocated_fen - refunded_fen


def may_allocate(amount_fen: int, free_fen: int, outstanding_fen: int) -> bool:
    """M4-1: no more than the source still has, and no more than the invoice still asks for."""
    return 0 < amount_fen <= min(free_fen, outstanding_fen)


def open_lines(schedule: Sequence[tuple[date, int]], allocated_fen: int) -> list[tuple[date, int]]:
    """Of each instalment, in the order of due dates, what is still open: money pays the earliest one first."""
    ordered = sorted(schedule)
    paid = first_come(allocated_fen, [amount for _, amount in ordered])
    return [(due, amount - part) for (due, amount), part in zip(ordered, paid, strict=True) if amount > part]


def instalments(total_fen: int, dues: Sequence[date]) -> list[tuple[date, int]]:
    """Equal parts on `dues`; the fen that do not divide go to the first ones, so the sum is the total."""
    part, rest = divmod(total_fen, len(dues))
    return [(due, part + (at < rest)) for at, due in enumerate(dues)]


# ---------------------------------------------------------------- ageing (M4-5) and interest (M4-4)


def overdue_days(due: date, as_of: date) -> int:
    """Days past the due date; 0 on that day and before."""
    return max(0, (as_of - due).days)


def bucket(days: int, ends: Sequence[int]) -> str:
    """`not_due`, `1-30`, `31-60`, `61-90`, `>90` for ends (30, 60, 90)."""
    if days <= 0:
        return "not_due"
    start = 1
    for end in ends:
        if days <= end:
            return f"{start}-{end}"
        start = end + 1
    return f">{ends[-1]}"


def bucket_names(ends: Sequence[int]) -> list[str]:
    return [bucket(days, ends) for days in (0, *ends, ends[-1] + 1)]


def interest_fen(outstanding_fen: int, yearly_rate: int, days: int) -> int:
    """Outstanding × yearly rate/365 × days overdue, rounded once. `yearly_rate` in millionths."""
    return per_million(outstanding_fen, yearly_rate, days=days, year_days=365)


def penalty_fen(outstanding_fen: int, daily_rate: int, days: int) -> int:
    """The daily-penalty style (违约金): outstanding × daily rate × days. `daily_rate` in millionths."""
    return per_million(outstanding_fen, daily_rate, days=days)


# ---------------------------------------------------------------- collection class (M4-6)


class CollectionClass(StrEnum):
    SETTLED = "settled"
    NOT_DUE = "not_due"
    DUE = "due"
    UNCOLLECTED = "uncollected"  # 未收款
    UNDER_COLLECTION = "under_collection"  # 催收款
    QUASI_BAD = "quasi_bad"  # 准呆账
    BAD = "bad"


class QuasiBad(StrEnum):
    """The five cases of 准呆账."""

    BANKRUPT = "bankrupt"
    SEIZED = "seized"
    BOUNCED = "bounced"
    UNSOLVED = "unsolved"
    LEGAL_ACTION = "legal_action"


SAME_DAY_TO_LEGAL = frozenset({QuasiBad.BANKRUPT, QuasiBad.SEIZED})
NEEDS_STOPPED_SHIPMENT = frozenset({QuasiBad.BOUNCED, QuasiBad.UNSOLVED})


def quasi_bad_holds(case: QuasiBad, cls: CollectionClass, shipments_stopped_on: date | None, today: date) -> bool:
    """Whether the facts carry the case: two of the five need shipments stopped for more than a month."""
    if case in NEEDS_STOPPED_SHIPMENT:
        if shipments_stopped_on is None or (today - shipments_stopped_on).days <= 30:
            return False
        return case is not QuasiBad.UNSOLVED or cls is CollectionClass.UNDER_COLLECTION
    return True


@dataclass(frozen=True, slots=True)
class ClassDates:
    """The dates of an invoice whose goods belong to one month."""

    in_time_to: date  # included
    uncollected_from: date
    under_collection_from: date
    report_due: date
    solve_due: date


def class_dates(goods_on: date, policy: ReceivablesPolicy, calendar: Calendar | None = None) -> ClassDates:
    """M4-6 for goods of the month of `goods_on`."""
    in_time = next_month_day(goods_on, policy.uncollected_day)
    under = month_end(in_time) + timedelta(days=1)
    calendar = calendar or Calendar()
    shift = 1 if policy.count_first_day else 0
    return ClassDates(
        in_time,
        in_time + timedelta(days=1),
        under,
        calendar.add(under, policy.report_days - shift),
        calendar.add(under, policy.solve_days - shift),
    )


def collection_class(
    goods_on: date,
    due_on: date,
    outstanding_fen: int,
    as_of: date,
    policy: ReceivablesPolicy,
    *,
    quasi_bad: bool = False,
    written_off: bool = False,
) -> CollectionClass:
    """The class on `as_of`, derived and never stored. Nothing is late before its own due date."""
    if outstanding_fen <= 0:
        return CollectionClass.BAD if written_off else CollectionClass.SETTLED
    if quasi_bad:
        return CollectionClass.QUASI_BAD
    if as_of < due_on:
        return CollectionClass.NOT_DUE
    # A due date in a later month than the goods moves the month that counts.
    dates = class_dates(max(goods_on, due_on), policy)
    if as_of >= dates.under_collection_from:
        return CollectionClass.UNDER_COLLECTION
    return CollectionClass.UNCOLLECTED if as_of >= dates.uncollected_from else CollectionClass.DUE


# ---------------------------------------------------------------- dunning (M4-2)


def next_level(
    level: int, days_overdue: int, days_since_last: int | None, disputed: bool, policy: ReceivablesPolicy
) -> int | None:
    """The level to send now, or None. One level at a time, however late it is; a disputed invoice rests."""
    thresholds = policy.dunning_days
    if disputed or level >= len(thresholds) or days_overdue < thresholds[level]:
        return None
    if days_since_last is not None and days_since_last < policy.dunning_gap_days:
        return None
    return level + 1


class Promise(StrEnum):
    NONE = "none"
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


def promise(promised_on: date | None, promised_fen: int, received_by_then_fen: int, as_of: date) -> Promise:
    """Whether a customer's promise to pay was kept: the money counts up to the promised day, included."""
    if promised_on is None:
        return Promise.NONE
    if received_by_then_fen >= promised_fen:
        return Promise.KEPT
    return Promise.OPEN if as_of <= promised_on else Promise.BROKEN


# ---------------------------------------------------------------- extension, status, figures


def extension_levels_up(days: int, policy: ReceivablesPolicy) -> int:
    """How many approval bands higher than its amount says an extension of `days` goes."""
    return (days > policy.extension_days_sm) + (days > policy.extension_days_cmo)


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    CANCELLED = "cancelled"
    ISSUED = "issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    CREDITED = "credited"
    PROBLEM = "problem"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    state: str
    total_fen: int
    paid_fen: int
    """By receipts."""
    credited_fen: int = 0
    written_off_fen: int = 0
    overdue_fen: int = 0
    in_case: bool = False


def invoice_status(facts: InvoiceFacts) -> InvoiceStatus:
    """The headline of an invoice, derived from its state and its allocations."""
    if facts.state in (InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED):
        return InvoiceStatus(facts.state)
    settled = facts.paid_fen + facts.credited_fen + facts.written_off_fen
    if settled >= facts.total_fen:
        if facts.written_off_fen:
            return InvoiceStatus.WRITTEN_OFF
        return InvoiceStatus.CREDITED if facts.credited_fen >= facts.total_fen else InvoiceStatus.PAID
    if facts.in_case:
        return InvoiceStatus.PROBLEM
    if facts.state == InvoiceStatus.DISPUTED:
        return InvoiceStatus.DISPUTED
    if facts.overdue_fen:
        return InvoiceStatus.OVERDUE
    return InvoiceStatus.PARTLY_PAID if settled else InvoiceStatus.ISSUED


def dso_tenths(receivable_fen: int, credit_sales_fen: int, days: int) -> int | None:
    """Days sales outstanding in tenths of a day, half up; None without sales."""
    if credit_sales_fen <= 0:
        return None
    return (2 * 10 * receivable_fen * days + credit_sales_fen) // (2 * credit_sales_fen)


def rate_basis_points(part_fen: int, whole_fen: int) -> int | None:
    """`part/whole` in hundredths of a percent, half up; None when there is no whole."""
    return (2 * 10_000 * part_fen + whole_fen) // (2 * whole_fen) if whole_fen > 0 else None
