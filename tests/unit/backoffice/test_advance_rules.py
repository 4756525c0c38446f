"""M5, rule by rule."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.advances import rules
from backoffice.advances.rules import AdvancePolicy, AdvanceState, Target

P = AdvancePolicy()


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_m5_1_balance_is_what_is_neither_allocated_nor_refunded(amount: int, allocated: int, refunded: int) -> None:
    assert rules.balance(amount, allocated, refunded) + allocated + refunded == amount


def test_m5_2_worked_example_sets_off_the_orders_invoices_then_the_oldest() -> None:
    inv1 = Target("INV-1", "SO-1", date(2026, 3, 10), 1_800_000)
    inv2 = Target("INV-2", "SO-1", date(2026, 3, 20), 2_000_000)
    old = Target("INV-0", "SO-0", date(2026, 1, 5), 500_000)
    parts = rules.set_off(3_000_000, "SO-1", [old, inv2, inv1])
    assert parts == [(inv1, 1_800_000), (inv2, 1_200_000)]  # INV-2 keeps 8,000 open, the advance 0
    assert [t.key for t, _ in rules.set_off(5_000_000, None, [inv2, old, inv1])] == ["INV-0", "INV-1", "INV-2"]
    assert rules.set_off(0, "SO-1", [inv1]) == []


@pytest.mark.parametrize(
    ("amount", "balance", "overdue", "allowed"),
    [(100, 100, 0, True), (101, 100, 0, False), (100, 100, 1, False), (0, 100, 0, False)],
)
def test_m5_3_no_refund_while_there_is_overdue_debt(amount: int, balance: int, overdue: int, allowed: bool) -> None:
    assert rules.may_refund(amount, balance, overdue) is allowed


def test_m5_4_goods_leave_against_confirmed_money_of_at_least_their_value() -> None:
    assert rules.covers(5_000_000, 5_000_000)
    assert not rules.covers(4_999_999, 5_000_000)


def test_m5_5_a_deposit_is_capped_at_20_percent_of_the_price() -> None:
    assert rules.deposit_within_cap(20_000, 100_000, 20)
    assert not rules.deposit_within_cap(20_001, 100_000, 20)


def test_m5_6_an_advance_without_a_purchase_voids_the_months_growth_bonus() -> None:
    assert rules.growth_bonus_void(1, 0)
    assert not rules.growth_bonus_void(1, 1)
    assert not rules.growth_bonus_void(0, 0)


@pytest.mark.parametrize(
    ("state", "allocated", "refunded", "asked", "moved", "expected"),
    [
        ("recorded", 0, 0, False, date(2026, 3, 5), AdvanceState.UNCONFIRMED),
        ("confirmed", 0, 0, False, date(2026, 3, 5), AdvanceState.CONFIRMED),
        ("confirmed", 40, 0, False, date(2026, 3, 5), AdvanceState.PARTLY_ALLOCATED),
        ("confirmed", 100, 0, False, date(2025, 3, 5), AdvanceState.FULLY_ALLOCATED),
        ("confirmed", 0, 100, False, date(2026, 3, 5), AdvanceState.REFUNDED),
        ("confirmed", 60, 40, False, date(2026, 3, 5), AdvanceState.FULLY_ALLOCATED),
        ("confirmed", 40, 0, True, date(2026, 3, 5), AdvanceState.REFUNDING),
        ("confirmed", 40, 0, False, date(2025, 9, 9), AdvanceState.PARTLY_ALLOCATED),  # six months to the day
        ("confirmed", 40, 0, False, date(2025, 9, 8), AdvanceState.DORMANT),
    ],
)
def test_states_of_an_advance_are_derived(
    state: str, allocated: int, refunded: int, asked: bool, moved: date, expected: AdvanceState
) -> None:
    today = date(2026, 3, 9)
    assert rules.advance_state(state, 100, allocated, refunded, asked, moved, today, P) is expected
