"""What goes in and out of budgets' REST. Money in fen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.budgets.lists import BudgetRow, ChangeRow
from backoffice.budgets.rules import Action, Scope, Stage
from backoffice.budgets.service import Dimension, Figures
from backoffice.listing.http import Command, StoryLine

Fen = Field(ge=0, le=10**13, description="Money in fen", examples=[120_000_000])
Month = Field(ge=1, le=12, examples=[6])


class ActionsIn(BaseModel):
    """What follows when it is exceeded; what is left out is as the settings say."""

    year_on_request: Action | None = None
    month_on_request: Action | None = None
    year_on_order: Action | None = None
    month_on_order: Action | None = None
    year_on_actual: Action | None = None
    month_on_actual: Action | None = None


class FiguresIn(BaseModel):
    annual_fen: int = Fen
    months: list[int] = Field(
        default_factory=list, max_length=12, description="Twelve amounts that add up to the year; or leave it out"
    )
    shares_bp: list[int] = Field(
        default_factory=list, max_length=12, description="Instead: shares in hundredths of a percent, adding to 10,000"
    )
    actions: ActionsIn = Field(default_factory=ActionsIn)
    reason: str = Field(default="", max_length=1000)

    def plain(self) -> Figures:
        actions = {name: Action(value) for name, value in self.actions.model_dump(exclude_none=True).items()}
        return Figures(self.annual_fen, self.months, self.shares_bp, actions, self.reason)


class DimensionIn(BaseModel):
    year: int = Field(ge=2000, le=2100, examples=[2026])
    department_code: str = Field(min_length=1, max_length=20, examples=["MKT"])
    account_code: str = Field(min_length=1, max_length=20, examples=["660106"])

    def dimension(self) -> Dimension:
        return Dimension(self.year, self.department_code, self.account_code)


class BudgetNew(FiguresIn, DimensionIn):
    pass


class BudgetEdit(FiguresIn):
    version: int


class MonthOut(BaseModel):
    month: int
    written_fen: int
    """As this version says."""
    budget_fen: int
    """With applied changes (of the version in force)."""
    actual_fen: int
    reserved_fen: int
    available_fen: int
    to_date_available_fen: int


class BudgetOut(BudgetRow):
    reason: str
    revision_of: UUID | None
    changed_fen: int
    """What applied supplements and transfers added."""
    year_on_request: Action
    month_on_request: Action
    year_on_order: Action
    month_on_order: Action
    year_on_actual: Action
    month_on_actual: Action
    months: list[MonthOut]
    commands: list[str]
    timeline: list[StoryLine]


class ChangeNew(BaseModel):
    to: DimensionIn
    to_month: int = Month
    source: DimensionIn | None = Field(default=None, description="Where it comes from; none: a supplement")
    source_month: int | None = Field(default=None, ge=1, le=12)
    amount_fen: int = Field(gt=0, le=10**13, examples=[1_500_000])
    reason: str = Field(min_length=1, max_length=1000)


class ChangeOut(ChangeRow):
    commands: list[str]
    timeline: list[StoryLine]


class Opinion(Command):
    note: str = Field(min_length=1, max_length=1000)


class CheckIn(BaseModel):
    department_code: str = Field(min_length=1, max_length=20, examples=["MKT"])
    account_code: str = Field(min_length=1, max_length=20, examples=["660106"])
    day: date = Field(examples=["2026-06-15"])
    amount_fen: int = Field(ge=0, le=10**13, examples=[4_000_000])
    stage: Stage = Stage.REQUEST


class FindingOut(BaseModel):
    scope: Scope
    month: int
    budget_fen: int
    used_fen: int
    over_fen: int
    action: Action


class CheckOut(BaseModel):
    action: Action | None
    """The strongest that follows; null: within the budget."""
    findings: list[FindingOut]


class DepartmentOut(BaseModel):
    code: str
    name_zh: str
    name_en: str
    enabled: bool


class AccountBody(BaseModel):
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    parent_code: str | None = Field(default=None, max_length=20)
    is_group: bool = False
    balance_sheet: bool = False
    travel: bool = False
    enabled: bool = True


class DepartmentBody(BaseModel):
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    enabled: bool = True
