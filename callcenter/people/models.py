"""People who sign in, their sessions, and the record of what they did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MARKETING = "marketing"
    BACK_OFFICE = "back_office"
    ADMINISTRATOR = "administrator"


class User(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        Index("uq_users_login", text("lower(login)"), unique=True),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    login: str
    name: str
    role: str
    password_hash: str
    language: str = "zh"
    active: bool = True
    address: str | None = None  # where the agent's own sound is parked; None: the browser
    created_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class UserSession(SQLModel, table=True):
    """A signed-in browser. Only the keyed hash of its cookie is stored. Times are real time."""

    __tablename__ = "user_sessions"

    token_hash: str = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    user_agent: str = ""


class SignInFailure(SQLModel, table=True):
    """Failed attempts, counted per login and per address for the rate limit. Real time."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_key_at", "key", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: str
    at: datetime = Field(sa_type=UtcDateTime)


class AuditRecord(SQLModel, table=True):
    """One thing a person did. Never changed, never deleted. Holds ids, not personal data."""

    __tablename__ = "audit_records"
    __table_args__ = (
        Index("ix_audit_records_at", "at"),
        Index("ix_audit_records_thing", "thing", "thing_id"),
        Index("ix_audit_records_user_at", "user_id", "at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    user_id: UUID | None = Field(default=None, foreign_key="users.id")
    action: str  # a verb in the past tense: signed_in, list_imported, disposition_saved …
    thing: str  # what it was done to: user, customer, campaign, call …
    thing_id: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    address: str = ""
