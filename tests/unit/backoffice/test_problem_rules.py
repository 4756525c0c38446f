"""M6, rule by rule."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.problem_accounts import rules
from backoffice.problem_accounts.rules import LiabilityFrom, ProblemPolicy

P = ProblemPolicy()
RATES = ((1, 30_000), (2, 50_000), (None, 100_000))


def test_m6_1_worked_example_of_the_dates() -> None:
    dates = rules.case_dates(date(2026, 3, 10), P)
    assert dates.months_end == date(2026, 5, 10)
    assert dates.opens_on == date(2026, 5, 11)
    assert dates.report_due == date(2026, 5, 13)
    assert dates.occurred_on == date(2026, 5, 8)  # 10 March is day 1
    assert dates.full_liability_from == date(2026, 5, 28)  # fifteen days after the report was due
    assert rules.case_dates(date(2026, 3, 10), ProblemPolicy(count_first_day=False)).occurred_on == date(2026, 5, 9)
    from_that_day = ProblemPolicy(full_liability_from=LiabilityFrom.OCCURRENCE)
    assert rules.case_dates(date(2026, 3, 10), from_that_day).full_liability_from == date(2026, 5, 23)


@pytest.mark.parametrize(
    ("today", "open_fen", "returned", "expected"),
    [
        (date(2026, 5, 10), 1, False, False),  # two months to the day: not more than two
        (date(2026, 5, 11), 1, False, True),
        (date(2026, 5, 11), 0, False, False),
        (date(2026, 5, 11), 1, True, False),
    ],
)
def test_m6_1_more_than_two_months_unpaid_without_a_return(
    today: date, open_fen: int, returned: bool, expected: bool
) -> None:
    assert rules.is_problem(date(2026, 3, 10), open_fen, returned, today, P) is expected


def test_m6_1_reports_late_and_full_liability() -> None:
    due = date(2026, 5, 13)
    assert not rules.late_report(due, due, date(2026, 6, 1))
    assert rules.late_report(date(2026, 5, 14), due, date(2026, 6, 1))
    assert rules.late_report(None, due, date(2026, 5, 14))
    assert not rules.full_liability(None, date(2026, 5, 28), date(2026, 5, 28))
    assert rules.full_liability(None, date(2026, 5, 28), date(2026, 5, 29))
    assert not rules.full_liability(date(2026, 6, 9), date(2026, 5, 28), date(2026, 6, 10))


def test_m6_3_worked_example_of_the_provision() -> None:
    required = rules.provision([(10_000_000, 30_000), (4_000_000, 50_000), (2_000_000, 100_000)])
    assert required == 700_000  # 3,000 + 2,000 + 2,000
    assert rules.provision_charge(required, 550_000) == 150_000
    assert rules.use_provision(700_000, 800_000) == (700_000, 100_000)  # the missing 1,000 goes to expense
    assert rules.use_provision(700_000, 700_000) == (700_000, 0)
    assert rules.use_provision(-5, 100) == (0, 100)


@pytest.mark.parametrize(
    ("invoice_on", "rate"),
    [
        (date(2025, 6, 30), 30_000),  # one year to the day is within the first band
        (date(2025, 6, 29), 50_000),
        (date(2024, 6, 30), 50_000),
        (date(2024, 6, 29), 100_000),
        (date(2010, 1, 1), 100_000),
    ],
)
def test_m6_3_rates_by_age(invoice_on: date, rate: int) -> None:
    assert rules.provision_rate(RATES, invoice_on, date(2026, 6, 30)) == rate


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_m6_3_provision_and_expense_are_the_write_off(provision: int, write_off: int) -> None:
    used, expense = rules.use_provision(provision, write_off)
    assert used + expense == write_off
    assert 0 <= used <= provision


@pytest.mark.parametrize(
    ("amount", "open_fen", "decided", "evidence", "allowed"),
    [
        (100, 100, True, True, True),
        (101, 100, True, True, False),
        (1, 0, True, True, False),  # a fully paid invoice
        (100, 100, False, True, False),
        (100, 100, True, False, False),
    ],
)
def test_m6_4_what_a_write_off_needs(amount: int, open_fen: int, decided: bool, evidence: bool, allowed: bool) -> None:
    assert rules.may_write_off(amount, open_fen, decided, evidence) is allowed


def test_m6_5_worked_example_of_compensation_back() -> None:
    assert rules.compensation_back(300_000, 50) == 150_000  # 3,000 × 50 % = 1,500
    assert rules.compensation_back(1, 50) == 1  # half a fen goes up
    assert rules.compensation_back(300_000, 0) == 0
