"""The mix of campaigns on the wire."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaigns.plans.models import CampaignState


class MixLine(BaseModel):
    model_config = ConfigDict(extra="forbid")

    campaign_id: UUID
    weight: int = Field(default=1, ge=1, le=1000)
    priority: int = Field(default=1, ge=1, le=9)


class MixNew(BaseModel):
    """All lists of a host, in order; an empty list ends the sharing."""

    model_config = ConfigDict(extra="forbid")

    lists: Annotated[list[MixLine], Field(max_length=50)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.campaign_id for one in self.lists}) != len(self.lists):
            raise ValueError("a campaign is named twice / 同一活动出现了两次")
        return self


class MixRow(BaseModel):
    """One list of a mix, with what it was to have and what it had since midnight."""

    campaign_id: UUID
    name: str
    state: CampaignState
    host: bool
    weight: int
    priority: int
    share: float
    """Of the calls of its priority, 0–1, while all of its priority have somebody to call."""
    calls_today: int
    """Launched for the host's agents since midnight, promised calls among them."""
    given: int
    """Of the present round."""
    dry: bool


class Mix(BaseModel):
    host_id: UUID
    host_name: str
    lists: list[MixRow]
