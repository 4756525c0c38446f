"""The last number given out, a row for each kind and year."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class NumberSeries(SQLModel, table=True):
    __tablename__ = "office_number_series"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    prefix: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int
