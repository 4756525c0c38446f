"""PURE: the judgement of M13. Exact integers; each reward line is rounded once, half up.

Where the source leaves a point open, the reading is a setting of `RewardPolicy`; the default is that of the notes. A
scheme keeps the readings it was approved with.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

from backoffice.kit.dates import add_months, month_end
from backoffice.kit.policy import Policy, setting
from backoffice.rewards import seed

MILLION = 1_000_000


class CoefficientBasis(StrEnum):
    ALL = "all_series_monthly_average"
    SERIES = "per_series"
    MONTH = "per_month"


class AverageOf(StrEnum):
    YUAN = "yuan"
    UNITS = "units"


class Divisor(StrEnum):
    PERIOD = "months_of_the_period"
    JOINING = "months_since_joining"


class Bounds(StrEnum):
    FROM = "from_included"  # [from, to)
    TO = "to_included"  # (from, to]


class GrowthBase(StrEnum):
    MONTH = "months_purchase"
    INCREMENT = "increment"


class NotOurMake(StrEnum):
    """(三)1:“但公司无生产的产品不在此列”."""

    HARMLESS = "does_not_break_exclusivity"
    LEAVES = "leaves_the_base"


class OverdueReading(StrEnum):
    GOODS = "of_the_months_goods"
    ANY = "any_debt_in_the_month"


class Deductions(StrEnum):
    KEEP = "keep"
    CLAW_BACK = "claw_back"


class RewardPolicy(Policy):
    room: ClassVar[str] = "rewards"

    coefficient_basis: CoefficientBasis = setting(
        CoefficientBasis.ALL, source="S", zh="奖励系数按何金额确定", en="Which purchases decide the coefficient"
    )
    average_of: AverageOf = setting(
        AverageOf.YUAN,
        source="S",
        zh="“月平均进货数”按金额还是台数(表头为“数”,单元格为“元”)",
        en="Whether the monthly average is of yuan or of units (heading and cells differ)",
    )
    divisor: Divisor = setting(
        Divisor.PERIOD, source="S", zh="年中加入者月平均的除数", en="What a dealer that joins mid-year is divided by"
    )
    bounds: Bounds = setting(Bounds.FROM, source="S", zh="档位边界归属", en="To which row a border belongs")
    below_lowest_percent: int = setting(
        0, source="S", zh="低于系数表最低档时的系数(百分比;表中未规定)", en="Coefficient below its lowest row", ge=0
    )
    not_our_make: NotOurMake = setting(
        NotOurMake.HARMLESS, source="S", zh="“公司无生产的产品不在此列”的读法", en="How products we do not make count"
    )
    growth_base: GrowthBase = setting(
        GrowthBase.MONTH, source="S", zh="增长奖按当月进货额还是增加额", en="Growth on the month or on the increment"
    )
    exclusion_covers_new: bool = setting(
        True, source="S", zh="逾期/预付不予奖励是否含新经销商", en="Whether an overdue month voids the 0.3 % too"
    )
    overdue_reading: OverdueReading = setting(
        OverdueReading.GOODS, source="S", zh="“当月进货逾期付款”的读法", en="What an overdue month is"
    )
    deductions_after_disqualification: Deductions = setting(
        Deductions.KEEP, source="S", zh="取消资格后已扣付款奖励的处理", en="Payment rewards deducted before that"
    )
    pickup_days: int | None = setting(
        None, source="S", zh="提货期限(天;原文留空)", en="Days within which goods are picked up (blank)", ge=0
    )
    report_hours: int = setting(24, source="H", zh="举报处理时限(小时)", en="Hours to take up a report", ge=1)


# ---------------------------------------------------------------- cities and tables (M13-3 … M13-5)


def city_class(city: str, cities: Mapping[str, int]) -> int:
    """A city that no row names is of class 3. 市 at the end does not matter."""
    name = city.strip()
    return cities.get(name) or cities.get(name.removesuffix("市")) or seed.OTHER_CLASS


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: `low` to `high` (None: 以上), worth `value` (fen a unit, or percent)."""

    low: int
    high: int | None
    value: int


Table = Mapping[tuple[str, int], Sequence[Row]]
"""By (series, city class); series "" holds the coefficients."""


def row_of(rows: Sequence[Row], total: int, months: int, bounds: Bounds) -> Row | None:
    """The row in which the average `total / months` lies, compared without a division. None: below the lowest."""
    for row in rows:
        low, high = row.low * months, None if row.high is None else row.high * months
        if bounds is Bounds.FROM:
            inside = total >= low and (high is None or total < high)
        else:
            inside = total > low and (high is None or total <= high)
        if inside:
            return row
    return None


def faults(rows: Sequence[Row], values: Sequence[int]) -> list[str]:
    """What is wrong with a table of one series and class: missing rows, gaps, overlaps, other values."""
    out = []
    if [row.value for row in rows] != list(values):
        out.append("values")
    if not rows or rows[-1].high is not None:
        out.append("open_end")
    if any(row.high is None or row.high <= row.low for row in rows[:-1]):
        out.append("empty_row")
    if any(a.high != b.low for a, b in itertools.pairwise(rows)):
        out.append("gap_or_overlap")
    return out


# ---------------------------------------------------------------- the year of a dealer


class Kind(StrEnum):
    PURCHASE = "purchase"
    EXCLUSIVE = "exclusive"
    GROWTH = "growth"


@dataclass(slots=True)
class Month:
    """Of one dealer; money in fen, net of returns."""

    fen: int = 0
    foreign_fen: int = 0
    """Of products the company does not make."""
    series: dict[str, tuple[int, int]] = field(default_factory=dict)
    """units, fen of each series."""
    last_fen: int = 0
    overdue: bool = False
    prepaid_fen: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """`months`: every month of the period so far, in order."""

    city_class: int
    exclusive: bool
    months: Sequence[tuple[date, Month]]
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """`exact` is the amount in millionths of a fen, before its one rounding."""

    kind: Kind
    series: str
    month: date | None
    base_fen: int
    units: int
    rate: int
    """Fen a unit for purchases, millionths for the others."""
    percent: int
    exact: int
    reason: str = ""

    @property
    def fen(self) -> int:
        return round_micro(self.exact)


def round_micro(exact: int) -> int:
    """Millionths of a fen to fen, half away from zero."""
    sign = -1 if exact < 0 else 1
    return sign * ((2 * abs(exact) + MILLION) // (2 * MILLION))


def divisor(year: Year, policy: RewardPolicy) -> int:
    """How many months the average is over; at least one."""
    if policy.divisor is Divisor.JOINING and year.joined_on is not None:
        first = year.joined_on.replace(day=1)
        return max(1, sum(1 for month, _ in year.months if month >= first))
    return max(1, len(year.months))


def purchase_lines(year: Year, tables: Table, policy: RewardPolicy) -> list[Line]:
    """M13-4, M13-5: units × yuan of the tier × coefficient, for each series."""
    months = divisor(year, policy)
    units: dict[str, int] = {}
    fen: dict[str, int] = {}
    for _, month in year.months:
        for name, (pieces, amount) in month.series.items():
            units[name] = units.get(name, 0) + pieces
            fen[name] = fen.get(name, 0) + amount
    whole = sum(month.fen for _, month in year.months)
    ks = tables.get(("", year.city_class), ())
    out = []
    for name in sorted(units):
        tiers = tables.get((name, year.city_class))
        if tiers is None:
            continue  # a series without a table of its own has no reward of this kind
        value = fen[name] if policy.average_of is AverageOf.YUAN else units[name]
        tier = row_of(tiers, value, months, policy.bounds)
        if tier is None or units[name] <= 0:
            out.append(Line(Kind.PURCHASE, name, None, fen[name], units[name], 0, 0, 0, "below_lowest"))
            continue
        if policy.coefficient_basis is CoefficientBasis.MONTH:
            exact = 0
            for _, month in year.months:
                exact += month.series.get(name, (0, 0))[0] * tier.value * coefficient(ks, month.fen, 1, policy) * 10_000
            out.append(Line(Kind.PURCHASE, name, None, fen[name], units[name], tier.value, 0, exact, "k_by_month"))
            continue
        basis = whole if policy.coefficient_basis is CoefficientBasis.ALL else fen[name]
        k = coefficient(ks, basis, months, policy)
        exact = units[name] * tier.value * k * 10_000
        out.append(Line(Kind.PURCHASE, name, None, fen[name], units[name], tier.value, k, exact))
    return out


def coefficient(rows: Sequence[Row], total: int, months: int, policy: RewardPolicy) -> int:
    row = row_of(rows, total, months, policy.bounds)
    return policy.below_lowest_percent if row is None else row.value


def exclusive(brands: Iterable[bool], policy: RewardPolicy) -> bool:
    """M13-6: whether a dealer with other companies' brands (each: in a category we make?) still deals exclusively."""
    if policy.not_our_make is NotOurMake.HARMLESS:
        return not any(brands)
    return not list(brands)


def exclusive_line(year: Year, policy: RewardPolicy) -> Line:
    """M13-6: 1 % of all purchases at wholesale, or 0.5 %."""
    base = sum(month.fen for _, month in year.months)
    if policy.not_our_make is NotOurMake.LEAVES:
        base -= sum(month.foreign_fen for _, month in year.months)
    rate = seed.EXCLUSIVE_RATE if year.exclusive else seed.NOT_EXCLUSIVE_RATE
    return Line(Kind.EXCLUSIVE, "", None, base, 0, rate, 100, max(0, base) * rate)


def growth(month: Month, policy: RewardPolicy) -> tuple[int, int, str]:
    """M13-7, M13-8: (base, rate, reason) of one month."""
    if month.fen <= 0:
        return 0, 0, "prepaid_no_purchase" if month.prepaid_fen > 0 else "no_purchase"
    new = month.last_fen <= 0
    if month.overdue and (policy.exclusion_covers_new or not new):
        return month.fen, 0, "overdue"
    if new:
        return month.fen, seed.NEW_DEALER_RATE, "new_dealer"
    rate = 0
    for percent, value in seed.GROWTH_STEPS:
        if month.fen * 100 >= month.last_fen * (100 + percent):
            rate = value
    base = month.fen if policy.growth_base is GrowthBase.MONTH else month.fen - month.last_fen
    return base, rate, "grown" if rate else "not_grown"


def growth_lines(year: Year, policy: RewardPolicy) -> list[Line]:
    out = []
    for day, month in year.months:
        base, rate, reason = growth(month, policy)
        if month.fen or month.last_fen or month.prepaid_fen:
            out.append(Line(Kind.GROWTH, "", day, base, 0, rate, 100, base * rate, reason))
    return out


def reward(year: Year, tables: Table, policy: RewardPolicy) -> list[Line]:
    """Everything but the payment reward, which is settled month by month."""
    return [*purchase_lines(year, tables, policy), exclusive_line(year, policy), *growth_lines(year, policy)]


# ---------------------------------------------------------------- the payment reward (M13-9)


@dataclass(frozen=True, slots=True)
class Settlement:
    """`reward_fen` is deducted from the last payment; `due_fen` is what is still to be paid in money on that day."""

    settled_on: date | None
    reward_fen: int
    due_fen: int
    parts: tuple[tuple[date, int, int], ...]
    """Each part of the debt: day, fen, days before the month's end."""


def settle(payable_fen: int, payments: Sequence[tuple[date, int]], month: date, today: date) -> Settlement:
    """M13-9 for one month's goods. `payments` are money received by day.

    The base is the debt that is settled, so the last payment settles all that is left, of which the reward is a part:
    there is no circle. Not settled by the month's end: nothing.
    """
    end = month_end(month)
    by_day: dict[date, int] = {}
    for day, fen in payments:
        by_day[day] = by_day.get(day, 0) + fen
    paid = 0
    parts: list[tuple[date, int, int]] = []
    for day in sorted(by_day):
        if day > end or paid >= payable_fen:
            break
        last = payable_fen - paid
        trial = [*parts, (day, last, (end - day).days)]
        if paid + by_day[day] + _early(trial) >= payable_fen:
            return Settlement(day, _early(trial), 0, tuple(trial))
        parts.append((day, by_day[day], (end - day).days))
        paid += by_day[day]
    if today > end:
        return Settlement(None, 0, max(0, payable_fen - paid), tuple(parts))
    trial = [*parts, (today, payable_fen - paid, (end - today).days)]
    offered = _early(trial)
    return Settlement(None, offered, max(0, payable_fen - paid - offered), tuple(trial))


def _early(parts: Sequence[tuple[date, int, int]]) -> int:
    exact = sum(fen * days for _, fen, days in parts if days >= seed.EARLY_DAYS_LEAST)
    return round_micro(exact * seed.EARLY_RATE_A_DAY)


# ---------------------------------------------------------------- conduct and payout (M13-10, M13-13)


def held(
    receipt_number: str, open_violation: bool, confirmed: bool, approved: bool, on: date | None, today: date
) -> list[str]:
    """Why a payout cannot be paid now; empty: it can."""
    out = []
    if not approved:
        out.append("not_approved")
    if not confirmed:
        out.append("not_confirmed")
    if on is None or today < on:
        out.append("not_due")
    if not receipt_number.strip():
        out.append("no_receipt")
    if open_violation:
        out.append("investigation")
    return out


def crosses_region(allowed: Iterable[str], found: str) -> bool:
    """窜货: the goods were found in a region that neither the contract nor the delivery names."""
    return found.strip() not in {region.strip() for region in allowed if region.strip()}


def shift_years(day: date, years: int) -> date:
    """The same day of another year; 28 February for the 29th where there is none."""
    return add_months(day, 12 * years)
