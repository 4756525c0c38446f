"""Leads on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from campaigns.leads.models import LeadState
from campaigns.schedule.rules import Grounds, ReasonCode


class LeadRow(BaseModel):
    id: UUID
    customer_id: UUID
    customer_name: str
    masked_phone: str
    province: str | None
    city: str | None
    timezone: str
    posted_on: date
    first_day: date
    last_day: date
    score: int
    score_reasons: str
    score_by: Literal["card", "model"]
    state: LeadState
    closed_reason: str | None
    attempts: int
    last_attempt_at: datetime | None
    last_outcome: str | None
    callback_at: datetime | None
    follow_up_at: datetime | None
    in_call: bool


class Why(BaseModel):
    """Why a lead is not called now, and when it may be: `next_at` None means never, as things stand."""

    lead_id: UUID
    at: datetime
    allowed: bool
    reason: ReasonCode
    grounds: Grounds
    next_at: datetime | None
    zh: str
    en: str
    detail: dict[str, Any]
