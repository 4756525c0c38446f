"""Segments: saved filters over the customer master, and the learned models that may score it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
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


class SegmentVersion(SQLModel, table=True):
    """What a segment was in each of its versions: mailings keep the number of theirs."""

    __tablename__ = "segment_versions"

    segment_id: UUID = Field(primary_key=True, foreign_key="segments.id", ondelete="CASCADE")
    version: int = Field(primary_key=True)
    name: str
    filters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: UUID | None = Field(default=None, foreign_key="users.id")


class ModelState(StrEnum):
    TRAINED = "trained"  # compared, not used
    IN_FORCE = "in_force"
    RETIRED = "retired"


class ScoreModel(SQLModel, table=True):
    """A scale learned from own calls, with its comparison against the points card. Only a person puts it in force."""

    __tablename__ = "score_models"
    __table_args__ = (
        CheckConstraint(one_of("state", ModelState), name="state"),
        CheckConstraint("(state = 'trained') = (used_since IS NULL)", name="used_has_since"),
        CheckConstraint("used_since IS NULL OR reason <> ''", name="used_has_reason"),
        Index("uq_score_models_in_force", "state", unique=True, postgresql_where=text("state = 'in_force'")),
        Index("ix_score_models_trained", "trained_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    state: str = ModelState.TRAINED.value
    base: int
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """Dump of targeting.rules.Line, each with its learned points."""
    comparison: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Dump of scoring.schemas.Comparison: the model and the card on the calls that were held out."""
    calls: int
    """First conversations it was learned from, those held out not counted."""
    sold: int
    from_day: date
    until_day: date
    trained_at: datetime = Field(sa_type=UtcDateTime)
    trained_by: UUID | None = Field(default=None, foreign_key="users.id")
    used_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_by: UUID | None = Field(default=None, foreign_key="users.id")
    reason: str = ""
    """Why it was put in force, in the words of the person who did."""
    version: int = 1
