"""The head of a controlled document as the source's foot lines have it, and its revisions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from backoffice.documents.rules import DocumentState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ControlledDocument(SQLModel, table=True):
    __tablename__ = "controlled_documents"
    __table_args__ = (
        CheckConstraint(one_of("state", DocumentState), name="state"),
        CheckConstraint("checked_by IS NULL OR checked_by <> made_by", name="maker_never_checks"),
        CheckConstraint("approved_by IS NULL OR approved_by <> made_by", name="maker_never_approves"),
        CheckConstraint("approved_by IS NULL OR approved_by <> checked_by", name="checker_never_approves"),
        CheckConstraint("(state IN ('in_force', 'obsolete')) = (approved_by IS NOT NULL)", name="in_force_is_signed"),
        CheckConstraint("revision >= 0", name="revision"),
        Index("ix_controlled_documents_thing", "thing_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    """制度编号."""
    title: str
    body: str = ""
    revision: int = 0
    """版本; 0 is the first issue."""
    state: str = DocumentState.DRAFT.value
    """受控状态."""
    executing_department: str = ""
    """执行部门."""
    supervising_department: str = ""
    """监督部门."""
    verifying_department: str = ""
    """考证部门."""
    thing: str | None = None
    """What it is the paper of (contract …), when it is one."""
    thing_id: UUID | None = None
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    checked_by: UUID | None = Field(default=None, foreign_key="users.id")
    checked_on: date | None = None
    approved_by: UUID | None = Field(default=None, foreign_key="users.id")
    approved_on: date | None = None
    version: int = 1


class DocumentRevision(SQLModel, table=True):
    """A revision that was in force: its text and signatures, kept for ever."""

    __tablename__ = "document_revisions"
    __table_args__ = (UniqueConstraint("document_id", "revision"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    document_id: UUID = Field(foreign_key="controlled_documents.id")
    revision: int
    title: str
    body: str
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    checked_by: UUID = Field(foreign_key="users.id")
    checked_on: date
    approved_by: UUID = Field(foreign_key="users.id")
    approved_on: date
    what_changed: str = ""
    """修改记录: said when the next revision was begun; empty for the latest."""
    logged_at: datetime = Field(sa_type=UtcDateTime)
