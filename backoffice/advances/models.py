"""Refunds of advances. The advances themselves are the receipts (backoffice/receivables/models.py)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from backoffice.advances.rules import RefundState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Refund(SQLModel, table=True):
    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint(one_of("state", RefundState), name="state"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(paid_on IS NOT NULL) = (state = 'paid')", name="paid"),
        CheckConstraint("paid_by IS NULL OR paid_by <> made_by", name="maker_never_pays"),
        Index(
            "uq_refunds_one_at_work",
            "receipt_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'approved')"),
        ),
        Index("ix_refunds_receipt", "receipt_id"),
        Index("ix_refunds_customer", "customer_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    receipt_id: UUID = Field(foreign_key="receipts.id")
    state: str = RefundState.DRAFT.value
    amount_fen: int = Field(sa_type=BigInteger)
    payee_name: str
    """The original payer: money goes back to where it came from."""
    reason: str
    made_by: UUID = Field(foreign_key="users.id")
    paid_by: UUID | None = Field(default=None, foreign_key="users.id")
    paid_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1
