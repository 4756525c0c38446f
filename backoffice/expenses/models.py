"""Requests, advances with what settled them, claims with their invoices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.expenses.rules import AdvanceState, ClaimState, InvoiceType, RequestState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ExpenseRequest(SQLModel, table=True):
    __tablename__ = "expense_requests"
    __table_args__ = (
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("NOT exception OR exception_reason <> ''", name="exception_has_a_reason"),
        CheckConstraint("state NOT IN ('approved', 'used') OR valid_until IS NOT NULL", name="approved_until"),
        CheckConstraint("supplement_of IS NULL OR supplement_of <> id", name="supplement"),
        Index("ix_expense_requests_applicant", "applicant_id", "state"),
        Index("ix_expense_requests_event", "event_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    applicant_id: UUID = Field(foreign_key="users.id")
    department_code: str = Field(foreign_key="departments.code")
    account_code: str = Field(foreign_key="expense_accounts.code")
    purpose: str
    customer_id: UUID | None = Field(default=None, foreign_key="customers.id", index=True)
    event_id: UUID | None = None
    """A conference's budget line (opaque here)."""
    region: str = ""
    amount_fen: int = Field(sa_type=BigInteger)
    needed_on: date
    asked_on: date
    valid_until: date | None = None
    supplement_of: UUID | None = Field(default=None, foreign_key="expense_requests.id", index=True)
    """Adds to an earlier request that turned out too small (M2-2)."""
    exception: bool = False
    """Asked for although the budget says stop: goes up to the exception approver (M3-4)."""
    exception_reason: str = ""
    check_result: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """What the budget said when it was submitted."""
    state: str = RequestState.DRAFT.value
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class CashAdvance(SQLModel, table=True):
    """借款. Overdue and partly settled are derived; what is open is amount less settlements."""

    __tablename__ = "cash_advances"
    __table_args__ = (
        CheckConstraint(one_of("state", AdvanceState), name="state"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("guarantor_id <> person_id", name="guarantor_is_another"),
        CheckConstraint("paid_by IS NULL OR paid_by <> person_id", name="receiver_never_pays"),
        CheckConstraint("(paid_on IS NOT NULL) = (state IN ('paid', 'settled'))", name="paid"),
        CheckConstraint("(paid_on IS NOT NULL) = (paid_by IS NOT NULL)", name="paid_by_somebody"),
        Index("ix_cash_advances_person", "person_id", "state"),
        Index("ix_cash_advances_request", "request_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    request_id: UUID = Field(foreign_key="expense_requests.id")
    person_id: UUID = Field(foreign_key="users.id")
    guarantor_id: UUID = Field(foreign_key="users.id")
    reason: str
    amount_fen: int = Field(sa_type=BigInteger)
    amount_capitals: str
    due_on: date
    asked_on: date
    paid_on: date | None = None
    paid_by: UUID | None = Field(default=None, foreign_key="users.id")
    guarantor_called_on: date | None = None
    state: str = AdvanceState.REQUESTED.value
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class ExpenseClaim(SQLModel, table=True):
    __tablename__ = "expense_claims"
    __table_args__ = (
        CheckConstraint(one_of("state", ClaimState), name="state"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("post_approval = (request_id IS NULL)", name="without_request_is_flagged"),
        CheckConstraint("NOT post_approval OR reason <> ''", name="without_request_has_a_reason"),
        CheckConstraint("dept_by IS NULL OR dept_by <> person_id", name="maker_never_approves"),
        CheckConstraint("checked_by IS NULL OR checked_by <> person_id", name="maker_never_checks"),
        CheckConstraint("paid_by IS NULL OR (paid_by <> person_id AND paid_by <> checked_by)", name="three_hands"),
        CheckConstraint("(paid_on IS NOT NULL) = (state = 'paid')", name="paid"),
        CheckConstraint("state <> 'paid' OR paid_by IS NOT NULL", name="paid_by_somebody"),
        Index("ix_expense_claims_request", "request_id"),
        Index("ix_expense_claims_person", "person_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    request_id: UUID | None = Field(default=None, foreign_key="expense_requests.id")
    person_id: UUID = Field(foreign_key="users.id")
    department_code: str = Field(foreign_key="departments.code")
    account_code: str = Field(foreign_key="expense_accounts.code")
    region: str = ""
    customer_id: UUID | None = Field(default=None, foreign_key="customers.id")
    amount_fen: int = Field(sa_type=BigInteger)
    """Of its lines (a deferred trigger says so)."""
    final: bool = True
    """The last claim on its request: the rest of an advance comes back."""
    returned_on: date | None = None
    post_approval: bool = False
    reason: str = ""
    submitted_on: date | None = None
    dept_by: UUID | None = Field(default=None, foreign_key="users.id")
    checked_by: UUID | None = Field(default=None, foreign_key="users.id")
    paid_by: UUID | None = Field(default=None, foreign_key="users.id")
    paid_on: date | None = None
    state: str = ClaimState.DRAFT.value
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class ClaimLine(SQLModel, table=True):
    """An invoice. Its number is claimed once (M2-3), unless the claim was cancelled or rejected."""

    __tablename__ = "expense_claim_lines"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("tax_fen BETWEEN 0 AND amount_fen", name="tax"),
        CheckConstraint(one_of("invoice_type", InvoiceType), name="invoice_type"),
        CheckConstraint("issuer <> '' AND invoice_no <> ''", name="invoice"),
        Index(
            "uq_expense_claim_lines_invoice_once", "issuer", "invoice_no", unique=True, postgresql_where=text("live")
        ),
    )

    claim_id: UUID = Field(foreign_key="expense_claims.id", primary_key=True, ondelete="CASCADE")
    line_no: int = Field(primary_key=True)
    spent_on: date
    amount_fen: int = Field(sa_type=BigInteger)
    issuer: str
    invoice_no: str
    invoice_type: str
    tax_fen: int = Field(default=0, sa_type=BigInteger)
    note: str = ""
    live: bool = True


class AdvanceSettlement(SQLModel, table=True):
    """So much of an advance was spent (a claim) or came back as money. Never changed."""

    __tablename__ = "cash_advance_settlements"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("by_claim = (claim_id IS NOT NULL) OR NOT by_claim", name="claim"),
        UniqueConstraint("advance_id", "claim_id", "by_claim"),
        Index("ix_cash_advance_settlements_advance", "advance_id"),
        Index("ix_cash_advance_settlements_claim", "claim_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    advance_id: UUID = Field(foreign_key="cash_advances.id")
    claim_id: UUID | None = Field(default=None, foreign_key="expense_claims.id")
    by_claim: bool
    """True: set off against the claim. False: money given back (with a claim, or by itself)."""
    amount_fen: int = Field(sa_type=BigInteger)
    on_day: date
    made_by: UUID = Field(foreign_key="users.id")
