"""M12, rule by rule: the source's words, the notes' worked examples and their boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.distributors import rules, seed
from backoffice.distributors.machines import DISTRIBUTOR
from backoffice.distributors.rules import Candidate, DistributorPolicy, GradeMethod, ShareReading, Standard
from backoffice.distributors.seed import Criterion, DistributorKind, PlanPart, VisitTopic
from backoffice.kit.duties import OfficeRole

P = DistributorPolicy()
SET = DistributorPolicy(min_years=3, min_assets_fen=100_000_000, min_turnover_fen=300_000_000)
GOOD = Candidate(3, 100_000_000, 0, True, True, True)


def test_m12_every_figure_list_and_date_of_the_source_is_in_the_seed() -> None:
    """7.2.3, paragraph by paragraph."""
    assert [seed.KIND_NAMES[kind][0] for kind in DistributorKind] == ["经销商", "代理商", "零售商", "加盟商"]
    assert (seed.COMPANY_PLAN_DAY, seed.REGION_PLAN_DAY) == ((11, 1), (11, 5))
    assert list(PlanPart) == ["region_plan", "qualified_list", "selection_standard"]
    assert list(Criterion) == ["experience", "means", "character", "systems"]
    assert list(VisitTopic) == ["stock", "orders", "changes"]
    assert seed.GRADINGS_A_YEAR == 1
    assert list(seed.GRADE_POLICY) == ["AAA", "AA", "A"]
    assert seed.CASH_ONLY_GRADE == "A"
    assert seed.FILE_FLOW == ("REP", "SM", "CADM")
    assert seed.LOAN_FLOW == ("ask", "SM", "CADM", "CADM")


def test_m12_1_and_m12_2_who_finds_reviews_and_files() -> None:
    by = {move.command: move.roles for move in DISTRIBUTOR.moves}
    assert by["match"] == by["sign_up"] == frozenset({OfficeRole.REP})
    assert by["review"] == frozenset({OfficeRole.SM})
    assert by["file"] == frozenset({OfficeRole.CADM})


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, True),  # 3 年以上 includes 3
        ({"years_in_trade": 2}, False),
        ({"fixed_assets_fen": 99_999_999}, False),  # one fen short, and no turnover
        ({"fixed_assets_fen": 0, "annual_turnover_fen": 300_000_000}, True),  # 或: either will do
        ({"fixed_assets_fen": 0, "annual_turnover_fen": 299_999_999}, False),
        ({"good_character": False}, False),
        ({"has_customer_files": False}, False),
        ({"has_risk_method": False}, False),
    ],
)
def test_m12_4_all_four_criteria(change: dict[str, int], met: bool) -> None:
    assert rules.qualifies(rules.select(replace(GOOD, **change), SET)) is met  # type: ignore[arg-type]


def test_m12_4_blanks_of_the_source_have_no_number_of_ours() -> None:
    assert (P.min_years, P.min_assets_fen, P.min_turnover_fen) == (None, None, None)
    found = rules.select(GOOD, P)
    assert rules.unset(found) == [Criterion.EXPERIENCE, Criterion.MEANS]
    assert not rules.qualifies(found)
    only_turnover = DistributorPolicy(min_years=1, min_turnover_fen=1)
    assert not rules.qualifies(rules.select(GOOD, only_turnover))
    assert rules.qualifies(rules.select(replace(GOOD, annual_turnover_fen=1), only_turnover))


def test_m12_5_first_and_fifth_of_november() -> None:
    assert rules.plan_due(2027, True, P) == date(2026, 11, 1)
    assert rules.plan_due(2027, False, P) == date(2026, 11, 5)
    this_year = DistributorPolicy(plan_for_next_year=False)
    assert rules.plan_due(2027, True, this_year) == date(2027, 11, 1)
    assert rules.planned_year(date(2026, 9, 30), P) is None
    assert rules.planned_year(date(2026, 10, 1), P) == 2027
    assert rules.planned_year(date(2026, 12, 31), P) == 2027


@pytest.mark.parametrize(
    ("issued", "today", "late"),
    [
        (date(2026, 11, 5), date(2027, 1, 1), 0),
        (date(2026, 11, 6), date(2027, 1, 1), 1),
        (None, date(2026, 11, 5), 0),
        (None, date(2026, 11, 8), 3),
    ],
)
def test_m12_5_lateness_is_counted_from_the_day_after(issued: date | None, today: date, late: int) -> None:
    assert rules.late_days(date(2026, 11, 5), issued, today) == late


SALES = [("D1", 400), ("D2", 250), ("D3", 150), ("D4", 120), ("D5", 80)]


@pytest.mark.parametrize(
    ("reading", "grades"),
    [
        (ShareReading.START, ["AAA", "AAA", "AA", "A", "A"]),
        (ShareReading.END, ["AAA", "AA", "AA", "A", "A"]),
    ],
)
def test_m12_11_worked_example_in_both_readings(reading: ShareReading, grades: list[str]) -> None:
    found = rules.grade(list(reversed(SALES)), Standard(GradeMethod.SHARE, reading, 50, 80))
    assert [item.key for item in found] == ["D1", "D2", "D3", "D4", "D5"]
    assert [item.cumulative_fen for item in found] == [400, 650, 800, 920, 1000]
    assert [item.grade for item in found] == grades


def test_m12_11_exactly_half_is_within_and_one_fen_more_is_not() -> None:
    standard = Standard(GradeMethod.SHARE, ShareReading.END, 50, 80)
    assert rules.grade([("a", 50), ("b", 49), ("c", 1)], standard)[0].grade == "AAA"
    assert rules.grade([("a", 51), ("b", 49)], standard)[0].grade == "AA"


def test_m12_11_by_amount_and_nothing_sold() -> None:
    standard = Standard(GradeMethod.AMOUNT, ShareReading.END, 1_000, 500)
    found = {item.key: item.grade for item in rules.grade([("a", 1000), ("b", 999), ("c", 499), ("d", 0)], standard)}
    assert found == {"a": "AAA", "b": "AA", "c": "A", "d": "A"}
    assert [item.grade for item in rules.grade([("x", 0), ("y", -5)], replace(standard, method=GradeMethod.SHARE))] == [
        "A",
        "A",
    ]


@given(st.lists(st.integers(-1000, 10**12), max_size=40), st.integers(0, 100), st.integers(0, 100))
def test_m12_11_who_sells_more_is_never_graded_lower(amounts: list[int], one: int, other: int) -> None:
    order = {"AAA": 0, "AA": 1, "A": 2}
    for reading in ShareReading:
        standard = Standard(GradeMethod.SHARE, reading, min(one, other), max(one, other))
        found = rules.grade(list(enumerate(amounts)), standard)
        assert len(found) == len(amounts)
        assert [order[item.grade] for item in found] == sorted(order[item.grade] for item in found)
        by_sales: dict[int, set[str]] = {}
        for item in found:
            by_sales.setdefault(item.sales_fen, set()).add(item.grade)
        assert all(len(grades) == 1 for grades in by_sales.values())  # equal sales, equal grade


@pytest.mark.parametrize(
    ("grade", "cash", "by_grade", "after"),
    [
        ("A", False, False, (True, True)),
        ("A", True, False, (True, False)),  # it was cash only for another reason
        ("A", True, True, (True, True)),
        ("AA", True, True, (False, False)),
        ("AA", True, False, (True, False)),  # that reason stays
        ("AAA", False, False, (False, False)),
    ],
)
def test_m12_11_grade_a_is_cash_only(grade: str, cash: bool, by_grade: bool, after: tuple[bool, bool]) -> None:
    assert rules.cash_only_after(grade, cash, by_grade, P) == after


def test_m12_12_once_a_year_on_a_day_of_the_settings() -> None:
    assert rules.graded_year(date(2027, 1, 9), P) is None
    assert rules.graded_year(date(2027, 1, 10), P) == 2026
    assert not rules.consistent(Standard(GradeMethod.SHARE, ShareReading.END, 81, 80))
    assert not rules.consistent(Standard(GradeMethod.AMOUNT, ShareReading.END, 80, 81))


def test_m12_7_the_next_visit_follows_the_grade() -> None:
    assert rules.next_visit(date(2026, 3, 1), date(2026, 1, 1), "AAA", P) == date(2026, 3, 15)
    assert rules.next_visit(None, date(2026, 3, 1), None, P) == date(2026, 4, 30)


def test_m12_10_completeness_of_a_file() -> None:
    assert rules.completeness(["a", "x"], ["a", "b", "c"]) == (33, ["b", "c"])
    assert rules.completeness([], []) == (100, [])
