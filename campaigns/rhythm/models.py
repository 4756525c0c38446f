"""The table of grades: four lines, written by the migration, edited by supervisors."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from callcenter.kit.db import one_of
from campaigns.rhythm.rules import Grade


class FollowUpRhythm(SQLModel, table=True):
    __tablename__ = "follow_up_rhythms"
    __table_args__ = (
        CheckConstraint(one_of("grade", Grade), name="grade"),
        CheckConstraint(f"then_grade IS NULL OR ({one_of('then_grade', Grade)} AND then_grade > grade)", name="then"),
        CheckConstraint("every_h BETWEEN 1 AND 8784", name="every"),
        CheckConstraint("rounds_max BETWEEN 1 AND 50 AND tries_max BETWEEN 1 AND 50", name="most"),
    )

    grade: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    every_h: int
    rounds_max: int
    tries_max: int
    then_grade: str | None = None
    advice_zh: str = ""
    """What the agent keeps in mind, shown with the follow-up."""
    advice_en: str = ""
    version: int = 1
