"""What a person allowed and refused, and what they asked of us: added to, never changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from crm_sync.customers.rules import Consent


class ConsentRecord(SQLModel, table=True):
    """Each change of a customer's consent, written by a trigger on `customers`: no path can forget it.

    Kept after the person's erasure: it is the evidence that we were allowed to call, or stopped (UWG 7a: five years;
    draft MIIT rules: five months).
    """

    __tablename__ = "consent_records"
    __table_args__ = (
        CheckConstraint(one_of("consent", Consent), name="consent"),
        Index("ix_consent_records_customer", "customer_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    customer_id: UUID = Field(foreign_key="customers.id")
    consent: str
    source: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    """When the person said so, where it is known; else when we wrote it down."""


class RequestKind(StrEnum):
    COPY = "copy"
    ERASURE = "erasure"


class PrivacyRequest(SQLModel, table=True):
    """What a person asked for, until when it is due, and what was done."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint(one_of("kind", RequestKind), name="kind"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done"),
        CheckConstraint("due_on >= received_on", name="due"),
        Index("uq_privacy_requests_open", "customer_id", "kind", unique=True, postgresql_where=text("done_at IS NULL")),
        Index("ix_privacy_requests_due", "due_on", postgresql_where=text("done_at IS NULL")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    customer_id: UUID = Field(foreign_key="customers.id", index=True)
    received_on: date
    due_on: date
    how: str = ""
    """How it was asked and how we know that it is the person: a call, a letter with a copy of the card …"""
    noted_by: UUID = Field(foreign_key="users.id")
    noted_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = Field(default=None, foreign_key="users.id")
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Counts of what was given or erased, by holder, and what is kept and why."""
