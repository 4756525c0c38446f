"""M13, rule by rule: the source's tables, the notes' worked examples and their boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.kit.fen import half_up
from backoffice.rewards import rules, seed
from backoffice.rewards.machines import SCHEME, VIOLATION
from backoffice.rewards.rules import (
    AverageOf,
    Bounds,
    CoefficientBasis,
    Divisor,
    GrowthBase,
    Kind,
    Month,
    NotOurMake,
    RewardPolicy,
    Row,
    Year,
)

P = RewardPolicy()
YUAN = 100
WAN = 1_000_000
"""A ten-thousand of yuan, in fen."""


def tiers(values: tuple[int, ...], *limits: int) -> list[Row]:
    ends = [*limits[1:], None]
    return [
        Row(low * WAN, None if high is None else high * WAN, value)
        for low, high, value in zip(limits, ends, values, strict=True)
    ]


TABLE = {
    ("001", 2): tiers(seed.TIER_RATES["001"], 5, 10, 20),
    ("002", 2): tiers(seed.TIER_RATES["002"], 10, 20, 30),
    ("", 2): tiers(seed.COEFFICIENTS, 5, 10, 30),
}
MONTHS = [date(2026, month, 1) for month in range(1, 13)]


def year_of(figures: list[Month], **given_: object) -> Year:
    return Year(2, True, list(zip(MONTHS, figures, strict=False)), **given_)  # type: ignore[arg-type]


def example_a() -> Year:
    """天津; 001: 1,440,000 a year, 720 units; 002: 2,880,000, 720 units."""
    month = Month(36 * WAN, 0, {"001": (60, 12 * WAN), "002": (60, 24 * WAN)})
    return year_of([replace(month, series=dict(month.series)) for _ in MONTHS])


def test_m13_every_figure_table_and_city_of_the_source_is_in_the_seed() -> None:
    """7.2.4, table by table."""
    assert seed.SERIES == ("001", "002")
    assert {s: [v // 100 for v in rates] for s, rates in seed.TIER_RATES.items()} == {
        "001": [100, 120, 150],
        "002": [200, 250, 300],
    }
    assert [k / 100 for k in seed.COEFFICIENTS] == [0.8, 1.0, 1.2]
    assert list(seed.CITY_CLASSES) == [1, 2, 3]
    assert (seed.EXCLUSIVE_RATE, seed.NOT_EXCLUSIVE_RATE) == (10_000, 5_000)  # 1 %, 0.5 %
    assert seed.GROWTH_STEPS == ((10, 5_000), (15, 7_000))  # 10 % → 0.5 %, 15 % → 0.7 %
    assert seed.NEW_DEALER_RATE == 3_000  # 0.3 %
    assert (seed.EARLY_RATE_A_DAY, seed.EARLY_DAYS_LEAST) == (500, 1)  # 0.05 % a day, 1 day or more
    assert seed.VIOLATIONS == ("price_cut", "cross_region")
    assert seed.PAY_DATES == ("purchase", "exclusive", "growth")
    assert set(seed.CLASS_1) == {"北京", "上海", "广州"}
    assert len(seed.CAPITALS) == 27
    assert len(seed.CLASS_2) == 28  # 26 capitals without 广州, and 天津, 重庆


@pytest.mark.parametrize(
    ("city", "number"),
    [
        ("北京", 1),
        ("上海市", 1),
        ("广州", 1),
        ("天津", 2),
        ("重庆", 2),
        ("杭州", 2),
        ("深圳", 3),
        ("深圳市", 3),
        ("青岛", 3),
    ],
)
def test_m13_3_city_classes(city: str, number: int) -> None:
    assert rules.city_class(city, seed.seed_cities()) == number


def test_m13_1_and_m13_14_all_dealers_and_three_dates() -> None:
    assert {move.command for move in SCHEME.moves} >= {"submit", "calculate", "submit_payout", "finish"}
    assert P.pickup_days is None  # M13-11: the source leaves the days blank


def test_m13_4_and_m13_5_worked_example_a() -> None:
    lines = rules.purchase_lines(example_a(), TABLE, P)
    assert [(line.series, line.rate, line.percent, line.fen) for line in lines] == [
        ("001", 12_000, 120, 10_368_000),
        ("002", 25_000, 120, 21_600_000),
    ]
    assert sum(line.fen for line in lines) == 31_968_000  # 319,680.00
    by_series = P.model_copy(update={"coefficient_basis": CoefficientBasis.SERIES})
    assert [line.fen for line in rules.purchase_lines(example_a(), TABLE, by_series)] == [8_640_000, 18_000_000]
    by_month = P.model_copy(update={"coefficient_basis": CoefficientBasis.MONTH})
    assert sum(line.fen for line in rules.purchase_lines(example_a(), TABLE, by_month)) == 31_968_000


@pytest.mark.parametrize(
    ("average_yuan_fen", "rate"),
    [
        (5 * WAN - 1, 0),  # one fen below the lowest row: nothing
        (5 * WAN, 10_000),
        (10 * WAN - 1, 10_000),
        (10 * WAN, 12_000),
        (20 * WAN - 1, 12_000),
        (20 * WAN, 15_000),
        (900 * WAN, 15_000),  # 以上: no upper end
    ],
)
def test_m13_4_borders_of_the_rows(average_yuan_fen: int, rate: int) -> None:
    year = year_of([Month(average_yuan_fen, 0, {"001": (1, average_yuan_fen)}) for _ in MONTHS])
    [line] = rules.purchase_lines(year, TABLE, P)
    assert (line.rate, line.reason) == (rate, "" if rate else "below_lowest")


def test_m13_4_one_fen_in_the_whole_year_decides() -> None:
    """The average is compared without a division: 1 fen less in December is a tier less."""
    figures = [Month(10 * WAN, 0, {"001": (1, 10 * WAN)}) for _ in MONTHS]
    assert rules.purchase_lines(year_of(figures), TABLE, P)[0].rate == 12_000
    figures[11] = Month(10 * WAN - 1, 0, {"001": (1, 10 * WAN - 1)})
    assert rules.purchase_lines(year_of(figures), TABLE, P)[0].rate == 10_000


def test_m13_4_and_m13_5_readings() -> None:
    year = year_of([Month(10 * WAN, 0, {"001": (1, 10 * WAN)}) for _ in MONTHS])
    upper = P.model_copy(update={"bounds": Bounds.TO})
    assert rules.purchase_lines(year, TABLE, upper)[0].rate == 10_000  # (from, to]
    units = P.model_copy(update={"average_of": AverageOf.UNITS})
    by_units = TABLE | {("001", 2): [Row(1, 2, 10_000), Row(2, 5, 12_000), Row(5, None, 15_000)]}
    assert rules.purchase_lines(year, by_units, units)[0].rate == 10_000
    half = Year(2, True, year.months[:], date(2026, 7, 15))
    half_figures = [(day, month if day.month > 6 else Month()) for day, month in half.months]
    half = replace(half, months=half_figures)
    assert rules.purchase_lines(half, TABLE, P)[0].rate == 10_000  # 600,000 / 12
    joining = P.model_copy(update={"divisor": Divisor.JOINING})
    assert rules.purchase_lines(half, TABLE, joining)[0].rate == 12_000  # 600,000 / 6
    # The table of coefficients is silent below its lowest row: 0, or what the setting says.
    low = year_of([Month(4 * WAN, 0, {"001": (9, 6 * WAN)}) for _ in MONTHS])
    assert rules.purchase_lines(low, TABLE, P)[0].fen == 0
    some = P.model_copy(update={"below_lowest_percent": 80})
    assert rules.purchase_lines(low, TABLE, some)[0].fen == 108 * 10_000 * 80 // 100


def test_m13_6_worked_example_b() -> None:
    assert rules.exclusive_line(example_a(), P).fen == 4_320_000  # 43,200.00
    assert rules.exclusive_line(replace(example_a(), exclusive=False), P).fen == 2_160_000
    leaves = P.model_copy(update={"not_our_make": NotOurMake.LEAVES})
    assert rules.exclusive([False], P) is True  # a brand in a category we do not make breaks nothing
    assert rules.exclusive([False, True], P) is False
    assert rules.exclusive([False], leaves) is False
    assert rules.exclusive([], leaves) is True
    year = year_of([Month(10 * WAN, 4 * WAN)])
    assert rules.exclusive_line(year, P).fen == 10 * WAN // 100
    assert rules.exclusive_line(year, leaves).fen == 6 * WAN // 100


@pytest.mark.parametrize(
    ("this", "last", "more", "fen", "reason"),
    [
        (109_999, 100_000, {}, 0, "not_grown"),
        (110_000, 100_000, {}, 55_000, "grown"),
        (114_999, 100_000, {}, 57_500, "grown"),  # 574.995 → 575.00, half up once
        (115_000, 100_000, {}, 80_500, "grown"),
        (80_000, 0, {}, 24_000, "new_dealer"),
        (115_000, 100_000, {"overdue": True}, 0, "overdue"),
        (80_000, 0, {"overdue": True}, 0, "overdue"),  # covers the new dealer too (setting)
        (0, 0, {"prepaid_fen": 20_000 * YUAN}, 0, "prepaid_no_purchase"),
        (0, 100_000, {}, 0, "no_purchase"),
        (-5, 0, {}, 0, "no_purchase"),
    ],
)
def test_m13_7_and_m13_8_worked_example_c(this: int, last: int, more: dict[str, object], fen: int, reason: str) -> None:
    month = Month(this * YUAN, last_fen=last * YUAN, **more)  # type: ignore[arg-type]
    base, rate, why = rules.growth(month, P)
    assert (rules.round_micro(base * rate), why) == (fen, reason)


def test_m13_7_and_m13_8_readings() -> None:
    grown = Month(115_000 * YUAN, last_fen=100_000 * YUAN)
    increment = P.model_copy(update={"growth_base": GrowthBase.INCREMENT})
    assert rules.growth(grown, increment)[0] == 15_000 * YUAN
    spared = P.model_copy(update={"exclusion_covers_new": False})
    assert rules.growth(Month(80_000 * YUAN, overdue=True), spared)[2] == "new_dealer"


JUNE, END = date(2026, 6, 1), date(2026, 6, 30)
THE_10TH, THE_25TH, THE_29TH = date(2026, 6, 10), date(2026, 6, 25), date(2026, 6, 29)
DEBT = 100_000 * YUAN


@pytest.mark.parametrize(
    ("payments", "reward", "on"),
    [
        ([(THE_10TH, 60_000), (THE_25TH, 40_000)], 70_000, THE_25TH),
        ([(THE_10TH, 60_000), (THE_25TH, 39_300)], 70_000, THE_25TH),  # the reward is deducted from the payment
        ([(THE_10TH, 60_000), (THE_25TH, 39_299)], 0, None),  # 1 yuan short
        ([(THE_29TH, 100_000)], 5_000, THE_29TH),  # 1 day: 提前1天以上 includes it
        ([(END, 100_000)], 0, END),
        ([(END, 99_999)], 0, None),
        ([(END + timedelta(days=1), 100_000)], 0, None),
    ],
)
def test_m13_9_worked_example_d(payments: list[tuple[date, int]], reward: int, on: date | None) -> None:
    found = rules.settle(DEBT, [(day, yuan * YUAN) for day, yuan in payments], JUNE, END + timedelta(days=5))
    assert (found.reward_fen, found.settled_on) == (reward, on)


def test_m13_9_the_dealer_is_told_what_to_transfer() -> None:
    found = rules.settle(DEBT, [(THE_10TH, 60_000 * YUAN)], JUNE, THE_25TH)
    assert (found.due_fen, found.reward_fen, found.settled_on) == (39_300 * YUAN, 700 * YUAN, None)


@given(
    st.integers(1, 10**11),
    st.lists(st.tuples(st.integers(0, 29), st.integers(1, 10**11)), max_size=6),
)
def test_m13_9_money_and_reward_close_the_month_exactly_once(payable: int, paid: list[tuple[int, int]]) -> None:
    payments = [(JUNE + timedelta(days=day), fen) for day, fen in paid]
    found = rules.settle(payable, payments, JUNE, END + timedelta(days=9))
    if found.settled_on is not None:
        assert sum(fen for _, fen, _ in found.parts) == payable  # the base is the debt, not the money
        cash = sum(fen for day, fen in payments if day <= found.settled_on)
        assert cash + found.reward_fen >= payable
    else:
        assert found.reward_fen == 0
    assert 0 <= found.reward_fen <= payable * 29 * 500 // 1_000_000 + 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (("F1", False, True, True, JUNE, JUNE), []),
        (("", False, True, True, JUNE, JUNE), ["no_receipt"]),
        (("F1", True, True, True, JUNE, JUNE), ["investigation"]),
        (("F1", False, False, True, JUNE, JUNE), ["not_confirmed"]),
        (("F1", False, True, False, JUNE, JUNE), ["not_approved"]),
        (("F1", False, True, True, THE_10TH, JUNE), ["not_due"]),
    ],
)
def test_m13_10_and_14_what_holds_a_payout(facts: tuple[str, bool, bool, bool, date, date], why: list[str]) -> None:
    assert rules.held(*facts) == why


def test_m13_13_regions_and_verdicts() -> None:
    assert rules.crosses_region(["华南", "广东"], "山东")
    assert not rules.crosses_region(["华南", ""], " 华南 ")
    assert VIOLATION.after("under_investigation", "disqualify") == "disqualified"
    assert VIOLATION.after("disqualified", "appeal") == "appealed"


def test_tables_with_gaps_or_other_values_are_refused() -> None:
    good = TABLE[("001", 2)]
    assert rules.faults(good, seed.TIER_RATES["001"]) == []
    assert rules.faults(good[:2], seed.TIER_RATES["001"]) == ["values", "open_end"]
    gap = [good[0], replace(good[1], low=good[1].low + 1), good[2]]
    assert rules.faults(gap, seed.TIER_RATES["001"]) == ["gap_or_overlap"]
    assert rules.faults([], seed.COEFFICIENTS) == ["values", "open_end"]


amounts = st.integers(-(10**9), 10**10)


@given(st.lists(st.tuples(amounts, amounts, st.integers(-50, 5000), st.booleans()), min_size=12, max_size=12))
def test_each_line_is_rounded_once_and_the_rewards_are_never_negative(
    figures: list[tuple[int, int, int, bool]],
) -> None:
    months = [Month(fen, 0, {"001": (units, fen)}, last, late) for fen, last, units, late in figures]
    for line in rules.reward(year_of(months), TABLE, P):
        assert line.fen == half_up(Fraction(line.exact, 1_000_000)) >= 0
        if line.kind is Kind.GROWTH:
            assert line.exact == line.base_fen * line.rate
