"""One decision of the pacer, as data: the words are made when it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from campaigns.pacing_notes.rules import Why


class PacingNote(SQLModel, table=True):
    __tablename__ = "pacing_notes"
    __table_args__ = (
        CheckConstraint(one_of("why", Why), name="why"),
        CheckConstraint("launch >= 0", name="launch"),
        Index("ix_pacing_notes_campaign_at", "campaign_id", "at"),
        Index("ix_pacing_notes_at", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    at: datetime = Field(sa_type=UtcDateTime)
    why: str
    mode: str
    launch: int
    held_back: str
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Dump of callcenter.pacing.Reason without `held_back`."""
