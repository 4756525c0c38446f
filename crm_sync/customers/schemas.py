"""What the customer master takes and shows. Phone numbers leave masked; a whole one only by a recorded reveal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from callcenter.kit.money import MAX_FEN
from crm_sync.customers.models import Consent, NumberKind, NumberState

NO_NUL = r"^[^\x00]*$"


Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=NO_NUL)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=NO_NUL)]


_ZONES = frozenset(available_timezones())


def _known_zone(value: str) -> str:
    if value not in _ZONES:
        raise ValueError("write a time zone as in Asia/Shanghai · 请写作 Asia/Shanghai 的形式")
    return value


class CustomerRow(BaseModel):
    """One line of the list."""

    id: UUID
    name: str
    masked_phone: str
    gender: str | None
    birth_year: int | None
    province: str | None
    city: str | None
    occupation: str | None
    last_purchase_on: date | None
    total_purchases_fen: int
    source: str
    consent: Consent
    do_not_call: bool
    """On the do-not-call list, or refusing: never called."""
    created_at: datetime
    version: int


class CustomerOut(CustomerRow):
    """Everything known of one customer."""

    address: str | None
    postcode: str | None
    email: str | None
    company: str | None
    income_band: str | None
    interests: str | None
    timezone: str
    timezone_known: bool
    consent_source: str | None
    consent_at: datetime | None
    attributes: dict[str, Any]
    updated_at: datetime


class CustomerChange(BaseModel):
    """Fields that are given are changed; `version` is the one that the change was made on."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 2)
    name: Short | None = None
    phone: Annotated[str, Field(min_length=3, max_length=60, pattern=NO_NUL)] | None = None
    gender: Literal["f", "m"] | None = None
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    province: Short | None = None
    city: Short | None = None
    address: Long | None = None
    postcode: Annotated[str, Field(max_length=20, pattern=NO_NUL)] | None = None
    email: Annotated[str, Field(max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")] | None = None
    company: Short | None = None
    occupation: Short | None = None
    income_band: Short | None = None
    interests: Long | None = None
    last_purchase_on: date | None = None
    total_purchases_fen: int | None = Field(default=None, ge=0, le=MAX_FEN)
    timezone: Annotated[str, Field(max_length=60), AfterValidator(_known_zone)] | None = None
    consent: Consent | None = None
    consent_source: Long | None = None


class RevealAsked(BaseModel):
    """Why somebody needs the whole number: it is written down. A closed list, for the record holds no free text."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["correction", "complaint", "delivery", "customer_asked", "other"] = "other"


class RevealedPhone(BaseModel):
    phone: str
    """E.164."""


class SourceCount(BaseModel):
    source: str
    customers: int


class NumberRow(BaseModel):
    """One number of a customer. `key` stands for it where it is given back."""

    key: str
    masked_phone: str
    kind: NumberKind
    own: bool
    """The customer's own number, by which they are known; tried first."""
    state: NumberState


class CustomerNumbers(BaseModel):
    version: int
    """Of the customer: to be given back with a change."""
    numbers: list[NumberRow]


class NumberGiven(BaseModel):
    """A number that stays (`key`), or a new one written out (`phone`)."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(max_length=3, pattern=r"^[0-9]+$")] | None = None
    phone: Annotated[str, Field(min_length=3, max_length=60, pattern=NO_NUL)] | None = None
    kind: NumberKind = NumberKind.OTHER


class NumbersChange(BaseModel):
    """The further numbers, in the order in which they are to be tried."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 2)
    numbers: Annotated[list[NumberGiven], Field(max_length=10)]
