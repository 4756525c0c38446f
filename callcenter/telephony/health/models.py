"""What each worker last said of its carrier, every trouble there was, and messages that were not believed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id
from callcenter.telephony.health.rules import Circuit, Trouble


class CarrierHealth(SQLModel, table=True):
    """The circuit of one worker. `good_until` is the database server's real time: later, the worker is gone."""

    __tablename__ = "carrier_health"
    __table_args__ = (
        CheckConstraint(one_of("circuit", Circuit), name="circuit"),
        CheckConstraint(f"trouble IS NULL OR {one_of('trouble', Trouble)}", name="trouble"),
        CheckConstraint("(circuit = 'closed') = (trouble IS NULL)", name="closed_has_no_trouble"),
    )

    worker: str = Field(primary_key=True)
    carrier: str
    circuit: str
    trouble: str | None = None
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_look_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    good_until: datetime = Field(sa_type=UtcDateTime)


class CarrierTrouble(SQLModel, table=True):
    """From the opening of a circuit until it closed again."""

    __tablename__ = "carrier_troubles"
    __table_args__ = (
        CheckConstraint(one_of("trouble", Trouble), name="trouble"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="order"),
        Index("uq_carrier_troubles_open", "worker", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_carrier_troubles_began", "began_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    worker: str
    carrier: str
    trouble: str
    """As it was found last."""
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 1


class Disbelief(StrEnum):
    """Why a message that came from outside changed nothing."""

    UNSIGNED = "unsigned"
    FORGED = "forged"  # signed, and not with our account's token for our address
    OTHER_ACCOUNT = "other_account"
    UNKNOWN_CALL = "unknown_call"  # genuine, and of a call that is not ours
    REPEATED = "repeated"  # genuine, and known already: usual, now and then


class RefusedMessage(SQLModel, table=True):
    """How many messages of a day were not taken, by the reason."""

    __tablename__ = "refused_messages"
    __table_args__ = (
        CheckConstraint(one_of("why", Disbelief), name="why"),
        CheckConstraint("count >= 1", name="count"),
    )

    day: date = Field(primary_key=True)
    """In UTC."""
    why: str = Field(primary_key=True)
    count: int
    last_at: datetime = Field(sa_type=UtcDateTime)
