"""Learned scores on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from campaigns.scoring.rules import Verdict
from campaigns.targeting.models import ModelState
from campaigns.targeting.schemas import PointRow
from crm_sync.customers.schemas import NO_NUL

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500, pattern=NO_NUL)]


class FigureOut(BaseModel):
    """A figure with the interval that holds in 19 cases of 20."""

    model_config = ConfigDict(from_attributes=True)

    value: float
    low: float
    high: float


class Gain(BaseModel):
    """Of the first `called` per cent in order of score: which share of all sales is among them."""

    called: int
    card: float
    model: float


class Comparison(BaseModel):
    """Card and model on the same later calls, which the model has not seen. Differences are model − card."""

    held_out_calls: int
    held_out_sold: int
    held_out_from: date
    held_out_until: date
    card_auc: FigureOut
    model_auc: FigureOut
    auc_difference: FigureOut
    card_loss: FigureOut
    model_loss: FigureOut
    loss_difference: FigureOut
    base_loss: float
    """Log loss of knowing only the share of sales."""
    verdict: Verdict
    gains: list[Gain]


class ModelRow(BaseModel):
    id: UUID
    state: ModelState
    base: int
    lines: list[PointRow]
    comparison: Comparison
    calls: int
    sold: int
    from_day: date
    until_day: date
    trained_at: datetime
    trained_by: str | None
    used_since: datetime | None
    used_by: str | None
    reason: str
    version: int


class Stock(BaseModel):
    """What there is to learn from: first conversations with the right person whose end is known."""

    calls: int
    sold: int
    calls_needed: int
    sold_needed: int
    outcome_days: int
    """A conversation is known so many days after it took place."""
    in_force: Literal["card", "model"]


class Use(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1)
    reason: Reason
    despite_comparison: bool = False
    """Needed where the comparison does not prove the model better than the card."""


class BackToCard(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason
