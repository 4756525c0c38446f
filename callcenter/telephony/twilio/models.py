"""What has to outlive a process: events on their way to the worker, and what we know of calls and agents' legs."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of

KEEP_MINUTES = 60
"""How long an event stays in the inbox after it was handed over: for looking things up."""
KEEP_CALLS = timedelta(days=7)
"""How long a call that is over is remembered here; its own record is `calls`."""


class CarrierInbox(SQLModel, table=True):
    """One event that a webhook told, in our words, until a worker has taken it."""

    __tablename__ = "carrier_inbox"
    __table_args__ = (Index("ix_carrier_inbox_waiting", "id", postgresql_where=text("handed_at IS NULL")),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    told: str = Field(unique=True)
    """Call and sequence: the same fact told twice is one row."""
    event: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    received_at: datetime = Field(sa_type=UtcDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a worker took it; the database server's real time."""


class Stage(StrEnum):
    """How far the asking for a call has come. Only `asked` and `placed` can have rung anybody."""

    WAITING = "waiting"  # for its turn
    REFUSED = "refused"  # by Twilio or by our own limits: nobody was called, it may be asked for again
    DROPPED = "dropped"  # will never be asked for
    ASKED = "asked"  # the request left; no reply yet, or never
    PLACED = "placed"  # Twilio's SID is known


class TwilioCall(SQLModel, table=True):
    """A call by our id, and Twilio's SID for it. Instants are those told in the events."""

    __tablename__ = "twilio_calls"
    __table_args__ = (
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint("(stage = 'placed') = (sid IS NOT NULL)", name="placed_has_sid"),
        Index("ix_twilio_calls_open", "stage", postgresql_where=text("ended_at IS NULL")),
        Index(
            "ix_twilio_calls_hang_up",
            "call_id",
            postgresql_where=text("hang_up_cause IS NOT NULL AND hung_up_at IS NULL AND ended_at IS NULL"),
        ),
    )

    call_id: UUID = Field(primary_key=True)
    sid: str | None = Field(default=None, unique=True)
    to_number: str
    from_number: str
    stage: str = Stage.WAITING.value
    written_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    ringing_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str | None = None
    joins: int = 0
    """How often a join was asked for; the number is part of the participant's label."""
    joining_agent: UUID | None = None
    join_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    entered: int | None = None
    """Number of the join with which the customer is in a conference, seen before its agent was."""
    conference_sid: str | None = None
    joined_agent: UUID | None = None
    joined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held: bool = False
    hold_sequence: int = -1
    message_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hang_up_cause: str | None = None
    hung_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When Twilio took our hang-up."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cause: str | None = None

    recorded: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    leaving: str | None = None
    """What the customer is being taken out of the agent's conference for: release or transfer."""
    consult_no: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How often a third party was asked for; the number is part of their label."""
    consult_state: str | None = None
    """asked, there; None: nobody is consulted."""
    consult_sid: str | None = None
    consult_agent: UUID | None = None


class TwilioAgent(SQLModel, table=True):
    """An agent's leg, parked in a conference of their own."""

    __tablename__ = "twilio_agents"

    agent_id: UUID = Field(primary_key=True)
    address: str
    wanted: bool = True
    call_sid: str | None = None
    conference_sid: str | None = None
    present: bool = False
    """Whether the leg is in the conference."""
    drop_sid: str | None = None
    """A leg that is to be hung up, until Twilio has taken that."""
    heard: int = -1
    """The greatest `SequenceNumber` told of the leg in this conference: what is older tells nothing new."""
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    down_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the leg could not be brought up; None while it is up or coming."""
    away_call: UUID | None = None
    """The call into whose agent's conference this leg was moved, to supervise or to be consulted."""
    away_how: str | None = None
    """How they supervise there, as far as Twilio has carried it out; `third` for who is consulted."""
    away_from: str | None = None
    """The conference of their own that they left for it: what is told of that later is old."""
