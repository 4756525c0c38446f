"""One row of a list → a normalised customer, or the reason why not. PURE.

A row is refused only for what makes it useless or doubtful as a whole: it is empty, its columns are shifted, or
it has no number that can be called. A single value that cannot be read does not cost the customer: it is kept as
text under its heading, and the row gets a remark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from crm_sync.customers.rules import Consent, NumberKind
from crm_sync.imports import values
from crm_sync.imports.headings import FURTHER, MANY, Field, amount_factor
from crm_sync.imports.mapping import ColumnMap
from crm_sync.imports.reading import Row, text_of
from crm_sync.imports.reasons import Remark, RowProblem
from crm_sync.phones import Phone, PhoneProblem, read_phone

MAX_NAME = 100
MAX_TEXT = 500
MAX_ATTRIBUTE = 2000
EXTENSION = "分机"
OTHER_PHONES = "其他电话"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_KINDS = {Field.PHONE2: NumberKind.OTHER, Field.HOME_PHONE: NumberKind.HOME, Field.WORK_PHONE: NumberKind.WORK}
_CODED = frozenset(
    {
        Field.GENDER,
        Field.BIRTH_YEAR,
        Field.BIRTH_DATE,
        Field.AGE,
        Field.POSTCODE,
        Field.EMAIL,
        Field.LAST_PURCHASE_ON,
        Field.TOTAL_PURCHASES,
        Field.CONSENT,
        Field.CONSENT_AT,
        Field.DO_NOT_CALL,
        Field.TIMEZONE,
    }
)
"""Figures, dates and answers: full-width digits and punctuation mean the same. Names and addresses stay as written."""
_ZONES = frozenset(available_timezones())
_PLAIN = (Field.ADDRESS, Field.COMPANY, Field.OCCUPATION, Field.INCOME_BAND, Field.INTERESTS, Field.CONSENT_SOURCE)


@dataclass(frozen=True, slots=True)
class Context:
    """What a row is judged against. `today` is the company's calendar date at `zone`."""

    today: date
    region: str
    zone: str
    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    number: int
    reason: RowProblem | PhoneProblem


@dataclass(slots=True)
class Taken:
    """A customer as the master stores it. None: the row says nothing, and an existing value stays."""

    number: int
    phone: str
    timezone: str
    timezone_known: bool
    name: str = ""
    gender: str | None = None
    birth_year: int | None = None
    province: str | None = None
    city: str | None = None
    address: str | None = None
    postcode: str | None = None
    email: str | None = None
    company: str | None = None
    occupation: str | None = None
    income_band: str | None = None
    interests: str | None = None
    last_purchase_on: date | None = None
    total_purchases_fen: int | None = None
    consent: str = Consent.UNKNOWN.value
    consent_source: str | None = None
    consent_at: datetime | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    further: list[tuple[str, str]] = field(default_factory=list)
    """(E.164, kind) of further numbers, in the order in which they are tried."""
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A mapping made ready for many rows."""

    headings: tuple[str, ...]
    column: dict[Field, int]
    attributes: tuple[int, ...]
    ignored: frozenset[int]

    @classmethod
    def of(cls, mapping: ColumnMap) -> Plan:
        pairs = list(enumerate(mapping.fields))
        return cls(
            headings=mapping.headings,
            column={f: index for index, f in pairs if f not in MANY},
            attributes=tuple(index for index, f in pairs if f is Field.ATTRIBUTE),
            ignored=frozenset(index for index, f in pairs if f is Field.IGNORE),
        )


def judge(row: Row, plan: Plan, context: Context) -> Taken | Refused:
    """The customer of this row, or why it is refused."""
    width = len(plan.headings)
    texts = [cell.strip() if type(cell) is str else text_of(cell) for cell in row.cells]
    together = "".join(texts)
    if _CONTROL.search(together):
        texts = [_CONTROL.sub("", text).strip() for text in texts]
    if not any(text for index, text in enumerate(texts[:width]) if index not in plan.ignored):
        if any(texts[width:]) and not plan.ignored:
            return Refused(row.number, RowProblem.TOO_MANY_CELLS)
        return Refused(row.number, RowProblem.EMPTY_ROW)
    if any(texts[width:]):
        return Refused(row.number, RowProblem.TOO_MANY_CELLS)
    texts.extend([""] * (width - len(texts)))
    if len(together) > MAX_ATTRIBUTE and any(len(text) > MAX_ATTRIBUTE for text in texts):
        return Refused(row.number, RowProblem.VALUE_TOO_LONG)
    reader = _RowReader(row.number, texts, plan, context)
    return reader.read()


class _RowReader:
    """Reads one row, field by field."""

    def __init__(self, number: int, texts: Sequence[str], plan: Plan, context: Context) -> None:
        self._number = number
        self._texts = texts
        self._plan = plan
        self._context = context

    def _get(self, name: Field) -> str:
        index = self._plan.column.get(name)
        text = "" if index is None else self._texts[index]
        return text if text.isascii() or name not in _CODED else unicodedata.normalize("NFKC", text).strip()

    def read(self) -> Taken | Refused:
        remarks: list[Remark] = []
        phone = self._phone(remarks)
        if isinstance(phone, PhoneProblem):
            return Refused(self._number, phone)
        taken = Taken(
            self._number, phone.e164, phone.timezone or self._context.zone, phone.timezone_known, remarks=remarks
        )
        for index in self._plan.attributes:
            if self._texts[index]:
                taken.attributes[self._plan.headings[index]] = self._texts[index]
        self._keep_phone_parts(phone, taken)
        self._name(taken)
        self._zone(taken)
        for name in _PLAIN:
            text = self._get(name)
            if text:
                setattr(taken, name.value, " ".join(text.split()))
        self._place(taken)
        self._person(taken)
        self._purchases(taken)
        self._consent(taken)
        lengths = (taken.address, taken.company, taken.occupation, taken.income_band, taken.interests, taken.email)
        if len(taken.name) > MAX_NAME or any(text and len(text) > MAX_TEXT for text in lengths):
            return Refused(self._number, RowProblem.VALUE_TOO_LONG)
        return taken

    def _unread(self, taken: Taken, name: Field, remark: Remark) -> None:
        """Keep what could not be read under its heading, and say so."""
        index = self._plan.column[name]
        taken.attributes[self._plan.headings[index]] = self._texts[index]
        taken.remarks.append(remark)

    def _phone(self, remarks: list[Remark]) -> Phone | PhoneProblem:
        """The person's own number: that of its column, or where that one cannot be used the first that can."""
        first = read_phone(self._get(Field.PHONE), self._context.region, area_code=self._get(Field.AREA_CODE))
        if isinstance(first, Phone):
            return first
        problem = first
        for name in FURTHER:
            other = self._further(name)
            if isinstance(other, Phone):
                remarks.append(Remark.SECOND_PHONE_USED)
                return other
            if problem is PhoneProblem.MISSING and other is not None:
                problem = other
        return problem

    def _further(self, name: Field) -> Phone | PhoneProblem | None:
        """The number in a column of further ones; None where it is empty."""
        text = self._get(name)
        return read_phone(text, self._context.region, area_code=self._get(Field.AREA_CODE)) if text else None

    def _keep_phone_parts(self, phone: Phone, taken: Taken) -> None:
        if phone.extension:
            taken.attributes[EXTENSION] = phone.extension
            taken.remarks.append(Remark.EXTENSION_KEPT)
        if phone.others:
            taken.remarks.append(Remark.MORE_NUMBERS)
        found: list[tuple[Phone | PhoneProblem, str, NumberKind]] = [
            (read_phone(text, self._context.region, area_code=self._get(Field.AREA_CODE)), text, NumberKind.OTHER)
            for text in phone.others
        ]
        for name in FURTHER:
            other = self._further(name)
            if other is None:
                continue
            found.append((other, self._get(name), _KINDS[name]))
            if isinstance(other, Phone):
                found += [(read_phone(text, self._context.region), text, _KINDS[name]) for text in other.others]
        unread = []
        kinds: dict[str, str] = {}
        for one, text, kind in found:
            if not isinstance(one, Phone):
                unread.append(text)
            elif one.e164 != taken.phone:
                kinds.setdefault(one.e164, kind.value)
        taken.further = list(kinds.items())
        if unread:
            taken.attributes[OTHER_PHONES] = "、".join(dict.fromkeys(unread))
            taken.remarks.append(Remark.FURTHER_UNREADABLE)

    def _name(self, taken: Taken) -> None:
        name = " ".join(self._get(Field.NAME).split())
        if not name:
            family, given = self._get(Field.FAMILY_NAME), self._get(Field.GIVEN_NAME)
            chinese = any("\u4e00" <= c <= "\u9fff" for c in family + given)
            name = family + given if chinese else f"{given} {family}".strip()
        if not name:
            taken.remarks.append(Remark.NAME_MISSING)
        taken.name = name

    def _zone(self, taken: Taken) -> None:
        text = self._get(Field.TIMEZONE)
        if text in _ZONES:
            taken.timezone, taken.timezone_known = text, True
        elif text:
            self._unread(taken, Field.TIMEZONE, Remark.TIMEZONE_UNREADABLE)

    def _place(self, taken: Taken) -> None:
        province, city = self._get(Field.PROVINCE), self._get(Field.CITY)
        taken.province = values.read_province(province) or None
        taken.city = values.read_city(city) or None
        for text in (self._get(Field.REGION), taken.address or ""):
            if not (taken.province and taken.city):
                found_province, found_city = values.read_place(text)
                if taken.province in (None, found_province):
                    taken.province = taken.province or found_province
                    taken.city = taken.city or found_city
        region = self._get(Field.REGION)
        if region and not taken.province and not taken.city:
            taken.city = region
        postcode = self._get(Field.POSTCODE)
        if postcode:
            # 010020 typed as a number has lost its zero.
            padded = self._context.region == "CN" and len(postcode) == 5 and postcode.isdigit()
            taken.postcode = ("0" + postcode if padded else postcode)[:20]

    def _person(self, taken: Taken) -> None:
        if text := self._get(Field.GENDER):
            taken.gender = values.read_gender(text)
            if taken.gender is None:
                self._unread(taken, Field.GENDER, Remark.GENDER_UNREADABLE)
        if text := self._get(Field.EMAIL):
            if re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+", text):
                taken.email = text.lower()
            else:
                self._unread(taken, Field.EMAIL, Remark.EMAIL_UNREADABLE)
        today = self._context.today
        for name in (Field.BIRTH_DATE, Field.BIRTH_YEAR, Field.AGE):
            text = self._get(name)
            if not text:
                continue
            year = values.read_age(text, today) if name is Field.AGE else values.read_birth_year(text, today)
            if year is None:
                self._unread(taken, name, Remark.BIRTH_UNREADABLE)
                continue
            taken.birth_year = taken.birth_year or year
            if name is Field.BIRTH_DATE and values.read_date(text):
                # The master holds the year; the day is good for a birthday card.
                taken.attributes[self._plan.headings[self._plan.column[name]]] = text

    def _purchases(self, taken: Taken) -> None:
        if text := self._get(Field.LAST_PURCHASE_ON):
            day = values.read_date(text)
            if day is None:
                self._unread(taken, Field.LAST_PURCHASE_ON, Remark.DATE_UNREADABLE)
            elif day > self._context.today:
                self._unread(taken, Field.LAST_PURCHASE_ON, Remark.DATE_IN_FUTURE)
            else:
                taken.last_purchase_on = day
        if text := self._get(Field.TOTAL_PURCHASES):
            heading = self._plan.headings[self._plan.column[Field.TOTAL_PURCHASES]]
            taken.total_purchases_fen = values.read_amount(text, amount_factor(heading))
            if taken.total_purchases_fen is None:
                self._unread(taken, Field.TOTAL_PURCHASES, Remark.AMOUNT_UNREADABLE)

    def _consent(self, taken: Taken) -> None:
        text = self._get(Field.CONSENT)
        answer = values.read_answer(text)
        if answer is None:
            self._unread(taken, Field.CONSENT, Remark.CONSENT_UNREADABLE)
        elif answer != "unknown":
            taken.consent = (Consent.GIVEN if answer == "yes" else Consent.REFUSED).value
        if text := self._get(Field.DO_NOT_CALL):
            stop = values.read_answer(text)
            # A word of refusal in this column ("勿扰") is a no to calls, as a plain yes under its heading is.
            if stop == "yes" or (stop == "no" and text.lower() not in _PLAIN_NO):
                taken.consent = Consent.REFUSED.value
            elif stop is None:
                self._unread(taken, Field.DO_NOT_CALL, Remark.CONSENT_UNREADABLE)
        if text := self._get(Field.CONSENT_AT):
            day = values.read_date(text)
            if day is None:
                self._unread(taken, Field.CONSENT_AT, Remark.DATE_UNREADABLE)
            elif day > self._context.today:
                self._unread(taken, Field.CONSENT_AT, Remark.DATE_IN_FUTURE)
            else:
                hour, minute, second = values.read_time_of_day(text)
                zone = ZoneInfo(self._context.zone)
                taken.consent_at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)


_PLAIN_NO = frozenset({"否", "n", "no", "false", "0", "不", "×", "✗", "x"})
"""Plain noes: under "请勿来电" they mean that calls are allowed."""
