"""PURE: the lives of plans and control lines; variance, price and volume, sums of targets (M1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from backoffice.kit.duties import OfficeRole
from backoffice.kit.fen import half_up
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words


class PlanState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    IN_EFFECT = "plan_in_effect"
    CLOSED = "closed"
    REVISED = "revised"


class LineState(StrEnum):
    ON_TRACK = "on_track"
    WATCH = "on_watch"
    OFF_TRACK = "off_track"
    EXPLAINED = "gap_explained"
    ACTION_OPEN = "action_open"
    ACTION_DONE = "action_done"
    VERIFIED = "verified"
    CLOSED = "closed"


class Metric(StrEnum):
    SALES = "sales"
    RECEIPTS = "receipts_in"
    EXPENSES = "expenses"


class PeriodKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"


class Cause(StrEnum):
    """Why it is off (因果分析)."""

    PRICE = "price"
    VOLUME = "volume"
    MARKET = "market_shrinks"
    COMPETITOR = "competitor"
    SUPPLY = "supply"
    PEOPLE = "people"
    CUSTOMER = "customer_lost"
    OTHER = "other_cause"


_P, _L, _R = PlanState, LineState, OfficeRole

PLAN: Machine[PlanState] = Machine(
    "marketing_plan",
    PlanState,
    _P.DRAFT,
    (
        Move("submit", (_P.DRAFT,), _P.SUBMITTED, roles(_R.MKT, _R.SM)),
        Move("approve", (_P.SUBMITTED,), _P.APPROVED),
        Move("rework", (_P.SUBMITTED, _P.APPROVED), _P.DRAFT),
        Move("put_into_effect", (_P.APPROVED,), _P.IN_EFFECT, roles(_R.CMO)),
        Move("supersede", (_P.IN_EFFECT,), _P.REVISED),
        Move("close", (_P.IN_EFFECT,), _P.CLOSED, roles(_R.CMO)),
    ),
)
CONTROL_LINE: Machine[LineState] = Machine(
    "control_line",
    LineState,
    _L.ON_TRACK,
    (
        Move("find_lagging", (_L.ON_TRACK,), _L.WATCH),
        Move("find_off_track", (_L.ON_TRACK, _L.WATCH), _L.OFF_TRACK),
        Move("recover", (_L.WATCH, _L.OFF_TRACK), _L.ON_TRACK),
        Move("ease", (_L.OFF_TRACK,), _L.WATCH),
        Move("explain_gap", (_L.WATCH, _L.OFF_TRACK), _L.EXPLAINED, roles(_R.SM)),
        Move("take_action", (_L.EXPLAINED,), _L.ACTION_OPEN, roles(_R.SM)),
        Move("finish_action", (_L.ACTION_OPEN,), _L.ACTION_DONE, roles(*OfficeRole)),
        Move("verify", (_L.ACTION_DONE,), _L.VERIFIED, roles(_R.CMO)),
        Move("reopen", (_L.ACTION_DONE, _L.VERIFIED), _L.ACTION_OPEN, roles(_R.CMO)),
        Move(
            "close",
            (_L.ON_TRACK, _L.WATCH, _L.OFF_TRACK, _L.EXPLAINED, _L.ACTION_OPEN, _L.ACTION_DONE, _L.VERIFIED),
            _L.CLOSED,
            roles(_R.SM, _R.CMO),
        ),
    ),
)
MACHINES = (PLAN, CONTROL_LINE)

words(
    marketing_plan=("营销计划", "marketing plan"),
    control_line=("控制行", "line under control"),
    marketing_plans=("营销计划", "marketing plans"),
    plan_lines=("计划目标", "targets of the plan"),
    control_lines=("计划执行控制表", "plan against actual"),
    plan_in_effect=("执行中", "in effect"),
    put_into_effect=("执行计划", "put into effect"),
    on_track=("正常", "on track"),
    on_watch=("关注", "to be watched"),
    off_track=("偏离", "off track"),
    gap_explained=("已说明原因", "explained"),
    action_open=("改正措施执行中", "corrective action open"),
    action_done=("改正措施已完成", "corrective action done"),
    find_lagging=("判为关注", "find lagging"),
    find_off_track=("判为偏离", "find off track"),
    recover=("恢复正常", "recover"),
    ease=("偏离减轻", "ease"),
    explain_gap=("说明原因", "explain the gap"),
    take_action=("制定改正措施", "take corrective action"),
    finish_action=("完成改正措施", "finish the action"),
    sales=("销售额", "sales"),
    receipts_in=("回款", "receipts"),
    expenses=("费用", "expenses"),
    metric=("指标", "metric"),
    period=("期间", "period"),
    series=("系列", "series"),
    target_fen=("目标", "target"),
    target_units=("目标数量", "target units"),
    reached_fen=("实际完成", "actual"),
    reached_units=("实际数量", "actual units"),
    variance_fen=("差异", "variance"),
    variance_bp=("差异率", "variance"),
    price_effect_fen=("价格差异", "price effect"),
    volume_effect_fen=("数量差异", "volume effect"),
    cause_code=("原因类别", "kind of cause"),
    owner=("责任人", "owner"),
    action_due_on=("改正期限", "action due"),
    action_late=("改正逾期", "action overdue"),
    plan_version=("计划版本", "version of the plan"),
    market_shrinks=("市场萎缩", "market shrinks"),
    competitor=("竞争", "competition"),
    supply=("供货", "supply"),
    people=("人员", "people"),
    customer_lost=("客户流失", "customer lost"),
    other_cause=("其他", "other"),
    price=("价格", "price"),
    volume=("销量", "volume"),
)


class MarketingPolicy(Policy):
    room: ClassVar[str] = "marketing_control"

    watch_percent: int = setting(
        5, source="D", zh="落后目标百分之几起“关注”", en="Behind the target by so much percent: watch", ge=0, le=100
    )
    off_percent: int = setting(
        10,
        source="D",
        zh="落后目标百分之几起“偏离”",
        en="Behind the target by so much percent: off track",
        ge=0,
        le=100,
    )


# ---------------------------------------------------------------- variance


def variance_bp(target: int, actual: int) -> int | None:
    """(actual − target)/target in hundredths of a percent, half up. None ("n/a"): the target is 0 (M1-2)."""
    return half_up(Fraction((actual - target) * 10_000, target)) if target else None


def level(metric: Metric, target: int, actual: int, watch: int, off: int) -> LineState:
    """M1-2, by cross-multiplication: −5 % is watch, −10 % is off track. Expenses are behind when they are over."""
    behind = actual - target if metric is Metric.EXPENSES else target - actual
    if target and behind * 100 >= target * off:
        return LineState.OFF_TRACK
    if target and behind * 100 >= target * watch and behind > 0:
        return LineState.WATCH
    return LineState.ON_TRACK


@dataclass(frozen=True, slots=True)
class Split:
    """The gap (plan less actual) as price and volume, in fen; they add up to it exactly."""

    price: int
    volume: int

    @property
    def gap(self) -> int:
        return self.price + self.volume


def split(plan_units: int, plan_fen: int, units: int, fen: int) -> Split | None:
    """M1-4: (plan price − actual price) × actual quantity, and plan price × (plan quantity − actual quantity).

    With the plan price as a fraction the two are exact; the price effect is rounded once and the volume effect is
    the rest. None: nothing was planned in units, so there is no plan price.
    """
    if not plan_units:
        return None
    price = half_up(Fraction(plan_fen * units, plan_units)) - fen
    return Split(price, plan_fen - fen - price)


def ratio_bp(part: int, whole: int) -> int | None:
    """M1-5: expenses / sales in hundredths of a percent. None: nothing was sold."""
    return half_up(Fraction(part * 10_000, whole)) if whole else None


# ---------------------------------------------------------------- sums


@dataclass(frozen=True, slots=True)
class Target:
    metric: Metric
    kind: PeriodKind
    period: int
    fen: int
    units: int = 0


@dataclass(frozen=True, slots=True)
class Wrong:
    code: str
    zh: str
    en: str


def check(year: dict[Metric, tuple[int, int]], lines: Iterable[Target]) -> list[Wrong]:
    """M1-1: targets of every month (or every quarter), summing to the year, in money and in units."""
    out: list[Wrong] = []
    found: dict[Metric, list[Target]] = {}
    for line in lines:
        found.setdefault(line.metric, []).append(line)
    for metric in Metric:
        mine = found.get(metric, [])
        if metric not in year:
            if mine:
                out.append(Wrong("no_year", f"{metric}没有年度目标", f"{metric} has no target of the year"))
            continue
        out += _periods(metric, mine)
        fen, units = sum(t.fen for t in mine), sum(t.units for t in mine)
        if (fen, units) != year[metric]:
            out.append(
                Wrong(
                    "sum",
                    f"{metric}各期合计{fen}分、{units}件,年度目标{year[metric][0]}分、{year[metric][1]}件",
                    f"{metric}: the periods add up to {fen} fen and {units} units, the year is "
                    f"{year[metric][0]} and {year[metric][1]}",
                )
            )
    return out


def _periods(metric: Metric, lines: Sequence[Target]) -> list[Wrong]:
    kinds = {line.kind for line in lines}
    if len(kinds) > 1:
        return [Wrong("mixed", f"{metric}同时有月度和季度目标", f"{metric} has targets by month and by quarter")]
    count = 4 if kinds == {PeriodKind.QUARTER} else 12
    missing = sorted(set(range(1, count + 1)) - {line.period for line in lines})
    if missing:
        text = "、".join(map(str, missing))
        return [Wrong("missing", f"{metric}缺少第{text}期的目标", f"{metric} has no target for {text}")]
    return []


def months_of(kind: PeriodKind, period: int) -> tuple[int, int]:
    """First and last month of a period."""
    return (period, period) if kind is PeriodKind.MONTH else (3 * period - 2, 3 * period)
