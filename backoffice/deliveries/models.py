"""Deliveries, what is in them and from which lot, what was accepted, what came back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from backoffice.deliveries.machines import ClaimState, DeliveryState, ReturnState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Delivery(SQLModel, table=True):
    """发货申请单 that becomes the 出库单. Three hands: who asked, who cleared, who picked (M9-5)."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(one_of("state", DeliveryState), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> made_by", name="maker_never_approves"),
        CheckConstraint("cleared_by IS NULL OR cleared_by <> made_by", name="maker_never_clears"),
        CheckConstraint("cleared_by IS NULL OR cleared_by <> approved_by", name="approver_never_clears"),
        CheckConstraint(
            "picked_by IS NULL OR (picked_by <> made_by AND picked_by <> cleared_by)", name="picker_is_a_third"
        ),
        CheckConstraint(
            "state NOT IN ('finance_cleared', 'picking', 'shipped', 'signed', 'signed_with_difference', 'refused',"
            " 'returned', 'closed') OR cleared_by IS NOT NULL",
            name="nothing_leaves_uncleared",
        ),
        CheckConstraint(
            "(shipped_on IS NOT NULL) = (state IN ('shipped', 'signed', 'signed_with_difference', 'refused',"
            " 'returned', 'closed'))",
            name="shipped",
        ),
        Index("ix_deliveries_order", "order_id"),
        Index("ix_deliveries_customer", "customer_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    order_id: UUID = Field(foreign_key="sales_orders.id")
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    state: str = DeliveryState.DRAFT.value
    wanted_on: date
    recipient: str
    address: str
    region: str
    """Where the goods are meant to be sold: evidence against diversion (M9-6)."""
    made_by: UUID = Field(foreign_key="users.id")
    approved_by: UUID | None = Field(default=None, foreign_key="users.id")
    cleared_by: UUID | None = Field(default=None, foreign_key="users.id")
    cleared_on: date | None = None
    picked_by: UUID | None = Field(default=None, foreign_key="users.id")
    shipped_on: date | None = None
    carrier: str = ""
    waybill: str = ""
    signed_on: date | None = None
    signer: str = ""
    reason: str = ""
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class DeliveryLine(SQLModel, table=True):
    __tablename__ = "delivery_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "accepted IS NULL OR (accepted >= 0 AND damaged >= 0 AND short >= 0"
            " AND accepted + damaged + short = quantity)",
            name="accepted_damaged_and_short_add_up",
        ),
        Index("ix_delivery_lines_order_line", "order_line_id"),
    )

    delivery_id: UUID = Field(foreign_key="deliveries.id", primary_key=True, ondelete="CASCADE")
    order_line_id: UUID = Field(foreign_key="sales_order_lines.id", primary_key=True)
    quantity: int
    accepted: int | None = None
    """None until it is signed for; only accepted pieces are billable (M9-4)."""
    damaged: int = 0
    short: int = 0


class DeliveryLot(SQLModel, table=True):
    """M9-6: which lot (or serial) went where."""

    __tablename__ = "delivery_lots"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_delivery_lots_lot", "lot"),
    )

    delivery_id: UUID = Field(foreign_key="deliveries.id", primary_key=True, ondelete="CASCADE")
    order_line_id: UUID = Field(foreign_key="sales_order_lines.id", primary_key=True)
    lot: str = Field(primary_key=True)
    quantity: int
    region: str


class ReturnOrder(SQLModel, table=True):
    __tablename__ = "return_orders"
    __table_args__ = (
        CheckConstraint(one_of("state", ReturnState), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> made_by", name="maker_never_approves"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_return_orders_order", "order_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    order_id: UUID = Field(foreign_key="sales_orders.id")
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    delivery_id: UUID = Field(foreign_key="deliveries.id")
    state: str = ReturnState.REQUESTED.value
    reason: str
    made_by: UUID = Field(foreign_key="users.id")
    approved_by: UUID | None = Field(default=None, foreign_key="users.id")
    received_on: date | None = None
    credit_note_id: UUID | None = Field(default=None, foreign_key="credit_notes.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class ReturnLine(SQLModel, table=True):
    __tablename__ = "return_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("good IS NULL OR good BETWEEN 0 AND quantity", name="good"),
    )

    return_id: UUID = Field(foreign_key="return_orders.id", primary_key=True, ondelete="CASCADE")
    order_line_id: UUID = Field(foreign_key="sales_order_lines.id", primary_key=True)
    quantity: int
    good: int | None = None
    """Pieces that inspection found fit to be credited."""


class CarrierClaim(SQLModel, table=True):
    __tablename__ = "carrier_claims"
    __table_args__ = (
        CheckConstraint(one_of("state", ClaimState), name="state"),
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("ix_carrier_claims_delivery", "delivery_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    delivery_id: UUID = Field(foreign_key="deliveries.id")
    state: str = ClaimState.OPEN.value
    damaged: int
    short: int
    amount_fen: int = Field(sa_type=BigInteger)
    opened_on: date
    settled_fen: int | None = Field(default=None, sa_type=BigInteger)
    version: int = 1
