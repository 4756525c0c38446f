"""What is kept of the control: each day's proof, what supervisors thought of calls, and the lengths that are right."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime
from callcenter.kit.ids import new_id

SCORE_MAX = 5
CRITERIA = ("opening", "felt_need", "rational_need", "trust", "closing", "manner")
"""The three buying stages of the source (7.3.1 rule 5) between an opening and a close, and how it was said."""


class CallNorm(SQLModel, table=True):
    """How long calls of a campaign should be; a supervisor's setting."""

    __tablename__ = "call_norms"
    __table_args__ = (
        CheckConstraint("average_s IS NULL OR average_s BETWEEN 10 AND 7200", name="average"),
        CheckConstraint("too_short_s >= 0 AND too_long_s > too_short_s AND too_long_s <= 14400", name="limits"),
    )

    campaign_id: UUID = Field(primary_key=True, foreign_key="campaigns.id", ondelete="CASCADE")
    average_s: int | None = None
    """Recommended average of a talk. The source leaves it blank, and so does a new campaign."""
    too_short_s: int
    too_long_s: int
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: UUID | None = Field(default=None, foreign_key="users.id")


class CallingProof(SQLModel, table=True):
    """One campaign's attempts of one day, judged once more from the rows they left. Written once a day, kept."""

    __tablename__ = "calling_proofs"
    __table_args__ = (
        CheckConstraint("attempts >= 0 AND faulty >= 0 AND faulty <= attempts", name="counts"),
        Index("ix_calling_proofs_day", "day"),
    )

    campaign_id: UUID = Field(primary_key=True, foreign_key="campaigns.id", ondelete="CASCADE")
    day: date = Field(primary_key=True)
    """On the installation's calendar."""
    attempts: int
    faulty: int
    faults: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Fault → {"calls": how many, "first": ids of the first of them}."""
    rules: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """The campaign's rules by which it was judged."""
    proved_at: datetime = Field(sa_type=UtcDateTime)


class CallScore(SQLModel, table=True):
    """What one supervisor thought of one talk, after listening to it or beside it (监控打分)."""

    __tablename__ = "call_scores"
    __table_args__ = (
        UniqueConstraint("call_id", "by", name="uq_call_scores_call_by"),
        CheckConstraint(
            " AND ".join(f"({name} IS NULL OR {name} BETWEEN 0 AND {SCORE_MAX})" for name in CRITERIA), name="scores"
        ),
        CheckConstraint(" OR ".join(f"{name} IS NOT NULL" for name in CRITERIA), name="something_scored"),
        CheckConstraint("by <> agent_id", name="not_of_oneself"),
        Index("ix_call_scores_agent", "agent_id", "scored_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    call_id: UUID = Field(foreign_key="calls.id", ondelete="CASCADE")
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    agent_id: UUID = Field(foreign_key="users.id")
    by: UUID = Field(foreign_key="users.id")
    opening: int | None = None
    felt_need: int | None = None
    rational_need: int | None = None
    trust: int | None = None
    closing: int | None = None
    manner: int | None = None
    unlawful_claim: bool = False
    """Something was said that may not be said about health food (advertising law, article 18)."""
    remarks: str = ""
    scored_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1
