"""Sales orders on the wire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backoffice.orders.models import OrderSource, OrderState, PaymentMode


class OrderLineRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    line_no: int
    sku: str
    name: str
    quantity: int
    price_fen: int
    amount_fen: int


class OrderRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer_name: str
    source: OrderSource
    channel_id: UUID | None
    call_id: UUID | None
    taken_by: UUID | None
    taken_by_name: str | None
    state: OrderState
    payment: PaymentMode
    total_fen: int
    created_at: datetime
    version: int


class OrderDetail(OrderRow):
    recipient: str
    masked_phone: str
    address: str
    note: str
    lines: list[OrderLineRow]
