"""Campaigns: who is called from which mailing, in which windows, by which pacing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from callcenter.telephony.port import MachineDetection


class CampaignState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class PacingMode(StrEnum):
    PREVIEW = "preview"
    PROGRESSIVE = "progressive"
    POWER = "power"
    PREDICTIVE = "predictive"


class Campaign(SQLModel, table=True):
    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint(one_of("state", CampaignState), name="state"),
        CheckConstraint(one_of("mode", PacingMode), name="mode"),
        CheckConstraint("target_abandonment > 0 AND target_abandonment <= 0.1", name="target_abandonment"),
        CheckConstraint("ring_timeout_s BETWEEN 15 AND 120", name="ring_timeout"),
        CheckConstraint("patience_s > 0 AND patience_s <= 10", name="patience"),
        CheckConstraint("wrap_up_s BETWEEN 0 AND 600", name="wrap_up"),
        CheckConstraint(one_of("machine_detection", MachineDetection), name="machine_detection"),
        CheckConstraint(
            "people_taken_for_machines >= 0 AND people_taken_for_machines <= 0.2", name="taken_for_machines"
        ),
        CheckConstraint("shift_ends ~ '^(([01][0-9]|2[0-3]):[0-5][0-9])?$'", name="shift_ends"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    mailing_id: UUID = Field(foreign_key="mailings.id", index=True)
    script_id: UUID | None = Field(default=None, foreign_key="scripts.id")
    state: str = CampaignState.DRAFT.value
    mode: str = PacingMode.PREDICTIVE.value
    from_number: str
    target_abandonment: float = 0.03
    patience_s: float = 2.0
    ring_timeout_s: float = 25.0
    wrap_up_s: float = 30.0
    max_lines: int = 200
    max_lines_per_agent: float = 15.0
    calls_per_second: float = 10.0
    machine_detection: str = MachineDetection.OFF.value
    people_taken_for_machines: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    """Tested share of the people whom the detection takes for machines and hangs up on: abandoned in the strict sum."""
    shift_ends: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """When the agents go home, the company's time, HH:MM; empty: not known. Nobody is called whom they could miss."""
    record_calls: bool = False
    abandoned_message: str = ""
    """What an answered person hears when no agent is free: the company's name and number."""
    rules: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Dump of schedule.rules.CallingRules: days, windows, legal hours, attempts, gaps, caps."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="users.id")
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class Lease(SQLModel, table=True):
    """Who drives a campaign. `token` grows with each taking; what an older token writes is refused."""

    __tablename__ = "leases"

    campaign_id: UUID = Field(primary_key=True, foreign_key="campaigns.id", ondelete="CASCADE")
    holder: str
    token: int
    until: datetime = Field(sa_type=UtcDateTime)
    """Real time of the database server."""
