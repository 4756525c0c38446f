"""What a schema refuses, said in both languages: pydantic's own messages are English only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callcenter.kit.errors import Lang

# pydantic's error type → (Chinese, English); placeholders are the values of the error's context.
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("未填写", "it is missing"),
    "extra_forbidden": ("没有这个字段", "there is no such field"),
    "json_invalid": ("不是有效的 JSON", "this is no valid JSON"),
    "string_type": ("应为文字", "it must be text"),
    "string_too_short": ("至少需要 {min_length} 个字符", "it needs at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字符", "it may have at most {max_length} characters"),
    "string_pattern_mismatch": (
        "格式不正确，或含有不可用的字符",
        "it has not the right form, or a character that is not allowed",
    ),
    "greater_than": ("必须大于 {gt}", "it must be greater than {gt}"),
    "greater_than_equal": ("不能小于 {ge}", "it must be at least {ge}"),
    "less_than": ("必须小于 {lt}", "it must be less than {lt}"),
    "less_than_equal": ("不能大于 {le}", "it must be at most {le}"),
    "finite_number": ("必须是有限的数", "it must be a finite number"),
    "int_type": ("应为整数", "it must be a whole number"),
    "int_parsing": ("应为整数", "it must be a whole number"),
    "int_from_float": ("应为整数", "it must be a whole number"),
    "int_parsing_size": ("数值太大", "the number is too large"),
    "float_type": ("应为数字", "it must be a number"),
    "float_parsing": ("应为数字", "it must be a number"),
    "bool_type": ("应为是或否", "it must be true or false"),
    "bool_parsing": ("应为是或否", "it must be true or false"),
    "enum": ("只能是以下之一：{expected}", "it must be one of {expected}"),
    "literal_error": ("只能是以下之一：{expected}", "it must be one of {expected}"),
    "uuid_parsing": ("不是有效的编号", "this is no valid id"),
    "uuid_type": ("不是有效的编号", "this is no valid id"),
    "date_type": ("应为日期，例如 2026-03-09", "it must be a date, such as 2026-03-09"),
    "date_parsing": ("应为存在的日期，例如 2026-03-09", "it must be a date that exists, such as 2026-03-09"),
    "date_from_datetime_parsing": (
        "应为存在的日期，例如 2026-03-09",
        "it must be a date that exists, such as 2026-03-09",
    ),
    "date_from_datetime_inexact": ("应为日期，不带时间", "it must be a date without a time"),
    "time_parsing": ("应为时刻，例如 10:00", "it must be a time of day, such as 10:00"),
    "time_type": ("应为时刻，例如 10:00", "it must be a time of day, such as 10:00"),
    "datetime_type": (
        "应为带时区的时间，例如 2026-03-09T10:00:00+08:00",
        "it must be an instant, such as 2026-03-09T10:00:00+08:00",
    ),
    "timezone_aware": (
        "缺少时区，例如应写作 2026-03-09T10:00:00+08:00",
        "it lacks the time zone; write it as in 2026-03-09T10:00:00+08:00",
    ),
    "list_type": ("应为列表", "it must be a list"),
    "dict_type": ("应为对象", "it must be an object"),
    "model_attributes_type": ("应为对象", "it must be an object"),
    "model_type": ("应为对象", "it must be an object"),
    "too_short": ("至少需要 {min_length} 项", "it needs at least {min_length} entries"),
    "too_long": ("最多 {max_length} 项", "it may have at most {max_length} entries"),
    "union_tag_invalid": ("类型不明：{tag}", "'{tag}' is no known type"),
    "union_tag_not_found": ("缺少类型", "its type is missing"),
    "string_unicode": ("含有无法识别的字符", "it holds characters that are no text"),
}
_WORDS["datetime_parsing"] = _WORDS["datetime_from_date_parsing"] = _WORDS["datetime_object_invalid"] = _WORDS[
    "datetime_type"
]
_OTHER = ("不符合要求", "it is not acceptable")
_PLACES = frozenset({"body", "query", "path", "header", "cookie"})


def field_of(error: Mapping[str, Any]) -> str:
    """`windows.0.start` of an entry of pydantic's `errors()`; empty when it is about the whole."""
    location = list(error.get("loc", ()))
    if location and location[0] in _PLACES:
        location = location[1:]
    if error.get("type") == "json_invalid":
        return ""
    return ".".join(str(part) for part in location)


def problem_of(error: Mapping[str, Any], lang: Lang) -> str:
    """What is wrong, without the field and without a full stop."""
    kind = str(error.get("type", ""))
    context = error.get("ctx") or {}
    if kind == "value_error":
        # A validator of ours: its own words, which are English.
        words = (_OTHER[0], str(context.get("error", "")) or _OTHER[1])
    else:
        words = _WORDS.get(kind, _OTHER)
    try:
        return words[0 if lang == "zh" else 1].format(**context)
    except (KeyError, IndexError, ValueError):
        return _OTHER[0 if lang == "zh" else 1]


def sentence_of(error: Mapping[str, Any], lang: Lang) -> str:
    """The field, what is wrong with it, and the mend."""
    field, problem = field_of(error), problem_of(error, lang)
    if lang == "zh":
        return f"“{field or '请求'}”：{problem}。请更正后重试。"
    return f"'{field or 'request'}': {problem}. Please correct it and try again."
