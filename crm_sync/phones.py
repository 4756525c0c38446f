"""One phone number out of what people type into lists. PURE.

`read_phone` cleans the text first and only then asks Google's phone number rules (the package phonenumbers),
because those rules give up, or guess wrongly, on what real lists hold: extensions in Chinese
("0531-88812345转801"), numbers that a spreadsheet turned into 1.38E+10, "086-139…", a bracketed country code
("(852) 2345 6789" is Hong Kong, not the mainland), full-width digits, several numbers in one cell.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers import timezone as _zones


class PhoneProblem(StrEnum):
    """Why a text is no number that can be called."""

    MISSING = "phone_missing"
    NOT_A_NUMBER = "phone_not_a_number"
    MASKED = "phone_masked"  # 139****5678: someone hid the digits
    SCIENTIFIC = "phone_scientific"  # 1.38E+10: the spreadsheet has lost the last digits
    TOO_SHORT = "phone_too_short"
    TOO_LONG = "phone_too_long"
    NO_AREA_CODE = "phone_no_area_code"
    UNASSIGNED = "phone_unassigned"  # right length, but no such range exists
    SERVICE_NUMBER = "phone_service_number"  # 400…, 95588: an institution, not a person
    TEST_NUMBER = "phone_test_number"  # 13800000000, 12345678: typed to fill the field


PHONE_SENTENCES: dict[PhoneProblem, tuple[str, str]] = {
    PhoneProblem.MISSING: ("电话：没有填写；请补上号码", "phone: it is empty; fill the number in"),
    PhoneProblem.NOT_A_NUMBER: (
        "电话：不是号码，含有其他字符；请只写数字，分机写作“转801”",
        "phone: it is not a number and holds other characters; write digits only, and an extension as 'ext. 801'",
    ),
    PhoneProblem.MASKED: (
        "电话：被隐藏了几位（如 139****5678）；请向名单提供方索取完整号码",
        "phone: digits are hidden (as in 139****5678); ask whoever supplied the list for the whole number",
    ),
    PhoneProblem.SCIENTIFIC: (
        "电话：被表格软件变成科学计数法，末几位已丢失；请把该列设为文本后重新填写",
        "phone: it became scientific notation and lost its last digits; format the column as text and fill it in again",
    ),
    PhoneProblem.TOO_SHORT: (
        "电话：位数不足；请补全漏写的数字",
        "phone: it is too short; fill in the digits that are missing",
    ),
    PhoneProblem.TOO_LONG: (
        "电话：位数过多；请检查是否两个号码连写",
        "phone: it is too long; see whether two numbers were run together",
    ),
    PhoneProblem.NO_AREA_CODE: (
        "电话：固定电话缺少区号；请写上区号，如 0531-88812345，或另设“区号”列",
        "phone: the landline lacks its area code; write it as 0531-88812345, or add a column 'area code'",
    ),
    PhoneProblem.UNASSIGNED: (
        "电话：没有这样的号段；请核对号码",
        "phone: no such range of numbers exists; check the number",
    ),
    PhoneProblem.SERVICE_NUMBER: (
        "电话：这是服务热线，不是个人电话；请换成本人号码",
        "phone: a service number, not a person's; put the person's own number",
    ),
    PhoneProblem.TEST_NUMBER: (
        "电话：这是占位或测试号码；请换成真实号码",
        "phone: a placeholder or test number; put the real one",
    ),
}
"""Each problem for people, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A callable number. `timezone` is None when the number does not tell a zone."""

    e164: str
    timezone: str | None
    timezone_known: bool
    """False: the number's range spans several zones (or none is known) and `timezone` is only the first."""
    extension: str | None = None
    others: tuple[str, ...] = ()
    """Further numbers in the same cell, as they were written."""


_BLANK_WORDS = frozenset(
    {
        "",
        "-",
        "--",
        "/",
        "无",
        "没有",
        "无电话",
        "空",
        "暂无",
        "不详",
        "未知",
        "未填",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
    }
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー_"), "-")
_SEPARATORS = re.compile(r"[/\\、;,|\r\n]+|\s*(?:或者?|和|及|\band\b|\bor\b)\s*")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.0+)?")
_SCIENTIFIC = re.compile(r"\+?\d+(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_WHOLE_DECIMAL = re.compile(r"(\d+)\.0+")
_MASKED = re.compile(r"\d[\d\s-]*(?:\*{2,}|[xX]{3,}|•{2,})[\s-]*\d*")
_LABEL = re.compile(
    r"^(?:(?:联系|家庭|办公|单位|移动|固定)?(?:电话|手机)(?:号码?)?|固话|座机|宅电|tel(?:ephone)?|phone|mobile|cell|m|t)\s*[:.\s]\s*",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\([^\d()]*\)")
_TRAILING_WORDS = re.compile(r"(?<=\d)\s*[^\W\d_a-zA-Z]+$")
_EXTENSION = re.compile(
    r"\s*(?:-?\s*\(?(?:转|轉|分机号?|分機|内线|ext(?:n|ension)?\.?|x|#)\s*[:.]?\s*(\d{1,6})\)?)$", re.I
)
_DASHED_EXTENSION = re.compile(r"^(\(?0\d{2,3}\)?[\s-]?\d{7,8})-(\d{1,6})$")
_ALLOWED = re.compile(r"[\d+().\s-]+")
_BRACKETED_CODE = re.compile(r"^\(\s*\+?(\d{1,3})\s*\)")

_NEIGHBOURS = ("852", "853", "886")
"""Hong Kong, Macao, Taiwan: written without + or 00 in mainland lists."""
_KNOWN_TEST = frozenset({"13800138000", "13900139000", "13123456789", "13012345678", "13812345678"})
_SERVICE_TYPES = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)
_MOBILE_SHAPE = re.compile(r"1[3-9]\d{9}", re.ASCII)


@lru_cache(maxsize=1)
def _chinese_mobile() -> re.Pattern[str]:
    """The ranges of mainland mobiles, from the same data that `phonenumbers` judges by: a fast way, not another."""
    metadata = PhoneMetadata.metadata_for_region("CN")
    if metadata is None or metadata.mobile is None:
        raise RuntimeError("phonenumbers came without the numbering plan of China")
    return re.compile(metadata.mobile.national_number_pattern or "", re.ASCII)


def read_phone(text: str, region: str = "CN", *, area_code: str = "") -> Phone | PhoneProblem:
    """The first callable number in `text`, or why there is none.

    `region` is the country in which a number without country code is read (ISO 3166, two letters);
    `area_code` comes from a column of its own ("0531" or "531") and completes a local number.
    """
    if region == "CN" and _MOBILE_SHAPE.fullmatch(text):
        return _judge_mobile(text)
    cleaned = _clean(text)
    if cleaned.lower() in _BLANK_WORDS:
        return PhoneProblem.MISSING
    first_problem: PhoneProblem | None = None
    pieces = _pieces(cleaned)
    for index, piece in enumerate(pieces):
        found = _read_one(piece, region, area_code)
        if isinstance(found, Phone):
            rest = tuple(p.strip() for i, p in enumerate(pieces) if i != index)
            return Phone(found.e164, found.timezone, found.timezone_known, found.extension, rest) if rest else found
        first_problem = first_problem or found
    return first_problem or PhoneProblem.NOT_A_NUMBER


def _clean(text: str) -> str:
    """Half-width digits, plain dashes, no invisible marks, no spreadsheet quoting."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # e.g. U+202D, copied out of address books
    text = text.translate(_DASHES).strip().strip("'`\"").strip()
    if text.startswith('="'):
        text = text[2:].strip('"')
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return text


def _pieces(text: str) -> list[str]:
    """The numbers of one cell: parts at separators, or at spaces when two whole numbers stand side by side."""
    pieces = [part for part in _SEPARATORS.split(text) if part and part.strip()]
    if len(pieces) == 1:
        words = pieces[0].split()
        if len(words) > 1 and all(len(re.sub(r"\D", "", word)) >= 10 for word in words):
            pieces = words
    whole = [part for part in pieces if sum(c.isdigit() for c in part) >= 7]
    return whole or pieces[:1]


def _read_one(piece: str, region: str, area_code: str) -> Phone | PhoneProblem:
    piece = piece.strip()
    if _SCIENTIFIC.fullmatch(piece):
        digits = _from_scientific(piece)
        if digits is None:
            return PhoneProblem.SCIENTIFIC
        piece = digits
    elif whole := _WHOLE_DECIMAL.fullmatch(piece):
        piece = whole[1]
    piece = _EMPTY_BRACKETS.sub("", _LABEL.sub("", piece)).strip()
    if _MASKED.search(piece):
        return PhoneProblem.MASKED
    piece, extension = _take_extension(piece)
    piece = _TRAILING_WORDS.sub("", piece).strip()
    if not any(c.isdigit() for c in piece) or not _ALLOWED.fullmatch(piece):
        return PhoneProblem.NOT_A_NUMBER
    found = _judge(piece, region, area_code)
    if extension and isinstance(found, Phone):
        return Phone(found.e164, found.timezone, found.timezone_known, extension)
    return found


def _from_scientific(text: str) -> str | None:
    """`1.3912345678E+10` still holds every digit; `1.39E+10` does not."""
    mantissa, exponent = text.lower().lstrip("+").split("e")
    whole, _, fraction = mantissa.partition(".")
    if len(fraction) != int(exponent):
        return (
            None if len(fraction) < int(exponent) or fraction.rstrip("0")[int(exponent) :] else str(int(Decimal(text)))
        )
    return whole + fraction


def _take_extension(piece: str) -> tuple[str, str | None]:
    if match := _EXTENSION.search(piece):
        return piece[: match.start()].strip(), match[1]
    if match := _DASHED_EXTENSION.match(piece):
        return match[1], match[2]
    return piece, None


def _judge(piece: str, region: str, area_code: str) -> Phone | PhoneProblem:
    """A cleaned text of digits, +, brackets and dashes, in each reading it allows, the likeliest first."""
    compact = re.sub(r"[^\d+]", "", piece)
    digits = compact.lstrip("+")
    if "+" in digits or not digits:
        return PhoneProblem.NOT_A_NUMBER
    international = compact.startswith("+") or digits.startswith("00")
    if len(digits) >= 7 and len(set(digits)) == 1:
        return PhoneProblem.TEST_NUMBER
    if not international and _is_placeholder(digits):
        return PhoneProblem.TEST_NUMBER
    country = str(phonenumbers.country_code_for_region(region))
    if international:
        readings = ["+" + (digits if compact.startswith("+") else digits[2:])]
    else:
        readings = [digits]
        local = region == "CN" and 7 <= len(digits) <= 8 and not digits.startswith("0")
        if local and area_code.strip():
            readings = ["0" + re.sub(r"\D", "", area_code).lstrip("0") + digits]
        elif local:
            return PhoneProblem.NO_AREA_CODE
        if digits.startswith("0" + country):
            readings.append("+" + digits[1:])
        if _BRACKETED_CODE.match(piece) or (region == "CN" and digits.startswith(_NEIGHBOURS)):
            readings.append("+" + digits)
    first: PhoneProblem | None = None
    for reading in readings:
        found = _ask(reading, region)
        if isinstance(found, Phone):
            return found
        first = first or found
    return first or PhoneProblem.NOT_A_NUMBER


def _judge_mobile(digits: str) -> Phone | PhoneProblem:
    if _is_placeholder(digits):
        return PhoneProblem.TEST_NUMBER
    if _chinese_mobile().fullmatch(digits):
        return Phone("+86" + digits, "Asia/Shanghai", True)
    return PhoneProblem.UNASSIGNED


def _is_placeholder(digits: str) -> bool:
    """Typed to fill a field. Eight equal digits at the end are, in a list of private persons, no one's number."""
    tail = digits[-8:]
    return (
        digits in _KNOWN_TEST
        or (len(digits) >= 10 and len(set(tail)) == 1)
        or (len(digits) >= 10 and digits.startswith("123456789"))
        or tail == "12345678"
    )


def _ask(reading: str, region: str) -> Phone | PhoneProblem:
    """The verdict of the numbering plans on one reading."""
    try:
        number = phonenumbers.parse(reading, region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
            return PhoneProblem.TOO_LONG
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return PhoneProblem.UNASSIGNED
        return PhoneProblem.TOO_SHORT
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 86 and _is_placeholder(national):
        return PhoneProblem.TEST_NUMBER
    if phonenumbers.is_valid_number(number):
        if phonenumbers.number_type(number) in _SERVICE_TYPES:
            return PhoneProblem.SERVICE_NUMBER
        zone, known = _zone(number)
        return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), zone, known)
    return _why_not(number, national)


def _why_not(number: PhoneNumber, national: str) -> PhoneProblem:
    if number.country_code == 86:
        if national.startswith("1") and len(national) >= 7:  # meant as a mobile, which has 11 digits
            if len(national) != 11:
                return PhoneProblem.TOO_SHORT if len(national) < 11 else PhoneProblem.TOO_LONG
            return PhoneProblem.UNASSIGNED
        if len(national) <= 6:
            service = len(national) >= 3 and national[:2] in ("95", "96", "10", "11", "12")
            return PhoneProblem.SERVICE_NUMBER if service else PhoneProblem.TOO_SHORT
        if len(national) in (7, 8):
            return PhoneProblem.NO_AREA_CODE
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.TOO_SHORT:
        return PhoneProblem.TOO_SHORT
    if reason == ValidationResult.TOO_LONG:
        return PhoneProblem.TOO_LONG
    if reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return PhoneProblem.NO_AREA_CODE
    if reason == ValidationResult.INVALID_LENGTH:
        return PhoneProblem.TOO_SHORT if len(national) < 10 else PhoneProblem.TOO_LONG
    return PhoneProblem.UNASSIGNED


def _zone(number: PhoneNumber) -> tuple[str | None, bool]:
    zones = [zone for zone in _zones.time_zones_for_number(number) if zone != "Etc/Unknown"]
    if not zones:
        return None, False
    return zones[0], len({_offsets(zone) for zone in zones}) == 1


@lru_cache(maxsize=512)
def _offsets(zone: str) -> tuple[object, ...]:
    """Winter's and summer's distance from UTC: zones that agree in both are one zone for a caller."""
    return tuple(datetime(2026, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))


@lru_cache(maxsize=4096)
def mask_phone(e164: str) -> str:
    """What a screen shows of a number: `139****5678`, `0531-****2345`, `+852 ****6789`."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return "****" + e164[-2:]
    national = phonenumbers.national_significant_number(number)
    shown = national[-4:] if len(national) >= 8 else national[-2:]
    if number.country_code != 86:
        return f"+{number.country_code} ****{shown}"
    if len(national) == 11 and national.startswith("1"):
        return f"{national[:3]}****{shown}"
    area = phonenumbers.length_of_geographical_area_code(number)
    return f"0{national[:area]}-****{shown}" if area else f"****{shown}"
