"""Agents at work: their state, and the log of how long they were in each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from callcenter.domain.agent import HAS_CALL, AgentState
from callcenter.kit.db import UtcDateTime, one_of

_WITH_CALL = ", ".join(repr(s.value) for s in HAS_CALL)


class Agent(SQLModel, table=True):
    """One row per person who has ever signed on; `version` grows by one with every change."""

    __tablename__ = "agents"
    __table_args__ = (
        CheckConstraint(one_of("state", AgentState), name="state"),
        CheckConstraint(f"(state IN ({_WITH_CALL})) = (call_id IS NOT NULL)", name="call_where_it_belongs"),
        Index("uq_agents_call_id", "call_id", unique=True, postgresql_where=text("call_id IS NOT NULL")),
        Index("ix_agents_claim", "queue_id", "state_since", postgresql_where=text("state = 'ready'")),
    )

    user_id: UUID = Field(primary_key=True, foreign_key="users.id")
    name: str
    queue_id: UUID | None = Field(default=None, index=True)
    """The queue this agent takes calls of; opaque here (a campaign's id)."""
    state: str = AgentState.OFFLINE.value
    state_since: datetime = Field(sa_type=UtcDateTime)
    reason: str | None = None
    call_id: UUID | None = None
    next_state: str | None = None
    """`on_break` when the agent asked for a break during a call: taken when the disposition is saved."""
    next_reason: str | None = None
    wrap_up_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    socket_id: UUID | None = None
    """The one console that speaks for this agent; a newer one takes over."""
    present_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Real time until which the console counts as there. Renewed by the web process; a claim needs it."""
    version: int = 1


class AgentStateLog(SQLModel, table=True):
    """Every stay in a state: what occupancy, pauses and wrap-up times are computed from."""

    __tablename__ = "agent_state_log"
    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="order"),
        Index("uq_agent_state_log_open", "agent_id", unique=True, postgresql_where=text("until_at IS NULL")),
        Index("ix_agent_state_log_agent_from", "agent_id", "from_at"),
        Index("ix_agent_state_log_queue_from", "queue_id", "from_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    agent_id: UUID = Field(foreign_key="users.id")
    queue_id: UUID | None = None
    state: str
    reason: str | None = None
    call_id: UUID | None = None
    from_at: datetime = Field(sa_type=UtcDateTime)
    until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
