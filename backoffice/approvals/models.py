"""Rules, approvals, their tasks, and delegations.

That a maker never approves is held by the database: a task carries its approval's maker (composite foreign
key), and a CHECK forbids that the maker decides it or that it is decided in the maker's name.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backoffice.approvals.rules import ApprovalState, TaskState
from backoffice.kit.duties import OfficeRole
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ApprovalRule(SQLModel, table=True):
    """Who approves documents of `kind` with an amount over `over_fen`, up to and including `up_to_fen`."""

    __tablename__ = "approval_rules"
    __table_args__ = (
        UniqueConstraint("kind", "over_fen"),
        CheckConstraint("up_to_fen IS NULL OR up_to_fen > over_fen", name="band"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    over_fen: int = Field(default=-1, sa_type=BigInteger)
    """Excluded; -1 lets a band begin with 0."""
    up_to_fen: int | None = Field(default=None, sa_type=BigInteger)


class ApprovalRuleStep(SQLModel, table=True):
    """A duty asked in a step; several rows of one step are opinions side by side."""

    __tablename__ = "approval_rule_steps"
    __table_args__ = (CheckConstraint(one_of("role", OfficeRole), name="role"),)

    rule_id: UUID = Field(foreign_key="approval_rules.id", primary_key=True, ondelete="CASCADE")
    step: int = Field(primary_key=True)
    role: str = Field(primary_key=True)


class Approval(SQLModel, table=True):
    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint(one_of("state", ApprovalState), name="state"),
        UniqueConstraint("id", "maker_id"),
        Index(
            "uq_approvals_one_alive",
            "kind",
            "thing_id",
            unique=True,
            postgresql_where=text("state IN ('pending', 'approved')"),
        ),
        Index("ix_approvals_thing", "thing_id"),
        Index("ix_approvals_state", "state", "made_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    thing: str
    thing_id: UUID
    title: str
    amount_fen: int = Field(sa_type=BigInteger)
    digest: str
    """Of what is approved: a change makes the digest another one, and the verdict void."""
    maker_id: UUID = Field(foreign_key="users.id")
    state: str = ApprovalState.PENDING.value
    step: int = 1
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_on: date | None = None
    """The company's date of the last agreement."""
    version: int = 1


class ApprovalTask(SQLModel, table=True):
    __tablename__ = "approval_tasks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["approval_id", "maker_id"],
            ["approvals.id", "approvals.maker_id"],
            name="fk_approval_tasks_approval",
            ondelete="CASCADE",
        ),
        CheckConstraint(one_of("role", OfficeRole), name="role"),
        CheckConstraint(one_of("state", TaskState), name="state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> maker_id", name="maker_never_approves"),
        CheckConstraint("decided_for IS NULL OR decided_for <> maker_id", name="never_in_the_makers_name"),
        CheckConstraint("assignee_id IS NULL OR assignee_id <> maker_id", name="never_forwarded_to_maker"),
        CheckConstraint("(state IN ('agreed', 'refused')) = (decided_by IS NOT NULL)", name="verdict_has_a_name"),
        CheckConstraint("state <> 'refused' OR opinion <> ''", name="refusal_has_an_opinion"),
        Index(
            "uq_approval_tasks_one_verdict_each",
            "approval_id",
            "decided_by",
            unique=True,
            postgresql_where=text("decided_by IS NOT NULL"),
        ),
        Index("ix_approval_tasks_open", "role", postgresql_where=text("state = 'open'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    approval_id: UUID = Field(index=True)
    maker_id: UUID
    step: int
    role: str
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id")
    """The one person it was forwarded to; None: whoever holds the duty."""
    state: str
    decided_by: UUID | None = Field(default=None, foreign_key="users.id")
    decided_for: UUID | None = Field(default=None, foreign_key="users.id")
    """The absent person in whose name `decided_by` acted."""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opinion: str = ""
    forwarded_by: UUID | None = Field(default=None, foreign_key="users.id")


class Delegation(SQLModel, table=True):
    """Somebody absent asks somebody else to decide for them, from day to day, both included."""

    __tablename__ = "approval_delegations"
    __table_args__ = (
        CheckConstraint("absent_id <> deputy_id", name="two_people"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint(f"role IS NULL OR {one_of('role', OfficeRole)}", name="role"),
        Index("ix_approval_delegations_deputy", "deputy_id", "last_day"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    absent_id: UUID = Field(foreign_key="users.id")
    deputy_id: UUID = Field(foreign_key="users.id")
    role: str | None = None
    first_day: date
    last_day: date
    reason: str = ""
    made_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
