"""The card: all an agent needs to know about a customer, composed before the call is placed.

It travels inside the call (`calls.card`) and reaches the screen with the event of the answer, so that the
pop waits for no query; and it stays there as the evidence of what the agent saw.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CardCustomer(_Closed):
    id: UUID
    name: str
    masked_phone: str
    gender: str | None
    birth_year: int | None
    province: str | None
    city: str | None
    address: str | None
    occupation: str | None
    company: str | None
    interests: str | None
    source: str
    timezone: str
    last_purchase_on: date | None
    total_purchases_fen: int
    attributes: dict[str, Any]


class CardMailing(_Closed):
    """The brochure this person has at home, and since when."""

    name: str
    brochure_id: UUID
    brochure_title: str
    posted_on: date
    day_n: int
    """Days since posting on the customer's calendar, when the card was composed."""
    first_day: date
    last_day: date


class HistoryKind(StrEnum):
    MAILING = "mailing"
    CALL = "call"
    ORDER = "order"
    FOLLOW_UP = "follow_up"


class HistoryItem(_Closed):
    """One line of the customer's timeline, newest first. `code` is a word for the screen to translate."""

    at: datetime
    kind: HistoryKind
    code: str
    text: str = ""
    by: str | None = None
    talk_s: float | None = None
    amount_fen: int | None = None


class CardFollowUp(_Closed):
    case: str
    reason: str
    due_at: datetime


class Card(_Closed):
    lead_id: UUID
    campaign_id: UUID
    campaign_name: str
    script_id: UUID | None
    customer: CardCustomer
    mailing: CardMailing
    score: int
    score_reasons: str
    attempt_no: int
    attempts_max: int
    callback_at: datetime | None
    follow_up: CardFollowUp | None
    history: list[HistoryItem]
    simulated: bool
    """True when the call runs over the simulated network: the screen says so."""
