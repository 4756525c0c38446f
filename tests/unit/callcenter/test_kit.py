"""The kit: money, clock, logs without personal data, errors in two languages, settings."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from callcenter.kit.clock import ManualClock, SystemClock
from callcenter.kit.errors import BadInput, Conflict, TooMany
from callcenter.kit.log import without_personal_data
from callcenter.kit.money import parse_yuan, round_fen, yuan
from callcenter.settings import Settings


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,234.56", 123456), ("0.01", 1), ("398", 39800), ("¥19.9", 1990), ("-3.50", -350)],
)
def test_yuan_are_read_exactly(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "1e99", "Infinity"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse_yuan(text)


@pytest.mark.parametrize(("fen", "text"), [(123456, "1,234.56"), (5, "0.05"), (-350, "-3.50"), (0, "0.00")])
def test_fen_are_shown_as_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(("amount", "fen"), [("0.5", 1), ("0.49", 0), ("57499.5", 57500), ("-0.5", -1)])
def test_fen_are_rounded_half_up(amount: str, fen: int) -> None:
    assert round_fen(Decimal(amount)) == fen


def test_a_fast_clock_runs_from_its_anchor() -> None:
    real = datetime(2026, 1, 1, tzinfo=UTC)
    shown = datetime(2026, 3, 9, 7, tzinfo=UTC)
    clock = SystemClock(real, shown, speed=20)
    passed_real = (datetime.now(UTC) - real).total_seconds()
    passed_shown = (clock.now() - shown).total_seconds()
    assert passed_shown == pytest.approx(passed_real * 20, rel=1e-6)


async def test_a_manual_clock_wakes_sleepers_in_order_at_their_own_time() -> None:
    clock = ManualClock(datetime(2026, 3, 9, 2, tzinfo=UTC))
    woken: list[tuple[str, float]] = []
    begin = clock.now()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, (clock.now() - begin).total_seconds()))

    tasks = [asyncio.create_task(sleeper("late", 5)), asyncio.create_task(sleeper("early", 2))]
    await clock.advance(1.5)
    assert woken == []
    await clock.advance(10)
    assert woken == [("early", 2.0), ("late", 5.0)]
    await asyncio.gather(*tasks)


def test_logs_keep_ids_and_lose_people() -> None:
    call_id = "0f8fad5b-d9cb-469f-a165-70867728950e"
    event = without_personal_data(
        None,
        "info",
        {"event": f"call {call_id} to +8613812345678 failed", "phone": "+8613812345678", "name": "王小明", "n": 3},
    )
    assert "13812345678" not in str(event)
    assert "王小明" not in str(event)
    assert call_id in event["event"]
    assert event["n"] == 3


def test_an_error_names_field_problem_and_mend_in_both_languages() -> None:
    error = BadInput(field="posted_on", problem_zh="日期在将来", problem_en="the date lies in the future")
    assert "posted_on" in error.sentence("zh")
    assert "日期在将来" in error.sentence("zh")
    assert "请更正" in error.sentence("zh")
    assert error.sentence("en").startswith("'posted_on': the date lies in the future")
    assert error.problem("en")["code"] == "bad_input"
    assert Conflict(why_zh="甲", why_en="a", code="x").problem("zh")["code"] == "x"
    assert "30" in TooMany(seconds=30).sentence("zh")


def test_outside_development_a_weak_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    for weak in ("short", "a" * 64, "development-only-not-a-secret"):
        monkeypatch.setenv("SECRET_KEY", weak)
        with pytest.raises(ValidationError, match="SECRET_KEY"):
            Settings(_env_file=None)
    monkeypatch.setenv("SECRET_KEY", "4f0c9b7e2d6a18c35e7f90ab12cd34ef")
    assert Settings(_env_file=None).environment == "production"


def test_an_unknown_time_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANY_TIMEZONE", "Asia/Qingdao")
    with pytest.raises(ValidationError, match="IANA"):
        Settings(_env_file=None)
