"""Distributors and what hangs on them. Grade, limit, terms, region and representative are the account's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.accounts.models import Grade
from backoffice.distributors.machines import (
    ComplaintState,
    DistributorState,
    FileChangeState,
    FileLoanState,
    PlanState,
    ReviewedState,
    RiskState,
)
from backoffice.distributors.rules import GradeMethod, ShareReading
from backoffice.distributors.seed import DistributorKind
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Distributor(SQLModel, table=True):
    __tablename__ = "distributors"
    __table_args__ = (
        CheckConstraint(one_of("state", DistributorState), name="state"),
        CheckConstraint(one_of("kind", DistributorKind), name="kind"),
        CheckConstraint("years_in_trade >= 0 AND fixed_assets_fen >= 0 AND annual_turnover_fen >= 0", name="figures"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> made_by", name="maker_never_reviews"),
        CheckConstraint("filed_by IS NULL OR (filed_by <> made_by AND filed_by <> reviewed_by)", name="filed_by_third"),
        CheckConstraint(
            "state NOT IN ('filed', 'active', 'suspended')"
            " OR (file_number IS NOT NULL AND reviewed_by IS NOT NULL AND contract_id IS NOT NULL)",
            name="filed_is_reviewed_numbered_and_contracted",
        ),
        Index("ix_distributors_state", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id", unique=True)
    kind: str
    state: str = DistributorState.PROSPECT.value
    city: str
    """Decides the class of year-end rewards (M13-3)."""
    address: str = ""
    contact: str = ""
    contact_phone: str = ""
    years_in_trade: int = 0
    fixed_assets_fen: int = Field(default=0, sa_type=BigInteger)
    annual_turnover_fen: int = Field(default=0, sa_type=BigInteger)
    legal_representative: str = ""
    good_character: bool = False
    has_customer_files: bool = False
    has_risk_method: bool = False
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    contract_id: UUID | None = Field(default=None, foreign_key="contracts.id", index=True)
    reviewed_by: UUID | None = Field(default=None, foreign_key="users.id")
    filed_by: UUID | None = Field(default=None, foreign_key="users.id")
    file_number: str | None = Field(default=None, unique=True)
    filed_on: date | None = None
    archive_place: str = ""
    cash_only_by_grade: bool = False
    """The grade alone made the account cash only; leaving grade A lifts it again."""
    version: int = 1


class DistributorPaper(SQLModel, table=True):
    """A paper in the file."""

    __tablename__ = "distributor_papers"

    distributor_id: UUID = Field(foreign_key="distributors.id", primary_key=True)
    name: str = Field(primary_key=True)
    received_on: date
    received_by: UUID = Field(foreign_key="users.id")


class FileChange(SQLModel, table=True):
    """M12-3: REP reports, SM collects, CADM files. With `credit`: told by finance, filed by CADM (M12-10)."""

    __tablename__ = "distributor_file_changes"
    __table_args__ = (
        CheckConstraint(one_of("state", FileChangeState), name="state"),
        CheckConstraint("what <> ''", name="what"),
        Index("ix_distributor_file_changes_distributor", "distributor_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    distributor_id: UUID = Field(foreign_key="distributors.id")
    state: str = FileChangeState.REPORTED.value
    credit: bool = False
    what: str
    delta: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """What the changed fields said until then: the change log of the file."""
    visit_id: UUID | None = Field(default=None, foreign_key="distributor_visits.id")
    made_by: UUID = Field(foreign_key="users.id")
    reported_on: date
    filed_on: date | None = None
    version: int = 1


class FileLoan(SQLModel, table=True):
    """M12-10: a unit applies, SM approves, CADM lends and takes back."""

    __tablename__ = "distributor_file_loans"
    __table_args__ = (
        CheckConstraint(one_of("state", FileLoanState), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> made_by", name="maker_never_approves"),
        Index(
            "uq_distributor_file_loans_one_out",
            "distributor_id",
            unique=True,
            postgresql_where=text("state IN ('approved', 'lent')"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    distributor_id: UUID = Field(foreign_key="distributors.id")
    unit: str
    purpose: str
    state: str = FileLoanState.REQUESTED.value
    made_by: UUID = Field(foreign_key="users.id")
    approved_by: UUID | None = Field(default=None, foreign_key="users.id")
    lent_on: date | None = None
    due_on: date | None = None
    back_on: date | None = None
    version: int = 1


class Visit(SQLModel, table=True):
    """A record after each visit (M12-7); never changed."""

    __tablename__ = "distributor_visits"
    __table_args__ = (
        CheckConstraint("stock <> '' AND orders <> '' AND changes <> ''", name="all_three_topics"),
        Index("ix_distributor_visits_distributor", "distributor_id", "visited_on"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    distributor_id: UUID = Field(foreign_key="distributors.id")
    visited_on: date
    visited_by: UUID = Field(foreign_key="users.id")
    stock: str
    orders: str
    changes: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class Complaint(SQLModel, table=True):
    __tablename__ = "distributor_complaints"
    __table_args__ = (
        CheckConstraint(one_of("state", ComplaintState), name="state"),
        CheckConstraint("state = 'received' OR (kind <> '' AND importance BETWEEN 1 AND 3)", name="classified"),
        CheckConstraint("state NOT IN ('solved', 'closed') OR solution <> ''", name="solved_how"),
        Index("ix_distributor_complaints_distributor", "distributor_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    distributor_id: UUID = Field(foreign_key="distributors.id")
    state: str = ComplaintState.RECEIVED.value
    what: str
    kind: str = ""
    importance: int = 0
    """1 ordinary, 2 serious, 3 grave; 0 while unclassified."""
    solution: str = ""
    received_on: date
    due_on: date
    solved_on: date | None = None
    received_by: UUID = Field(foreign_key="users.id")
    handler_id: UUID = Field(foreign_key="users.id")
    version: int = 1


class ChannelPlan(SQLModel, table=True):
    """The yearly channel plan: of the company (region empty), or of a region."""

    __tablename__ = "channel_plans"
    __table_args__ = (
        CheckConstraint(one_of("state", PlanState), name="state"),
        CheckConstraint("(state = 'issued') = (issued_on IS NOT NULL)", name="issued"),
        UniqueConstraint("year", "region"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    year: int
    region: str = ""
    state: str = PlanState.DRAFT.value
    body: str = ""
    targets: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    due_on: date
    issued_on: date | None = None
    issued_by: UUID | None = Field(default=None, foreign_key="users.id")
    issued: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """What was handed out with a region's plan: the list of qualified distributors and the selection standard."""
    version: int = 1


class GradeStandard(SQLModel, table=True):
    """M12-12: raised or lowered with the company's growth; each is a version of its own."""

    __tablename__ = "grade_standards"
    __table_args__ = (
        CheckConstraint(one_of("state", ReviewedState), name="state"),
        CheckConstraint(one_of("method", GradeMethod), name="method"),
        CheckConstraint(one_of("reading", ShareReading), name="reading"),
        CheckConstraint(
            "(method = 'share' AND aaa BETWEEN 0 AND aa AND aa <= 100) OR (method = 'amount' AND aa BETWEEN 0 AND aaa)",
            name="consistent",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    """1, 2, 3 …: the version of the standard."""
    state: str = ReviewedState.DRAFT.value
    from_year: int
    method: str
    reading: str
    aaa: int = Field(sa_type=BigInteger)
    aa: int = Field(sa_type=BigInteger)
    reason: str
    made_by: UUID = Field(foreign_key="users.id")
    version: int = 1


class GradeReview(SQLModel, table=True):
    """The grading of one year's sales (M12-12): one of a year."""

    __tablename__ = "grade_reviews"
    __table_args__ = (
        CheckConstraint(one_of("state", ReviewedState), name="state"),
        Index("uq_grade_reviews_year", "year", unique=True, postgresql_where=text("state <> 'rejected'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    year: int
    standard_id: UUID = Field(foreign_key="grade_standards.id")
    state: str = ReviewedState.DRAFT.value
    due_on: date
    made_on: date
    applied_on: date | None = None
    version: int = 1


class GradeLine(SQLModel, table=True):
    __tablename__ = "grade_lines"
    __table_args__ = (
        CheckConstraint(one_of("computed", Grade), name="computed"),
        CheckConstraint(one_of("grade", Grade), name="grade"),
        CheckConstraint("grade = computed OR reason <> ''", name="departure_has_a_reason"),
        UniqueConstraint("review_id", "distributor_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="grade_reviews.id", ondelete="CASCADE")
    distributor_id: UUID = Field(foreign_key="distributors.id", index=True)
    sales_fen: int = Field(sa_type=BigInteger)
    cumulative_fen: int = Field(sa_type=BigInteger)
    old_grade: str | None = None
    computed: str
    grade: str
    reason: str = ""


class KeyAccount(SQLModel, table=True):
    """M12-1: REP may apply to develop an end key account."""

    __tablename__ = "key_accounts"
    __table_args__ = (CheckConstraint(one_of("state", ReviewedState), name="state"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id", index=True)
    state: str = ReviewedState.DRAFT.value
    reason: str
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    version: int = 1


class RiskNotice(SQLModel, table=True):
    """M12-9: REP passes what may become of a receivable to finance."""

    __tablename__ = "risk_notices"
    __table_args__ = (
        CheckConstraint(one_of("state", RiskState), name="state"),
        CheckConstraint("(state = 'answered') = (answer <> '')", name="answered"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    distributor_id: UUID = Field(foreign_key="distributors.id", index=True)
    state: str = RiskState.REPORTED.value
    what: str
    answer: str = ""
    made_by: UUID = Field(foreign_key="users.id")
    reported_on: date
    version: int = 1


class Evaluation(SQLModel, table=True):
    """M12-1: SM evaluates a representative's work with distributors and advises improvement."""

    __tablename__ = "rep_evaluations"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        CheckConstraint("made_by <> rep_id", name="not_of_oneself"),
        UniqueConstraint("rep_id", "month"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    rep_id: UUID = Field(foreign_key="users.id")
    month: date
    score: int
    advice: str
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
