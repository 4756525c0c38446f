"""Single cells: dates, amounts, genders, answers, places."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.kit.money import yuan
from crm_sync.imports import values

TODAY = date(2026, 3, 9)
DAY = date(2025, 11, 3)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025-11-03", DAY),
        ("2025/11/3", DAY),
        ("2025.11.3", DAY),
        ("2025年11月3日", DAY),
        ("2025 年 11 月 3 日", DAY),
        ("20251103", DAY),
        ("2025-11-03 14:30:00", DAY),
        ("2025-11-03T14:30", DAY),
        ("3 Nov 2025", DAY),
        ("03-November-2025", DAY),
        ("45964", DAY),  # a spreadsheet's number of the day
        ("2025-02-30", None),
        ("03/11/2025", None),  # March or November?
        ("1888-01-01", None),
        ("去年秋天", None),
        ("2025", None),
        ("", None),
    ],
)
def test_dates(typed: str, day: date | None) -> None:
    assert values.read_date(typed) == day


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_spelling_of_a_date_is_that_date(day: date) -> None:
    for typed in (day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日"):
        assert values.read_date(typed) == day
    assert values.read_date(f"{day:%Y%m%d}") == day


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("1962", 1962),
        ("1962年", 1962),
        ("1962年生", 1962),
        ("1962-05", 1962),
        ("1962年5月", 1962),
        ("1962-05-03", 1962),
        ("62", None),  # 1962, or an age?
        ("2027", None),  # not born yet
        ("2026-03-10", None),
        ("1899", None),
        ("不详", None),
    ],
)
def test_years_of_birth(typed: str, year: int | None) -> None:
    assert values.read_birth_year(typed, TODAY) == year


@pytest.mark.parametrize(
    ("typed", "year"), [("63", 1963), ("63岁", 1963), ("63 years old", 1963), ("0", None), ("121", None), ("老", None)]
)
def test_ages(typed: str, year: int | None) -> None:
    assert values.read_age(typed, TODAY) == year


@pytest.mark.parametrize(
    ("typed", "factor", "fen"),
    [
        ("1234.5", 1, 123_450),
        ("¥1,234.50", 1, 123_450),
        ("￥1，234.50", 1, 123_450),
        ("1234元", 1, 123_400),
        ("1.2万", 1, 1_200_000),
        ("1.2", 10_000, 1_200_000),
        ("0.12345", 10_000, 123_450),
        ("0", 1, 0),
        ("1234.5000000001", 1, 123_450),  # a spreadsheet's arithmetic
        ("12.345", 1, None),
        ("-5", 1, None),
        ("约三千", 1, None),
        ("1e5000", 1, None),
        ("1" * 400, 1, None),
        ("1" * 400, 10_000, None),
        ("NaN", 1, None),
        ("", 1, None),
    ],
)
def test_amounts(typed: str, factor: int, fen: int | None) -> None:
    assert values.read_amount(typed, factor) == fen


@given(st.integers(min_value=0, max_value=10**13))
def test_an_amount_survives_being_written_and_read(fen: int) -> None:
    assert values.read_amount(yuan(fen)) == fen
    assert values.read_amount(f"¥{yuan(fen)}元") == fen


@pytest.mark.parametrize(
    ("typed", "gender"),
    [
        ("女", "f"),
        ("女士", "f"),
        ("F", "f"),
        ("Ms.", "f"),
        ("2", "f"),
        ("男", "m"),
        ("先生", "m"),
        ("1", "m"),
        ("?", None),
    ],
)
def test_genders(typed: str, gender: str | None) -> None:
    assert values.read_gender(typed) == gender


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("是", "yes"),
        ("Y", "yes"),
        ("已同意", "yes"),
        ("opt in", "yes"),
        ("否", "no"),
        ("拒绝", "no"),
        ("勿扰", "no"),
        ("Do not call", "no"),
        ("", "unknown"),
        ("未知", "unknown"),
        ("下次再说", None),
    ],
)
def test_answers(typed: str, answer: str | None) -> None:
    assert values.read_answer(typed) == answer


@pytest.mark.parametrize(
    ("typed", "province"),
    [
        ("山东省", "山东"),
        ("山东", "山东"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("北京市", "北京"),
        ("香港特别行政区", "香港"),
        ("California", "California"),
    ],
)
def test_provinces(typed: str, province: str) -> None:
    assert values.read_province(typed) == province


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("山东省青岛市市南区香港中路12号", ("山东", "青岛")),
        ("山东 济南市", ("山东", "济南")),
        ("北京市海淀区", ("北京", "北京")),
        ("内蒙古自治区呼和浩特市新城区", ("内蒙古", "呼和浩特")),
        ("四川省阿坝藏族羌族自治州", ("四川", "阿坝藏族羌族")),
        ("山东", ("山东", None)),
        ("人民路1号", (None, None)),
    ],
)
def test_places(typed: str, place: tuple[str | None, str | None]) -> None:
    assert values.read_place(typed) == place


@given(st.text(max_size=60))
def test_no_text_breaks_a_reader(text: str) -> None:
    values.read_date(text)
    values.read_birth_year(text, TODAY)
    values.read_age(text, TODAY)
    values.read_amount(text)
    values.read_amount(text, 10_000)
    values.read_answer(text)
    values.read_place(text)
    values.read_time_of_day(text)
