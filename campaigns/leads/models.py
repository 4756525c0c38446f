"""Leads: one customer in one campaign, and what is to happen with them next."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class LeadState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ClosedReason(StrEnum):
    SOLD = "sold"
    REFUSED = "refused"
    DO_NOT_CALL = "do_not_call"
    WRONG_NUMBER = "wrong_number"
    EXPIRED = "expired"  # the 14th day passed
    EXHAUSTED = "exhausted"  # all attempts used
    ORDERED_DIRECT = "ordered_direct"  # by reply slip or phone, before any call
    NOT_INTERESTED = "not_interested"
    RETURNED_MAIL = "returned_mail"


class Lead(SQLModel, table=True):
    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("campaign_id", "customer_id"),
        CheckConstraint(one_of("state", LeadState), name="state"),
        CheckConstraint(f"closed_reason IS NULL OR {one_of('closed_reason', ClosedReason)}", name="closed_reason"),
        CheckConstraint("(state = 'closed') = (closed_reason IS NOT NULL)", name="closed_has_reason"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(
            "ix_leads_pick",
            "campaign_id",
            "last_day",
            text("score DESC"),
            postgresql_where=text("state = 'open' AND call_id IS NULL"),
        ),
        Index(
            "ix_leads_callbacks",
            "campaign_id",
            "callback_at",
            postgresql_where=text("state = 'open' AND call_id IS NULL AND callback_at IS NOT NULL"),
        ),
        Index("ix_leads_customer", "customer_id"),
        Index("uq_leads_call_id", "call_id", unique=True, postgresql_where=text("call_id IS NOT NULL")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", ondelete="CASCADE")
    customer_id: UUID = Field(foreign_key="customers.id")
    posted_on: date
    first_day: date
    last_day: date
    """Calendar dates, the customer's local ones: posted_on + 7 and posted_on + 14 by default."""
    score: int = 0
    score_reasons: str = ""
    state: str = LeadState.OPEN.value
    closed_reason: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    last_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_outcome: str | None = None
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Earliest next attempt, from retry rules or from eligibility's own `next`; None: any time."""
    callback_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """A time the customer asked for."""
    callback_agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    call_id: UUID | None = Field(default=None, foreign_key="calls.id")
    """The call in flight for this lead."""
    version: int = 1
