"""Papers: both languages, both formats, and a clear word when there is no Chinese type."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from backoffice.kit.words import words
from backoffice.printing import pdf
from backoffice.printing.layout import cell, lay_out
from backoffice.printing.paper import (
    Both,
    Code,
    Company,
    Control,
    Fields,
    Money,
    Paper,
    Percent,
    Revision,
    Signatures,
    Table,
    Text,
)
from backoffice.printing.sheet import sheet

NOW = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)  # half past midnight of the 10th in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
COMPANY = Company(Both("康元健康有限公司", "Kangyuan Health Co., Ltd."), bank=Both("中国银行 1234", ""))
words(printing_test=("测试中", "being tested"))

CONTROL = Control(
    1, Code("printing_test"), "财务部", "销售部", "行政人事部",
    "钱会计", date(2026, 3, 1), "韩合同", date(2026, 3, 2), "卫总监", date(2026, 3, 3),
    [Revision(0, date(2025, 3, 1), "增加对账")],
)  # fmt: skip


def paper(**given: Any) -> Paper:
    values: dict[str, Any] = {
        "blocks": [
            Text("第一段 *not bold* #let x = 1 $a$ =1+1\n第二段", title=Both("正文", "Text")),
            Fields([("total_fen", Money(123_456_789)), (Both("是否", "whether"), True), ("rate_of_it", Percent(1234))]),
            Table(["name", "quantity", "amount_fen"], [["礼盒", 1200, Money(250)]], ["sum", 1200, Money(250)]),
            Signatures([(Both("签收人", "received by"), None, None), ("approved_by", "卫总监", date(2026, 3, 3))]),
        ],
        "show_bank": True,
    } | given
    return Paper(Both("流程", "Procedure"), "DOC-2026-000001", **values)


def laid(lang: Any, **given: Any) -> dict[str, Any]:
    return lay_out(paper(**given), COMPANY, lang, NOW, ZONE)


def test_a_paper_in_chinese_and_in_english() -> None:
    zh, en = laid("zh", status=Code("printing_test")), laid("en", status=Code("printing_test"))
    assert (zh["title"], en["title"]) == ("流程", "Procedure")
    assert zh["facts"] == [["编号", "DOC-2026-000001"], ["状态", "测试中"]]
    assert en["facts"] == [["Number", "DOC-2026-000001"], ["State", "being tested"]]
    assert (zh["bank"], en["bank"]) == (["收款账户", "中国银行 1234"], ["Pay to", "中国银行 1234"])  # better than none
    assert zh["printed"].endswith("2026-03-10 00:30")
    assert [value["text"] for _, value in en["blocks"][1]["pairs"]] == ["1,234,567.89", "yes", "12.34 %"]
    assert en["blocks"][2]["right"] == [False, True, True]


def test_the_head_and_foot_of_a_controlled_document() -> None:
    control = laid("zh", control=CONTROL)["control"]
    assert control["head"] == [
        ["文件名称", "流程"], ["编号", "DOC-2026-000001"], ["受控状态", "测试中"], ["版本", "1"],
        ["执行部门", "财务部"], ["监督部门", "销售部"], ["考证部门", "行政人事部"],
    ]  # fmt: skip
    assert [line[1::2] for line in control["signed"]] == [
        ["钱会计", "2026-03-01"],
        ["韩合同", "2026-03-02"],
        ["卫总监", "2026-03-03"],
    ]
    assert control["log"] == [["0", "增加对账", "2025-03-01"]]


def test_a_row_that_does_not_fit_its_headings_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="headings"):
        laid("zh", blocks=[Table(["name"], [["a", "b"]])])


@pytest.mark.parametrize("given", [{}, {"control": CONTROL}, {"landscape": True}, {"blocks": []}])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_drawn_without_a_warning(lang: Any, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(pdf._log, "warning", lambda event, **fields: told.append(f"{event} {fields}"))
    body = pdf.draw(laid(lang, **given), NOW)
    assert body.startswith(b"%PDF-")
    assert not told
    assert pdf.draw(laid(lang, **given), NOW) == body  # the same paper is the same file


def test_a_long_table_goes_on_overleaf() -> None:
    rows = [["礼盒", n, Money(n)] for n in range(400)]
    long = pdf.draw(laid("zh", blocks=[Table(["name", "quantity", "amount_fen"], rows)]), NOW)
    assert long.startswith(b"%PDF-")


def test_the_spreadsheet_has_numbers_as_numbers_and_text_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheet(laid("zh", control=CONTROL))))
    values = [value for row in book.active.iter_rows(values_only=True) for value in row if value is not None]  # type: ignore[union-attr]
    assert 1_234_567.89 in values
    assert "第一段 *not bold* #let x = 1 $a$ =1+1" in values
    assert "康元健康有限公司 流程" in values
    assert {"受控状态", "测试中", "执行部门", "财务部", "增加对账"} <= {str(value) for value in values}


def test_without_chinese_type_it_says_what_to_install() -> None:
    with pytest.raises(pdf.NoChineseType) as refused:
        pdf.choose(["Libertinus Serif", "DejaVu Sans"])
    assert refused.value.status == 503
    assert "pylopdf-fonts-zh-cn" in refused.value.sentence("zh")
    assert pdf.choose(["Noto Sans CJK SC"]) == ("Noto Sans CJK SC", "Noto Sans CJK SC")


def test_an_instant_is_the_companys_time() -> None:
    assert cell(NOW, "en", ZONE)["text"] == "2026-03-10 00:30"
