"""Follow-ups on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from campaigns.followups.models import EndedBecause, FollowUpCase, FollowUpState, Happened
from campaigns.rhythm.rules import Grade
from crm_sync.customers.schemas import NO_NUL


class FollowUpRow(BaseModel):
    id: UUID
    campaign_id: UUID
    campaign_name: str
    lead_id: UUID
    customer_id: UUID
    customer_name: str
    case: FollowUpCase
    reason: str
    owner_id: UUID | None
    owner_name: str | None
    due_at: datetime
    overdue: bool
    state: FollowUpState
    created_at: datetime
    ended_at: datetime | None
    ended_because: EndedBecause | None
    grade: Grade | None
    round: int
    """The how-manieth follow-up of its grade."""
    tries: int
    """Fruitless attempts since it was opened."""


class FollowUpEventRow(BaseModel):
    at: datetime
    what: Happened
    by_name: str | None
    call_id: UUID | None
    due_at: datetime | None
    note: str
    """The reason given; the new grade; why it ended (a word of EndedBecause)."""


class FollowUpChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    due_at: AwareDatetime | None = None
    owner_id: UUID | None = None
    grade: Grade | None = None
    drop: bool = False
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=NO_NUL)] | None = None
