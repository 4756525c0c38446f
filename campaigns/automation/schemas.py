"""Rules of campaigns on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaigns.automation.rules import Comparison, Condition, Deed, Metric
from campaigns.plans.models import PacingMode
from campaigns.plans.schemas import Name


class ConditionForm(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    metric: Metric
    comparison: Comparison
    value: float = Field(ge=0, le=100_000_000)

    def plain(self) -> Condition:
        return Condition(self.metric, self.comparison, self.value)


class AutomationSettings(BaseModel):
    """What a rule may change of a campaign; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    mode: PacingMode | None = None
    target_abandonment: float | None = Field(default=None, gt=0, le=0.1)
    max_lines: int | None = Field(default=None, ge=1, le=10_000)
    max_lines_per_agent: float | None = Field(default=None, ge=1, le=100)
    calls_per_second: float | None = Field(default=None, gt=0, le=1000)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    position: int = Field(default=0, ge=0, le=1000)
    active: bool = True
    conditions: Annotated[list[ConditionForm], Field(min_length=1, max_length=10)]
    deed: Deed
    settings: AutomationSettings = AutomationSettings()

    @model_validator(mode="after")
    def _settings_of_a_change(self) -> Self:
        given = self.settings.model_dump(exclude_none=True)
        if (self.deed is Deed.CHANGE) != bool(given):
            raise ValueError(
                "settings belong to the deed 'change', which needs at least one / 仅“更改设置”需要且必须有设置"
            )
        return self


class AutomationNew(_Form):
    campaign_id: UUID


class AutomationChange(_Form):
    version: int = Field(ge=1, le=2**31 - 1)


class AutomationRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    campaign_id: UUID
    name: str
    position: int
    active: bool
    conditions: list[ConditionForm]
    deed: Deed
    settings: AutomationSettings
    held: bool
    """The conditions held at the last look."""
    looked_at: datetime | None
    version: int


class ConditionSeen(ConditionForm):
    seen: float
    """The figure at that moment."""


class AutomationRunRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    automation_id: UUID
    campaign_id: UUID
    at: datetime
    deed: Deed
    because: str
    seen: list[ConditionSeen]
    problem_zh: str | None
    problem_en: str | None


class CampaignFigures(BaseModel):
    """The figures that rules look at, as they are at this moment."""

    figures: dict[Metric, float]
    would_fire: list[UUID]
    """Active rules that would fire at the next look."""
