"""Which campaigns share whose agents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime


class MixPart(SQLModel, table=True):
    """A campaign in the mix of a host. The host has a row of its own: its own list takes its turn, too."""

    __tablename__ = "campaign_mix"
    __table_args__ = (
        CheckConstraint("weight BETWEEN 1 AND 1000", name="weight"),
        CheckConstraint("priority BETWEEN 1 AND 9", name="priority"),
        CheckConstraint("given >= 0", name="given"),
    )

    campaign_id: UUID = Field(primary_key=True, foreign_key="campaigns.id", ondelete="CASCADE")
    host_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE", index=True)
    position: int = 0
    weight: int = 1
    priority: int = 1
    given: int = 0
    """Calls of the present round (rules.Part)."""
    dry: bool = False
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: UUID | None = Field(default=None, foreign_key="users.id")
