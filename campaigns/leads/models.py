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
    CAMPAIGN_CLOSED = "campaign_closed"


_IDLE = "state = 'open' AND call_id IS NULL"
_ORDINARY = f"{_IDLE} AND callback_at IS NULL AND follow_up_at IS NULL"
READY = f"{_ORDINARY} AND not_before IS NULL"
ASLEEP = f"{_ORDINARY} AND not_before IS NOT NULL"


class Lead(SQLModel, table=True):
    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("campaign_id", "customer_id"),
        CheckConstraint(one_of("state", LeadState), name="state"),
        CheckConstraint(f"closed_reason IS NULL OR {one_of('closed_reason', ClosedReason)}", name="closed_reason"),
        CheckConstraint("(state = 'closed') = (closed_reason IS NOT NULL)", name="closed_has_reason"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("fruitless BETWEEN 0 AND attempts", name="fruitless"),
        # The front: leads nothing is known against, in the order of calling, for each time zone.
        Index(
            "ix_leads_pick",
            "campaign_id",
            "timezone",
            "last_day",
            "attempts",
            text("score DESC"),
            postgresql_where=text(READY),
        ),
        # Those who wait for an instant; at the same instant the nearest last day wakes first.
        Index("ix_leads_asleep", "campaign_id", "not_before", "last_day", postgresql_where=text(ASLEEP)),
        Index(
            "ix_leads_callbacks",
            "campaign_id",
            "callback_at",
            postgresql_where=text("state = 'open' AND call_id IS NULL AND callback_at IS NOT NULL"),
        ),
        Index(
            "ix_leads_follow_ups",
            "campaign_id",
            "follow_up_at",
            postgresql_where=text("state = 'open' AND call_id IS NULL AND follow_up_at IS NOT NULL"),
        ),
        Index("ix_leads_expiry", "last_day", postgresql_where=text("state = 'open'")),
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
    score_model_id: UUID | None = Field(default=None, foreign_key="score_models.id")
    """The learned model that gave the score; None: the points card."""
    state: str = LeadState.OPEN.value
    closed_reason: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    timezone: str = "Asia/Shanghai"
    """Copy of the customer's, so that only zones whose windows are open are looked through."""
    attempts: int = 0
    """Attempts that count: not those the customer's phone never noticed."""
    fruitless: int = 0
    """Attempts since the last conversation."""
    call_no: int = 0
    """`attempt_no` of the last call row, counted or not."""
    last_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_outcome: str | None = None
    """Outcome, or disposition where somebody talked."""
    rest_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then the customer is left in peace after the last outcome: a fact, read by the judgement."""
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When to look at this lead again: what the judgement answered last. A cache, never a reason."""
    callback_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """A time the customer asked for."""
    callback_agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    follow_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When someone who asked to buy or showed great interest is to be called again."""
    call_id: UUID | None = None
    """The call in flight for this lead."""
    version: int = 1
