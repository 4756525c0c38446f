"""Applications for another credit limit."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from backoffice.credit.rules import CreditState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class CreditApplication(SQLModel, table=True):
    __tablename__ = "credit_applications"
    __table_args__ = (
        CheckConstraint(one_of("state", CreditState), name="state"),
        CheckConstraint("limit_fen >= 0", name="limit"),
        CheckConstraint("terms_days BETWEEN 0 AND 365", name="terms"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(recorded_on IS NOT NULL) = (state = 'recorded')", name="recorded"),
        CheckConstraint("recorded_by IS NULL OR recorded_by <> made_by", name="maker_never_records"),
        Index(
            "uq_credit_applications_one_at_work",
            "customer_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'approved')"),
        ),
        Index("ix_credit_applications_customer", "customer_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    state: str = CreditState.DRAFT.value
    before_fen: int = Field(sa_type=BigInteger)
    """The limit in force when it was asked for."""
    limit_fen: int = Field(sa_type=BigInteger)
    terms_days: int
    reason: str
    asked_on: date
    made_by: UUID = Field(foreign_key="users.id")
    recorded_by: UUID | None = Field(default=None, foreign_key="users.id")
    recorded_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1
