"""M7, rule by rule."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice.contracts import rules
from backoffice.contracts.rules import ContractPolicy, LineTerms
from backoffice.kit.duties import OfficeRole

P = ContractPolicy()
START, END = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("price", "terms", "standard", "found", "up"),
    [
        (500, 30, True, [], 0),  # at the floor, at the standard term
        (499, 30, True, ["below_floor:礼盒"], 1),
        (500, 31, True, ["longer_terms"], 1),
        (499, 31, True, ["below_floor:礼盒", "longer_terms"], 1),  # one level higher, not two
        (500, 30, False, ["not_standard_form"], 0),
    ],
)
def test_m7_2_departures_from_the_standard_go_one_level_higher(
    price: int, terms: int, standard: bool, found: list[str], up: int
) -> None:
    seen = rules.deviations([LineTerms("礼盒", price, 500), LineTerms("无底价", 1, None)], terms, standard, P)
    assert (seen, rules.levels_up(seen)) == (found, up)


@pytest.mark.parametrize(
    ("state", "on", "end", "allowed"),
    [
        ("effective", START, END, True),
        ("effective", END, END, True),
        ("effective", date(2027, 1, 1), END, False),
        ("effective", date(2025, 12, 31), END, False),
        ("effective", date(2036, 1, 1), None, True),
        ("amending", START, END, True),  # as it was, until the amendment takes effect
        ("sealed", START, END, False),
        ("terminated", START, END, False),
    ],
)
def test_m7_3_orders_refer_to_an_effective_contract(state: str, on: date, end: date | None, allowed: bool) -> None:
    assert rules.may_order(state, START, end, on) is allowed


@pytest.mark.parametrize(
    ("ordered", "this", "cap", "allowed"), [(60, 40, 100, True), (60, 41, 100, False), (10**9, 1, None, True)]
)
def test_m7_3_within_the_cap(ordered: int, this: int, cap: int | None, allowed: bool) -> None:
    assert rules.within_cap(ordered, this, cap) is allowed


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 1), 60),  # sixty days ahead
        (date(2026, 10, 31), None),
        (date(2026, 12, 1), 30),
        (date(2026, 11, 30), 60),
        (END, 30),
        (date(2027, 1, 1), None),
    ],
)
def test_m7_5_notices_60_and_30_days_ahead(today: date, expected: int | None) -> None:
    assert rules.notices(END, today, P.notice_days) == expected
    assert rules.notices(None, today, P.notice_days) is None


def test_m7_5_obligations_lapse() -> None:
    due = date(2026, 3, 9)
    assert rules.obligation_status(due, None, due) == "open"
    assert rules.obligation_status(due, None, date(2026, 3, 10)) == "lapsed"
    assert rules.obligation_status(due, date(2026, 4, 1), date(2026, 4, 2)) == "done"


def test_m7_6_the_order_of_the_two_checks_is_a_setting() -> None:
    assert [rules.checker(state, P) for state in ("proposed", "first_checked")] == [OfficeRole.CADM, OfficeRole.SM]
    other = ContractPolicy(check_order=(OfficeRole.SM, OfficeRole.CADM))
    assert [rules.checker(state, other) for state in ("proposed", "first_checked")] == [OfficeRole.SM, OfficeRole.CADM]
