"""The customer master: one row a person, found by phone number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from crm_sync.customers.rules import Consent, NumberKind, NumberState

__all__ = ["SAMPLE", "SAMPLE_OF", "Consent", "Customer", "CustomerPhone", "NumberKind", "NumberState"]

SAMPLE_OF = 512
SAMPLE = f"(hashtextextended(phone, 11) & {SAMPLE_OF - 1}) = 0"


class Customer(SQLModel, table=True):
    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{4,14}$'", name="phone_is_e164"),
        CheckConstraint(one_of("consent", Consent), name="consent"),
        CheckConstraint("gender IS NULL OR gender IN ('f', 'm')", name="gender"),
        CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100", name="birth_year"),
        Index("uq_customers_phone", "phone", unique=True),
        Index("ix_customers_province_city", "province", "city"),
        Index("ix_customers_source", "source"),
        Index("ix_customers_created", "created_at"),
        Index("ix_customers_bought", "last_purchase_on", postgresql_where=text("last_purchase_on IS NOT NULL")),
        Index("ix_customers_spent", "total_purchases_fen", postgresql_where=text("total_purchases_fen > 0")),
        # One customer in SAMPLE_OF, by chance but always the same ones: what an estimate of a broad filter reads.
        Index("ix_customers_sample", "id", postgresql_where=text(SAMPLE)),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    phone: str
    gender: str | None = None
    birth_year: int | None = None
    province: str | None = None
    city: str | None = None
    address: str | None = None
    postcode: str | None = None
    email: str | None = None
    company: str | None = None
    occupation: str | None = None
    income_band: str | None = None
    interests: str | None = None
    last_purchase_on: date | None = None
    total_purchases_fen: int = Field(default=0, sa_type=BigInteger)
    timezone: str = "Asia/Shanghai"
    timezone_known: bool = True
    """False: the zone is a guess, and the strictest reading of calling hours applies."""
    source: str = ""
    consent: str = Consent.UNKNOWN.value
    consent_source: str | None = None
    consent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Columns of the list that have no field of their own, under their heading."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class CustomerPhone(SQLModel, table=True):
    """A further number of a person, or what became of one of theirs.

    A person's own number is `customers.phone`; it has a row here only once something is known of it (that it is dead).
    """

    __tablename__ = "customer_phones"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{4,14}$'", name="phone_is_e164"),
        CheckConstraint(one_of("kind", NumberKind), name="kind"),
        CheckConstraint(one_of("state", NumberState), name="state"),
        CheckConstraint("position BETWEEN 0 AND 99", name="position"),
        Index("ix_customer_phones_phone", "phone"),
    )

    customer_id: UUID = Field(primary_key=True, foreign_key="customers.id", ondelete="CASCADE")
    phone: str = Field(primary_key=True)
    kind: str = NumberKind.OTHER.value
    position: int = 1
    """In what order the numbers are tried; the person's own number is 0."""
    state: str = NumberState.USABLE.value
    state_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str = ""
    """Where the number came from: the name of a list, or `office`."""
    created_at: datetime = Field(sa_type=UtcDateTime)
