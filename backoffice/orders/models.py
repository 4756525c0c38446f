"""Sales orders. An order taken on the phone starts here; the back office carries it to the cash."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class OrderSource(StrEnum):
    CALL = "call"
    REPLY_SLIP = "reply_slip"
    PHONE_IN = "phone_in"
    OFFICE = "office"


class PaymentMode(StrEnum):
    CASH_ON_DELIVERY = "cash_on_delivery"
    PREPAID = "prepaid"
    CREDIT = "credit"


class OrderState(StrEnum):
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class SalesOrder(SQLModel, table=True):
    __tablename__ = "sales_orders"
    __table_args__ = (
        CheckConstraint(one_of("source", OrderSource), name="source"),
        CheckConstraint(one_of("payment", PaymentMode), name="payment"),
        CheckConstraint(one_of("state", OrderState), name="state"),
        CheckConstraint("total_fen > 0", name="total_is_positive"),
        Index("uq_sales_orders_call", "call_id", unique=True, postgresql_where=text("call_id IS NOT NULL")),
        Index("ix_sales_orders_customer", "customer_id"),
        Index("ix_sales_orders_created", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customers.id")
    source: str
    call_id: UUID | None = Field(default=None, foreign_key="calls.id")
    channel_id: UUID | None = Field(default=None, index=True)
    """What brought it; opaque here (a campaign's id)."""
    taken_by: UUID | None = Field(default=None, foreign_key="users.id")
    state: str = OrderState.SUBMITTED.value
    payment: str
    recipient: str
    phone: str
    address: str
    total_fen: int
    note: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class SalesOrderLine(SQLModel, table=True):
    __tablename__ = "sales_order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint("amount_fen = quantity * price_fen", name="amount"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID = Field(foreign_key="sales_orders.id", ondelete="CASCADE")
    line_no: int
    sku: str
    name: str
    quantity: int
    price_fen: int
    amount_fen: int


class OrderNumberDay(SQLModel, table=True):
    """The last number given out on a day. Its row is locked until the order is committed: no gaps."""

    __tablename__ = "sales_order_number_days"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)

    day: date = Field(primary_key=True)
    last: int
