"""Filters over the customer master, and segments on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from callcenter.kit.errors import BadInput
from crm_sync.customers.models import Consent
from crm_sync.customers.schemas import NO_NUL

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NO_NUL)]
Words = Annotated[list[Word], Field(max_length=200)]
Amount = Annotated[int, Field(ge=0, le=10**15)]


class SegmentFilters(BaseModel):
    """Every filter that is given must hold; the members of a list are alternatives. Empty: everybody."""

    model_config = ConfigDict(extra="forbid")

    provinces: Words = []
    cities: Words = []
    sources: Words = []
    """Names of imported lists."""
    genders: list[Literal["f", "m"]] = Field(default=[], max_length=2)
    age_from: int | None = Field(default=None, ge=0, le=120)
    age_to: int | None = Field(default=None, ge=0, le=120)
    occupations: Words = []
    """Words of which one occurs in the occupation."""
    interests: Words = []
    income_bands: Words = []
    consent: list[Consent] = Field(default=[], max_length=3)
    has_address: bool | None = None
    purchased_since: date | None = None
    not_purchased_since: date | None = None
    """Also those who never bought."""
    purchases_fen_from: Amount | None = None
    purchases_fen_to: Amount | None = None
    not_mailed_since: date | None = None
    """No brochure was posted to them on or after this day."""
    not_called_since: date | None = None
    score_from: int | None = Field(default=None, ge=0, le=100)
    """Least points."""
    score_by: Literal["card", "model"] = "card"
    """Whose points: the card's (targeting.rules), or those of the learned model that is in force."""

    @model_validator(mode="after")
    def _ranges(self) -> SegmentFilters:
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            raise BadInput(
                field="age_to",
                problem_zh=f"年龄上限 {self.age_to} 小于下限 {self.age_from}",
                problem_en=f"the upper age {self.age_to} is below the lower {self.age_from}",
                mend_zh="请对调两个数字。",
                mend_en="Swap the two numbers.",
            )
        low, high = self.purchases_fen_from, self.purchases_fen_to
        if low is not None and high is not None and high < low:
            raise BadInput(
                field="purchases_fen_to",
                problem_zh="购买金额上限小于下限",
                problem_en="the upper amount is below the lower",
                mend_zh="请对调两个数字。",
                mend_en="Swap the two numbers.",
            )
        return self


class SegmentNew(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)]
    filters: SegmentFilters


class SegmentChange(SegmentNew):
    version: int = Field(ge=1, le=2**31 - 1)
    """The version that was changed; a newer one refuses the change."""


class SegmentRow(BaseModel):
    id: UUID
    name: str
    filters: SegmentFilters
    created_at: datetime
    version: int


class SegmentVersionRow(BaseModel):
    version: int
    name: str
    filters: SegmentFilters
    saved_at: datetime
    saved_by: str | None


class SegmentCount(BaseModel):
    """`callable_after` of them may be called once a brochure is mailed: not refused, not on the list."""

    customers: int
    with_address: int
    do_not_call: int
    refused: int
    callable_after: int
    estimated: bool = False
    """Counted in a sample and multiplied: a broad filter over millions. Ask with `exact` for every single one."""
    margin: int = 0
    """How far `customers` may be off, in 19 cases of 20; 0 when exact."""


class PointRow(BaseModel):
    code: str
    points: int
    zh: str
    en: str
