"""One line for each command carried out. A trigger (migration 0002) forbids change and removal."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime


class TimelineEntry(SQLModel, table=True):
    __tablename__ = "office_timeline"
    __table_args__ = (Index("ix_office_timeline_thing", "thing", "thing_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    thing: str
    """Name of the machine: invoice, receipt, contract …"""
    thing_id: UUID
    thing_version: int
    """The thing's version after this command; a caller who saw an older one is told these lines."""
    at: datetime = Field(sa_type=UtcDateTime)
    by: UUID | None = Field(default=None, foreign_key="users.id")
    """None: the house itself (a nightly job)."""
    act: str
    from_state: str | None = None
    to_state: str | None = None
    note: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Ids and figures, no personal data."""
