"""Cases, write-offs, provisions, and what is owed back to representatives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.problem_accounts.rules import CaseKind, CaseState, Evidence
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ProblemCase(SQLModel, table=True):
    """One invoice that became a problem."""

    __tablename__ = "problem_cases"
    __table_args__ = (
        CheckConstraint(one_of("state", CaseState), name="state"),
        CheckConstraint(one_of("kind", CaseKind), name="kind"),
        CheckConstraint("kind <> 'other' OR cause <> '' OR state = 'detected'", name="other_is_explained"),
        CheckConstraint("verified_by IS NULL OR verified_by <> reported_by", name="reporter_never_verifies"),
        CheckConstraint("decided_by IS NULL OR decided_by <> planned_by", name="planner_never_decides"),
        CheckConstraint("liable_percent IS NULL OR liable_percent BETWEEN 0 AND 100", name="liable_percent"),
        Index(
            "uq_problem_cases_one_open",
            "invoice_id",
            unique=True,
            postgresql_where=text("state NOT IN ('recovered', 'closed')"),
        ),
        Index("ix_problem_cases_customer", "customer_id", "state"),
        Index("ix_problem_cases_invoice", "invoice_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    invoice_id: UUID = Field(foreign_key="invoices.id")
    state: str = CaseState.DETECTED.value
    kind: str = CaseKind.LATE.value
    amount_fen: int = Field(sa_type=BigInteger)
    """What was open when the case began."""
    occurred_on: date
    discovered_on: date
    report_due: date
    full_liability_on: date
    """Without a report after this day: the opinion of full liability."""
    reported_on: date | None = None
    reported_by: UUID | None = Field(default=None, foreign_key="users.id")
    cause: str = ""
    history: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]")
    )
    """What happened, in the order of time: {on, what}."""
    opinion: str = ""
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")
    plan: str = ""
    plan_due: date | None = None
    planned_on: date | None = None
    planned_by: UUID | None = Field(default=None, foreign_key="users.id")
    decision: str = ""
    decided_by: UUID | None = Field(default=None, foreign_key="users.id")
    liable_id: UUID | None = Field(default=None, foreign_key="users.id")
    """The representative of the liability opinion. An opinion: nothing is deducted by the system."""
    liable_percent: int | None = None
    version: int = 1


class WriteOff(SQLModel, table=True):
    """A loss taken out of the books; the debt stays on the memo list (账销案存)."""

    __tablename__ = "write_offs"
    __table_args__ = (
        CheckConstraint(one_of("evidence", Evidence), name="evidence"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("evidence_note <> ''", name="evidence_is_described"),
        CheckConstraint(
            "(written_off_on IS NULL) = (from_provision_fen IS NULL)"
            " AND (from_provision_fen IS NULL OR from_provision_fen + to_expense_fen = amount_fen)",
            name="provision_and_expense_add_up",
        ),
        Index("ix_write_offs_case", "case_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    case_id: UUID = Field(foreign_key="problem_cases.id")
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    amount_fen: int = Field(sa_type=BigInteger)
    evidence: str
    evidence_note: str
    proposed_by: UUID = Field(foreign_key="users.id")
    proposed_on: date
    refused: bool = False
    written_off_on: date | None = None
    from_provision_fen: int | None = Field(default=None, sa_type=BigInteger)
    to_expense_fen: int = Field(default=0, sa_type=BigInteger)
    version: int = 1


class Recovery(SQLModel, table=True):
    """Money that came after the write-off, and what of it goes back to the representative who had paid (M6-5)."""

    __tablename__ = "recoveries"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        UniqueConstraint("receipt_id", "case_id"),
        Index("ix_recoveries_case", "case_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="problem_cases.id")
    receipt_id: UUID = Field(foreign_key="receipts.id")
    amount_fen: int = Field(sa_type=BigInteger)
    recovered_on: date
    back_to_id: UUID | None = Field(default=None, foreign_key="users.id")
    back_fen: int = Field(default=0, sa_type=BigInteger)
    back_due: date | None = None
    back_on: date | None = None


class Provision(SQLModel, table=True):
    """The allowance of one month, by rate."""

    __tablename__ = "provisions"
    __table_args__ = (
        CheckConstraint("charge_fen = required_fen - before_fen", name="charge"),
        UniqueConstraint("as_of"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    as_of: date
    lines: list[dict[str, int]] = Field(sa_column=Column(JSONB, nullable=False))
    """{rate, amount_fen, provision_fen}."""
    before_fen: int = Field(sa_type=BigInteger)
    required_fen: int = Field(sa_type=BigInteger)
    charge_fen: int = Field(sa_type=BigInteger)
    made_by: UUID | None = Field(default=None, foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
