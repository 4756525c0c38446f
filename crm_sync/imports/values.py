"""The values of single cells: dates, amounts, genders, consents, places, as people type them. PURE.

Each reader returns the value, or None when the text cannot be read (the caller then keeps the text).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from callcenter.kit.money import MAX_FEN, parse_yuan

_EXCEL_EPOCH = date(1899, 12, 30)
_YMD = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?")
_DMY_NAMED = re.compile(r"(\d{1,2})[\s-]([A-Za-z]{3,9})[\s,-]+(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_YEAR = re.compile(r"(\d{4})\s*年?(?:生|出生)?")
_TIME = re.compile(r"[T\s](\d{1,2}):(\d{2})(?::(\d{2}))?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OLDEST = 1900


def read_date(text: str) -> date | None:
    """`2025-11-03`, `2025/11/3`, `2025年11月3日`, `20251103`, `3 Nov 2025`, or a spreadsheet's day number.

    `03/04/2025` is not read: nobody can tell whether it is in March or in April.
    """
    if match := _YMD.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DMY_NAMED.fullmatch(text):
        month = match[2][:3].lower()
        return _date(int(match[3]), _MONTHS.index(month) + 1, int(match[1])) if month in _MONTHS else None
    if text.isascii() and text.isdigit() and 3_000 <= int(text) <= 80_000 and len(text) == 5:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    return None


def read_time_of_day(text: str) -> tuple[int, int, int]:
    """The time behind a date, (0, 0, 0) when there is none."""
    match = _TIME.search(text)
    if not match:
        return 0, 0, 0
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else (0, 0, 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= _OLDEST else None
    except ValueError:
        return None


def read_birth_year(text: str, today: date) -> int | None:
    """The year of a date of birth, of a month (`1962年5月`) or of a year alone (`1962年生`)."""
    day = read_date(text)
    if day is not None:
        return day.year if day <= today else None
    match = _YEAR.fullmatch(text) or _YEAR_MONTH.fullmatch(text)
    if match and _OLDEST <= int(match[1]) <= today.year:
        return int(match[1])
    return None


def read_age(text: str, today: date) -> int | None:
    """`63`, `63岁` → the year of birth, to within a year."""
    match = re.fullmatch(r"(\d{1,3})\s*(?:岁|周岁|years?(?: old)?|y)?", text)
    if match and 0 < int(match[1]) <= 120:
        return today.year - int(match[1])
    return None


_GENDERS: dict[str, Literal["f", "m"]] = {
    **dict.fromkeys(("女", "女性", "女士", "小姐", "太太", "f", "female", "woman", "ms", "mrs", "miss", "2"), "f"),
    **dict.fromkeys(("男", "男性", "先生", "m", "male", "man", "mr", "1"), "m"),
}
"""1 and 2 are the codes of GB/T 2261.1."""


def read_gender(text: str) -> Literal["f", "m"] | None:
    return _GENDERS.get(text.lower().rstrip("."))


def _words(*texts: str) -> tuple[str, ...]:
    return tuple(word for text in texts for word in text.split())


_YES = frozenset(
    _words(
        "是 y yes true 1 √ ✓ 有 对 同意 已同意 愿意 可以 已授权 授权 允许 同意联系",
        "given agree agreed ok granted opt-in optin opted-in consented",
    )
)
_NO = frozenset(
    _words(
        "否 n no false 0 × ✗ x 不 不同意 拒绝 已拒绝 不愿意 不可以 未授权 不允许 未同意",
        "拒接 勿扰 请勿来电 不要打 不要打电话 退订 已退订 撤回 已撤回",
        "refused refuse declined disagree denied opt-out optout opted-out do-not-call dnc withdrawn",
    )
)
_UNKNOWN = frozenset({"", "未知", "不详", "待确认", "unknown", "n/a", "na", "-", "无", "?", "？"})

Answer = Literal["yes", "no", "unknown"]


def read_answer(text: str) -> Answer | None:
    """Yes, no, or expressly unknown; None for a text that is none of these."""
    word = "-".join(text.lower().split()).strip(" .。!\uff01")
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    return "unknown" if word in _UNKNOWN else None


def read_amount(text: str, factor: int = 1) -> int | None:
    """Yuan as text → fen. `¥1,234.50`, `1234元`, `1.2万`; negative amounts are no purchases."""
    word = text.replace("，", ",").replace("￥", "¥").replace(" ", "").removesuffix("元").removeprefix("RMB")
    if word.endswith("万"):
        word, factor = word[:-1], factor * 10_000
    try:
        fen = _decimal_fen(word, factor)
    except ValueError:
        return None
    return fen if 0 <= fen <= MAX_FEN else None


def _decimal_fen(word: str, factor: int) -> int:
    if factor == 1:
        return parse_yuan(_rounded(word))
    whole, _, fraction = word.removeprefix("¥").replace(",", "").partition(".")
    if not re.fullmatch(r"\d+", whole) or not re.fullmatch(r"\d{0,6}", fraction):
        raise ValueError(word)
    return int(whole + fraction.ljust(6, "0")) * factor // 10_000


def _rounded(word: str) -> str:
    """A spreadsheet's 1234.5000000001 is 1234.50: digits beyond the tenth of a fen are noise of its arithmetic."""
    match = re.fullmatch(r"(¥?[\d,]+\.\d{2})(0{3,}|9{3,})\d*", word)
    if match and match[2][0] == "0":
        return match[1]
    return word


_PROVINCES = _words(
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南",
    "广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门",
)
_MUNICIPAL = frozenset({"北京", "天津", "上海", "重庆"})
_PROVINCE_TAIL = re.compile(r"(?:省|市|特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区)")
_CITY = re.compile(r"^([\u4e00-\u9fff]{2,10}?)(?:市|自治州|地区|盟)")


def read_province(text: str) -> str:
    """`山东省` → `山东`, `广西壮族自治区` → `广西`; anything else as it stands."""
    for province in _PROVINCES:
        if text.startswith(province) and _PROVINCE_TAIL.sub("", text[len(province) :]) == "":
            return province
    return text


def read_city(text: str) -> str:
    """`青岛市` → `青岛`; a district or a county keeps its name."""
    return text[:-1] if len(text) > 2 and text.endswith("市") else text


def read_place(text: str) -> tuple[str | None, str | None]:
    """(province, city) at the beginning of a Chinese address or region, each None if it is not there."""
    text = re.sub(r"[\s\-/,，·]", "", text)
    province = next((p for p in _PROVINCES if text.startswith(p)), None)
    if province is None:
        return None, None
    rest = text[len(province) :]
    if tail := _PROVINCE_TAIL.match(rest):
        rest = rest[tail.end() :]
    if province in _MUNICIPAL:
        return province, province
    if match := _CITY.match(rest):
        return province, match[1]
    return province, None
