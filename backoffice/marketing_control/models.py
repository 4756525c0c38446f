"""Plans with their targets, control lines, and what marketing knows of the market."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backoffice.marketing_control.rules import Cause, LineState, Metric, PeriodKind, PlanState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class MarketingPlan(SQLModel, table=True):
    __tablename__ = "marketing_plans"
    __table_args__ = (
        CheckConstraint(one_of("state", PlanState), name="state"),
        CheckConstraint("(plan_version = 0) = (revision_of IS NULL)", name="plan_version"),
        Index("uq_marketing_plans_in_effect", "year", unique=True, postgresql_where=text("state = 'plan_in_effect'")),
        UniqueConstraint("year", "plan_version"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    year: int
    plan_version: int = 0
    revision_of: UUID | None = Field(default=None, foreign_key="marketing_plans.id", unique=True)
    state: str = PlanState.DRAFT.value
    title: str
    expense_ratio_bp: int | None = None
    """Planned expenses / sales in hundredths of a percent (M1-5)."""
    reason: str = ""
    made_by: UUID = Field(foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class MarketingYear(SQLModel, table=True):
    """The target of the year, by metric."""

    __tablename__ = "marketing_plan_years"
    __table_args__ = (
        CheckConstraint(one_of("metric", Metric), name="metric"),
        CheckConstraint("target_fen >= 0 AND target_units >= 0", name="target"),
    )

    plan_id: UUID = Field(foreign_key="marketing_plans.id", primary_key=True, ondelete="CASCADE")
    metric: str = Field(primary_key=True)
    target_fen: int = Field(sa_type=BigInteger)
    target_units: int = 0


class MarketingTarget(SQLModel, table=True):
    """A line: of a period, and of a region, a series, a person where these are named."""

    __tablename__ = "marketing_plan_lines"
    __table_args__ = (
        CheckConstraint(one_of("metric", Metric), name="metric"),
        CheckConstraint(one_of("kind", PeriodKind), name="kind"),
        CheckConstraint("period BETWEEN 1 AND CASE kind WHEN 'month' THEN 12 ELSE 4 END", name="period"),
        CheckConstraint("target_fen >= 0 AND target_units >= 0", name="target"),
        CheckConstraint("metric = 'sales' OR (series = '' AND target_units = 0)", name="series_of_sales"),
        Index(
            "uq_marketing_plan_lines_one_each",
            "plan_id", "metric", "period", "region", "series", "rep_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="marketing_plans.id", ondelete="CASCADE")
    metric: str
    kind: str
    period: int
    region: str = ""
    series: str = ""
    rep_id: UUID | None = Field(default=None, foreign_key="users.id")
    target_fen: int = Field(sa_type=BigInteger)
    target_units: int = 0


class ControlLine(SQLModel, table=True):
    """A target held against what was reached, with its cause and correction."""

    __tablename__ = "control_lines"
    __table_args__ = (
        CheckConstraint(one_of("state", LineState), name="state"),
        CheckConstraint("level IN ('on_track', 'on_watch', 'off_track')", name="level"),
        CheckConstraint(f"cause_code IS NULL OR {one_of('cause_code', Cause)}", name="cause_code"),
        CheckConstraint("(cause_code IS NULL) = (cause = '')", name="cause"),
        CheckConstraint(
            "(owner_id IS NULL) = (action_due_on IS NULL) AND (owner_id IS NULL) = (measure = '')", name="action"
        ),
        CheckConstraint("verified_by IS NULL OR verified_by <> owner_id", name="owner_never_verifies"),
        # M1-3
        CheckConstraint(
            "state <> 'closed' OR level <> 'off_track'"
            " OR (cause_code IS NOT NULL AND owner_id IS NOT NULL AND verified_by IS NOT NULL)",
            name="off_track_closed_with_cause_and_verified_action",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    target_id: UUID = Field(foreign_key="marketing_plan_lines.id", unique=True)
    plan_id: UUID = Field(foreign_key="marketing_plans.id", index=True)
    measured_on: date
    reached_fen: int = Field(sa_type=BigInteger)
    reached_units: int = 0
    level: str = LineState.ON_TRACK.value
    state: str = LineState.ON_TRACK.value
    cause_code: str | None = None
    cause: str = ""
    measure: str = ""
    owner_id: UUID | None = Field(default=None, foreign_key="users.id")
    action_due_on: date | None = None
    action_told_on: date | None = None
    result: str = ""
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1


class MarketFigure(SQLModel, table=True):
    """What MKT knows of the market: its size and how satisfied customers are (market share, attitude tracking)."""

    __tablename__ = "market_figures"
    __table_args__ = (
        CheckConstraint("market_fen > 0", name="market"),
        CheckConstraint("satisfaction_percent IS NULL OR satisfaction_percent BETWEEN 0 AND 100", name="satisfaction"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
    )

    year: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    region: str = Field(primary_key=True)
    """Empty: the whole market."""
    market_fen: int = Field(sa_type=BigInteger)
    satisfaction_percent: int | None = None
    source: str = ""
