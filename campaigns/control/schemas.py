"""Control of the calling on the wire. Seconds are the installation's clock's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from campaigns.control.models import CRITERIA, SCORE_MAX
from campaigns.control.rules import Fault
from crm_sync.customers.schemas import NO_NUL


class _Counts(BaseModel):
    attempts: int
    answered: int
    connected: int
    abandoned: int
    orders: int
    refused: int
    talk_s: float
    too_short: int
    too_long: int


def _share(part: float, whole: float) -> float | None:
    """None where there is nothing to divide by."""
    return part / whole if whole else None


class Result(_Counts):
    """One row of the results; rates are None where there is nothing to divide by."""

    key: str | None
    """None: the attempts that have no such thing (no agent, no stage, outside every window)."""
    name: str | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def connect_rate(self) -> float | None:
        return _share(self.connected, self.attempts)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def abandonment_rate(self) -> float | None:
        return _share(self.abandoned, self.answered)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def conversion(self) -> float | None:
        return _share(self.orders, self.connected)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def orders_per_attempt(self) -> float | None:
        return _share(self.orders, self.attempts)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def talk_s_mean(self) -> float | None:
        return _share(self.talk_s, self.connected)


class Results(BaseModel):
    by: str
    since: date
    until: date
    rows: list[Result]
    total: Result


class Bin(BaseModel):
    """Talks of `minute` to `minute + 1` minutes; 30: half an hour and longer."""

    minute: int
    talks: int
    orders: int


class Norm(BaseModel):
    """How long a talk should be. `average_s` None: not set; the source leaves it blank."""

    model_config = ConfigDict(extra="forbid")

    average_s: int | None = Field(default=None, ge=10, le=7200)
    too_short_s: int = Field(ge=0, le=7200)
    too_long_s: int = Field(ge=1, le=14400)


class Lengths(BaseModel):
    bins: list[Bin]
    norm: Norm | None
    """Of the campaign asked for; None when all campaigns are shown together."""
    pitch_s: Annotated[Sequence[int], Field(min_length=2, max_length=2)]
    mean_s: float | None


class LedgerDay(BaseModel):
    day: date
    answered: int
    abandoned: int
    rate: float | None
    machine_verdicts: int
    """Calls that ended as a machine: with the carrier's rate of wrong verdicts they enter Ofcom's sum."""
    worst_half_hour: float | None
    """Highest rate of a half-hour with at least 20 answers."""


class LedgerPeriod(BaseModel):
    """One period of the law: the campaign, or 30 days of it."""

    first: date
    last: date
    answered: int
    abandoned: int
    rate: float | None
    within: bool
    """abandoned ≤ limit × answered, the limit being the campaign's and never above 3 %."""


class Ledger(BaseModel):
    campaign_id: UUID
    campaign_name: str
    limit: float
    periods: list[LedgerPeriod]
    days: list[LedgerDay]


class ProofFault(BaseModel):
    fault: Fault
    calls: int
    first: list[UUID]


class ProofRow(BaseModel):
    campaign_id: UUID
    campaign_name: str
    day: date
    attempts: int
    faulty: int
    faults: list[ProofFault]
    proved_at: datetime


_Score = Annotated[int | None, Field(default=None, ge=0, le=SCORE_MAX)]


class ScoreNew(BaseModel):
    """Points of 0 to 5; what could not be judged is left out, but not everything."""

    model_config = ConfigDict(extra="forbid")

    opening: _Score = None
    felt_need: _Score = None
    rational_need: _Score = None
    trust: _Score = None
    closing: _Score = None
    manner: _Score = None
    unlawful_claim: bool = False
    remarks: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=NO_NUL)] = ""
    version: int | None = Field(default=None, ge=1)
    """Of the score that is replaced; none: the first of this call by this person."""

    def points(self) -> dict[str, int]:
        """What was scored."""
        return {name: value for name in CRITERIA if (value := getattr(self, name)) is not None}


class ScoreRow(BaseModel):
    id: UUID
    call_id: UUID
    campaign_id: UUID
    agent_id: UUID
    agent_name: str
    by: UUID
    by_name: str
    opening: int | None
    felt_need: int | None
    rational_need: int | None
    trust: int | None
    closing: int | None
    manner: int | None
    mean: float
    """Of what was scored."""
    unlawful_claim: bool
    remarks: str
    scored_at: datetime
    version: int


class AgentScores(BaseModel):
    agent_id: UUID
    agent_name: str
    calls: int
    mean: float
    opening: float | None
    felt_need: float | None
    rational_need: float | None
    trust: float | None
    closing: float | None
    manner: float | None
    unlawful_claims: int


class MyDay(BaseModel):
    """An agent's own figures since midnight. Seconds are the installation's clock's."""

    day: date
    talks: int
    """Calls in which the agent talked with a person."""
    talk_s: float
    talk_s_mean: float | None
    pitch_s: Annotated[Sequence[int], Field(min_length=2, max_length=2)]
    """The recommended length of a talk."""
    orders: int
    follow_ups_due: int
    """The agent's own, due by now."""
    ready_s: float
    wrap_up_s: float
    wrap_up_s_mean: float | None
    break_s: float
    occupancy: float | None
    """Talking and wrapping up, as a share of that and of waiting, previewing and dialling; breaks count in neither."""
