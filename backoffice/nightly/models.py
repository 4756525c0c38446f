"""One row for each job and day: who did it, how much it made, or why it failed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from backoffice.nightly.rules import RunState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class NightlyRun(SQLModel, table=True):
    __tablename__ = "office_nightly_runs"
    __table_args__ = (
        CheckConstraint(one_of("state", RunState), name="state"),
        CheckConstraint("(state = 'done') = (made IS NOT NULL)", name="done_has_a_count"),
        CheckConstraint("(state = 'failed') = (failure <> '')", name="failed_has_a_reason"),
        UniqueConstraint("job", "day"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    job: str
    day: date
    """The company's date it was done for."""
    state: str
    tries: int = 1
    at: datetime = Field(sa_type=UtcDateTime)
    """Of the last try, by the installation's clock."""
    worker: str
    made: int | None = None
    """Rows it made: letters, cases, tasks …"""
    failure: str = ""
    """The kind of error, without its text: that could carry a customer's data. The text is in the worker's log."""
