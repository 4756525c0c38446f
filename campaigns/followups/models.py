"""Follow-ups: the source's three cases (7.3.1 三.3), each with its reason, owner and due time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class FollowUpCase(StrEnum):
    ASKED_TO_BUY = "asked_to_buy"  # (1) asked to buy, and then nothing more was heard
    GREAT_INTEREST = "great_interest"  # (2) no clear yes, but great interest
    NOT_REACHED = "not_reached"  # (3) not reached, for whatever reason


class FollowUpState(StrEnum):
    DUE = "due"
    DONE = "done"
    DROPPED = "dropped"


class FollowUp(SQLModel, table=True):
    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint(f'"case" IN ({", ".join(repr(c.value) for c in FollowUpCase)})', name="case"),
        CheckConstraint(one_of("state", FollowUpState), name="state"),
        CheckConstraint("(state = 'due') = (ended_at IS NULL)", name="ended"),
        Index("uq_follow_ups_open", "lead_id", unique=True, postgresql_where=text("state = 'due'")),
        Index("ix_follow_ups_due", "campaign_id", "due_at", postgresql_where=text("state = 'due'")),
        Index("ix_follow_ups_owner", "owner_id", "due_at", postgresql_where=text("state = 'due'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    lead_id: UUID = Field(foreign_key="leads.id", ondelete="CASCADE")
    customer_id: UUID = Field(foreign_key="customers.id")
    case: str
    reason: str = ""
    owner_id: UUID | None = Field(default=None, foreign_key="users.id")
    due_at: datetime = Field(sa_type=UtcDateTime)
    state: str = FollowUpState.DUE.value
    made_by_call: UUID | None = Field(default=None, foreign_key="calls.id")
    ended_by_call: UUID | None = Field(default=None, foreign_key="calls.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
