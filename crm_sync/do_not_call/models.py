"""Numbers that must not be called. A refusal is final everywhere: entries are added, never taken out in silence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of


class DoNotCallSource(StrEnum):
    CALL = "call"  # said to an agent
    LIST = "list"  # an imported list said so
    OFFICE = "office"  # entered by hand: a letter, a complaint
    REGISTRY = "registry"


class DoNotCallEntry(SQLModel, table=True):
    __tablename__ = "do_not_call"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{4,14}$'", name="phone_is_e164"),
        CheckConstraint(one_of("source", DoNotCallSource), name="source"),
    )

    phone: str = Field(primary_key=True)
    source: str
    reason: str = ""
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: UUID | None = Field(default=None, foreign_key="users.id")
    call_id: UUID | None = Field(default=None, foreign_key="calls.id")
