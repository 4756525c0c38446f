"""Follow-ups on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from campaigns.followups.models import FollowUpCase, FollowUpState
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


class FollowUpChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    due_at: AwareDatetime | None = None
    owner_id: UUID | None = None
    drop: bool = False
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=NO_NUL)] | None = None
