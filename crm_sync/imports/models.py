"""Runs of the list import, each with its counts (which sum to the rows of its file)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ImportState(StrEnum):
    CHECKED = "checked"  # a dry run
    COMMITTED = "committed"
    FAILED = "failed"


class ImportRun(SQLModel, table=True):
    __tablename__ = "import_runs"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state"),
        CheckConstraint(
            "total_rows = new_rows + updated_rows + duplicate_rows + do_not_call_rows + invalid_rows",
            name="counts_sum_to_rows",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    file_name: str
    file_sha256: str
    source: str
    """Name of the list, written on each customer it brought."""
    encoding: str | None = None
    sheet: str | None = None
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    state: str
    total_rows: int = 0
    new_rows: int = 0
    updated_rows: int = 0
    duplicate_rows: int = 0
    do_not_call_rows: int = 0
    invalid_rows: int = 0
    reasons: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    remarks: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """What was noticed on rows that were taken (an extension kept, a date that could not be read), by code."""
    error_file: str | None = None
    """Name of the file with the rows that were not taken, in the folder of error files."""
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    by: UUID | None = Field(default=None, foreign_key="users.id")
