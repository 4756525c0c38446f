"""M8, rule by rule."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.accounts import rules as accounts
from backoffice.kit.duties import OfficeRole
from backoffice.orders import rules
from backoffice.orders.rules import Cash, Exposure, Facts, Finding, LineFigures, OrderPolicy, OrderStatus, Release
from backoffice.orders.states import HoldKind

P = OrderPolicy()
TODAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("order", "exposure", "over"), [(10_000_000, 52_000_000, 2_000_000), (8_000_000, 50_000_000, 0)]
)
def test_m8_1_worked_example_equal_passes(order: int, exposure: int, over: int) -> None:
    """Limit 500,000; AR 320,000; delivered 40,000; open 90,000; advance 30,000; order 100,000 → 20,000 over."""
    found = Exposure(32_000_000, 4_000_000, 9_000_000, 3_000_000, order)
    assert found.total == exposure
    assert rules.over_limit(found, 50_000_000) == over
    assert rules.over_limit(found, exposure - 1) == 1


def facts(**given: object) -> Facts:
    values = {
        "this_fen": 100,
        "exposure": Exposure(0, 0, 0, 0, 100),
        "limit_fen": 100,
        "counts_as_credit": True,
        "cash": None,
        "overdue_days": 0,
        "open_case": False,
    } | given
    return Facts(**values)  # type: ignore[arg-type]


def kinds(found: list[Finding]) -> list[HoldKind]:
    return [finding.kind for finding in found]


def test_m8_2_the_same_facts_are_judged_again_at_shipment() -> None:
    assert rules.findings(facts(), P) == []
    assert kinds(rules.findings(facts(exposure=Exposure(1, 0, 0, 0, 100)), P)) == [HoldKind.CREDIT]


def test_m8_3_worked_example_cash_only_is_its_own_flag() -> None:
    """Order 50,000, confirmed advance 45,000 → hold, short 5,000. The limit says nothing here."""
    found = rules.findings(facts(this_fen=5_000_000, cash=Cash(4_500_000, 0), limit_fen=10**12), P)
    assert [(f.kind, f.short_fen) for f in found] == [(HoldKind.CASH, 500_000)]
    assert rules.findings(facts(this_fen=5_000_000, cash=Cash(5_000_000, 0), limit_fen=0), P) == []
    # A limit of 0 is no credit, not no limit:
    assert kinds(rules.findings(facts(limit_fen=0), P)) == [HoldKind.CREDIT]


@pytest.mark.parametrize(
    ("cash", "short"),
    [
        (Cash(100, 0), 0),
        (Cash(0, 100), 0),
        (Cash(60, 39), 1),
        (Cash(0, 100, other_claims=30), 30),  # another order against money has a claim on the general money
        (Cash(100, 0, other_claims=500), 0),  # but never on this order's own
        (Cash(100, 0, own_claims=40), 40),  # a first delivery has not been set off yet
    ],
)
def test_m8_3_money_is_not_counted_twice(cash: Cash, short: int) -> None:
    assert rules.cash_short(cash, 100) == short


@given(*[st.integers(0, 10**9)] * 5)
def test_m8_3_paying_what_is_short_is_enough(linked: int, general: int, own: int, other: int, need: int) -> None:
    short = rules.cash_short(Cash(linked, general, own, other), need)
    assert rules.cash_short(Cash(linked + short, general, own, other), need) == 0


@pytest.mark.parametrize(
    ("own", "group", "expected"), [(None, None, 7), (None, 5, 5), (3, 5, 3), (0, 5, 0), (None, 0, 0)]
)
def test_m8_4_limit_of_customer_then_group_then_company(own: int | None, group: int | None, expected: int) -> None:
    assert accounts.limit(own, group, 7) == expected


def test_m8_5_overdue_debt_or_an_open_case_holds_even_under_the_limit() -> None:
    assert kinds(rules.findings(facts(overdue_days=1), P)) == [HoldKind.OVERDUE]
    lenient = OrderPolicy(overdue_hold_days=15)
    assert rules.findings(facts(overdue_days=15), lenient) == []
    assert kinds(rules.findings(facts(overdue_days=16), lenient)) == [HoldKind.OVERDUE]
    assert kinds(rules.findings(facts(open_case=True), P)) == [HoldKind.CASE]


def test_every_ground_is_named_and_each_has_a_duty_that_may_release_it() -> None:
    found = rules.findings(facts(limit_fen=0, overdue_days=9, open_case=True, below_floor=("礼盒",)), P)
    assert kinds(found) == [HoldKind.CREDIT, HoldKind.OVERDUE, HoldKind.CASE, HoldKind.PRICE]
    assert set(rules.RELEASERS) == set(HoldKind)
    assert rules.RELEASERS[HoldKind.CASE] == {OfficeRole.GM}


@pytest.mark.parametrize(
    ("release", "covered"),
    [
        (Release(HoldKind.CREDIT, 20, TODAY), True),  # the last day and the full sum are included
        (Release(HoldKind.CREDIT, 19, TODAY), False),
        (Release(HoldKind.CREDIT, 20, date(2026, 3, 8)), False),
        (Release(HoldKind.OVERDUE, 20, TODAY), False),
    ],
)
def test_m8_6_a_release_covers_its_own_ground_up_to_its_sum_and_day(release: Release, covered: bool) -> None:
    found = [Finding(HoldKind.CREDIT, 20, "", "")]
    assert (rules.uncovered(found, [release], TODAY) == []) is covered


@pytest.mark.parametrize(("to", "allowed"), [(60, True), (99, True), (59, False), (100, False), (101, False)])
def test_m8_7_only_what_is_not_delivered_can_be_reduced(to: int, allowed: bool) -> None:
    assert rules.may_reduce(LineFigures(100, 0, 60, 40, 0), to) is allowed


@pytest.mark.parametrize(
    ("state", "held", "line", "expected"),
    [
        ("submitted", False, LineFigures(10, 0, 0, 0, 0), OrderStatus.SUBMITTED),
        ("submitted", True, LineFigures(10, 0, 0, 0, 0), OrderStatus.ON_HOLD),
        ("confirmed", False, LineFigures(10, 0, 0, 0, 0), OrderStatus.TO_DELIVER_AND_BILL),
        ("confirmed", True, LineFigures(10, 0, 0, 0, 0), OrderStatus.ON_HOLD),
        ("confirmed", False, LineFigures(10, 0, 4, 4, 4), OrderStatus.TO_DELIVER),
        ("confirmed", False, LineFigures(10, 0, 10, 10, 4), OrderStatus.TO_BILL),
        ("confirmed", True, LineFigures(10, 0, 10, 10, 10), OrderStatus.COMPLETED),
        ("closed_short", False, LineFigures(10, 6, 4, 4, 0), OrderStatus.TO_BILL),
        ("closed_short", False, LineFigures(10, 6, 4, 4, 4), OrderStatus.COMPLETED),
        ("cancelled", True, LineFigures(10, 0, 0, 0, 0), OrderStatus.CANCELLED),
    ],
)
def test_the_headline_of_an_order_is_derived(state: str, held: bool, line: LineFigures, expected: OrderStatus) -> None:
    assert rules.order_status(state, held, [line]) is expected
