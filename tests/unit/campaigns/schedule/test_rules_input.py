"""Rules that no campaign can run on are refused, with the field, the problem and the mend in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.kit.errors import BadInput
from campaigns.schedule.rules import CallingRules, from_json, validate_rules


@pytest.mark.parametrize(
    ("rules", "field", "zh", "en"),
    [
        ({"windows": []}, "windows", "没有外呼时段", "there are no calling windows"),
        ({"windows": [["11:00", "10:00"]]}, "windows", "结束不晚于开始", "ends before it starts"),
        ({"windows": [["10:00", "10:00"]]}, "windows", "结束不晚于开始", "ends before it starts"),
        ({"windows": [["10:00", "12:00"], ["11:59", "13:00"]]}, "windows", "重叠", "overlap"),
        ({"windows": [["07:00", "09:00"]]}, "windows", "超出法定时段", "outside the legal hours"),
        ({"windows": [["20:00", "21:30"]]}, "windows", "超出法定时段", "outside the legal hours"),
        ({"windows": [["ten", "11:00"]]}, "windows", "不是时间", "is no time of day"),
        ({"windows": [["10:00"]]}, "windows", "列表", "list of [start, end]"),
        ({"windows": [[f"{8 + n // 4:02d}:{n % 4}0", f"{8 + n // 4:02d}:{n % 4}5"] for n in range(13)]},
         "windows", "超过", "more than"),
        ({"days_from": 14, "days_to": 7}, "days_to", "早于第一天", "comes before the first"),
        ({"days_from": -1}, "days_from", "天数须在", "days must lie"),
        ({"legal_windows": []}, "legal_windows", "没有法定时段", "there are no legal hours"),
        ({"legal_windows": [["04:00", "21:00"]]}, "legal_windows", "05:00–23:00", "05:00–23:00"),
        ({"weekdays": []}, "weekdays", "星期", "weekdays"),
        ({"weekdays": [8]}, "weekdays", "星期", "weekdays"),
        ({"weekdays": [6], "legal_weekdays": [1]}, "weekdays", "法定", "law"),
        ({"attempts_max": 0}, "attempts_max", "不在", "does not lie between"),
        ({"attempts_max": 9, "attempts_total": 8}, "attempts_total", "不在", "does not lie between"),
        ({"caps": [{"most": 0, "within_s": 60}]}, "caps", "不在", "does not lie between"),
        ({"retry": {"busy": {"after_s": -1}}}, "retry.busy", "不在", "does not lie between"),
        ({"retry": {"asleep": {"after_s": 1}}}, "retry", "无法读取", "cannot be read"),
        ({"consent": "maybe"}, "consent", "无法读取", "cannot be read"),
        ({"closed_days": ["2026-02-30"]}, "closed_days", "无法读取", "cannot be read"),
        ({"windwos": []}, "windwos", "没有这条规则", "there is no such rule"),
    ],
)  # fmt: skip
def test_bad_rules(rules: dict[str, Any], field: str, zh: str, en: str) -> None:
    with pytest.raises(BadInput) as refused:
        validate_rules(from_json(rules))
    assert refused.value.field == f"rules.{field}"
    assert zh in refused.value.sentence("zh")
    assert en in refused.value.sentence("en")


def test_nothing_given_is_the_source() -> None:
    rules = validate_rules(from_json({}))
    assert rules == CallingRules()
    assert (rules.days_from, rules.days_to) == (7, 14)
    assert [str(window) for window in rules.windows] == ["10:00–11:00", "12:00–13:00", "15:00–17:00"]


def test_windows_may_touch_and_come_in_any_order() -> None:
    rules = validate_rules(from_json({"windows": [["12:00", "13:00"], ["10:00", "12:00"]]}))
    assert [str(window) for window in rules.windows] == ["10:00–12:00", "12:00–13:00"]


def test_a_part_of_the_retry_table_leaves_the_rest() -> None:
    rules = from_json({"retry": {"busy": {"after_s": 60}}})
    assert rules.retry_for("busy").after_s == 60
    assert rules.retry_for("no_answer") == CallingRules().retry_for("no_answer")
