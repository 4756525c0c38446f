"""Rules of campaigns, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from campaigns.automation.rules import Deed


class Automation(SQLModel, table=True):
    __tablename__ = "automations"
    __table_args__ = (
        CheckConstraint(one_of("deed", Deed), name="deed"),
        CheckConstraint("jsonb_typeof(conditions) = 'array' AND jsonb_array_length(conditions) > 0", name="conditions"),
        CheckConstraint("(deed = 'change') = (settings <> '{}'::jsonb)", name="settings"),
        Index("ix_automations_campaign", "campaign_id", "position"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    name: str
    position: int = 0
    active: bool = True
    conditions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    deed: str
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    held: bool = False
    """Whether the conditions held at the last look: a rule fires when they begin to hold."""
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1


class AutomationRun(SQLModel, table=True):
    """One time at which a rule fired."""

    __tablename__ = "automation_runs"
    __table_args__ = (Index("ix_automation_runs_campaign", "campaign_id", "at"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    automation_id: UUID = Field(foreign_key="automations.id", ondelete="CASCADE", index=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    at: datetime = Field(sa_type=UtcDateTime)
    deed: str
    because: str
    """What was seen, for logs and exports; `seen` has it in parts, for screens in any language."""
    seen: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    """[{metric, comparison, value, seen}], one for each condition."""
    problem_zh: str | None = None
    """Why it could not be done; None: it was done."""
    problem_en: str | None = None
