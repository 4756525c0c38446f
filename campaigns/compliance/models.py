"""Evidence: by which right each attempt was made, as the gate saw it at that instant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from campaigns.schedule.rules import Grounds


class GatePass(SQLModel, table=True):
    """One attempt that the gate let through. Written with the attempt, never changed, kept five years.

    No foreign key to the call: the pass is written in the same transaction, before or after the call's row.
    """

    __tablename__ = "gate_passes"
    __table_args__ = (
        CheckConstraint(one_of("grounds", Grounds), name="grounds"),
        Index("ix_gate_passes_campaign_at", "campaign_id", "passed_at"),
        Index("ix_gate_passes_lead", "lead_id"),
    )

    call_id: UUID = Field(primary_key=True)
    lead_id: UUID = Field(foreign_key="leads.id", ondelete="CASCADE")
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    passed_at: datetime = Field(sa_type=UtcDateTime)
    grounds: str
    """schedule, follow_up or callback: which rules it had to keep."""
    timezone: str
    posted_on: date
    day_n: int
    """Days since posting, on the customer's calendar."""
    preset: str
    """Legal preset under which it was made."""
