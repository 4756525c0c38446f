"""Campaigns on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from campaigns.plans.models import CampaignState, PacingMode
from campaigns.schedule.calling import from_json, to_json, validate_rules
from crm_sync.customers.schemas import NO_NUL

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)]
Message = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=NO_NUL)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+[1-9][0-9]{4,14}$")]
Rules = Annotated[
    dict[str, Any],
    Field(
        description="Calling rules: days_from, days_to, windows, weekdays, closed_days, preset, legal_windows,"
        " legal_weekdays, legal_holidays, holidays (CN or none), makeup_days,"
        " caps, min_gap_s, consent, attempts_max, attempts_total, retry,"
        " follow_up_days, first_calls_first, callback_days_max, callback_owner_s. What is left out has its default.",
        examples=[{"days_from": 7, "days_to": 14, "windows": [["10:00", "11:00"]]}],
    ),
]


ClockTime = Annotated[
    str,
    Field(
        pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$",
        description="HH:MM, the company's time; empty: not known.",
        examples=["17:30"],
    ),
]


class _Settings(BaseModel):
    """What a campaign is run with. Defaults are those of a new campaign."""

    model_config = ConfigDict(extra="forbid")

    script_id: UUID | None = None
    mode: PacingMode = PacingMode.PREDICTIVE
    target_abandonment: float = Field(default=0.03, gt=0, le=0.1)
    patience_s: float = Field(default=2.0, gt=0, le=10)
    ring_timeout_s: float = Field(default=25.0, ge=15, le=120)
    wrap_up_s: float = Field(default=30.0, ge=0, le=600)
    max_lines: int = Field(default=200, ge=1, le=10_000)
    max_lines_per_agent: float = Field(default=15.0, ge=1, le=100)
    calls_per_second: float = Field(default=10.0, gt=0, le=1000)
    machine_detection: Literal["off", "async"] = "off"
    people_taken_for_machines: float = Field(default=0.0, ge=0, le=0.2)
    shift_ends: ClockTime = ""
    record_calls: bool = False
    abandoned_message: Message = ""
    rules: Rules = {}

    @field_validator("rules")
    @classmethod
    def _can_run(cls, value: dict[str, Any]) -> dict[str, Any]:
        return to_json(validate_rules(from_json(value)))


class CampaignNew(_Settings):
    name: Name
    mailing_id: UUID
    from_number: Number
    """The number that customers see: they must be able to call it back."""


class CampaignChange(BaseModel):
    """What is given is changed. `version`: that which was read; a newer one refuses the change."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1)
    name: Name | None = None
    from_number: Number | None = None
    script_id: UUID | None = None
    mode: PacingMode | None = None
    target_abandonment: float | None = Field(default=None, gt=0, le=0.1)
    patience_s: float | None = Field(default=None, gt=0, le=10)
    ring_timeout_s: float | None = Field(default=None, ge=15, le=120)
    wrap_up_s: float | None = Field(default=None, ge=0, le=600)
    max_lines: int | None = Field(default=None, ge=1, le=10_000)
    max_lines_per_agent: float | None = Field(default=None, ge=1, le=100)
    calls_per_second: float | None = Field(default=None, gt=0, le=1000)
    machine_detection: Literal["off", "async"] | None = None
    people_taken_for_machines: float | None = Field(default=None, ge=0, le=0.2)
    shift_ends: ClockTime | None = None
    record_calls: bool | None = None
    abandoned_message: Message | None = None
    rules: Rules | None = None

    @field_validator("rules")
    @classmethod
    def _can_run(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if value is None else to_json(validate_rules(from_json(value)))


class CampaignRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    mailing_id: UUID
    script_id: UUID | None
    state: CampaignState
    mode: PacingMode
    from_number: str
    target_abandonment: float
    patience_s: float
    ring_timeout_s: float
    wrap_up_s: float
    max_lines: int
    max_lines_per_agent: float
    calls_per_second: float
    machine_detection: str
    people_taken_for_machines: float
    shift_ends: str
    record_calls: bool
    abandoned_message: str
    rules: Rules
    created_at: datetime
    opened_at: datetime | None
    version: int


class Notice(BaseModel):
    """Something a person should know before they rely on what they see."""

    code: str
    zh: str
    en: str


class CampaignDetail(CampaignRow):
    mailing_name: str
    brochure_title: str
    leads: int
    leads_open: int
    warnings: list[Notice] = []


class Filled(BaseModel):
    """What became, or would become, of the recipients of a mailing. `added + already + skipped` are all of them."""

    recipients: int
    added: int
    already: int
    skipped: dict[str, int]
    """By reason: not_posted, replied, returned, do_not_call, consent_refused, consent_missing, bought, expired."""


class Day(BaseModel):
    """One day: `callable` leads may be called on it, `starting` ones for the first, `last` ones for the last time."""

    day: date
    open: bool
    """Whether ordinary calling is permitted on this day."""
    callable: int
    starting: int
    last: int


class Calendar(BaseModel):
    days: list[Day]
    expected: Filled
    warnings: list[Notice] = []


class FunnelOut(BaseModel):
    """Why each lead is, or is not, called now. The counts of `open` and `closed` sum to `total`."""

    campaign_id: UUID
    at: datetime
    funnel_as_of: datetime
    """When this was true: a huge campaign is counted in the background, and the last known count is shown."""
    total: int
    open: dict[str, int]
    closed: dict[str, int]
    callable_now: int
    callable_today: int
    expiring_today: int
    callbacks_overdue: int


class PresetRow(BaseModel):
    code: str
    zh: str
    en: str
    source_zh: str
    source_en: str
    """Law, regulation or norm of trade from which the numbers come."""
    rules: Rules


class WorkplaceItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    sku: str
    name: str
    unit: str
    price_fen: int


class WorkplaceDisposition(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    name_zh: str
    name_en: str
    person: bool
    right_party: bool
    sale: bool
    refusal: bool
    do_not_call: bool
    callback: bool
    follow_up_case: str | None
    closes_lead: str | None


class Workplace(BaseModel):
    """All an agent's screen needs to know about a campaign, once."""

    campaign_id: UUID
    name: str
    state: CampaignState
    mode: PacingMode
    brochure_title: str
    script_id: UUID | None
    script_name: str | None
    script_version: int | None
    script: dict[str, Any] | None
    dispositions: list[WorkplaceDisposition]
    items: list[WorkplaceItem]
    windows: list[tuple[str, str]]
    legal_windows: list[tuple[str, str]]
    callback_days_max: int
    wrap_up_s: float
    abandoned_message: str
    recorded: bool
    """Calls are recorded, and the installation keeps recordings."""
