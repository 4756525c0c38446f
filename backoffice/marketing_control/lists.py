"""Plans, their targets, and the table of plan against actual."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import BigInteger, Date, Select, and_, case, cast, func, literal, select
from sqlmodel import col

from backoffice.listing.query import Listing
from backoffice.marketing_control.models import ControlLine, MarketingPlan, MarketingTarget
from callcenter.people.models import User


class PlanRow(BaseModel):
    id: UUID
    number: str
    year: int
    plan_version: int
    title: str
    maker: str
    state: str
    version: int


class ControlRow(BaseModel):
    id: UUID
    plan_id: UUID
    number: str
    metric: str
    kind: str
    period: int
    region: str
    series: str
    rep_id: UUID | None
    target_fen: int
    target_units: int
    reached_fen: int
    reached_units: int
    variance_fen: int
    status: str
    cause_code: str | None
    owner: str
    action_due_on: date | None
    action_late: bool
    state: str
    version: int


def _plans(_today: date) -> Select[Any]:
    names = ("id", "number", "year", "plan_version", "title", "state", "version")
    query: Any = select(*(col(getattr(MarketingPlan, n)) for n in names), col(User.name).label("maker")).join(
        User, col(User.id) == col(MarketingPlan.made_by)
    )
    out: Select[Any] = query
    return out


def _control(today: date) -> Select[Any]:
    c, t = ControlLine, MarketingTarget
    late = and_(col(c.state) == "action_open", col(c.action_due_on) < literal(today, Date))
    query: Any = (
        select(
            *(col(getattr(c, n)) for n in ("id", "plan_id", "reached_fen", "reached_units", "cause_code",
                                           "action_due_on", "state", "version")),
            *(col(getattr(t, n)) for n in ("metric", "kind", "period", "region", "series", "rep_id", "target_fen",
                                           "target_units")),
            col(MarketingPlan.number).label("number"),
            cast(col(c.reached_fen) - col(t.target_fen), BigInteger).label("variance_fen"),
            col(c.level).label("status"),
            func.coalesce(col(User.name), "").label("owner"),
            case((late, True), else_=False).label("action_late"),
        )
        .join(t, col(t.id) == col(c.target_id))
        .join(MarketingPlan, col(MarketingPlan.id) == col(c.plan_id))
        .outerjoin(User, col(User.id) == col(c.owner_id))
    )  # fmt: skip
    out: Select[Any] = query
    return out


PLANS = Listing(
    name="marketing_plans", row=PlanRow, source=_plans, search=("number", "title"), filters=("state", "year")
)
CONTROL = Listing(
    name="control_lines",
    row=ControlRow,
    source=_control,
    search=("number", "region", "series", "owner"),
    filters=("state", "status", "metric", "kind", "period", "region", "series", "rep_id", "plan_id", "action_late"),
    sort="period",
    totals=("target_fen", "reached_fen", "variance_fen"),
)
LISTINGS: tuple[Listing[Any], ...] = (PLANS, CONTROL)
