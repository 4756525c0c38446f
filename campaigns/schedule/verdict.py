"""The answer of the gate: allowed or not, by which rule, and when next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ReasonCode(StrEnum):
    """Why a lead is, or is not, called now. In the order in which they are asked."""

    CLOSED = "closed"
    DO_NOT_CALL = "do_not_call"
    NO_NUMBER = "no_number"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_MISSING = "consent_missing"
    REPLIED = "replied"
    RETURNED_MAIL = "returned_mail"
    NOT_MAILED = "not_mailed"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    IN_CALL = "in_call"
    CAMPAIGN_NOT_OPEN = "campaign_not_open"
    NO_TIME_LEFT = "no_time_left"
    TOO_EARLY = "too_early"
    CALLBACK_LATER = "callback_later"
    RESTING = "resting"
    CAP = "cap"
    MIN_GAP = "min_gap"
    LEGAL_HOURS = "legal_hours"
    CLOSED_DAY = "closed_day"
    OUTSIDE_WINDOW = "outside_window"
    OTHER_WINDOW = "other_window"
    ALLOWED = "allowed"


class Grounds(StrEnum):
    """By which right a lead is called: which rules it had to keep."""

    SCHEDULE = "schedule"
    FOLLOW_UP = "follow_up"
    CALLBACK = "callback"


CLOSES: dict[ReasonCode, str] = {
    ReasonCode.DO_NOT_CALL: "do_not_call",
    ReasonCode.NO_NUMBER: "wrong_number",
    ReasonCode.CONSENT_REFUSED: "refused",
    ReasonCode.REPLIED: "ordered_direct",
    ReasonCode.RETURNED_MAIL: "returned_mail",
    ReasonCode.EXHAUSTED: "exhausted",
    ReasonCode.EXPIRED: "expired",
}
"""Reasons no time can mend, with the closing reason of the lead (leads.models.ClosedReason)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`next_at`: the exact next instant at which it would be allowed; None: never, as things stand."""

    allowed: bool
    reason: ReasonCode
    next_at: datetime | None = None
    grounds: Grounds = Grounds.SCHEDULE
    closes: str | None = None
    """Reason under which the lead is to be closed: nothing can make it callable again."""
    detail: dict[str, Any] = field(default_factory=dict)
    """What the sentence names: zone, days, window, cap …"""
