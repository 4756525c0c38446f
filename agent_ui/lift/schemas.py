"""The lift of a mailing on the wire."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class BuyersOut(BaseModel):
    """Buyers among people, with the interval that holds in 19 cases of 20 (Wilson)."""

    model_config = ConfigDict(from_attributes=True)

    people: int
    bought: int
    share: float
    low: float
    high: float


class LiftOut(BaseModel):
    """Share of buyers among the mailed minus that among the control group, since the first letter was posted.

    `since` None: nothing is posted yet. The shares are None where one of the groups is empty.
    """

    mailing_id: UUID
    at: datetime
    since: date | None
    mailed: BuyersOut | None = None
    control: BuyersOut | None = None
    lift: float | None = None
    low: float | None = None
    high: float | None = None
    more_buyers: float | None = None
    more_low: float | None = None
    more_high: float | None = None
    proven: bool = False
    """The interval lies on one side of 0."""
    control_touched: int = 0
    """Of the control group: mailed or called since by somebody else's wave. They make the lift look smaller."""
