"""Segments: saved filters over the customer master, with a score."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime
from callcenter.kit.ids import new_id


class Segment(SQLModel, table=True):
    __tablename__ = "segments"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    filters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Dump of targeting.schemas.SegmentFilters."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1
