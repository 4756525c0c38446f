"""Contracts, their lines, amendments, seal log, obligations, loans of the original."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.contracts.rules import ChangeState, ContractState, LoanState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ContractKind(StrEnum):
    DISTRIBUTOR = "distributor"
    FRANCHISE = "franchise"
    SALE = "sale"
    FRAME = "frame"


class Contract(SQLModel, table=True):
    __tablename__ = "contracts"
    __table_args__ = (
        CheckConstraint(one_of("state", ContractState), name="state"),
        CheckConstraint(one_of("kind", ContractKind), name="kind"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("end_on IS NULL OR end_on >= start_on", name="term"),
        CheckConstraint("first_checked_by IS NULL OR first_checked_by <> made_by", name="maker_never_checks"),
        CheckConstraint(
            "final_checked_by IS NULL OR (final_checked_by <> made_by AND final_checked_by <> first_checked_by)",
            name="final_check_by_another",
        ),
        CheckConstraint(
            "state NOT IN ('sealed', 'effective', 'amending', 'fulfilled', 'expired', 'terminated', 'breached',"
            " 'closed') OR (sealed_by IS NOT NULL AND first_checked_by IS NOT NULL AND final_checked_by IS NOT NULL)",
            name="sealed_after_both_checks",
        ),
        CheckConstraint("sealed_by IS NULL OR sealed_by <> made_by", name="maker_never_seals"),
        Index("ix_contracts_customer", "customer_id"),
        Index("ix_contracts_end", "end_on", postgresql_where=text("state = 'effective'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    revision: int = 1
    kind: str
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    state: str = ContractState.DRAFT.value
    title: str
    body: str = ""
    amount_fen: int = Field(sa_type=BigInteger)
    capped: bool = False
    """Whether orders under it may not exceed its amount (M7-3)."""
    terms_days: int
    delivery_terms: str = ""
    region: str = ""
    start_on: date
    end_on: date | None = None
    standard_form: bool = True
    made_by: UUID = Field(foreign_key="users.id")
    proposed_on: date | None = None
    first_checked_by: UUID | None = Field(default=None, foreign_key="users.id")
    final_checked_by: UUID | None = Field(default=None, foreign_key="users.id")
    sealed_by: UUID | None = Field(default=None, foreign_key="users.id")
    sealed_on: date | None = None
    signed_name: str = ""
    """Who signed for the customer, and on which day; fixed once sealed (M7-4)."""
    signed_on: date | None = None
    effective_on: date | None = None
    archive_place: str = ""
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class ContractLine(SQLModel, table=True):
    __tablename__ = "contract_lines"
    __table_args__ = (CheckConstraint("quantity > 0 AND price_fen >= 0", name="amounts"),)

    contract_id: UUID = Field(foreign_key="contracts.id", primary_key=True, ondelete="CASCADE")
    line_no: int = Field(primary_key=True)
    sku: str
    name: str
    quantity: int
    price_fen: int = Field(sa_type=BigInteger)


class ContractRevision(SQLModel, table=True):
    """What a contract said when it took effect: kept when an amendment takes its place."""

    __tablename__ = "contract_revisions"

    contract_id: UUID = Field(foreign_key="contracts.id", primary_key=True)
    revision: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    effective_on: date
    logged_at: datetime = Field(sa_type=UtcDateTime)


class ContractChange(SQLModel, table=True):
    """In writing only, and by the approval path of signing."""

    __tablename__ = "contract_changes"
    __table_args__ = (
        CheckConstraint(one_of("state", ChangeState), name="state"),
        CheckConstraint("kind IN ('amend', 'terminate')", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(
            "uq_contract_changes_one_at_work",
            "contract_id",
            unique=True,
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    contract_id: UUID = Field(foreign_key="contracts.id")
    kind: str
    state: str = ChangeState.SUBMITTED.value
    reason: str
    delta: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    made_by: UUID = Field(foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class SealUse(SQLModel, table=True):
    """合同专用章 log: never changed."""

    __tablename__ = "seal_uses"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    contract_id: UUID = Field(foreign_key="contracts.id", index=True)
    revision: int
    pages: int
    digest: str
    sealed_by: UUID = Field(foreign_key="users.id")
    sealed_at: datetime = Field(sa_type=UtcDateTime)


class Obligation(SQLModel, table=True):
    __tablename__ = "contract_obligations"
    __table_args__ = (Index("ix_contract_obligations_contract", "contract_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    contract_id: UUID = Field(foreign_key="contracts.id")
    what: str
    due_on: date
    done_on: date | None = None
    done_by: UUID | None = Field(default=None, foreign_key="users.id")


class ArchiveLoan(SQLModel, table=True):
    """M7-7: unit applies, SM approves, CADM lends and takes back."""

    __tablename__ = "archive_loans"
    __table_args__ = (
        CheckConstraint(one_of("state", LoanState), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> made_by", name="maker_never_approves"),
        Index(
            "uq_archive_loans_one_out",
            "contract_id",
            unique=True,
            postgresql_where=text("state IN ('approved', 'lent')"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    contract_id: UUID = Field(foreign_key="contracts.id")
    unit: str
    purpose: str
    state: str = LoanState.REQUESTED.value
    made_by: UUID = Field(foreign_key="users.id")
    approved_by: UUID | None = Field(default=None, foreign_key="users.id")
    lent_on: date | None = None
    due_on: date | None = None
    back_on: date | None = None
    version: int = 1
