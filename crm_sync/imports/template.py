"""The empty list to fill in, in Chinese or English, as CSV or xlsx.

Its one example row carries well-known placeholder numbers, which every import refuses: an example that was
not deleted can never become a customer.
"""

from __future__ import annotations

import csv
import io
from typing import Literal

import xlsxwriter

from callcenter.kit.errors import Lang
from crm_sync.imports.headings import LABELS, Field

_COLUMNS: tuple[tuple[Field, str, str], ...] = (
    (Field.NAME, "张示例", "Sample Zhang"),
    (Field.PHONE, "13800138000", "13800138000"),
    (Field.HOME_PHONE, "010-12345678", "010-12345678"),
    (Field.WORK_PHONE, "010-12345678转801", "010-12345678 ext. 801"),
    (Field.PHONE2, "", ""),
    (Field.GENDER, "女", "F"),
    (Field.BIRTH_YEAR, "1962", "1962"),
    (Field.PROVINCE, "山东", "Shandong"),
    (Field.CITY, "济南", "Jinan"),
    (Field.ADDRESS, "人民路1号", "1 Renmin Road"),
    (Field.POSTCODE, "250000", "250000"),
    (Field.EMAIL, "sample@example.com", "sample@example.com"),
    (Field.COMPANY, "", ""),
    (Field.OCCUPATION, "退休", "retired"),
    (Field.INCOME_BAND, "3000-5000", "3000-5000"),
    (Field.INTERESTS, "太极、养生", "tai chi"),
    (Field.LAST_PURCHASE_ON, "2025-11-03", "2025-11-03"),
    (Field.TOTAL_PURCHASES, "1280.00", "1280.00"),
    (Field.CONSENT, "是", "yes"),
    (Field.CONSENT_SOURCE, "门店登记表", "form in the shop"),
    (Field.CONSENT_AT, "2025-06-01", "2025-06-01"),
    (Field.DO_NOT_CALL, "", ""),
)
_NOTES: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "请删除示例行，每行填写一位客户；电话号码必填，其余可空。",
        "手机号码列请保持“文本”格式，避免变成 1.38E+10。",
        "固定电话请写区号；分机写作“转801”。家庭、单位、备用电话在本人号码打不通时依次试呼。",
        "同意电话联系：是 / 否 / 空（未知）。填“否”的号码将列入谢绝来电名单。",
        "日期写作 2025-11-03；金额以元为单位。",
        "可以增加自己的列，导入后作为附加信息显示给坐席。",
    ),
    "en": (
        "Delete the example row and put one customer on each row. The phone is required, the rest may stay empty.",
        "Keep the phone columns formatted as text, so that they do not become 1.38E+10.",
        "Write landlines with their area code, and extensions as 'ext. 801'. Home, work and second phones are tried"
        " in turn where the own number does not answer.",
        "Consent to calls: yes / no / empty (unknown). A number with 'no' goes on the do-not-call list.",
        "Write dates as 2025-11-03, and amounts in yuan.",
        "You may add columns of your own: agents see them as extra information.",
    ),
}


def template(lang: Lang, form: Literal["csv", "xlsx"]) -> bytes:
    """The template as a file. CSV: UTF-8 with BOM. Xlsx: all cells are text; notes on a second sheet."""
    index = 0 if lang == "zh" else 1
    headings = [LABELS[column[0]][index] for column in _COLUMNS]
    example = [column[1 + index] for column in _COLUMNS]
    if form == "csv":
        stream = io.StringIO()
        csv.writer(stream).writerows((headings, example))
        return stream.getvalue().encode("utf-8-sig")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "num_format": "@"})
    plain = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("客户" if lang == "zh" else "Customers")
    sheet.set_column(0, len(headings) - 1, 16, plain)
    sheet.freeze_panes(1, 0)
    for column, (heading, cell) in enumerate(zip(headings, example, strict=True)):
        sheet.write_string(0, column, heading, bold)
        if cell:
            sheet.write_string(1, column, cell, plain)
    notes = book.add_worksheet("填写说明" if lang == "zh" else "Notes")
    for row, note in enumerate(_NOTES[lang]):
        notes.write_string(row, 0, note)
    book.close()
    return buffer.getvalue()
