"""Why a row was not taken, and what was noticed on rows that were: codes and their sentences. PURE."""

from __future__ import annotations

from enum import StrEnum

from crm_sync.phones import PHONE_SENTENCES


class RowProblem(StrEnum):
    """Reasons of our own for refusing a row; the others are `crm_sync.phones.PhoneProblem`."""

    EMPTY_ROW = "empty_row"
    TOO_MANY_CELLS = "too_many_cells"
    VALUE_TOO_LONG = "value_too_long"


class Remark(StrEnum):
    """Noticed on a row that was taken. Nothing is lost: the text is kept under its heading."""

    NAME_MISSING = "name_missing"
    EXTENSION_KEPT = "phone_extension_kept"
    MORE_NUMBERS = "phone_more_numbers"
    FURTHER_UNREADABLE = "phone_further_unreadable"
    SECOND_PHONE_USED = "phone_second_column_used"
    DATE_UNREADABLE = "date_unreadable"
    DATE_IN_FUTURE = "date_in_future"
    BIRTH_UNREADABLE = "birth_unreadable"
    GENDER_UNREADABLE = "gender_unreadable"
    EMAIL_UNREADABLE = "email_unreadable"
    AMOUNT_UNREADABLE = "amount_unreadable"
    CONSENT_UNREADABLE = "consent_unreadable"
    TIMEZONE_UNREADABLE = "timezone_unreadable"
    NO_CHANGE = "no_change"


SENTENCES: dict[str, tuple[str, str]] = {
    RowProblem.EMPTY_ROW: (
        "整行：空行；无需处理，或删除该行",
        "the whole row: empty; nothing to do, or delete it",
    ),
    RowProblem.TOO_MANY_CELLS: (
        "整行：单元格比标题多，可能某个值里有未加引号的分隔符；请给该值加引号，或另存为 xlsx",
        "the whole row: more cells than headings, a value may hold an unquoted separator; quote it, or save as xlsx",
    ),
    RowProblem.VALUE_TOO_LONG: (
        "某个单元格：内容过长，可能列已错位；请核对该行各列，或缩短内容",
        "a cell: too long, the columns may be shifted; check the columns of this row, or shorten the text",
    ),
    **{problem.value: sentences for problem, sentences in PHONE_SENTENCES.items()},
    Remark.NAME_MISSING: ("姓名：未填写；可稍后在客户资料中补上", "name: empty; it can be filled in later"),
    Remark.EXTENSION_KEPT: (
        "电话：带分机号，已保留为附加信息",
        "phone: it has an extension, which is kept as extra information",
    ),
    Remark.MORE_NUMBERS: (
        "电话：一格里有多个号码，第一个作为本人号码，其余按次序备用",
        "phone: several numbers in one cell; the first is the person's own, the others are tried after it",
    ),
    Remark.FURTHER_UNREADABLE: (
        "其他电话：有号码不可用，原文已保留；请在客户资料中更正",
        "further phone: a number is unusable, its text is kept; correct it on the customer's page",
    ),
    Remark.SECOND_PHONE_USED: (
        "电话：本人号码不可用，改用备用、家庭或单位电话；请核对本人号码",
        "phone: the own number is unusable, the second, home or work phone is used; check the own number",
    ),
    Remark.DATE_UNREADABLE: (
        "日期：无法识别，原文已保留；请写作 2025-11-03",
        "date: it could not be read, its text is kept; write it as 2025-11-03",
    ),
    Remark.DATE_IN_FUTURE: (
        "日期：在将来，原文已保留；请核对年份",
        "date: it lies in the future, its text is kept; check the year",
    ),
    Remark.BIRTH_UNREADABLE: (
        "出生年份或年龄：无法识别，原文已保留；请写作 1962 或 1962-05-03",
        "birth or age: it could not be read, its text is kept; write it as 1962 or 1962-05-03",
    ),
    Remark.GENDER_UNREADABLE: (
        "性别：无法识别，原文已保留；请写“男”或“女”",
        "gender: it could not be read, its text is kept; write M or F",
    ),
    Remark.EMAIL_UNREADABLE: (
        "邮箱：格式有误，原文已保留；请写作 name@example.com",
        "email: it is malformed, its text is kept; write it as name@example.com",
    ),
    Remark.AMOUNT_UNREADABLE: (
        "金额：无法识别，原文已保留；请以元为单位写数字，如 1280.00",
        "amount: it could not be read, its text is kept; write a number of yuan, as 1280.00",
    ),
    Remark.CONSENT_UNREADABLE: (
        "是否同意：无法识别，按“未知”处理；请写“是”或“否”",
        "consent: it could not be read and counts as unknown, its text is kept; write yes or no",
    ),
    Remark.TIMEZONE_UNREADABLE: (
        "时区：无法识别，按号码归属地处理；请写作 Asia/Shanghai",
        "time zone: it is unknown, the number's own is used; write it as Asia/Shanghai",
    ),
    Remark.NO_CHANGE: ("与现有资料相同，无需处理", "the same as what is known already; nothing to do"),
}
"""Each names the field, what is wrong with it, and what mends it."""


def sentence(code: str, lang: str) -> str:
    """The sentence of a reason or remark in `lang` ("zh" or "en")."""
    return SENTENCES[code][0 if lang == "zh" else 1]


REASON_HEADING = {"zh": "导入失败原因", "en": "Import error"}
"""Heading of the added column in an error file; a column of this name is ignored when it is uploaded again."""


def error_text(code: str, row: int, lang: str) -> str:
    """What the reason column says: the row of the original file, and the sentence."""
    return f"第 {row} 行：{sentence(code, 'zh')}" if lang == "zh" else f"Row {row}: {sentence(code, 'en')}"
