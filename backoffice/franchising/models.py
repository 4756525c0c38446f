"""Applications, with what was found at each gate; papers and checklists; support after the opening."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.franchising.machines import Step
from backoffice.franchising.seed import Education, Source
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class FranchiseApplication(SQLModel, table=True):
    __tablename__ = "franchise_applications"
    __table_args__ = (
        CheckConstraint(one_of("state", Step), name="state"),
        CheckConstraint(one_of("source", Source), name="source"),
        CheckConstraint(one_of("education", Education), name="education"),
        CheckConstraint("healthy IS NULL OR health_consent", name="health_with_consent"),
        CheckConstraint("funds_fen >= 0", name="funds"),
        CheckConstraint("qualified_by IS NULL OR qualified_by <> made_by", name="maker_never_qualifies"),
        CheckConstraint("state <> 'rejected' OR reason <> ''", name="rejected_why"),
        CheckConstraint(
            "state NOT IN ('contracted', 'licensing', 'pre_opening', 'open_supported') OR contract_id IS NOT NULL",
            name="contracted_has_a_contract",
        ),
        Index("ix_franchise_applications_state", "state"),
        Index(
            "uq_franchise_applications_alive",
            "customer_id",
            unique=True,
            postgresql_where=text("state NOT IN ('rejected', 'withdrawn', 'expired', 'terminated')"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customers.id")
    state: str = Step.UNDERSTANDING.value
    source: str
    city: str
    same_industry: bool = False
    similar_experience: bool = False
    trained: bool = False
    education: str = Education.BELOW.value
    potential: bool = False
    healthy: bool | None = None
    health_consent: bool = False
    knows_company: bool = False
    accepts_philosophy: bool = False
    competing_chain: bool = False
    funds_fen: int = Field(default=0, sa_type=BigInteger)
    conduct: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    disclosed_on: date | None = None
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    qualified_by: UUID | None = Field(default=None, foreign_key="users.id")
    answer_due: date | None = None
    reserved_on: date | None = None
    reserved_to: date | None = None
    intent_fen: int = Field(default=0, sa_type=BigInteger)
    """意向金 [H]."""
    result_due: date | None = None
    site: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    plan: str = ""
    responsibilities: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    contract_id: UUID | None = Field(default=None, foreign_key="contracts.id")
    term_from: date | None = None
    term_to: date | None = None
    licences: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    checklist: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    opened_on: date | None = None
    reason: str = ""
    version: int = 1


class FranchiseSupport(SQLModel, table=True):
    """六、9: head office's reviews and trainings, and what the franchisee asks."""

    __tablename__ = "franchise_support"
    __table_args__ = (
        CheckConstraint("kind IN ('review', 'training', 'enquiry')", name="kind"),
        CheckConstraint("kind <> 'enquiry' OR channel <> ''", name="enquiry_has_a_channel"),
        Index("ix_franchise_support_application", "application_id", "on_day"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    application_id: UUID = Field(foreign_key="franchise_applications.id")
    kind: str
    channel: str = ""
    """telephone, fax …"""
    note: str
    on_day: date
    made_by: UUID = Field(foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
