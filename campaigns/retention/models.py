"""Terms as they are set, and what each night took."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from campaigns.retention.rules import Kind


class RetentionTerm(SQLModel, table=True):
    """A kind without a row has its usual days and is switched on."""

    __tablename__ = "retention_terms"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint("days BETWEEN 1 AND 36600", name="days"),
    )

    kind: str = Field(primary_key=True)
    days: int
    active: bool = True
    done_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Everything before this instant is gone already: the next night begins here."""
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1


class RetentionRun(SQLModel, table=True):
    __tablename__ = "retention_runs"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        Index("ix_retention_runs_at", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    before: datetime = Field(sa_type=UtcDateTime)
    """What was older than this."""
    gone: int
    """Rows that held something and hold it no more; people, for `customers`."""
    more: bool
    """There was more than one night takes; the next goes on."""
