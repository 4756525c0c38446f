"""Caller numbers over REST."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from callcenter.lines.rules import RestWhy, SignKind
from callcenter.telephony.health.models import Disbelief
from callcenter.telephony.health.rules import Circuit, Trouble

Text = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$", max_length=60)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+[1-9][0-9]{6,14}$")]
Prefix = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(\+[1-9][0-9]{0,9})?$")]


class Counted(BaseModel):
    """See callcenter.lines.rules.Figures. Rates are 0 to 1; null where nothing was called, or nobody answered."""

    calls: int
    answered: int
    short: int
    declined: int
    answer_rate: float | None
    short_rate: float | None
    declined_rate: float | None


class DayCounted(Counted):
    day: str
    """As in 2026-03-09, in the company's time zone."""


class CallerNumberRow(BaseModel):
    """One caller number. `known` is false for one that calls were made from and that nobody entered (a campaign's)."""

    number: str
    known: bool
    label: str
    queue_id: UUID | None
    """The campaign whose calls alone are made from it; null: everybody's."""
    prefix: str
    daily_cap: int
    """Calls a day; 0: as many as there are."""
    active: bool
    rests_until: datetime | None
    rest_why: RestWhy | None
    should_rest: RestWhy | None
    """What the figures ask for, also where it is not carried out: a number that nobody entered, the last one awake."""
    counts_from: datetime | None
    calls_today: int
    figures: Counted
    """Of the days that the rule looks at, since its last rest."""
    signs: int
    """Complaints and the like in those days."""
    days: list[DayCounted]
    version: int


class CallerNumbers(BaseModel):
    """All numbers, and what they have together in `days` days."""

    rows: list[CallerNumberRow]
    together: Counted
    days: int


class CallerNumberNew(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Number
    label: Label = ""
    queue_id: UUID | None = None
    prefix: Prefix = ""
    daily_cap: int = Field(default=0, ge=0, le=100_000)


class CallerNumberChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    label: Label | None = None
    prefix: Prefix | None = None
    daily_cap: int | None = Field(default=None, ge=0, le=100_000)
    active: bool | None = None


class RestBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: float = Field(gt=0, le=24 * 90)


class CallerSignNew(BaseModel):
    """`note`: where it was heard (which telephones show it, which company); never who complained."""

    model_config = ConfigDict(extra="forbid")

    sign: SignKind
    note: Text = ""


class CallerSignRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    sign: SignKind
    at: datetime
    note: str
    by: UUID


class CallerPolicyBody(BaseModel):
    """See callcenter.lines.rules.Policy: when a number is sent to rest, and which one is next."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    days: int = Field(ge=1, le=60)
    least_calls: int = Field(ge=1, le=1_000_000)
    answer_share: float = Field(ge=0, le=1)
    declined_share: float = Field(ge=0, le=1)
    short_share: float = Field(ge=0, le=1)
    short_s: float = Field(gt=0, le=60)
    signs: int = Field(ge=0, le=1_000)
    rest_hours: float = Field(gt=0, le=24 * 90)
    keep_days: int = Field(ge=0, le=3650)
    local_presence: bool


class TroubleRow(BaseModel):
    """From the opening of the circuit around a carrier until it closed again."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    worker: str
    carrier: str
    trouble: Trouble
    began_at: datetime
    ended_at: datetime | None
    tries: int


class CarrierRow(BaseModel):
    """What one worker says of its carrier now."""

    worker: str
    carrier: str
    circuit: Circuit
    trouble: Trouble | None
    since: datetime | None
    next_look_at: datetime | None
    tries: int
    zh: str
    en: str


class RefusedRow(BaseModel):
    """Messages of a day (UTC) that claimed to come from the telephone company and changed nothing."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    why: Disbelief
    count: int
    last_at: datetime


class CarrierNow(BaseModel):
    rows: list[CarrierRow]
    troubles: list[TroubleRow]
    """The newest."""
    refused: list[RefusedRow]
    """Of the last seven days."""
