"""The table of grades on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from campaigns.rhythm.rules import Grade
from crm_sync.customers.schemas import NO_NUL

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=NO_NUL)]
Advice = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=NO_NUL)]


class RhythmForm(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name_zh: Name
    name_en: Name
    every_h: int = Field(ge=1, le=366 * 24)
    """Hours between two talks."""
    rounds_max: int = Field(ge=1, le=50)
    """Follow-ups of this grade; then comes `then_grade`, or the end."""
    tries_max: int = Field(ge=1, le=50)
    """Fruitless attempts on one follow-up; then the lead is closed as exhausted."""
    then_grade: Grade | None = None
    advice_zh: Advice = ""
    advice_en: Advice = ""


class RhythmChange(RhythmForm):
    version: int = Field(ge=1, le=2**31 - 1)


class RhythmRow(RhythmForm):
    grade: Grade
    version: int
