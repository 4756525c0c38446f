"""A conference and the parts of its plan; invitees with their talks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.conferences.rules import ConferenceState, InviteeKind, InviteeState
from backoffice.conferences.template import Amount, Category, Part
from backoffice.kit.duties import OfficeRole
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Conference(SQLModel, table=True):
    __tablename__ = "conferences"
    __table_args__ = (
        CheckConstraint(one_of("state", ConferenceState), name="state"),
        CheckConstraint("target_count > 0 AND seats > 0", name="people"),
        CheckConstraint("state <> 'summarised' OR summary <> ''", name="summarised_with_a_summary"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    document_id: UUID = Field(foreign_key="controlled_documents.id")
    """The plan is a controlled document (M10-20)."""
    product: str
    theme: str
    held_on: date
    city: str
    venue: str
    target_count: int
    seats: int
    state: str = ConferenceState.PLANNED.value
    summary: str = ""
    publicity: str = ""
    confirmation_told_on: date | None = None
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class ConferenceLine(SQLModel, table=True):
    """A line of the plan: a purpose, a host, a task …"""

    __tablename__ = "conference_lines"
    __table_args__ = (
        CheckConstraint(one_of("part", Part), name="part"),
        CheckConstraint(one_of("duty", OfficeRole), name="duty"),
        CheckConstraint("(done_on IS NULL) = (done_by IS NULL) AND (done_on IS NULL OR is_task)", name="done"),
    )

    conference_id: UUID = Field(foreign_key="conferences.id", primary_key=True, ondelete="CASCADE")
    part: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    text: str
    duty: str
    is_task: bool
    done_on: date | None = None
    done_by: UUID | None = Field(default=None, foreign_key="users.id")


class ConferenceItem(SQLModel, table=True):
    __tablename__ = "conference_items"
    __table_args__ = (
        CheckConstraint(one_of("amount", Amount), name="amount"),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint(
            "ready_on IS NULL OR amount NOT IN ('fixed', 'to_set') OR quantity IS NOT NULL", name="counted"
        ),
    )

    conference_id: UUID = Field(foreign_key="conferences.id", primary_key=True, ondelete="CASCADE")
    seq: int = Field(primary_key=True)
    name: str
    amount: str
    quantity: int | None = None
    unit: str
    note: str = ""
    contents: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    responsible_id: UUID | None = Field(default=None, foreign_key="users.id")
    ready_on: date | None = None


class ConferenceRole(SQLModel, table=True):
    __tablename__ = "conference_roles"
    __table_args__ = (CheckConstraint(one_of("duty", OfficeRole), name="duty"),)

    conference_id: UUID = Field(foreign_key="conferences.id", primary_key=True, ondelete="CASCADE")
    seq: int = Field(primary_key=True)
    code: str
    name: str
    duty: str
    duties: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    person_id: UUID | None = Field(default=None, foreign_key="users.id")


class ConferenceZoneTask(SQLModel, table=True):
    __tablename__ = "conference_zone_tasks"
    __table_args__ = (
        CheckConstraint("zone IN ('rostrum', 'distributor_zone', 'entrance')", name="zone"),
        CheckConstraint("(from_cm IS NULL) = (to_cm IS NULL) AND (from_cm IS NULL OR from_cm <= to_cm)", name="cm"),
        CheckConstraint("done_on IS NULL OR from_cm IS NULL OR measured_cm IS NOT NULL", name="measured"),
    )

    conference_id: UUID = Field(foreign_key="conferences.id", primary_key=True, ondelete="CASCADE")
    seq: int = Field(primary_key=True)
    zone: str
    text: str
    from_cm: int | None = None
    to_cm: int | None = None
    measured_cm: int | None = None
    done_on: date | None = None


class ConferenceSlot(SQLModel, table=True):
    """A line of the day plan, in minutes after midnight."""

    __tablename__ = "conference_slots"
    __table_args__ = (CheckConstraint("starts >= 0 AND starts < ends AND ends <= 1440", name="times"),)

    conference_id: UUID = Field(foreign_key="conferences.id", primary_key=True, ondelete="CASCADE")
    starts: int = Field(primary_key=True)
    ends: int
    title: str
    speaker: str = ""


class ConferenceCost(SQLModel, table=True):
    """A line of the budget. What is spent are the expenses of the requests that name it (M2)."""

    __tablename__ = "conference_costs"
    __table_args__ = (
        CheckConstraint(one_of("category", Category), name="category"),
        CheckConstraint("planned_fen >= 0", name="planned"),
        UniqueConstraint("conference_id", "category", "item"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conference_id: UUID = Field(foreign_key="conferences.id")
    seq: int
    category: str
    item: str
    planned_fen: int = Field(default=0, sa_type=BigInteger)


class ConferenceInvitee(SQLModel, table=True):
    __tablename__ = "conference_invitees"
    __table_args__ = (
        CheckConstraint(one_of("state", InviteeState), name="state"),
        CheckConstraint(one_of("kind", InviteeKind), name="kind"),
        CheckConstraint("kind = 'distributor' OR NOT leads_signing", name="distributors_sign"),
        CheckConstraint("(signed_by IS NOT NULL) = (state = 'signed_on_spot')", name="signed_by"),
        CheckConstraint(
            "state <> 'signed_on_spot' OR (kind = 'distributor' AND customer_id IS NOT NULL AND signed_on IS NOT NULL)",
            name="signed_is_a_customer",
        ),
        UniqueConstraint("conference_id", "customer_id"),
        Index("ix_conference_invitees_state", "conference_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conference_id: UUID = Field(foreign_key="conferences.id")
    kind: str
    name: str
    organisation: str = ""
    customer_id: UUID | None = Field(default=None, foreign_key="customers.id", index=True)
    rep_id: UUID | None = Field(default=None, foreign_key="users.id")
    intent: str = ""
    proposals: str = ""
    """What they propose and expect of the conference (M10-17)."""
    leads_signing: bool = False
    rounds: int = 0
    invited_on: date | None = None
    confirmed_on: date | None = None
    lodging: str = ""
    transport: str = ""
    checked_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contract_id: UUID | None = Field(default=None, foreign_key="contracts.id")
    signed_by: UUID | None = Field(default=None, foreign_key="users.id")
    signed_on: date | None = None
    state: str = InviteeState.CANDIDATE.value
    made_by: UUID = Field(foreign_key="users.id")
    version: int = 1
