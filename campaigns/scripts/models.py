"""Scripts: what an agent says in each buying stage. A version that was on a screen is never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime
from callcenter.kit.ids import new_id


class Script(SQLModel, table=True):
    __tablename__ = "scripts"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    version: int = 1
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    """Dump of scripts.schemas.ScriptContent: stages with text, objections, forbidden statements."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="users.id")
