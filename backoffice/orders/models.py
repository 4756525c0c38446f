"""Sales orders. An order taken on the phone starts here; the back office carries it to the cash."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.orders.states import ChangeKind, ChangeState, HoldKind
from backoffice.orders.states import OrderSource as OrderSource
from backoffice.orders.states import OrderState as OrderState
from backoffice.orders.states import PaymentMode as PaymentMode
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


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
    """What brought it; opaque here (the id of a campaign, or of the mailing whose slip came back)."""
    taken_by: UUID | None = Field(default=None, foreign_key="users.id")
    state: str = OrderState.SUBMITTED.value
    payment: str
    recipient: str
    phone: str
    address: str
    total_fen: int = Field(sa_type=BigInteger)
    """Of the lines as they were ordered; what was cancelled later stands on the lines."""
    note: str = ""
    contract_id: UUID | None = Field(default=None, foreign_key="contracts.id", index=True)
    """The frame it is ordered under (M7-3)."""
    requested_on: date | None = None
    confirmed_on: date | None = None
    """Told to the customer as confirmed on this day."""
    promised_on: date | None = None
    cancel_reason: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class SalesOrderLine(SQLModel, table=True):
    __tablename__ = "sales_order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint("amount_fen = quantity * price_fen", name="amount"),
        CheckConstraint("cancelled BETWEEN 0 AND quantity", name="cancelled"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID = Field(foreign_key="sales_orders.id", ondelete="CASCADE")
    line_no: int
    sku: str
    name: str
    quantity: int
    price_fen: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    cancelled: int = 0
    """Pieces that will not be delivered any more (M8-7). Delivered and invoiced ones are sums of their papers."""


class OrderHold(SQLModel, table=True):
    """Why an order may not go on, and who let it go on after all, up to which sum and until which day (M8-6)."""

    __tablename__ = "order_holds"
    __table_args__ = (
        CheckConstraint(one_of("kind", HoldKind), name="kind"),
        CheckConstraint(
            "(released_by IS NULL) = (release_reason = '') AND (released_by IS NULL) = (release_until IS NULL)"
            " AND (released_by IS NULL) = (release_fen IS NULL)",
            name="release_has_reason_sum_and_expiry",
        ),
        CheckConstraint("released_by IS NULL OR placed_by IS NULL OR released_by <> placed_by", name="two_hands"),
        Index(
            "uq_order_holds_one_open",
            "order_id",
            "kind",
            unique=True,
            postgresql_where=text("released_by IS NULL AND lifted_at IS NULL"),
        ),
        Index("ix_order_holds_order", "order_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID = Field(foreign_key="sales_orders.id")
    kind: str
    detail: str
    short_fen: int = Field(default=0, sa_type=BigInteger)
    """By how much it is over the limit, or short of money."""
    placed_at: datetime = Field(sa_type=UtcDateTime)
    placed_by: UUID | None = Field(default=None, foreign_key="users.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The ground for it went away by itself."""
    released_by: UUID | None = Field(default=None, foreign_key="users.id")
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    release_reason: str = ""
    release_until: date | None = None
    release_fen: int | None = Field(default=None, sa_type=BigInteger)


class CreditCheck(SQLModel, table=True):
    """The figures of each check, as they were (M8-1)."""

    __tablename__ = "credit_checks"
    __table_args__ = (Index("ix_credit_checks_order", "order_id", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID = Field(foreign_key="sales_orders.id")
    at: datetime = Field(sa_type=UtcDateTime)
    stage: str
    """confirm or ship."""
    receivable_fen: int = Field(sa_type=BigInteger)
    delivered_fen: int = Field(sa_type=BigInteger)
    ordered_fen: int = Field(sa_type=BigInteger)
    advances_fen: int = Field(sa_type=BigInteger)
    this_fen: int = Field(sa_type=BigInteger)
    exposure_fen: int = Field(sa_type=BigInteger)
    limit_fen: int = Field(sa_type=BigInteger)
    cash_only: bool
    findings: list[str] = Field(sa_column=Column(JSONB, nullable=False))


class OrderChange(SQLModel, table=True):
    """A line made smaller, or another price (which needs an approval of its own, M8-7)."""

    __tablename__ = "order_changes"
    __table_args__ = (
        CheckConstraint(one_of("kind", ChangeKind), name="kind"),
        CheckConstraint(one_of("state", ChangeState), name="state"),
        Index("ix_order_changes_order", "order_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID = Field(foreign_key="sales_orders.id")
    line_id: UUID = Field(foreign_key="sales_order_lines.id")
    kind: str
    state: str
    before: int = Field(sa_type=BigInteger)
    after: int = Field(sa_type=BigInteger)
    reason: str
    made_by: UUID = Field(foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class PriceFloor(SQLModel, table=True):
    """The lowest price of an article without a signature above."""

    __tablename__ = "price_floors"
    __table_args__ = (CheckConstraint("floor_fen >= 0", name="floor"),)

    sku: str = Field(primary_key=True)
    floor_fen: int = Field(sa_type=BigInteger)


class OrderNumberDay(SQLModel, table=True):
    """The last number given out on a day. Its row is locked until the order is committed: no gaps."""

    __tablename__ = "sales_order_number_days"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)

    day: date = Field(primary_key=True)
    last: int
