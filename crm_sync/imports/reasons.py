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
    RowProblem.EMPTY_ROW: ("空行", "the row is empty"),
    RowProblem.TOO_MANY_CELLS: (
        "单元格比标题多，可能某个值里有未加引号的分隔符",
        "more cells than headings; a value may hold an unquoted separator",
    ),
    RowProblem.VALUE_TOO_LONG: ("某个单元格内容过长，可能列已错位", "a value is too long; the columns may be shifted"),
    **{problem.value: sentences for problem, sentences in PHONE_SENTENCES.items()},
    Remark.NAME_MISSING: ("没有姓名", "no name"),
    Remark.EXTENSION_KEPT: ("有分机号，已保留为附加信息", "has an extension, kept as extra information"),
    Remark.MORE_NUMBERS: (
        "有多个号码，使用第一个，其余已保留",
        "several numbers: the first is used, the others are kept",
    ),
    Remark.SECOND_PHONE_USED: (
        "第一个电话不可用，使用了备用电话",
        "the first phone was unusable, the second one is used",
    ),
    Remark.DATE_UNREADABLE: ("日期无法识别，原文已保留", "a date could not be read; its text is kept"),
    Remark.DATE_IN_FUTURE: ("日期在将来，原文已保留", "a date lies in the future; its text is kept"),
    Remark.BIRTH_UNREADABLE: ("出生年份或年龄无法识别，原文已保留", "birth or age could not be read; its text is kept"),
    Remark.GENDER_UNREADABLE: ("性别无法识别，原文已保留", "the gender could not be read; its text is kept"),
    Remark.EMAIL_UNREADABLE: ("邮箱格式有误，原文已保留", "the email is malformed; its text is kept"),
    Remark.AMOUNT_UNREADABLE: ("金额无法识别，原文已保留", "an amount could not be read; its text is kept"),
    Remark.CONSENT_UNREADABLE: (
        "是否同意无法识别，按“未知”处理",
        "the consent could not be read and counts as unknown; its text is kept",
    ),
    Remark.TIMEZONE_UNREADABLE: (
        "时区无法识别，按号码归属地处理",
        "the time zone is unknown; the number's own is used",
    ),
    Remark.NO_CHANGE: ("与现有资料相同", "the same as what is known already"),
}


def sentence(code: str, lang: str) -> str:
    """The sentence of a reason or remark in `lang` ("zh" or "en")."""
    return SENTENCES[code][0 if lang == "zh" else 1]


REASON_HEADING = {"zh": "导入失败原因", "en": "Import error"}
"""Heading of the added column in an error file; a column of this name is ignored when it is uploaded again."""


def error_text(code: str, row: int, lang: str) -> str:
    """What the reason column says: the row of the original file, and the sentence."""
    return f"第 {row} 行：{sentence(code, 'zh')}" if lang == "zh" else f"Row {row}: {sentence(code, 'en')}"
