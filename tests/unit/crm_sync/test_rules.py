"""One row → a customer or a named reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.imports.mapping import resolve
from crm_sync.imports.reading import Cell, Row
from crm_sync.imports.reasons import REASON_HEADING, SENTENCES, Remark, RowProblem, error_text
from crm_sync.imports.rules import EXTENSION, OTHER_PHONES, Context, Plan, Refused, Taken, judge
from crm_sync.phones import PhoneProblem

CONTEXT = Context(today=date(2026, 3, 9), region="CN", zone="Asia/Shanghai", source="名单")


def of(cells: Mapping[str, Cell], *, extra: list[Cell] | None = None) -> Taken | Refused:
    """The verdict on one row, given as heading → cell."""
    headings = list(cells)
    row = Row(7, [*cells.values(), *(extra or [])])
    return judge(row, Plan.of(resolve(headings, [])), CONTEXT)


def taken(cells: Mapping[str, Cell]) -> Taken:
    found = of({"手机": "13912345670", **cells})
    assert isinstance(found, Taken), found
    return found


def test_a_full_row_becomes_a_customer() -> None:
    found = taken(
        {
            "姓名": " 王 建国 ",
            "性别": "男",
            "出生日期": "1962-05-03",
            "省份": "山东省",
            "城市": "青岛市",
            "通讯地址": "香港中路12号",
            "邮编": "266000",
            "邮箱": "Wang@Example.COM",
            "工作单位": "青岛啤酒厂",
            "职业": "退休",
            "月收入": "3000-5000",
            "兴趣爱好": "太极、养生",
            "最近购买日期": "2025年11月3日",
            "累计消费(元)": "¥1,280.50",
            "同意电话联系": "是",
            "同意来源": "门店登记表",
            "同意日期": "2025-06-01 09:30",
            "微信昵称": "平安是福",
        }
    )
    assert found == Taken(
        number=7,
        phone="+8613912345670",
        timezone="Asia/Shanghai",
        timezone_known=True,
        name="王 建国",
        gender="m",
        birth_year=1962,
        province="山东",
        city="青岛",
        address="香港中路12号",
        postcode="266000",
        email="wang@example.com",
        company="青岛啤酒厂",
        occupation="退休",
        income_band="3000-5000",
        interests="太极、养生",
        last_purchase_on=date(2025, 11, 3),
        total_purchases_fen=128_050,
        consent="given",
        consent_source="门店登记表",
        consent_at=datetime(2025, 6, 1, 1, 30, tzinfo=UTC),
        attributes={"微信昵称": "平安是福", "出生日期": "1962-05-03"},
    )


REFUSED: list[tuple[str, dict[str, Cell], Any]] = [
    ("empty", {"姓名": " ", "手机": None}, RowProblem.EMPTY_ROW),
    ("only an old reason", {"手机": "", REASON_HEADING["zh"]: "第 3 行：没有电话号码"}, RowProblem.EMPTY_ROW),
    ("no phone", {"姓名": "王", "手机": ""}, PhoneProblem.MISSING),
    ("bad phone", {"姓名": "王", "手机": "139"}, PhoneProblem.TOO_SHORT),
    ("scientific float", {"姓名": "王", "手机": "1.39E+10"}, PhoneProblem.SCIENTIFIC),
    ("long name", {"姓名": "王" * 101, "手机": "13912345670"}, RowProblem.VALUE_TOO_LONG),
    ("long address", {"地址": "路" * 501, "手机": "13912345670"}, RowProblem.VALUE_TOO_LONG),
    ("long attribute", {"备注": "x" * 2001, "手机": "13912345670"}, RowProblem.VALUE_TOO_LONG),
]


@pytest.mark.parametrize(("cells", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_row_is_refused_for_a_named_reason(cells: dict[str, Cell], reason: Any) -> None:
    assert of(cells) == Refused(7, reason)


def test_a_row_with_more_cells_than_headings_is_shifted_and_refused() -> None:
    cells: dict[str, Cell] = {"手机": "13912345670", "姓名": "王"}
    assert of(cells, extra=["济南"]) == Refused(7, RowProblem.TOO_MANY_CELLS)
    assert isinstance(of(cells, extra=["", None, " "]), Taken)


def test_a_short_row_lacks_its_last_values_only() -> None:
    plan = Plan.of(resolve(["手机", "姓名", "城市"], []))
    found = judge(Row(2, ["13912345670"]), plan, CONTEXT)
    assert isinstance(found, Taken)
    assert (found.name, found.city) == ("", None)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"姓": "欧阳", "名": "娜娜"}, "欧阳娜娜"),
        ({"Last Name": "Smith", "First Name": "Anna"}, "Anna Smith"),
        ({"Last Name": "Smith", "First Name": ""}, "Smith"),
        ({"姓名": "王建国", "姓": "李", "名": "四"}, "王建国"),
    ],
)
def test_a_name_may_come_in_two_columns(cells: dict[str, Cell], name: str) -> None:
    assert taken(cells).name == name


UNREAD: list[tuple[dict[str, Cell], Remark]] = [
    ({"性别": "未说明"}, Remark.GENDER_UNREADABLE),
    ({"出生年份": "62"}, Remark.BIRTH_UNREADABLE),
    ({"年龄": "三十"}, Remark.BIRTH_UNREADABLE),
    ({"邮箱": "wang at example"}, Remark.EMAIL_UNREADABLE),
    ({"最近购买日期": "去年秋天"}, Remark.DATE_UNREADABLE),
    ({"最近购买日期": "2026-03-10"}, Remark.DATE_IN_FUTURE),
    ({"累计消费": "约三千"}, Remark.AMOUNT_UNREADABLE),
    ({"同意电话联系": "下次再说"}, Remark.CONSENT_UNREADABLE),
    ({"同意日期": "2027-01-01"}, Remark.DATE_IN_FUTURE),
    ({"时区": "北京时间"}, Remark.TIMEZONE_UNREADABLE),
]


@pytest.mark.parametrize(("cells", "remark"), UNREAD)
def test_a_value_that_cannot_be_read_costs_no_customer_and_is_kept(cells: dict[str, Cell], remark: Remark) -> None:
    found = taken({"姓名": "王", **cells})
    assert found.remarks == [remark]
    assert found.attributes == cells


@pytest.mark.parametrize(
    ("cells", "consent"),
    [
        ({"同意电话联系": "是"}, "given"),
        ({"同意电话联系": "否"}, "refused"),
        ({"同意电话联系": "拒绝"}, "refused"),
        ({"同意电话联系": ""}, "unknown"),
        ({"请勿来电": "是"}, "refused"),
        ({"请勿来电": "勿扰"}, "refused"),
        ({"请勿来电": "否"}, "unknown"),
        ({"请勿来电": ""}, "unknown"),
        ({"同意电话联系": "是", "请勿来电": "是"}, "refused"),  # the stricter of the two
        ({"同意电话联系": "否", "请勿来电": "否"}, "refused"),
    ],
)
def test_consent_is_read_strictly(cells: dict[str, Cell], consent: str) -> None:
    assert taken(cells).consent == consent


def test_the_second_phone_stands_in_for_a_first_one_that_cannot_be_called() -> None:
    found = of({"手机": "无", "固话": "0531-88812345", "姓名": "王"})
    assert isinstance(found, Taken)
    assert (found.phone, found.remarks) == ("+8653188812345", [Remark.SECOND_PHONE_USED])
    both = of({"手机": "13912345670", "固话": "0531-88812345", "姓名": "王"})
    assert isinstance(both, Taken)
    assert (both.phone, both.attributes, both.remarks) == ("+8613912345670", {}, [])
    assert both.further == [("+8653188812345", "other")]
    same = of({"手机": "13912345670", "固话": "139 1234 5670", "姓名": "王"})
    assert isinstance(same, Taken)
    assert (same.attributes, same.further) == ({}, [])
    neither = of({"手机": "139", "固话": "无", "姓名": "王"})
    assert neither == Refused(7, PhoneProblem.TOO_SHORT)


def test_extension_and_further_numbers_are_kept_for_the_agent() -> None:
    found = of({"手机": "0531-88812345转801", "姓名": "王"})
    assert isinstance(found, Taken)
    assert (found.attributes, found.remarks) == ({EXTENSION: "801"}, [Remark.EXTENSION_KEPT])
    found = of({"手机": "13912345670/13812345671", "姓名": "王"})
    assert isinstance(found, Taken)
    assert (found.attributes, found.remarks) == ({}, [Remark.MORE_NUMBERS])
    assert found.further == [("+8613812345671", "other")]


def test_home_work_and_second_phones_are_tried_in_this_order_after_the_own_one() -> None:
    cells = {
        "单位电话": "0531-88812346转801",
        "家庭电话": "0531-88812345",
        "手机": "13912345670",
        "备用电话": "13712345672",
    }
    found = of(cells)
    assert isinstance(found, Taken)
    assert (found.phone, found.attributes, found.remarks) == ("+8613912345670", {}, [Remark.NAME_MISSING])
    assert found.further == [
        ("+8613712345672", "other"),
        ("+8653188812345", "home"),
        ("+8653188812346", "work"),
    ]
    alone = of({"家庭电话": "0531-88812345", "姓名": "王"})
    assert isinstance(alone, Taken)
    assert (alone.phone, alone.further) == ("+8653188812345", [])
    instead = of({"手机": "139", "单位电话": "0531-88812346", "家庭电话": "0531-88812345", "姓名": "王"})
    assert isinstance(instead, Taken)
    assert (instead.phone, instead.further) == ("+8653188812345", [("+8653188812346", "work")])
    assert instead.remarks == [Remark.SECOND_PHONE_USED]


def test_a_further_number_that_cannot_be_called_is_kept_as_text_and_named() -> None:
    found = of({"手机": "13912345670", "家庭电话": "88812345", "姓名": "王"})
    assert isinstance(found, Taken)
    assert (found.further, found.attributes) == ([], {OTHER_PHONES: "88812345"})
    assert found.remarks == [Remark.FURTHER_UNREADABLE]


@pytest.mark.parametrize(
    ("heading", "typed", "field", "expected"),
    [
        ("出生日期", "１９６２－０５－０３", "birth_year", 1962),
        ("出生年份", "１９６２年", "birth_year", 1962),
        ("邮编", "２６６０００", "postcode", "266000"),
        ("邮箱", "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email", "wang@example.com"),
        ("累计消费(元)", "１，２８０．５０", "total_purchases_fen", 128_050),
        ("最近购买日期", "２０２５／１１／３", "last_purchase_on", date(2025, 11, 3)),
        ("家庭电话", "０５３１－８８８１２３４５", "further", [("+8653188812345", "home")]),
        (
            "通讯地址",
            "香港中路１２号（东门）",
            "address",
            "香港中路１２号（东门）",
        ),  # an address stays as it was written
    ],
)
def test_full_width_digits_and_punctuation_mean_the_same(
    heading: str, typed: str, field: str, expected: object
) -> None:
    found = taken({heading: typed})
    assert (getattr(found, field), found.remarks) == (expected, [Remark.NAME_MISSING])


def test_every_sentence_names_the_field_the_problem_and_the_mend() -> None:
    for code, (zh, en) in SENTENCES.items():
        assert "；" in zh or code in (Remark.EXTENSION_KEPT, Remark.MORE_NUMBERS, Remark.NO_CHANGE), code
        assert ("：" in zh and ":" in en) or code == Remark.NO_CHANGE, code


def test_place_comes_from_region_and_address_when_there_are_no_columns_for_it() -> None:
    found = taken({"省市": "山东省-青岛市"})
    assert (found.province, found.city) == ("山东", "青岛")
    found = taken({"通讯地址": "山东省济南市历下区1号"})
    assert (found.province, found.city) == ("山东", "济南")
    found = taken({"省份": "江苏", "通讯地址": "山东省济南市历下区1号"})
    assert (found.province, found.city) == ("江苏", None)


def test_zone_follows_the_number_unless_the_list_says_better() -> None:
    def zone(phone: str, **cells: str) -> tuple[str, bool]:
        found = of({"手机": phone, **cells})
        assert isinstance(found, Taken)
        return found.timezone, found.timezone_known

    assert zone("(852) 2345 6789") == ("Asia/Hong_Kong", True)
    assert zone("+61 412 345 678")[1] is False
    assert zone("+61 412 345 678", 时区="Australia/Perth") == ("Australia/Perth", True)


def test_a_zero_lost_by_a_spreadsheet_is_given_back_to_the_postcode() -> None:
    assert taken({"邮编": 10020.0}).postcode == "010020"


def test_numbers_of_a_spreadsheet_are_read() -> None:
    found = of({"手机": 13912345670.0, "出生年份": 1962.0, "累计消费": 1234.5})
    assert isinstance(found, Taken)
    assert (found.phone, found.birth_year, found.total_purchases_fen) == ("+8613912345670", 1962, 123_450)


def test_control_characters_do_not_reach_the_database() -> None:
    assert taken({"姓名": "王\x00建\x07国", "备注": "一\n二"}).name == "王建国"


def test_every_reason_and_remark_has_both_sentences() -> None:
    for code in (*RowProblem, *PhoneProblem, *Remark):
        zh, en = SENTENCES[code.value]
        assert zh
        assert en
    assert "第 7 行" in error_text("empty_row", 7, "zh")
    assert "Row 7" in error_text("empty_row", 7, "en")


_cell = st.one_of(
    st.none(), st.text(max_size=30), st.floats(allow_nan=True), st.integers(), st.booleans(), st.dates(), st.just("139")
)


@given(st.lists(_cell, max_size=14))
def test_any_row_is_a_customer_or_a_reason(cells: list[Cell]) -> None:
    headings = [
        "手机",
        "姓名",
        "性别",
        "生日",
        "年龄",
        "邮箱",
        "地址",
        "消费金额",
        "最近购买日期",
        "同意",
        "同意日期",
        "时区",
        "x",
    ]
    found = judge(Row(2, cells), Plan.of(resolve(headings, [])), CONTEXT)
    assert isinstance(found, Taken | Refused)
