"""Days that differ from the week's pattern: holidays on weekdays, working weekends (调休)."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel


class OfficeDay(SQLModel, table=True):
    __tablename__ = "office_days"

    day: date = Field(primary_key=True)
    working: bool
    note: str = ""
