"""What goes in and out of rewards over REST."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.listing.http import Command, StoryLine

_FEN = 10**15
MONEY: dict[str, Any] = {"x-kind": "money"}


class SchemeBody(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    year: int = Field(ge=2000, le=2200)
    from_on: date
    to_on: date
    purchase_pay_on: date | None = None
    exclusive_pay_on: date | None = None
    growth_pay_on: date | None = None


class RowBody(BaseModel):
    """Limits of a row, in fen a month (units, where the reading says so); `high` null: 以上."""

    series: str = Field(max_length=20, description="Empty: the coefficients")
    city_class: int = Field(ge=1, le=3)
    row_no: int = Field(ge=1, le=3)
    low: int | None = Field(default=None, ge=0, le=_FEN, json_schema_extra=MONEY)
    high: int | None = Field(default=None, gt=0, le=_FEN, json_schema_extra=MONEY)


class RowOut(RowBody):
    value: int
    """Fen a unit; for the coefficients percent."""


class SchemeEdit(Command, SchemeBody):
    rows: list[RowBody] = Field(default_factory=list, max_length=27)


class SchemeRow(SchemeBody):
    id: UUID
    number: str
    dealers: int
    purchase_fen: int
    exclusive_fen: int
    growth_fen: int
    payment_fen: int
    state: str
    version: int


class SchemeOut(SchemeRow):
    rows: list[RowOut]
    faults: list[str]
    readings: dict[str, Any]
    """Those it was approved with; of a draft, what the settings say now."""
    run: int
    commands: list[str]
    timeline: list[StoryLine]


class WhatIf(BaseModel):
    rows: list[RowBody] = Field(default_factory=list, max_length=27)
    readings: dict[str, Any] = Field(default_factory=dict)
    years_back: int = Field(default=0, ge=0, le=5, description="Try it on the purchases of so many years before")


class OutcomeOut(BaseModel):
    dealers: int
    rewarded: int
    purchase_fen: int
    exclusive_fen: int
    growth_fen: int


class WhatIfOut(BaseModel):
    before: OutcomeOut
    after: OutcomeOut


class PurchaseRow(BaseModel):
    id: int
    dealer_id: UUID
    customer: str
    on_day: date
    series: str
    sku: str
    units: int
    fen: int = Field(json_schema_extra=MONEY)
    own_make: bool
    source_kind: str
    excluded: str


class OpeningRow(BaseModel):
    dealer_id: UUID
    on_day: date
    series: str = Field(default="", max_length=20)
    sku: str = Field(default="", max_length=50)
    units: int = Field(ge=-(10**9), le=10**9)
    fen: int = Field(ge=-_FEN, le=_FEN)
    own_make: bool = True
    source_id: UUID
    source_line: int = Field(ge=0, le=2**31 - 1)


class OpeningBody(BaseModel):
    rows: list[OpeningRow] = Field(min_length=1, max_length=5_000)


class MadeOut(BaseModel):
    made: int


class ExclusionBody(BaseModel):
    reason: str = Field(min_length=1, max_length=200)


class StatementRow(BaseModel):
    id: UUID
    scheme_id: UUID
    dealer_id: UUID
    number: str
    customer: str
    region: str
    city: str
    city_class: int
    exclusive: bool
    purchase_fen: int
    exclusive_fen: int
    growth_fen: int
    payment_fen: int
    total_fen: int
    disqualified: bool
    state: str
    version: int


class LineOut(BaseModel):
    id: UUID
    kind: str
    series: str
    month: date | None
    base_fen: int
    units: int
    rate: int
    """Fen a unit for purchases; millionths for the others."""
    percent: int
    amount_fen: int
    reason: str


class PayoutRow(BaseModel):
    id: UUID
    statement_id: UUID
    scheme_id: UUID
    number: str
    customer: str
    kind: str
    amount_fen: int
    pay_on: date | None
    receipt_kind: str
    receipt_number: str
    paid_on: date | None
    held: bool
    state: str
    version: int


class PaymentRow(BaseModel):
    id: UUID
    dealer_id: UUID
    customer: str
    month: date
    payable_fen: int
    amount_fen: int
    settled_on: date


class RewardStatementOut(StatementRow):
    confirmed_name: str
    lines: list[LineOut]
    payouts: list[PayoutRow]
    payments: list[PaymentRow]
    commands: list[str]
    timeline: list[StoryLine]


class TracePart(BaseModel):
    purchase_id: int
    on_day: date
    series: str
    sku: str
    units: int
    fen: int = Field(json_schema_extra=MONEY)
    source_kind: str
    paper: str
    exact: int
    """This purchase's part of the line, in millionths of a fen."""


class TraceOut(BaseModel):
    line: LineOut
    parts: list[TracePart]
    exact: int
    """The sum of the parts; rounded once it is the line's amount."""


class Confirmed(Command):
    name: str = Field(min_length=1, max_length=100)


class Receipted(Command):
    receipt_kind: Literal["uniform_invoice", "receipt"]
    receipt_number: str = Field(min_length=1, max_length=60)


class QuoteOut(BaseModel):
    payable_fen: int
    settled_on: date | None
    reward_fen: int
    due_fen: int
    parts: list[tuple[date, int, int]]


class SettleBody(BaseModel):
    dealer_id: UUID
    month: date


class ViolationNew(BaseModel):
    scheme_id: UUID
    dealer_id: UUID
    kind: Literal["price_cut", "cross_region"]
    evidence: str = Field(min_length=1, max_length=2000)
    lot: str = Field(default="", max_length=50)
    found_region: str = Field(default="", max_length=50)


class ViolationRow(BaseModel):
    id: UUID
    number: str
    scheme_id: UUID
    dealer_id: UUID
    customer: str
    kind: str
    evidence: str
    verdict: str
    reported_at: datetime
    due_at: datetime
    state: str
    version: int


class ViolationOut(ViolationRow):
    facts: dict[str, Any]
    commands: list[str]
    timeline: list[StoryLine]


class ProvisionRow(BaseModel):
    id: str
    scheme_id: UUID
    number: str
    month: date
    dealers: int
    purchase_fen: int
    exclusive_fen: int
    growth_fen: int
    total_fen: int
    charge_fen: int


class CityBody(BaseModel):
    city_class: int | None = Field(ge=1, le=3)


class CityOut(BaseModel):
    city: str
    city_class: int


class ProductBody(BaseModel):
    sku: str = Field(min_length=1, max_length=50)
    series: str = Field(default="", max_length=20)
    wholesale_fen: int | None = Field(default=None, ge=0, le=10**12)
    own_make: bool = True
    deposit: bool = False


class BrandBody(BaseModel):
    dealer_id: UUID
    brand: str = Field(min_length=1, max_length=100)
    we_make: bool
    from_on: date
    to_on: date | None = None


class BrandOut(BrandBody):
    id: UUID
