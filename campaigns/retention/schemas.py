"""Terms on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from campaigns.retention.rules import Kind


class RetentionTermChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(ge=1, le=36_600)
    active: bool = True
    version: int = Field(ge=1, le=2**31 - 1)


class RetentionTermRow(BaseModel):
    kind: Kind
    days: int
    active: bool
    usual_days: int
    least_days: int
    why_zh: str
    why_en: str
    done_until: datetime | None
    version: int


class RetentionRunRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: Kind
    at: datetime
    before: datetime
    gone: int
    more: bool
