"""Which column goes into which field."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from callcenter.kit.errors import AppError
from crm_sync.imports.errors import DuplicatedMapping, NoPhoneColumn, UnknownField, UnknownHeading
from crm_sync.imports.mapping import guess, resolve
from crm_sync.imports.reading import Row

PEOPLE = [["王建国", "13912345670"], ["李秀英", "13812345671"], ["张伟", "0531-88812345"], ["刘洋", "13712345672"]]


def sample(rows: Sequence[Sequence[str]]) -> list[Row]:
    return [Row(number, list(cells)) for number, cells in enumerate(rows, start=2)]


def fields(headings: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> list[str]:
    return [str(field) for field in guess(headings, sample(rows)).fields]


def test_headings_decide_and_unknown_columns_are_kept() -> None:
    assert fields(["姓名", "手机", "微信昵称"]) == ["name", "phone", "attribute"]


def test_of_two_phone_columns_the_mobile_is_first_and_the_other_second() -> None:
    assert fields(["固定电话", "手机"]) == ["phone2", "phone"]
    assert fields(["电话", "电话(2)", "电话(3)"]) == ["phone", "phone2", "attribute"]


def test_of_two_headings_for_one_field_the_surer_one_wins() -> None:
    assert fields(["联系人", "姓名", "手机"]) == ["attribute", "name", "phone"]


def test_content_speaks_where_headings_do_not() -> None:
    assert fields(["A", "B"], PEOPLE) == ["name", "phone"]
    rows = [["女", "a@b.cn"], ["男", "c@d.cn"], ["女", "e@f.cn"]]
    assert fields(["X", "Y"], rows) == ["gender", "email"]


def test_a_phone_heading_over_a_column_without_numbers_loses_to_a_column_of_numbers() -> None:
    rows = [["wx_one", "13912345670"], ["wx_two", "13812345671"], ["wx_three", "13712345672"]]
    assert fields(["联系方式", "备用号"], rows)[1] == "phone"


def test_two_cells_prove_nothing() -> None:
    assert fields(["A", "B"], PEOPLE[:2]) == ["attribute", "attribute"]


def test_a_lone_second_phone_is_the_phone() -> None:
    assert fields(["姓名", "备用电话"]) == ["name", "phone"]


def test_a_given_mapping_overrules_the_guess_and_the_rest_is_guessed() -> None:
    mapping = resolve(["姓名", "手机", "固话"], [], given={"固话": "phone"})
    assert mapping.as_dict() == {"姓名": "name", "手机": "attribute", "固话": "phone"}


def test_a_remembered_mapping_is_used_where_it_still_fits() -> None:
    remembered = {"微信昵称": "interests", "不再有": "city", "姓名": "no such field"}
    mapping = resolve(["姓名", "手机", "微信昵称"], [], remembered=remembered)
    assert mapping.as_dict() == {"姓名": "name", "手机": "phone", "微信昵称": "interests"}


def test_what_is_given_outweighs_what_is_remembered_for_another_column() -> None:
    mapping = resolve(["A", "B"], [], given={"A": "phone"}, remembered={"B": "phone"})
    assert mapping.as_dict() == {"A": "phone", "B": "attribute"}


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"手机": "phone", "固话": "phone"}, DuplicatedMapping, "手机、固话"),
        ({"手机": "telephone"}, UnknownField, "telephone"),
        ({"传真": "phone"}, UnknownHeading, "传真"),
        ({"手机": "attribute", "固话": "ignore"}, NoPhoneColumn, "姓名、手机、固话"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_words(given: dict[str, str], error: type[AppError], words: str) -> None:
    with pytest.raises(error) as refused:
        resolve(["姓名", "手机", "固话"], [], given=given)
    for lang in ("zh", "en"):
        assert words in refused.value.sentence(lang)


def test_without_any_phone_column_the_headings_are_told() -> None:
    with pytest.raises(NoPhoneColumn) as refused:
        resolve(["姓名", "城市"], sample([["王建国", "济南"]]))
    assert "姓名、城市" in refused.value.sentence("zh")
    assert "姓名、城市" in refused.value.sentence("en")
