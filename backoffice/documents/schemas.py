"""What goes in and out of controlled documents over REST."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.documents.rules import DocumentState
from backoffice.listing.http import Command, StoryLine


class DocumentBody(BaseModel):
    title: str = Field(min_length=1, max_length=200, examples=["销售回款管理流程"])
    body: str = Field(default="", max_length=200_000)
    executing_department: str = Field(default="", max_length=50)
    supervising_department: str = Field(default="", max_length=50)
    verifying_department: str = Field(default="", max_length=50)


class DocumentEdit(Command, DocumentBody):
    pass


class DocumentRow(BaseModel):
    id: UUID
    number: str
    title: str
    revision: int
    state: DocumentState
    executing_department: str
    supervising_department: str
    verifying_department: str
    made_on: date
    checked_on: date | None
    approved_on: date | None
    thing_id: UUID | None
    version: int


class RevisionOut(BaseModel):
    revision: int
    title: str
    body: str
    made_by: UUID
    made_on: date
    checked_by: UUID
    checked_on: date
    approved_by: UUID
    approved_on: date
    what_changed: str


class DocumentOut(DocumentRow):
    body: str
    made_by: UUID
    checked_by: UUID | None
    approved_by: UUID | None
    revisions: list[RevisionOut]
    commands: list[str]
    """What the asking person may do with it now."""
    timeline: list[StoryLine]
