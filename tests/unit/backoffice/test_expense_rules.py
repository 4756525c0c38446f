"""M2 as tables: capital characters, set-off, deadlines, and the approval limits to start with."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice import defaults
from backoffice.approvals.rules import Band, choose
from backoffice.expenses import rules
from callcenter.kit.ids import new_id


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        (500_000, "伍仟元整"),
        (438_000, "肆仟叁佰捌拾元整"),
        (100_001, "壹仟元零壹分"),
        (1_005_000_000, "壹仟零伍万元整"),
        (10_010_000, "壹拾万零壹佰元整"),
        (12_345_678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        (100_000_001_00, "壹亿零壹元整"),
        (50, "伍角整"),
        (5, "伍分"),
        (1_010, "壹拾元壹角整"),
        (0, "零元整"),
        (20_000_500_00, "贰仟万零伍佰元整"),
    ],
)
def test_the_loan_slip_says_its_amount_in_capital_characters(fen: int, capitals: str) -> None:
    assert rules.capitals(fen) == capitals
    assert rules.same_amount(fen, capitals)


def test_the_capitals_and_the_figures_must_agree_whichever_way_they_are_written() -> None:
    assert rules.same_amount(500_000, "人民币伍仟圆正")
    assert not rules.same_amount(500_000, "伍仟元壹角整")
    assert not rules.same_amount(500_000, "五千元整")


_VALUE = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read(capitals: str) -> int:
    """An independent reader of capital characters, in fen."""
    total = section = number = 0
    for letter in capitals:
        if letter in _VALUE:
            number = _VALUE[letter]
        elif letter in "拾佰仟":
            section += number * {"拾": 10, "佰": 100, "仟": 1000}[letter]
            number = 0
        elif letter == "万":
            total += (section + number) * 10_000
            section = number = 0
        elif letter == "亿":
            total = (total + section + number) * 100_000_000
            section = number = 0
        elif letter == "元":
            total = (total + section + number) * 100
            section = number = 0
        elif letter == "角":
            total += number * 10
            number = 0
        elif letter == "分":
            total += number
    return total


@given(st.integers(0, 10**13))
def test_capital_characters_can_be_read_back(fen: int) -> None:
    assert read(rules.capitals(fen)) == fen
    assert "零零" not in rules.capitals(fen)


@pytest.mark.parametrize(
    ("claim", "advance", "final", "settled", "payout", "back"),
    [
        (438_000, 500_000, True, 438_000, 0, 62_000),  # returns 620
        (560_000, 500_000, True, 500_000, 60_000, 0),  # pays 600
        (500_000, 500_000, True, 500_000, 0, 0),
        (100_000, 0, True, 0, 100_000, 0),
        (438_000, 500_000, False, 438_000, 0, 0),  # more claims follow: the rest stays with the person
    ],
)
def test_m2_6_the_net_is_paid_out_or_given_back(
    claim: int, advance: int, final: bool, settled: int, payout: int, back: int
) -> None:
    assert rules.set_off(claim, advance, final=final) == rules.SetOff(settled, payout, back)


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_m2_6_what_was_spent_is_what_the_person_ends_up_with(claim: int, advance: int) -> None:
    s = rules.set_off(claim, advance)
    assert s.payout - s.give_back == claim - advance
    assert s.settled + s.give_back == advance
    assert min(s.payout, s.give_back) == 0


@pytest.mark.parametrize(
    ("yuan", "roles"),
    [
        (1, ["SM"]),
        (2_000, ["SM"]),
        (2_000.01, ["SM", "CMO"]),
        (20_000, ["SM", "CMO"]),
        (20_000.01, ["SM", "CMO", "GM"]),
    ],
)
def test_m2_5_to_2_000_the_sales_manager_to_20_000_the_director_above_the_general_manager(
    yuan: float, roles: list[str]
) -> None:
    bands = [Band(new_id(), over, to, tuple(frozenset(s) for s in steps))
             for over, to, steps in defaults.BANDS["expense_request"]]  # fmt: skip
    band = choose(bands, round(yuan * 100))
    assert band is not None
    assert [role.value for step in band.steps for role in step] == roles


def test_the_handbooks_numbers_are_settings_with_their_source() -> None:
    p = rules.ExpensePolicy()
    assert (p.claim_days, p.late_refused, p.notice_over_fen, p.notice_days, p.guarantor_months) == (
        5, True, 500_000, 1, 1,
    )  # fmt: skip
    assert defaults.BANDS["cash_advance"][0][1] == 100_000  # over 1,000 the general manager confirms
    sources = {n: f.json_schema_extra["source"] for n, f in rules.ExpensePolicy.model_fields.items()}  # type: ignore[index,call-overload]
    assert {n for n, s in sources.items() if s == "H"} == {
        "claim_days", "late_refused", "notice_over_fen", "notice_days", "guarantor_months",
    }  # fmt: skip


def test_dates_of_advances_and_claims() -> None:
    assert rules.claim_by(date(2026, 3, 4), 5) == date(2026, 3, 9)
    assert rules.guarantor_by(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert rules.payable_from(date(2026, 3, 9), 500_000, 500_000, 1) == date(2026, 3, 9)
    assert rules.payable_from(date(2026, 3, 9), 500_001, 500_000, 1) == date(2026, 3, 10)
    assert not rules.is_overdue("paid", date(2026, 3, 9), 1, date(2026, 3, 9))
    assert rules.is_overdue("paid", date(2026, 3, 9), 1, date(2026, 3, 10))
