"""An answer to a mailing, on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agent_ui.live.protocol import OrderLine
from backoffice.orders.states import PaymentMode
from crm_sync.customers.schemas import NO_NUL


def _text(most: int, least: int = 1) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most, pattern=NO_NUL)


class ReplyNew(BaseModel):
    """What the slip says, or the person on the telephone. Prices are the brochure's."""

    model_config = ConfigDict(extra="forbid")

    customer_id: UUID
    source: Literal["reply_slip", "phone_in"]
    lines: list[OrderLine] = Field(min_length=1, max_length=50)
    recipient: Annotated[str, _text(100)]
    address: Annotated[str, _text(300)]
    payment: PaymentMode
    note: Annotated[str, _text(1000, 0)] = ""


class ReplyTaken(BaseModel):
    order_id: UUID
    order_number: str
    total_fen: int
