"""Dispositions: codes whose flags say what follows, and the saved results of calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from campaigns.rhythm.rules import Grade, Sorting


class Disposition(SQLModel, table=True):
    """One code an agent can choose. Reports and rules read the flags, never the code."""

    __tablename__ = "dispositions"
    __table_args__ = (
        CheckConstraint(
            "follow_up_case IS NULL OR follow_up_case IN"
            " ('asked_to_buy', 'great_interest', 'not_reached', 'considering', 'not_now')",
            name="follow_up_case",
        ),
        CheckConstraint(f"sorting IS NULL OR {one_of('sorting', Sorting)}", name="sorting"),
        CheckConstraint(f"grade IS NULL OR {one_of('grade', Grade)}", name="grade"),
        CheckConstraint("NOT (sale AND refusal)", name="sale_is_no_refusal"),
    )

    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    position: int = 0
    active: bool = True
    person: bool = True
    """A person answered (not a machine, not a dead line)."""
    right_party: bool = True
    sale: bool = False
    """Requires an order."""
    refusal: bool = False
    do_not_call: bool = False
    callback: bool = False
    """Requires a time the customer asked for."""
    follow_up_case: str | None = None
    closes_lead: str | None = None
    """Reason under which the lead is closed (leads.models.ClosedReason); None: it stays open."""
    retry_after_s: int | None = None
    """For open leads: how long to leave the customer in peace."""
    sorting: str | None = None
    """Which of the five kinds a talk with this result makes of the person (rhythm.rules.Sorting)."""
    grade: str | None = None
    """At which pace they are followed up (rhythm.rules.Grade); its rest holds where `retry_after_s` is null."""


class CallResult(SQLModel, table=True):
    """The saved disposition of one call: exactly one, made by the agent (or by rule, `by` None)."""

    __tablename__ = "call_results"

    call_id: UUID = Field(primary_key=True, foreign_key="calls.id")
    lead_id: UUID = Field(foreign_key="leads.id", index=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    customer_id: UUID = Field(foreign_key="customers.id", index=True)
    code: str = Field(foreign_key="dispositions.code")
    note: str = ""
    callback_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    order_id: UUID | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    by: UUID | None = Field(default=None, foreign_key="users.id")
    saved_at: datetime = Field(sa_type=UtcDateTime)
