"""What goes in and out of franchising over REST."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.franchising.seed import Education, Source
from backoffice.listing.http import Command, StoryLine

Conduct = Literal["honest_guided", "joins_activities", "proposes"]


class ApplicantBody(BaseModel):
    source: Source
    city: str = Field(min_length=1, max_length=50)
    same_industry: bool = False
    similar_experience: bool = False
    trained: bool = False
    education: Education = Education.BELOW
    potential: bool = False
    healthy: bool | None = Field(default=None, description="Only with health_consent")
    health_consent: bool = False
    knows_company: bool = False
    accepts_philosophy: bool = False
    competing_chain: bool = False
    funds_fen: int = Field(default=0, ge=0, le=10**15)
    conduct: list[Conduct] = Field(default_factory=list, max_length=3)
    disclosed_on: date | None = None


class ApplicationNew(ApplicantBody):
    customer_id: UUID


class ApplicationEdit(Command, ApplicantBody):
    pass


class FranchiseRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    source: str
    city: str
    step_no: int
    """1 to 9; 0 after an exit."""
    made_on: date
    answer_due: date | None
    result_due: date | None
    late: bool
    reserved_to: date | None
    term_to: date | None
    opened_on: date | None
    last_support_on: date | None
    reason: str
    state: str
    version: int


class CheckOut(BaseModel):
    name: str
    met: bool | None
    """None: the figure is not set, or not told."""
    zh: str
    en: str


class FranchiseOut(FranchiseRow, ApplicantBody):
    preferred: bool
    checks: list[CheckOut]
    site: dict[str, Any]
    plan: str
    intent_fen: int
    contract_id: UUID | None
    responsibilities: dict[str, Any]
    licences: dict[str, Any]
    licences_needed: list[str]
    checklist: dict[str, Any]
    checklist_needed: list[str]
    commands: list[str]
    timeline: list[StoryLine]


class Reserved(Command):
    intent_fen: int = Field(default=0, ge=0, le=10**13)


class Assessed(Command):
    address: str = Field(min_length=1, max_length=200)
    distance_m: int | None = Field(default=None, ge=0, le=10**7)
    people: int = Field(ge=0, le=10**9)
    stores: int = Field(ge=0, le=10**6)
    area_m2: int = Field(ge=0, le=10**7)
    turnover_fen: int = Field(ge=0, le=10**15)
    busy: bool
    footfall: bool
    competition: bool | None = None


class Planned(Command):
    plan: str = Field(min_length=1, max_length=100_000)


Cost = Literal[
    "fit_out", "fixed_assets", "rent", "property_management", "property_insurance", "taxes", "advertising", "promotion"
]
Unified = Literal["name_and_brand", "scope", "service_standard", "advertising", "information_system"]
Legal = Literal["representative", "liability"]


class Responsibilities(BaseModel):
    """What the contract says of M11-10 and M11-11; what it does not say is named in the refusal."""

    costs: list[Cost] = Field(default_factory=list, max_length=20)
    unified: list[Unified] = Field(default_factory=list, max_length=20)
    legal: list[Legal] = Field(default_factory=list, max_length=5)


class FranchiseContracted(Command):
    contract_id: UUID
    responsibilities: Responsibilities


class Ticked(Command):
    name: str = Field(min_length=1, max_length=100)


class SupportNew(BaseModel):
    kind: Literal["review", "training", "enquiry"]
    channel: str = Field(default="", max_length=30)
    note: str = Field(min_length=1, max_length=2000)


class SupportRow(BaseModel):
    id: UUID
    application_id: UUID
    customer: str
    kind: str
    channel: str
    note: str
    on_day: date


class FunnelRow(BaseModel):
    id: str
    source: str
    asked: int
    forms: int
    reservations: int
    contracted: int
    opened: int
    rejected: int
    days_to_open: int | None
