"""Talks without a result, on the wire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from agent_ui.live.protocol import MAX_TEXT, OrderForm


class UnresultedCall(BaseModel):
    call_id: UUID
    campaign_id: UUID
    campaign_name: str
    customer_id: UUID
    customer_name: str
    masked_phone: str
    agent_id: UUID
    agent_name: str
    ended_at: datetime
    talk_s: float | None
    stage: str | None
    away_s: float | None
    """Real seconds since the agent's console was last there; None: they are there, on to something else."""
    held: bool
    """The agent still has this call in wrap-up: saving its result signs them off."""


class ResultOnBehalf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=40)
    note: str = Field(default="", max_length=MAX_TEXT)
    callback_at: datetime | None = None
    order: OrderForm | None = None
