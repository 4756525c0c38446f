"""Money, dates and tables that every rule of the back office stands on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice import api  # noqa: F401  (registers every room's words)
from backoffice.kit import fen
from backoffice.kit.dates import Calendar, DayCounting, add_months, local_date, month_end, next_month_day
from backoffice.kit.duties import ROLE_NAMES, OfficeRole
from backoffice.kit.policy import CATALOGUE


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_half_up_agrees_with_decimal(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if Decimal(numerator) % Decimal(denominator) == 0 or denominator < 10**4:
        assert fen.half_up(Fraction(numerator, denominator)) == exact


@pytest.mark.parametrize(
    ("part", "whole", "passes"),
    [(115, 100, True), (114, 100, False), (11_500_001, 10_000_000, True)],
)
def test_fifteen_percent_or_more_is_compared_without_a_float(part: int, whole: int, passes: bool) -> None:
    assert 1.15 - 1 < 0.15  # why: the float would refuse exactly 15 %
    assert fen.at_least_share(part, whole, 115, 100) is passes


@given(st.integers(0, 10**9), st.lists(st.integers(-5, 10**9), max_size=6))
def test_first_come_never_gives_more_than_there_is_or_fits(amount: int, places: list[int]) -> None:
    parts = fen.first_come(amount, places)
    assert all(0 <= part <= max(place, 0) for part, place in zip(parts, places, strict=True))
    assert sum(parts) == min(amount, sum(max(place, 0) for place in places))


def test_an_instant_belongs_to_the_company_day() -> None:
    assert local_date(datetime(2026, 6, 30, 16, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai")) == date(2026, 7, 1)
    assert local_date(datetime(2026, 6, 30, 15, 59, tzinfo=UTC), ZoneInfo("Asia/Shanghai")) == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 3, 10), 2, date(2026, 5, 10)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_added_to_calendar_dates(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_the_fifth_of_next_month() -> None:
    assert next_month_day(date(2026, 12, 3), 5) == date(2027, 1, 5)
    assert next_month_day(date(2026, 1, 3), 31) == date(2026, 2, 28)
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)


def test_working_days_skip_weekends_and_holidays_and_count_worked_weekends() -> None:
    friday, saturday, monday = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)
    assert Calendar().add(friday, 2) == date(2026, 3, 8)
    assert Calendar(DayCounting.WORKING).add(friday, 2) == date(2026, 3, 10)
    assert Calendar(DayCounting.WORKING, off={monday}).add(friday, 1) == date(2026, 3, 10)
    assert Calendar(DayCounting.WORKING, on={saturday}).add(friday, 1) == saturday
    assert Calendar(DayCounting.WORKING).add(monday, -1) == friday


def test_every_duty_has_words() -> None:
    assert set(ROLE_NAMES) == set(OfficeRole)


def test_every_setting_has_a_source_and_both_languages() -> None:
    assert CATALOGUE
    for room, policy in CATALOGUE.items():
        for name, field in policy.model_fields.items():
            extra = field.json_schema_extra
            assert isinstance(extra, dict), (room, name)
            assert set(str(extra["source"]).split("/")) <= {"S", "H", "C", "K", "D"}, (room, name)
            assert extra["zh"], (room, name)
            assert field.description, (room, name)
        policy()  # defaults are acceptable
