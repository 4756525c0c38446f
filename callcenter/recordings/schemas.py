"""Recordings over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from callcenter.recordings.models import Announcement, RecordingState

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$", max_length=500)
]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]+$", min_length=2, max_length=200)
]


class RecordingRow(BaseModel):
    """One file of one call. `seconds`, `size` (bytes of sound) and `outline` (levels 0–100 for each channel) are
    there once it is stored; the agent is the left channel, the customer the right one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    call_id: UUID
    queue_id: UUID
    agent_id: UUID | None
    carrier: str
    state: RecordingState
    began_at: datetime
    stored_at: datetime | None
    channels: int | None
    seconds: float | None
    size: int | None
    sha256: str | None
    key_id: str | None
    store: str | None
    outline: list[list[int]]
    trouble: str | None
    kept_for: str | None
    deleted_at: datetime | None
    deleted_why: str | None


class Mark(BaseModel):
    """A moment of the call: a stage reached, or the begin (`held`) and end (`resumed`) of a hold."""

    what: str
    at: datetime


class Heard(BaseModel):
    """Who listened to a recording of this call, and when."""

    recording_id: UUID
    at: datetime
    name: str


class CallRecordings(BaseModel):
    """All that is recorded of a call. `may_hear`: whether you may listen; `deletes_on`: when its time is over."""

    call_id: UUID
    may_hear: bool
    keeps_days: int
    recordings: list[RecordingRow]
    marks: list[Mark]
    heard: list[Heard]


class Leave(BaseModel):
    """Leave to hear a recording until `until` (real time); `url` is what an audio player opens, ranges and all."""

    url: str
    until: datetime


class KeepBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: Reason | None = Field(description="Why it is kept beyond its time; null: no longer.")


class DeleteBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: Reason


class Policy(BaseModel):
    """A campaign's rules about its recordings."""

    model_config = ConfigDict(from_attributes=True)

    queue_id: UUID
    retention_days: int
    agents_may_listen: bool
    announcement: Announcement
    announcement_text: str
    own: bool
    """False: the installation's settings, the campaign has no rules of its own."""


class PolicyRow(Policy):
    changed_at: datetime
    changed_by: str
    """Whose name changed it; empty when nobody's is known."""


class Policies(BaseModel):
    """The rules of all campaigns that have some; the others follow `usual`. `store`: where recordings are kept, if."""

    rows: list[PolicyRow]
    usual_days: int
    usual_announcement: Announcement
    usual_text: str
    store: Literal["off", "disk", "s3"]


class PolicyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    retention_days: int = Field(ge=1, le=3650)
    agents_may_listen: bool = False
    announcement: Announcement = Announcement.AGENT_SAYS
    announcement_text: Words = ""
