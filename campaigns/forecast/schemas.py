"""The forecast calendar on the wire. Leads and attempts are expected values, rounded to whole ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from campaigns.plans.schemas import Notice


class ForecastDay(BaseModel):
    day: date
    is_open: bool
    callable: int
    """Leads that may be called on this day and are not finished when it begins."""
    becoming: int
    """Of these, those whose first day it is."""
    capacity: int
    """Attempts that the agents can make."""
    first_calls: int
    repeats: int
    promised: int
    """Callbacks and follow-ups that are kept first."""
    expiring: int
    """Leads that end uncalled with this day."""
    expiring_tried: int
    """Leads that end with this day, tried and not reached."""


class Basis(BaseModel):
    """What the forecast reckons with, and where it comes from."""

    agents: int
    agents_from: Literal["given", "signed_on"]
    calls_per_agent_hour: float
    calls_from: Literal["own_calls", "default"]
    """`own_calls`: attempts and agents' working time of this campaign in the last two weeks."""
    again: float
    """Share of attempts after which the lead is called again."""
    promised: float
    """Share of attempts after which somebody waits for a call at a time of their own."""
    again_from: Literal["own_calls", "default"]
    attempts_seen: int
    agent_hours_seen: float
    hours_a_day: float
    """Calling hours of an open day."""


class ForecastOut(BaseModel):
    """Day by day until the last lead's last day: what can be called, what will be lost, what would save it."""

    campaign_id: UUID
    at: datetime
    days: list[ForecastDay]
    uncalled: int
    """Open leads that nobody has called yet."""
    lost: int
    """Of these, how many will expire uncalled with `basis.agents`."""
    lost_anyway: int
    """Of the lost, those whom no number of agents saves: no open day is left to them."""
    agents_needed: int | None
    """The least number of agents with whom only `lost_anyway` are lost. None: beyond all reason."""
    basis: Basis
    warnings: list[Notice] = []
    left_out_zh: str = "未计入：与公司不同的时区、今后新增的线索。"
    left_out_en: str = "Left out: other time zones than the company's, leads yet to come."
