"""Only what differs from the defaults in the code is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime


class OfficeSetting(SQLModel, table=True):
    __tablename__ = "office_settings"

    room: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: Any = Field(sa_column=Column(JSONB, nullable=False))
    changed_by: UUID | None = Field(default=None, foreign_key="users.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)
