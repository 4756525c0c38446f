"""Caller numbers, what was heard of them from outside, and the rule of their rest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from callcenter.lines.rules import RestWhy, SignKind

_E164 = "number ~ '^\\+[1-9][0-9]{6,14}$'"


class CallerNumber(SQLModel, table=True):
    """A number that we call from. A campaign for which there is none is called from the number it names."""

    __tablename__ = "caller_numbers"
    __table_args__ = (
        CheckConstraint(_E164, name="number_is_e164"),
        CheckConstraint("prefix = '' OR prefix ~ '^\\+[1-9][0-9]{0,9}$'", name="prefix"),
        CheckConstraint("daily_cap >= 0", name="daily_cap"),
        CheckConstraint(f"rest_why IS NULL OR {one_of('rest_why', RestWhy)}", name="rest_why"),
        CheckConstraint("(rests_until IS NULL) = (rest_why IS NULL)", name="rest_has_reason"),
    )

    number: str = Field(primary_key=True)
    label: str = ""
    queue_id: UUID | None = Field(default=None, index=True)
    """Whose calls are made from it; opaque here (a campaign's id). None: everybody's."""
    prefix: str = ""
    """Of the numbers it is local to, as in +8653."""
    daily_cap: int = 0
    active: bool = True
    rests_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rest_why: str | None = None
    counts_from: datetime = Field(sa_type=UtcDateTime)
    """Its figures count from here: after a rest it begins anew."""
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1


class CallerSign(SQLModel, table=True):
    """Something heard of a number from outside: also of one that nobody entered."""

    __tablename__ = "caller_signs"
    __table_args__ = (
        CheckConstraint(_E164, name="number_is_e164"),
        CheckConstraint(one_of("sign", SignKind), name="sign"),
        Index("ix_caller_signs_number_at", "number", "at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str
    sign: str
    at: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(default="", max_length=200)
    """Where it was heard; never who complained."""
    by: UUID = Field(foreign_key="users.id")


class CallerPolicy(SQLModel, table=True):
    """One row, or none as long as nobody changed anything: see rules.Policy."""

    __tablename__ = "caller_policy"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("days BETWEEN 1 AND 60", name="days"),
        CheckConstraint("least_calls >= 1 AND signs >= 0 AND keep_days >= 0", name="counts"),
        CheckConstraint(
            "answer_share BETWEEN 0 AND 1 AND short_share BETWEEN 0 AND 1 AND declined_share BETWEEN 0 AND 1",
            name="shares",
        ),
        CheckConstraint("short_s > 0 AND rest_hours > 0", name="times"),
    )

    id: int = Field(default=1, primary_key=True)
    days: int
    least_calls: int
    answer_share: float
    declined_share: float
    short_share: float
    short_s: float
    signs: int
    rest_hours: float
    keep_days: int
    local_presence: bool
