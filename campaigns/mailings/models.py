"""Brochures with the items they offer, and the waves in which they were mailed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Brochure(SQLModel, table=True):
    __tablename__ = "brochures"
    __table_args__ = (UniqueConstraint("code", "edition"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str
    edition: int = 1
    title: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class BrochureItem(SQLModel, table=True):
    """Something a brochure offers, at its price in fen."""

    __tablename__ = "brochure_items"
    __table_args__ = (
        UniqueConstraint("brochure_id", "sku"),
        CheckConstraint("price_fen > 0", name="price_is_positive"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    brochure_id: UUID = Field(foreign_key="brochures.id", ondelete="CASCADE")
    sku: str
    name: str
    unit: str = "盒"
    price_fen: int
    position: int = 0


class MailingState(StrEnum):
    PLANNED = "planned"
    POSTED = "posted"


class Mailing(SQLModel, table=True):
    """One wave of one brochure to one segment. `posted_on` is confirmed when the post office has it."""

    __tablename__ = "mailings"
    __table_args__ = (
        CheckConstraint(one_of("state", MailingState), name="state"),
        CheckConstraint("control_percent BETWEEN 0 AND 50", name="control_percent"),
        CheckConstraint("sample_size IS NULL OR sample_size > 0", name="sample_size"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    brochure_id: UUID = Field(foreign_key="brochures.id")
    segment_id: UUID | None = Field(default=None, foreign_key="segments.id")
    segment_version: int | None = None
    """Which version of the segment it was made of; None: everybody, or made before versions were kept."""
    sample_size: int | None = None
    """So many were drawn from the segment; None: all."""
    control_percent: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Of those drawn, so many per cent are the control group: not mailed, not called by its campaigns."""
    draw_seed: int | None = None
    """The same seed draws the same people from the same segment again."""
    state: str = MailingState.PLANNED.value
    made_on: date | None = None
    """The day its list went to the mailing house; None: the day of `created_at`. No letter is older."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="users.id")
    posted_confirmed_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1


class MailingRecipient(SQLModel, table=True):
    """Who got it. A wave may be posted in batches, so each recipient has a posting date of their own."""

    __tablename__ = "mailing_recipients"
    __table_args__ = (
        Index("ix_mailing_recipients_customer", "customer_id"),
        Index("ix_mailing_recipients_batch", "mailing_id", "batch_no"),
    )

    mailing_id: UUID = Field(foreign_key="mailings.id", primary_key=True, ondelete="CASCADE")
    customer_id: UUID = Field(foreign_key="customers.id", primary_key=True)
    batch_no: int = 1
    posted_on: date | None = None
    returned_on: date | None = None
    replied_on: date | None = None


class MailingControl(SQLModel, table=True):
    """Who would have got it and was held back by chance, so that what the mailing brought can be measured.

    Triggers refuse them as recipients of the mailing and as leads of its campaigns (campaigns.mailings.guards).
    """

    __tablename__ = "mailing_controls"
    __table_args__ = (Index("ix_mailing_controls_customer", "customer_id"),)

    mailing_id: UUID = Field(foreign_key="mailings.id", primary_key=True, ondelete="CASCADE")
    customer_id: UUID = Field(foreign_key="customers.id", primary_key=True)
