"""What goes in and out of approvals over REST."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.approvals.rules import ApprovalState, TaskState
from backoffice.kit.duties import OfficeRole
from backoffice.listing.http import Command, StoryLine


class ApprovalRow(BaseModel):
    id: UUID
    kind: str
    thing: str
    thing_id: UUID
    title: str
    amount_fen: int
    state: ApprovalState
    step: int
    maker: str
    made_at: datetime
    ended_at: datetime | None
    version: int


class TaskOut(BaseModel):
    id: UUID
    step: int
    role: OfficeRole
    state: TaskState
    assignee_id: UUID | None
    decided_by: UUID | None
    decided_for: UUID | None
    decided_at: datetime | None
    opinion: str


class ApprovalOut(BaseModel):
    id: UUID
    kind: str
    thing: str
    thing_id: UUID
    title: str
    amount_fen: int
    state: ApprovalState
    step: int
    maker_id: UUID
    version: int
    tasks: list[TaskOut]
    timeline: list[StoryLine]


class Forward(Command):
    to: UUID


class BandBody(BaseModel):
    """Amounts over `over_fen` (excluded; -1 begins with 0) up to `up_to_fen` (included; null: without end)."""

    over_fen: int = Field(default=-1, ge=-1)
    up_to_fen: int | None = None
    steps: list[list[OfficeRole]] = Field(examples=[[["SM"], ["FIN", "LEGAL"], ["GM"]]])


class KindBody(BaseModel):
    kind: str
    zh: str
    en: str
    bands: list[BandBody]


class DelegationNew(BaseModel):
    deputy_id: UUID
    role: OfficeRole | None = None
    first_day: date
    last_day: date
    reason: str = Field(default="", max_length=200)


class DelegationOut(DelegationNew):
    id: UUID
    absent_id: UUID
    revoked_at: datetime | None
