"""Every refusal of a schema has a sentence in both languages."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from callcenter.kit.validation import field_of, sentence_of

CHINESE = re.compile(r"[一-鿿]")


class _Colour(Enum):
    RED = "red"


class _Window(BaseModel):
    model_config = ConfigDict(extra="forbid")
    start: time


class _Form(BaseModel):
    windows: list[_Window]


def _first(kind: Any, value: object) -> Any:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return caught.value.errors()[0]


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        (Annotated[str, Field(min_length=3)], "x", "至少需要 3 个字符", "at least 3 characters"),
        (Annotated[str, Field(max_length=3)], "xxxx", "最多 3 个字符", "at most 3 characters"),
        (Annotated[str, Field(pattern="^a$")], "b", "格式不正确", "right form"),
        (str, 1, "应为文字", "must be text"),
        (Annotated[int, Field(ge=1)], 0, "不能小于 1", "at least 1"),
        (Annotated[int, Field(le=200)], 201, "不能大于 200", "at most 200"),
        (Annotated[int, Field(gt=0)], 0, "必须大于 0", "greater than 0"),
        (Annotated[float, Field(lt=1)], 1, "必须小于 1", "less than 1"),
        (int, "many", "应为整数", "whole number"),
        (int, 1.5, "应为整数", "whole number"),
        (float, "many", "应为数字", "must be a number"),
        (bool, "perhaps", "应为是或否", "true or false"),
        (_Colour, "blue", "'red'", "'red'"),
        (Literal["zh", "en"], "fr", "'zh'", "'zh' or 'en'"),
        (UUID, "x", "有效的编号", "valid id"),
        (date, "2026-02-30", "存在的日期", "date that exists"),
        (datetime, "soon", "带时区的时间", "an instant"),
        (AwareDatetime, "2026-03-09T10:00:00", "缺少时区", "lacks the time zone"),
        (time, "25:00", "应为时刻", "time of day"),
        (list[int], 1, "应为列表", "must be a list"),
        (Annotated[list[int], Field(min_length=1)], [], "至少需要 1 项", "at least 1 entries"),
        (_Form, 1, "应为对象", "must be an object"),
    ],
)
def test_a_refusal_says_what_is_wrong_in_both_languages(kind: Any, value: object, zh: str, en: str) -> None:
    error = _first(kind, value)
    assert zh in sentence_of(error, "zh")
    assert CHINESE.search(sentence_of(error, "zh"))
    assert en in sentence_of(error, "en")
    assert sentence_of(error, "en").isascii()


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"windows": [{"start": "10:00"}, {"start": "99"}]}, "windows.1.start"),
        ({"windows": [{"start": "10:00", "stop": 1}]}, "windows.0.stop"),
        ({}, "windows"),
    ],
)
def test_the_field_is_the_path_to_it(value: object, field: str) -> None:
    error = _first(_Form, value)
    assert field_of(error) == field
    assert field_of({**error, "loc": ("body", *error["loc"])}) == field
    assert field in sentence_of(error, "zh")


def test_what_is_not_known_still_has_a_sentence() -> None:
    error = {"type": "something_new", "loc": ("query", "limit"), "msg": "…", "ctx": {}}
    assert sentence_of(error, "zh") == "“limit”：不符合要求。请更正后重试。"
    assert sentence_of(error, "en") == "'limit': it is not acceptable. Please correct it and try again."


def test_a_body_that_is_no_json_names_no_field() -> None:
    error = {"type": "json_invalid", "loc": ("body", 17), "msg": "…", "ctx": {"error": "…"}}
    assert sentence_of(error, "zh") == "“请求”：不是有效的 JSON。请更正后重试。"
