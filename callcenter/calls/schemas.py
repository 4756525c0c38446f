"""The call log over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.domain.call import AnsweredBy, CallState, EndCause, Outcome


class CallFilter(BaseModel):
    """What the log shows; everything given must hold."""

    model_config = ConfigDict(extra="forbid")

    queue_id: UUID | None = None
    agent_id: UUID | None = None
    customer_id: UUID | None = None
    outcome: Outcome | None = None
    disposition: str | None = Field(default=None, max_length=40)
    stage: str | None = Field(default=None, max_length=40)
    abandoned: bool | None = None
    live: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Launched at or after `since` and before `until`."""
    talk_at_least_s: float | None = Field(default=None, ge=0)
    talk_at_most_s: float | None = Field(default=None, ge=0)


class CallRow(BaseModel):
    """One call in the log. Seconds are of the installation's clock."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    queue_id: UUID
    customer_id: UUID
    customer_name: str
    masked_phone: str
    agent_id: UUID | None
    agent_name: str | None
    attempt_no: int
    mode: str
    state: CallState
    outcome: Outcome | None
    cause: EndCause | None
    answered_by: AnsweredBy | None
    abandoned: bool
    created_at: datetime
    launched_at: datetime | None
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    ring_s: float | None
    wait_s: float | None
    talk_s: float | None
    hold_s: float
    wrap_up_s: float | None
    billable_s: int | None
    stage: str | None
    disposition: str | None
    note: str
    carrier: str


class CallEventRow(BaseModel):
    """What the carrier told about a call, as it told it."""

    model_config = ConfigDict(from_attributes=True)

    sequence: int
    kind: str
    at: datetime
    received_at: datetime
    applied: bool
    detail: dict[str, Any]


class CallDetail(CallRow):
    ringing_at: datetime | None
    claimed_at: datetime | None
    given_up_at: datetime | None
    disposed_at: datetime | None
    from_number: str
    carrier_ref: str | None
    events: list[CallEventRow]
