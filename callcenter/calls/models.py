"""Calls: one row an attempt, one row an event, and the commands that agents give."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.domain.call import AGENT_STATES, CallState, EndCause, Outcome
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from callcenter.telephony.port import Supervising

_LIVE = text("state <> 'ended'")
_AGENT = ", ".join(repr(s.value) for s in AGENT_STATES)

UNRESULTED = "state = 'ended' AND connected_at IS NOT NULL AND agent_id IS NOT NULL AND disposed_at IS NULL"
"""A talk is over and nobody has saved its result."""


class Consulting(StrEnum):
    """Whether the agent speaks with a third party about the call."""

    ASKED = "asked"
    THERE = "there"


class Call(SQLModel, table=True):
    """One attempt to reach one person. Seconds are of the installation's clock."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint(one_of("state", CallState), name="state"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', Outcome)}", name="outcome"),
        CheckConstraint(f"cause IS NULL OR {one_of('cause', EndCause)}", name="cause"),
        CheckConstraint("(state = 'ended') = (outcome IS NOT NULL AND ended_at IS NOT NULL)", name="ended_has_outcome"),
        CheckConstraint(f"state NOT IN ({_AGENT}) OR agent_id IS NOT NULL", name="talk_has_agent"),
        CheckConstraint(f"consult IS NULL OR {one_of('consult', Consulting)}", name="consult"),
        CheckConstraint("attempt_no >= 1", name="attempt_no"),
        CheckConstraint("answer_chance BETWEEN 0 AND 1", name="answer_chance"),
        CheckConstraint("to_number ~ '^\\+[1-9][0-9]{4,14}$'", name="to_number_is_e164"),
        # What must never be: the same person rung twice at once, one attempt made twice, an agent in two calls.
        Index("uq_calls_number_in_flight", "to_number", unique=True, postgresql_where=_LIVE),
        Index(
            "uq_calls_attempt",
            "subject_id",
            "attempt_no",
            unique=True,
            postgresql_where=text("outcome IS DISTINCT FROM 'skipped'"),
        ),
        Index(
            "uq_calls_agent_in_call",
            "agent_id",
            unique=True,
            postgresql_where=text(f"state IN ({_AGENT})"),
        ),
        Index("ix_calls_live", "queue_id", "state", postgresql_where=_LIVE),
        Index("ix_calls_queue_created", "queue_id", "created_at"),
        Index("ix_calls_agents_of", "agents_of", "created_at", postgresql_where=text("agents_of IS NOT NULL")),
        Index("ix_calls_customer_created", "customer_id", "created_at"),
        Index("ix_calls_number_created", "to_number", "created_at"),
        Index("ix_calls_agent_created", "agent_id", "created_at"),
        Index("ix_calls_created", "created_at"),
        # Talks that wait for their result: a handful at any time.
        Index("ix_calls_unresulted", "created_at", postgresql_where=text(UNRESULTED)),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    queue_id: UUID
    """Whose agents take it; opaque here (a campaign's id)."""
    subject_id: UUID
    """What it is about; opaque here (a lead's id)."""
    customer_id: UUID
    attempt_no: int
    mode: str
    """Pacing mode that launched it."""
    to_number: str
    from_number: str
    state: str
    outcome: str | None = None
    cause: str | None = None
    answered_by: str | None = None
    agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    """Who talks or talked; in preview mode, who is going to."""
    abandoned: bool = False
    """In the numerator of the abandonment rate: see domain.call.counts_as_abandoned."""
    patience_s: float = 2.0

    answer_chance: float | None = None
    """What the pacer was told of it at the launch: how likely a person answers, beside all others; None: as they."""

    created_at: datetime = Field(sa_type=UtcDateTime)
    launched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ringing_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the patience ran out: the message is played, and no agent may be claimed any more."""
    connected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ring_s: float | None = None
    wait_s: float | None = None
    """Answer to join; None when never joined."""
    talk_s: float | None = None
    hold_s: float = 0.0
    billable_s: int | None = None
    """Started seconds from answer to end: what carriers charge."""

    stage: str | None = None
    """Furthest buying stage reached: felt_need, rational_need, trust."""
    disposition: str | None = None
    disposed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str = ""
    wrap_up_s: float | None = None

    agents_of: UUID | None = None
    """Whose agents take it, where that is another queue than its own: queues that share agents, and after a
    transfer. Opaque here."""
    wanted_agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    """To whom it is being transferred; if they are not free, to their queue."""
    agent_lost_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the agent's sound is gone while the customer waits."""
    left_agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    """Who passed it on last: it is not given back to them."""
    transferred_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last left an agent for another."""
    consult: str | None = None
    """See Consulting; None: nobody."""
    recording_paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    carrier: str
    carrier_ref: str | None = None
    check_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When to ask the carrier what became of it, if nothing is heard until then."""
    card: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """What the agent sees at the pop, composed before the launch so that an answer waits for no query."""
    version: int = 1


class CallEvent(SQLModel, table=True):
    """What the carrier told, as it told it. The unique key makes a doubled event a no-op."""

    __tablename__ = "call_events"
    __table_args__ = (Index("uq_call_events_sequence", "call_id", "sequence", unique=True),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    call_id: UUID = Field(foreign_key="calls.id", ondelete="CASCADE")
    sequence: int
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    applied: bool
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))


class CommandKind(StrEnum):
    DIAL = "dial"
    HANG_UP = "hang_up"
    HOLD = "hold"
    RESUME = "resume"
    RELEASE = "release"  # to another agent: out of this one's sound, and the next is joined
    TRANSFER = "transfer"  # to an outside number
    CONSULT = "consult"
    COMPLETE = "complete"  # customer and third party, without the agent
    END_CONSULT = "end_consult"
    DIGITS = "digits"
    ANNOUNCE = "announce"
    PAUSE_RECORDING = "pause_recording"
    RESUME_RECORDING = "resume_recording"


class CallCommand(SQLModel, table=True):
    """What is to be asked of the carrier for a call: written with the decision, carried out by the worker."""

    __tablename__ = "call_commands"
    __table_args__ = (
        CheckConstraint(one_of("kind", CommandKind), name="kind"),
        Index("ix_call_commands_open", "id", postgresql_where=text("done_at IS NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    call_id: UUID = Field(foreign_key="calls.id", ondelete="CASCADE")
    kind: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: UUID | None = Field(default=None, foreign_key="users.id")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
    detail: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'"))
    )
    """To whom, which keys; never a customer's own number."""


class Supervision(SQLModel, table=True):
    """Who was in whose call, how, from when to when. The open rows are what the worker keeps up with the carrier."""

    __tablename__ = "supervisions"
    __table_args__ = (
        CheckConstraint(one_of("how", Supervising), name="how"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="order"),
        Index("uq_supervisions_open", "supervisor_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_supervisions_call", "call_id"),
        Index("ix_supervisions_began", "began_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    call_id: UUID = Field(foreign_key="calls.id")
    supervisor_id: UUID = Field(foreign_key="users.id")
    agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    """Whose call it was when it began."""
    how: str
    began_at: datetime = Field(sa_type=UtcDateTime)
    heard_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the carrier had carried it out; None: not yet."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str | None = None
    """Why the last try was refused."""
