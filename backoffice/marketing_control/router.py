"""/api/backoffice/marketing-plans, control-lines, reports/marketing."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import one
from backoffice.marketing_control import actuals, lists, rules, service
from backoffice.marketing_control.actuals import Where
from backoffice.marketing_control.lists import ControlRow, PlanRow
from backoffice.marketing_control.models import ControlLine, MarketFigure, MarketingPlan
from backoffice.marketing_control.rules import CONTROL_LINE, PLAN, Cause, Metric, PeriodKind
from backoffice.marketing_control.service import PlanText, TargetLine
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: marketing control"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS
add_list(router, lists.PLANS, "/marketing-plans")
add_list(router, lists.CONTROL, "/control-lines")

Fen = Field(ge=0, le=10**15, description="Money in fen", examples=[400_000])


class YearIn(BaseModel):
    metric: Metric
    target_fen: int = Fen
    target_units: int = Field(default=0, ge=0, le=10**9)


class TargetIn(YearIn):
    kind: PeriodKind = PeriodKind.MONTH
    period: int = Field(ge=1, le=12)
    region: str = Field(default="", max_length=50)
    series: str = Field(default="", max_length=50)
    rep_id: UUID | None = None


class PlanBody(BaseModel):
    title: str = Field(min_length=1, max_length=200, examples=["2026年度营销计划"])
    years: list[YearIn] = Field(min_length=1, max_length=3)
    lines: list[TargetIn] = Field(max_length=5_000)
    expense_ratio_bp: int | None = Field(default=None, ge=0, le=10_000, examples=[750])
    reason: str = Field(default="", max_length=1000)

    def plain(self) -> PlanText:
        for x in self.lines:
            if x.kind is PeriodKind.QUARTER and x.period > 4:
                raise BadInput(field="period", problem_zh="季度为1至4", problem_en="quarters are 1 to 4")
            if x.metric is not Metric.SALES and (x.series or x.target_units):
                raise BadInput(
                    field="series", problem_zh="只有销售额按系列和数量", problem_en="only sales have series and units"
                )
        return PlanText(
            self.title,
            {y.metric: (y.target_fen, y.target_units) for y in self.years},
            [
                TargetLine(x.metric, x.kind, x.period, x.target_fen, x.target_units, x.region, x.series, x.rep_id)
                for x in self.lines
            ],
            self.expense_ratio_bp,
            self.reason,
        )


class PlanNew(PlanBody):
    year: int = Field(ge=2000, le=2100, examples=[2026])


class PlanEdit(Command, PlanBody):
    pass


class WrongOut(BaseModel):
    code: str
    zh: str
    en: str


class PlanOut(PlanRow):
    expense_ratio_bp: int | None
    reason: str
    revision_of: UUID | None
    years: list[YearIn]
    lines: list[TargetIn]
    wrong: list[WrongOut]
    """What keeps it from being approved (M1-1)."""
    commands: list[str]
    timeline: list[StoryLine]


async def _plan(session: Session, today: date, actor: Actor, plan_id: UUID) -> PlanOut:
    values = await one(session, lists.PLANS, plan_id, today)
    row = await acts.get(session, MarketingPlan, plan_id, "marketing_plan")
    years = await service.years_of(session, plan_id)
    return PlanOut.model_validate(
        values
        | row.model_dump(include={"expense_ratio_bp", "reason", "revision_of"})
        | {
            "years": [YearIn(metric=m, target_fen=f, target_units=u) for m, (f, u) in years.items()],
            "lines": [TargetIn(**t.model_dump()) for t in await service.targets_of(session, plan_id)],
            "wrong": [WrongOut(code=w.code, zh=w.zh, en=w.en) for w in await service.wrong(session, row)],
            "commands": PLAN.commands(row.state, actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "marketing_plan", plan_id)],
        }
    )


@router.post("/marketing-plans", status_code=201)
async def draft(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: PlanNew) -> PlanOut:
    """Targets by period, and by region, series and person where these are named."""
    row = await service.draft(session, now, today, actor, body.year, body.plain())
    return await _plan(session, today, actor, row.id)


@router.post("/marketing-plans/{id}/revise", status_code=201)
async def revise(session: DbSession, now: Now, today: Today, actor: OfficeActor, id: UUID, body: PlanBody) -> PlanOut:
    """A new version; the one in effect stays until the new one is put into effect."""
    row = await service.draft(session, now, today, actor, 0, body.plain(), id)
    return await _plan(session, today, actor, row.id)


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: PlanEdit) -> None:
    await service.edit(s, n, a, i, b.version, b.plain())


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.submit(s, n, a, i, b.version)


async def _effect(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.put_into_effect(s, n, a, i, b.version)


async def _close_plan(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.close_plan(s, n, a, i, b.version, b.note)


add_get(router, "/marketing-plans", _plan, PlanOut)
add_command(router, "/marketing-plans", "edit", _edit, _plan, PlanOut, PlanEdit)
add_command(router, "/marketing-plans", "submit", _submit, _plan, PlanOut)
add_command(router, "/marketing-plans", "put-into-effect", _effect, _plan, PlanOut)
add_command(router, "/marketing-plans", "close", _close_plan, _plan, PlanOut)


# ---------------------------------------------------------------- control lines


class Explain(Command):
    cause_code: Cause
    cause: str = Field(min_length=1, max_length=2000)


class Act(Command):
    measure: str = Field(min_length=1, max_length=2000)
    owner_id: UUID
    due_on: date


class Finish(Command):
    result: str = Field(min_length=1, max_length=2000)


class Reopen(Command):
    due_on: date


class ControlOut(ControlRow):
    variance_bp: int | None
    """Hundredths of a percent; null: the target is 0 (n/a)."""
    price_effect_fen: int | None
    volume_effect_fen: int | None
    """Of sales with planned units: the two add up to plan less actual (M1-4)."""
    cause: str
    measure: str
    result: str
    commands: list[str]
    timeline: list[StoryLine]


async def _line(session: Session, today: date, actor: Actor, line_id: UUID) -> ControlOut:
    values = await one(session, lists.CONTROL, line_id, today)
    row = await acts.get(session, ControlLine, line_id, "control_line")
    v = values
    parts = (
        rules.split(v["target_units"], v["target_fen"], v["reached_units"], v["reached_fen"])
        if v["metric"] == "sales"
        else None
    )
    return ControlOut.model_validate(
        values
        | row.model_dump(include={"cause", "measure", "result"})
        | {
            "variance_bp": rules.variance_bp(v["target_fen"], v["reached_fen"]),
            "price_effect_fen": parts.price if parts else None,
            "volume_effect_fen": parts.volume if parts else None,
            "commands": CONTROL_LINE.commands(row.state, actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "control_line", line_id)],
        }
    )


async def _explain(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Explain) -> None:
    await service.explain(s, n, a, i, b.version, b.cause_code, b.cause)


async def _act(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Act) -> None:
    await service.take_action(s, n, t, a, i, b.version, b.measure, b.owner_id, b.due_on)


async def _finish(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Finish) -> None:
    await service.finish(s, n, a, i, b.version, b.result)


async def _verify(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.verify(s, n, a, i, b.version, b.note)


async def _reopen(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Reopen) -> None:
    await service.reopen(s, n, t, a, i, b.version, b.note, b.due_on)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.close(s, n, a, i, b.version, b.note)


add_get(router, "/control-lines", _line, ControlOut)
add_command(router, "/control-lines", "explain-gap", _explain, _line, ControlOut, Explain)
add_command(router, "/control-lines", "take-action", _act, _line, ControlOut, Act)
add_command(router, "/control-lines", "finish-action", _finish, _line, ControlOut, Finish)
add_command(router, "/control-lines", "verify", _verify, _line, ControlOut)
add_command(router, "/control-lines", "reopen", _reopen, _line, ControlOut, Reopen)
add_command(router, "/control-lines", "close", _close, _line, ControlOut)


# ---------------------------------------------------------------- market and report


class MarketIn(BaseModel):
    market_fen: int = Field(gt=0, le=10**15)
    satisfaction_percent: int | None = Field(default=None, ge=0, le=100)
    source: str = Field(default="", max_length=200)


@router.put("/market-figures/{year}/{month}", status_code=204)
async def set_market(session: DbSession, actor: OfficeActor, year: int, month: int, body: MarketIn) -> None:
    """MKT's figures of the whole market: its size and customers' satisfaction."""
    acts.require_duty(actor, PLAN.roles("draft", "submit"))
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise BadInput(field="month", problem_zh="年月无效", problem_en="no such month")
    await session.merge(MarketFigure(year=year, month=month, region="", **body.model_dump()))


class ReportOut(BaseModel):
    sales_fen: int
    sales_units: int
    receipts_fen: int
    expenses_fen: int
    expense_ratio_bp: int | None
    """Expenses / sales in hundredths of a percent (M1-5)."""
    market_share_bp: int | None


@router.get("/reports/marketing")
async def report(
    session: DbSession, _: OfficeActor, from_on: date, to_on: date, region: str = "", series: str = ""
) -> ReportOut:
    """Sales, receipts, expenses and their ratio over a period; the market share of the month it lies in."""
    if from_on > to_on:
        raise BadInput(field="to_on", problem_zh="结束日早于开始日", problem_en="the period ends before it begins")
    where = Where(from_on, to_on, region, series)
    sales, units = await actuals.reached(session, Metric.SALES, where)
    receipts, _u = await actuals.reached(session, Metric.RECEIPTS, where)
    expenses, _v = await actuals.reached(session, Metric.EXPENSES, where)
    one_month = (from_on.year, from_on.month) == (to_on.year, to_on.month)
    market = await session.get(MarketFigure, (from_on.year, from_on.month, region)) if one_month else None
    return ReportOut(
        sales_fen=sales,
        sales_units=units,
        receipts_fen=receipts,
        expenses_fen=expenses,
        expense_ratio_bp=rules.ratio_bp(expenses, sales),
        market_share_bp=rules.ratio_bp(sales, market.market_fen) if market else None,
    )
