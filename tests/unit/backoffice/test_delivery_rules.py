"""M9, rule by rule."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.deliveries import rules
from backoffice.deliveries.rules import Rest, Wanting

A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("already", "quantity", "allowance", "allowed"),
    [(0, 100, 0, True), (0, 101, 0, False), (0, 101, 1, True), (60, 40, 0, True), (60, 41, 0, False), (0, 0, 0, False)],
)
def test_m9_1_101_of_100_is_refused(already: int, quantity: int, allowance: int, allowed: bool) -> None:
    assert rules.may_ship(already, quantity, 100, allowance) is allowed


@pytest.mark.parametrize(
    ("policy", "quantity", "rest"),
    [
        ("ask", 100, Rest.NOTHING),
        ("complete_only", 100, Rest.NOTHING),
        ("ask", 60, Rest.ASK),
        ("back_order", 60, Rest.BACK_ORDER),
        ("no_back_order", 60, Rest.CANCEL),
        ("complete_only", 60, Rest.REFUSE),
    ],
)
def test_m9_2_what_becomes_of_the_rest(policy: str, quantity: int, rest: Rest) -> None:
    assert rules.rest_of(policy, 100, quantity) is rest


def test_m9_3_scarce_goods_by_confirmed_date_then_grade_then_time() -> None:
    day = date(2026, 3, 9)
    early = Wanting(A, date(2026, 3, 8), None, 5.0, 30)
    best = Wanting(B, day, "AAA", 9.0, 30)
    plain = Wanting(C, day, "A", 1.0, 30)
    assert rules.share_out(70, [plain, best, early]) == [(A, 30), (B, 30), (C, 10)]
    first = Wanting(A, day, "A", 0.5, 30)
    assert [who for who, _ in rules.share_out(0, [plain, first])] == [A, C]


@given(st.integers(0, 500), st.lists(st.integers(0, 100), max_size=6))
def test_m9_3_never_more_than_the_stock(stock: int, wanted: list[int]) -> None:
    wanting = [Wanting(UUID(int=n), date(2026, 3, 9), None, n, q) for n, q in enumerate(wanted)]
    shared = [got for _, got in rules.share_out(stock, wanting)]
    assert sum(shared) == min(stock, sum(wanted))


def test_m9_4_only_what_was_accepted_is_billable() -> None:
    assert rules.billable(100, None) == 0
    assert rules.billable(100, 97) == 97


@pytest.mark.parametrize(
    ("made", "cleared", "picked", "apart"),
    [(A, B, C, True), (A, None, None, True), (A, A, C, False), (A, B, B, False), (A, B, A, False)],
)
def test_m9_5_asking_clearing_and_picking_are_three_people(
    made: UUID, cleared: UUID | None, picked: UUID | None, apart: bool
) -> None:
    assert rules.three_hands(made, cleared, picked) is apart


@pytest.mark.parametrize(
    ("promised", "signed", "accepted", "expected"),
    [
        (date(2026, 3, 9), date(2026, 3, 9), 10, True),
        (date(2026, 3, 9), date(2026, 3, 10), 10, False),
        (date(2026, 3, 9), date(2026, 3, 9), 9, False),
        (date(2026, 3, 9), None, 10, False),
        (None, date(2026, 3, 9), 10, False),
    ],
)
def test_on_time_in_full(promised: date | None, signed: date | None, accepted: int, expected: bool) -> None:
    assert rules.on_time_in_full(promised, signed, 10, accepted) is expected
