"""Prepayments to suppliers and what became of them. The balance is a sum, stored nowhere."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from backoffice.outlays.rules import OutlayState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Outlay(SQLModel, table=True):
    __tablename__ = "outlays"
    __table_args__ = (
        CheckConstraint(one_of("state", OutlayState), name="state"),
        CheckConstraint("amount_fen > 0 AND amount_fen <= total_price_fen", name="amount"),
        CheckConstraint("(paid_on IS NOT NULL) = (state IN ('paid', 'closed'))", name="paid"),
        CheckConstraint("paid_by IS NULL OR paid_by <> made_by", name="maker_never_pays"),
        Index("ix_outlays_state", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    supplier: str
    purpose: str
    contract_reference: str = ""
    """Of the contract or order with the supplier: their number, or ours."""
    total_price_fen: int = Field(sa_type=BigInteger)
    """What all of it costs."""
    amount_fen: int = Field(sa_type=BigInteger)
    """What is paid ahead."""
    needed_on: date
    state: str = OutlayState.DRAFT.value
    made_by: UUID = Field(foreign_key="users.id")
    paid_by: UUID | None = Field(default=None, foreign_key="users.id")
    paid_on: date | None = None
    voucher: str = ""
    """Of the payment; the voucher is kept."""
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class OutlayUse(SQLModel, table=True):
    """An invoice set off, or money that came back (no invoice). Never changed."""

    __tablename__ = "outlay_uses"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(invoice_no = '') = (invoice_fen IS NULL)", name="invoice_has_an_amount"),
        CheckConstraint("invoice_fen IS NULL OR invoice_fen >= amount_fen", name="within_the_invoice"),
        CheckConstraint("(invoice_no = '') = (accepted_on IS NULL)", name="accepted_before_it_is_booked"),
        Index("ix_outlay_uses_outlay", "outlay_id"),
        Index(
            "uq_outlay_uses_one_invoice_once",
            "supplier",
            "invoice_no",
            unique=True,
            postgresql_where=text("invoice_no <> ''"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    outlay_id: UUID = Field(foreign_key="outlays.id")
    supplier: str
    invoice_no: str = ""
    invoice_fen: int | None = Field(default=None, sa_type=BigInteger)
    accepted_on: date | None = None
    """When the goods or the service were accepted."""
    amount_fen: int = Field(sa_type=BigInteger)
    on_day: date
    made_by: UUID = Field(foreign_key="users.id")
