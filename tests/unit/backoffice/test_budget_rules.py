"""M3 as tables: what exceeds a budget, and sums that add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.budgets import rules, seed
from backoffice.budgets.rules import Action, Month, Scope

STOP, WARN, IGNORE = Action.STOP, Action.WARN, Action.IGNORE
YUAN = 100


def conference_year(*, transferred: int = 0) -> list[Month]:
    """The worked example: 会务费, 100,000 a month; to June 520,000 spent and 50,000 reserved."""
    months = [Month(100_000 * YUAN) for _ in range(12)]
    months[4] = Month(100_000 * YUAN, 520_000 * YUAN)
    months[5] = Month((100_000 + transferred) * YUAN, 0, 50_000 * YUAN)
    return months


@pytest.mark.parametrize(
    ("amount", "transferred", "found"),
    [
        (40_000, 0, [(Scope.MONTH, 10_000)]),  # 610,000 of 600,000; the year of 1,200,000 passes
        (30_000, 0, []),  # exactly 600,000 passes: exceeded is strictly greater
        (30_001, 0, [(Scope.MONTH, 1)]),
        (40_000, 15_000, []),  # after the transfer 5,000 are left
        (45_000, 15_000, []),
        (45_001, 15_000, [(Scope.MONTH, 1)]),
        (630_000, 0, [(Scope.MONTH, 600_000)]),  # exactly the year
        (630_001, 0, [(Scope.YEAR, 1), (Scope.MONTH, 600_001)]),
    ],
)
def test_m3_2_and_m3_3_exceeded_is_strictly_greater_in_the_year_and_in_the_accumulated_months(
    amount: int, transferred: int, found: list[tuple[Scope, int]]
) -> None:
    check = rules.check(conference_year(transferred=transferred), 6, amount * YUAN, STOP, WARN)
    assert [(f.scope, f.over // YUAN) for f in check.findings] == found


def test_m3_1_available_is_budget_less_actual_less_reserved() -> None:
    year, june = rules.position(conference_year()), rules.position(conference_year(), 6)
    assert (year.available, june.available) == (630_000 * YUAN, 30_000 * YUAN)


@pytest.mark.parametrize(
    ("on_year", "on_month", "action"),
    [
        (STOP, WARN, WARN),  # only the months are exceeded
        (STOP, STOP, STOP),
        (STOP, IGNORE, IGNORE),
    ],
)
def test_m3_3_each_check_has_its_own_action(on_year: Action, on_month: Action, action: Action) -> None:
    assert rules.check(conference_year(), 6, 40_000 * YUAN, on_year, on_month).action is action


def test_m3_3_the_stronger_action_counts_when_both_are_exceeded() -> None:
    assert rules.check(conference_year(), 6, 700_000 * YUAN, WARN, STOP).action is STOP
    assert rules.check(conference_year(), 6, 30_000 * YUAN, STOP, STOP).action is None


def test_m3_3_what_is_promised_to_a_later_month_is_not_promised_again_to_an_earlier_one() -> None:
    months = [Month(100) for _ in range(12)]
    months[7] = Month(100, 0, 800)  # all that is accumulated to August
    assert [f.month for f in rules.check(months, 6, 1, IGNORE, STOP).findings] == [8]
    assert rules.check(months, 9, 100, IGNORE, STOP).findings == ()


@given(st.integers(0, 10**12), st.lists(st.integers(0, 900), min_size=11, max_size=11))
def test_m3_5_shares_of_a_hundred_percent_add_up_to_the_fen(annual: int, first: list[int]) -> None:
    shares = [*first, rules.WHOLE_BP - sum(first)]
    amounts = rules.distribute(annual, shares)
    assert sum(amounts) == annual
    assert all(
        abs(amount - annual * share / rules.WHOLE_BP) <= 1 for amount, share in zip(amounts, shares, strict=True)
    )


def test_m3_5_twelfths_are_a_hundred_percent() -> None:
    assert rules.evenly(120_000_000) == [10_000_000] * 12  # 100,000.00 a month, as in the worked example
    odd = rules.evenly(100)
    assert sum(odd) == 100
    assert set(odd) == {8, 9}


@pytest.mark.parametrize(
    ("used", "budget", "warned"), [(79, 100, False), (80, 100, True), (100, 100, True), (0, 0, False), (1, 0, True)]
)
def test_m3_8_the_early_warning_comes_at_eighty_percent(used: int, budget: int, warned: bool) -> None:
    assert rules.warns(used, budget, 80) is warned


def test_m3_8_the_threshold_and_every_other_number_is_a_setting_with_its_source() -> None:
    policy = rules.BudgetPolicy()
    assert (policy.warn_percent, policy.year_action, policy.month_action) == (80, STOP, WARN)
    assert policy.exception_role.value == "GM"
    marks = {n: (f.json_schema_extra or {})["source"] for n, f in rules.BudgetPolicy.model_fields.items()}  # type: ignore[index]
    assert marks == {
        "year_action": "C",
        "month_action": "C",
        "unbudgeted": "H",
        "exception_role": "C",
        "warn_percent": "D",
    }


def test_the_accounts_to_start_with_hold_the_two_categories_of_a_conference() -> None:
    accounts = {code: zh for code, zh, *_ in seed.ACCOUNTS}
    assert accounts[seed.CONFERENCE_SERVICES] == "会务费"
    assert accounts[seed.CONFERENCE_PUBLICITY] == "会议宣传推广费"
    assert "广告费" in accounts.values()


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), min_size=12, max_size=12),
    st.integers(1, 12),
    st.integers(0, 1000),
)
def test_what_passes_a_stop_leaves_no_month_with_anything_in_it_overspent(
    figures: list[tuple[int, int, int]], month: int, amount: int
) -> None:
    before = [Month(*f) for f in figures]
    after = list(before)
    after[month - 1] = Month(before[month - 1].budget, before[month - 1].actual, before[month - 1].reserved + amount)
    found = rules.check(before, month, amount, STOP, STOP)
    over = [
        to for to in range(month, 13) if rules.position(after, to).available < 0 and (to == month or after[to - 1].used)
    ]
    assert bool(found.findings) == bool(over or rules.position(after).available < 0)
