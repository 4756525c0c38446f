"""Follow-ups: the source's three cases (7.3.1 三.3) and those of the five-way sorting (domain notes, 14b), each with
its reason, owner, due time, history and end."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from campaigns.rhythm.rules import Grade


class FollowUpCase(StrEnum):
    ASKED_TO_BUY = "asked_to_buy"  # (1) asked to buy, and then nothing more was heard
    GREAT_INTEREST = "great_interest"  # (2) no clear yes, but great interest
    NOT_REACHED = "not_reached"  # (3) not reached, for whatever reason
    CONSIDERING = "considering"  # hesitates: is called on, and not pressed
    NOT_NOW = "not_now"  # will not buy soon: the relation is kept


class FollowUpState(StrEnum):
    DUE = "due"
    DONE = "done"
    DROPPED = "dropped"


class EndedBecause(StrEnum):
    """Why a follow-up ended."""

    TALKED = "talked"  # a conversation took place; what follows is a new one
    BY_HAND = "by_hand"  # a supervisor dropped it
    TRIES_USED_UP = "tries_used_up"
    ROUNDS_USED_UP = "rounds_used_up"
    LEAD_CLOSED = "lead_closed"


class FollowUp(SQLModel, table=True):
    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint(f'"case" IN ({", ".join(repr(c.value) for c in FollowUpCase)})', name="case"),
        CheckConstraint(one_of("state", FollowUpState), name="state"),
        CheckConstraint("(state = 'due') = (ended_at IS NULL)", name="ended"),
        CheckConstraint(f"ended_because IS NULL OR {one_of('ended_because', EndedBecause)}", name="ended_because"),
        CheckConstraint(f"grade IS NULL OR {one_of('grade', Grade)}", name="grade"),
        CheckConstraint("round >= 1 AND tries >= 0", name="counts"),
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
    ended_because: str | None = None
    """Null for those that ended before reasons were kept."""
    grade: str | None = None
    """rhythm.rules.Grade; null: the rules of the campaign alone (nobody was reached)."""
    round: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """The how-manieth follow-up of its grade."""
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Fruitless attempts since it was opened."""


class Happened(StrEnum):
    OPENED = "opened"
    TRIED = "tried"
    """An attempt that reached nobody; `due_at`: when it is tried again."""
    MOVED = "moved"
    HANDED_OVER = "handed_over"
    GRADED = "graded"
    DONE = "done"
    DROPPED = "dropped"


class FollowUpEvent(SQLModel, table=True):
    """What happened to a follow-up: written with each change, never changed."""

    __tablename__ = "follow_up_events"
    __table_args__ = (CheckConstraint(one_of("what", Happened), name="what"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    follow_up_id: UUID = Field(foreign_key="follow_ups.id", ondelete="CASCADE", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    what: str
    by: UUID | None = Field(default=None, foreign_key="users.id")
    """None: by a call's end, or by rule."""
    call_id: UUID | None = Field(default=None, foreign_key="calls.id")
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str = ""
