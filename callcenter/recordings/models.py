"""Recordings: one row for each file of a call, which stays as evidence when the file is deleted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class RecordingState(StrEnum):
    EXPECTED = "expected"  # the call was recorded; the file is still with the carrier
    STORED = "stored"
    ABSENT = "absent"  # the carrier has none
    DELETED = "deleted"  # its time was over; the row says so


class Announcement(StrEnum):
    """How the customer is told that the call is recorded."""

    NONE = "none"
    AGENT_SAYS = "agent_says"  # the desk shows the sentence until the agent ticks it off
    PLAYED = "played"  # the network plays it when agent and customer are joined


class Recording(SQLModel, table=True):
    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint(one_of("state", RecordingState), name="state"),
        CheckConstraint("channels IS NULL OR channels IN (1, 2)", name="channels"),
        CheckConstraint("store IS NULL OR store IN ('disk', 's3')", name="store"),
        CheckConstraint(
            "state <> 'stored' OR (store IS NOT NULL AND name IS NOT NULL AND key_id IS NOT NULL AND size IS NOT NULL"
            " AND sha256 IS NOT NULL AND seconds IS NOT NULL AND stored_at IS NOT NULL)",
            name="stored_is_whole",
        ),
        CheckConstraint("(state = 'deleted') = (deleted_at IS NOT NULL)", name="deleted_has_time"),
        UniqueConstraint("call_id", "carrier_ref", name="uq_recordings_call_ref"),
        Index("ix_recordings_to_fetch", "try_at", postgresql_where=text("state = 'expected'")),
        Index("ix_recordings_kept", "queue_id", "began_at", postgresql_where=text("state = 'stored'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    call_id: UUID = Field(foreign_key="calls.id", index=True)
    queue_id: UUID
    """Whose rule of retention holds; opaque here (a campaign's id)."""
    agent_id: UUID | None = Field(default=None, foreign_key="users.id")
    carrier: str
    carrier_ref: str = ""
    """The carrier's own name of the file; empty until it is known."""
    state: str = RecordingState.EXPECTED.value
    began_at: datetime = Field(sa_type=UtcDateTime)
    expected_at: datetime = Field(sa_type=UtcDateTime)
    try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    trouble: str | None = None
    """Why the last try did not bring it."""
    channels: int | None = None
    seconds: float | None = None
    size: int | None = None
    """Bytes of the sound itself, unsealed."""
    sha256: str | None = None
    key_id: str | None = None
    store: str | None = None
    name: str | None = None
    outline: list[list[int]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    stored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kept_for: str | None = None
    """Why it is kept beyond its time, in somebody's words."""
    forget_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The person asked for it to be deleted: at the keeper's next look, however long it would else be kept."""
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_why: str | None = None


class RecordingPolicy(SQLModel, table=True):
    """A campaign's own rules; a campaign without a row follows the installation's settings."""

    __tablename__ = "recording_policies"
    __table_args__ = (
        CheckConstraint(one_of("announcement", Announcement), name="announcement"),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
    )

    queue_id: UUID = Field(primary_key=True)
    retention_days: int
    agents_may_listen: bool = False
    announcement: str = Announcement.AGENT_SAYS.value
    announcement_text: str = ""
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: UUID | None = Field(default=None, foreign_key="users.id")


class CallMark(SQLModel, table=True):
    """A moment of a call to be found again in its recording: a buying stage that was reached."""

    __tablename__ = "call_marks"
    __table_args__ = (UniqueConstraint("call_id", "what", name="uq_call_marks_what"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    call_id: UUID = Field(foreign_key="calls.id", ondelete="CASCADE")
    what: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcDateTime)
