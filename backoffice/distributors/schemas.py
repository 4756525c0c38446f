"""What goes in and out of distributors over REST."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backoffice.distributors.rules import GradeMethod, ShareReading
from backoffice.distributors.seed import DistributorKind
from backoffice.listing.http import Command, StoryLine


class DistributorRow(BaseModel):
    id: UUID
    customer_id: UUID
    file_number: str | None
    customer: str
    kind: DistributorKind
    region: str
    city: str
    grade: str | None
    cash_only: bool
    credit_limit_fen: int | None
    rep: str | None
    last_visit_on: date | None
    next_visit_on: date | None
    visit_late: bool
    completeness: int
    open_complaints: int
    state: str
    version: int


class FileBody(BaseModel):
    """The file's facts."""

    kind: DistributorKind
    city: str = Field(min_length=1, max_length=50)
    address: str = Field(default="", max_length=200)
    contact: str = Field(default="", max_length=50)
    contact_phone: str = Field(default="", max_length=30)
    years_in_trade: int = Field(default=0, ge=0, le=200)
    fixed_assets_fen: int = Field(default=0, ge=0, le=10**15)
    annual_turnover_fen: int = Field(default=0, ge=0, le=10**15)
    legal_representative: str = Field(default="", max_length=50)
    good_character: bool = False
    has_customer_files: bool = False
    has_risk_method: bool = False


class DistributorNew(FileBody):
    customer_id: UUID
    region: str = Field(default="", max_length=50)


class DistributorEdit(Command, FileBody):
    pass


class FindingOut(BaseModel):
    criterion: str
    met: bool | None
    """None: the company has not set the figure."""
    zh: str
    en: str


class PaperOut(BaseModel):
    name: str
    received_on: date


class DistributorOut(DistributorRow, FileBody):
    contract_id: UUID | None
    archive_place: str
    filed_on: date | None
    findings: list[FindingOut]
    papers: list[PaperOut]
    missing_papers: list[str]
    commands: list[str]
    timeline: list[StoryLine]


class Contracted(Command):
    contract_id: UUID


class Filed(Command):
    archive_place: str = Field(min_length=1, max_length=100)


class PaperNew(BaseModel):
    name: str = Field(min_length=1, max_length=100)


class FileDelta(BaseModel):
    """Facts of the file that have changed; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    city: str | None = Field(default=None, min_length=1, max_length=50)
    address: str | None = Field(default=None, max_length=200)
    contact: str | None = Field(default=None, max_length=50)
    contact_phone: str | None = Field(default=None, max_length=30)
    years_in_trade: int | None = Field(default=None, ge=0, le=200)
    fixed_assets_fen: int | None = Field(default=None, ge=0, le=10**15)
    annual_turnover_fen: int | None = Field(default=None, ge=0, le=10**15)
    legal_representative: str | None = Field(default=None, max_length=50)
    good_character: bool | None = None
    has_customer_files: bool | None = None
    has_risk_method: bool | None = None

    def plain(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class ChangeNew(BaseModel):
    distributor_id: UUID
    what: str = Field(min_length=1, max_length=1000)
    delta: FileDelta = Field(default_factory=FileDelta)
    credit: bool = False


class ChangeRow(BaseModel):
    id: UUID
    distributor_id: UUID
    customer: str
    what: str
    credit: bool
    reported_on: date
    filed_on: date | None
    maker: str
    state: str
    version: int


class ChangeOut(ChangeRow):
    delta: FileDelta
    before: FileDelta
    """What the changed facts said until then."""
    commands: list[str]


class FileLoanNew(BaseModel):
    distributor_id: UUID
    unit: str = Field(min_length=1, max_length=100)
    purpose: str = Field(min_length=1, max_length=500)


class FileLoanRow(BaseModel):
    id: UUID
    distributor_id: UUID
    customer: str
    unit: str
    purpose: str
    lent_on: date | None
    due_on: date | None
    back_on: date | None
    overdue: bool
    state: str
    version: int


class FileLoanOut(FileLoanRow):
    commands: list[str]


class VisitNew(BaseModel):
    distributor_id: UUID
    visited_on: date
    stock: str = Field(min_length=1, max_length=1000)
    orders: str = Field(min_length=1, max_length=1000)
    changes: str = Field(min_length=1, max_length=1000)
    delta: FileDelta = Field(default_factory=FileDelta)
    """They go to SM and CADM."""


class VisitRow(BaseModel):
    id: UUID
    distributor_id: UUID
    customer: str
    visited_on: date
    visitor: str
    stock: str
    orders: str
    changes: str


class ComplaintNew(BaseModel):
    distributor_id: UUID
    what: str = Field(min_length=1, max_length=2000)


class Classified(Command):
    kind: str = Field(min_length=1, max_length=50)
    importance: int = Field(ge=1, le=3)


class ComplaintRow(BaseModel):
    id: UUID
    number: str
    distributor_id: UUID
    customer: str
    kind: str
    importance: int
    what: str
    solution: str
    received_on: date
    due_on: date
    solved_on: date | None
    late: bool
    state: str
    version: int


class ComplaintOut(ComplaintRow):
    commands: list[str]
    timeline: list[StoryLine]


class PlanNew(BaseModel):
    year: int = Field(ge=2000, le=2200)
    region: str = Field(default="", max_length=50)
    """Empty: the company's plan."""


class PlanTarget(BaseModel):
    """What is to be reached in a place: so many distributors of a kind, and their sales."""

    place: str = Field(min_length=1, max_length=50, examples=["青岛"])
    kind: DistributorKind | None = None
    distributors: int | None = Field(default=None, ge=0, le=100_000)
    sales_fen: int | None = Field(default=None, ge=0, le=10**15)


class PlanEdit(Command):
    body: str = Field(max_length=100_000)
    targets: list[PlanTarget] = Field(default_factory=list, max_length=500)


class PlanRow(BaseModel):
    id: UUID
    year: int
    level: str
    region: str
    due_on: date
    issued_on: date | None
    late_days: int
    state: str
    version: int


class PlanOut(PlanRow):
    body: str
    targets: list[PlanTarget]
    issued: dict[str, Any]
    commands: list[str]
    timeline: list[StoryLine]


class StandardNew(BaseModel):
    """`aaa`, `aa`: percent of the company's sales (share), or fen a year (amount)."""

    from_year: int = Field(ge=2000, le=2200)
    method: GradeMethod = GradeMethod.SHARE
    reading: ShareReading = ShareReading.END
    aaa: int = Field(ge=0, le=10**15, examples=[50])
    aa: int = Field(ge=0, le=10**15, examples=[80])
    reason: str = Field(min_length=1, max_length=500)


class StandardRow(StandardNew):
    id: UUID
    number: int
    state: str
    version: int


class StandardOut(StandardRow):
    commands: list[str]
    timeline: list[StoryLine]


class ReviewNew(BaseModel):
    year: int = Field(ge=2000, le=2200)


class ReviewRow(BaseModel):
    id: UUID
    year: int
    standard_number: int
    due_on: date
    made_on: date
    applied_on: date | None
    late_days: int
    graded: int
    changed: int
    state: str
    version: int


class GradeRow(BaseModel):
    id: UUID
    review_id: UUID
    distributor_id: UUID
    year: int
    customer: str
    region: str
    sales_fen: int
    share_basis_points: int
    cumulative_basis_points: int
    old_grade: str | None
    computed: str
    grade: str
    reason: str


class ReviewOut(ReviewRow):
    lines: list[GradeRow]
    commands: list[str]
    timeline: list[StoryLine]


class Departure(Command):
    line_id: UUID
    grade: Literal["AAA", "AA", "A"]


class KeyAccountNew(BaseModel):
    customer_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class KeyAccountRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    reason: str
    made_on: date
    state: str
    version: int


class RiskNew(BaseModel):
    distributor_id: UUID
    what: str = Field(min_length=1, max_length=1000)


class RiskRow(BaseModel):
    id: UUID
    distributor_id: UUID
    customer: str
    what: str
    answer: str
    reported_on: date
    state: str
    version: int


class EvaluationNew(BaseModel):
    rep_id: UUID
    month: date
    score: int = Field(ge=1, le=5)
    advice: str = Field(min_length=1, max_length=1000)


class EvaluationRow(BaseModel):
    id: UUID
    rep_id: UUID
    rep: str
    month: date
    score: int
    advice: str
    made_on: date
