"""M1 on the database: a plan of a year, measured on real orders, receipts and expenses; cause and correction."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backoffice import defaults
from backoffice.budgets import service as budgets
from backoffice.budgets.service import Expense
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands
from backoffice.listing.query import ListQuery, page
from backoffice.marketing_control import lists, service
from backoffice.marketing_control.models import MarketingPlan
from backoffice.marketing_control.rules import Cause, Metric, PeriodKind
from backoffice.marketing_control.service import PlanText, TargetLine
from callcenter.kit.db import Database, Session
from tests.integration.backoffice import budgets as b
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.budgets import TRAVEL, agree_all
from tests.integration.backoffice.conftest import Desk, Staff
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

DAY, JUNE = date(2026, 1, 5), date(2026, 7, 1)
BASE = "/api/backoffice"


def plan_text(**given: Any) -> PlanText:
    """4,000 units for 4,000.00 in June (M1-4), as much money in; expenses of 300.00."""
    lines = []
    for month in range(1, 13):
        june = month == 6
        lines.append(TargetLine(Metric.SALES, PeriodKind.MONTH, month, 400_000 * june, 4_000 * june, "山东"))
        lines.append(TargetLine(Metric.RECEIPTS, PeriodKind.MONTH, month, 400_000 * june))
        lines.append(TargetLine(Metric.EXPENSES, PeriodKind.MONTH, month, 30_000 * june))
    years = {Metric.SALES: (400_000, 4_000), Metric.RECEIPTS: (400_000, 0), Metric.EXPENSES: (30_000, 0)}
    return PlanText(**({"title": "2026年度营销计划", "year": years, "lines": lines, "expense_ratio_bp": 750} | given))


async def in_effect(session: Session, staff: Staff) -> MarketingPlan:
    await defaults.install(session)
    row = await service.draft(session, at(DAY), DAY, staff.mkt, 2026, plan_text())
    await service.submit(session, at(DAY), staff.mkt, row.id, row.version)
    await agree_all(session, staff, "marketing_plan", row.id, DAY)
    await session.refresh(row)
    return await service.put_into_effect(session, at(DAY), staff.cmo, row.id, row.version)


async def a_bad_june(session: Session, staff: Staff) -> None:
    """3,000 units sold at 0.80; 396,000 fen received; 36,000 fen spent."""
    account = await ledgers.account(session, region="山东")
    await make_order(session, account.id, [("A01", 3_000, 80)], state="confirmed", confirmed_on=date(2026, 6, 10))
    await make_order(session, account.id, [("A01", 999, 80)])  # not confirmed: no sale
    await ledgers.receipt(session, staff, account.id, 396_000, date(2026, 6, 20))
    await b.issued(session, staff, TRAVEL, 10_000_000)
    await budgets.spend(session, Expense(b.want(TRAVEL, 36_000, date(2026, 6, 30)), "山东"))


async def test_m1_1_a_plan_that_does_not_sum_to_the_year_is_not_submitted(session: Session, staff: Staff) -> None:
    await defaults.install(session)
    body = plan_text(year={Metric.SALES: (400_001, 4_000), Metric.RECEIPTS: (400_000, 0), Metric.EXPENSES: (30_000, 0)})
    row = await service.draft(session, at(DAY), DAY, staff.mkt, 2026, body)
    with pytest.raises(Refused) as refused:
        await service.submit(session, at(DAY), staff.mkt, row.id, row.version)
    assert refused.value.code == "m1-1"
    with pytest.raises(Refused):
        await service.draft(session, at(DAY), DAY, staff.mkt, 2026, body)


async def test_m1_2_to_5_a_bad_june_is_measured_on_the_real_papers(session: Session, staff: Staff) -> None:
    await in_effect(session, staff)
    await a_bad_june(session, staff)
    assert await service.measure(session, at(JUNE), date(2026, 6, 30)) == 15  # January to May
    assert await service.measure(session, at(JUNE), JUNE) == 3
    assert await service.measure(session, at(JUNE), JUNE) == 0
    rows = (await page(session, lists.CONTROL, ListQuery(filter=["period:6"]), JUNE)).rows
    found = {r.metric: (r.reached_fen, r.reached_units, r.variance_fen, r.status) for r in rows}
    assert found == {
        "sales": (240_000, 3_000, -160_000, "off_track"),
        "receipts_in": (396_000, 0, -4_000, "on_track"),
        "expenses": (36_000, 0, 6_000, "off_track"),
    }


async def test_m1_3_off_track_closes_only_with_a_cause_and_a_verified_action(session: Session, staff: Staff) -> None:
    await in_effect(session, staff)
    await a_bad_june(session, staff)
    await service.measure(session, at(JUNE), JUNE)
    [line] = (await page(session, lists.CONTROL, ListQuery(filter=["period:6", "metric:sales"]), JUNE)).rows
    i, now = line.id, at(JUNE)

    async def refused_to_close(version: int) -> None:
        with pytest.raises(Refused) as refused:
            await service.close(session, now, staff.cmo, i, version, "")
        assert refused.value.code == "m1-3"

    await refused_to_close(line.version)
    row = await service.explain(session, now, staff.sm, i, line.version, Cause.PRICE, "竞争对手降价")
    await refused_to_close(row.version)
    due = date(2026, 7, 31)
    await service.take_action(session, now, JUNE, staff.sm, i, row.version, "恢复价格", staff.cmo.user_id, due)
    await refused_to_close(row.version)
    assert await service.overdue_actions(session, now, due) == 0
    assert await service.overdue_actions(session, now, date(2026, 8, 1)) == 1
    assert await service.overdue_actions(session, now, date(2026, 8, 1)) == 0
    with pytest.raises(NotYourDuty):  # its owner says when it is done
        await service.finish(session, now, staff.sm, i, row.version, "完成")
    await service.finish(session, now, staff.cmo, i, row.version, "完成")
    with pytest.raises(SameHands):
        await service.verify(session, now, staff.cmo, i, row.version, "")
    with pytest.raises(IntegrityError, match="off_track_closed"):
        async with session.begin_nested():
            await session.execute(text("UPDATE control_lines SET state = 'closed' WHERE id = :i"), {"i": i})


async def test_m1_a_plan_and_its_correction_over_http(database: Database, desk: Desk, hired: Staff) -> None:
    async with database.transaction() as session:
        await in_effect(session, hired)
        await a_bad_june(session, hired)
        await service.measure(session, at(JUNE), JUNE)
    sm, cmo, rep = await desk(hired.sm), await desk(hired.cmo), await desk(hired.rep)

    async def post(client: Any, path: str, **body: Any) -> Any:
        answer = await client.post(f"{BASE}/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    listed = (await sm.get(f"{BASE}/control-lines", params={"filter": ["status:off_track", "metric:sales"]})).json()
    line = (await sm.get(f"{BASE}/control-lines/{listed['rows'][0]['id']}")).json()
    at_line = f"control-lines/{line['id']}"
    assert (line["price_effect_fen"], line["volume_effect_fen"], line["variance_bp"]) == (60_000, 100_000, -4_000)
    line = await post(sm, f"{at_line}/explain-gap", version=line["version"], cause_code="price", cause="降价")
    line = await post(
        sm, f"{at_line}/take-action", version=line["version"], measure="恢复价格", owner_id=str(hired.rep.user_id),
        due_on="2026-07-31",
    )  # fmt: skip
    line = await post(rep, f"{at_line}/finish-action", version=line["version"], result="已恢复")
    line = await post(cmo, f"{at_line}/reopen", version=line["version"], due_on="2026-08-31", note="未见效")
    line = await post(rep, f"{at_line}/finish-action", version=line["version"], result="已恢复")
    line = await post(cmo, f"{at_line}/verify", version=line["version"])
    line = await post(sm, f"{at_line}/close", version=line["version"])
    assert line["state"] == "closed"
    june = {"from_on": "2026-06-01", "to_on": "2026-06-30"}
    figures = (await sm.get(f"{BASE}/reports/marketing", params=june)).json()
    assert (figures["sales_fen"], figures["expense_ratio_bp"]) == (240_000, 1_500)
    plans = (await sm.get(f"{BASE}/marketing-plans")).json()["rows"]
    plan = (await sm.get(f"{BASE}/marketing-plans/{plans[0]['id']}")).json()
    assert (plan["state"], plan["wrong"], len(plan["lines"])) == ("plan_in_effect", [], 36)
    for name in ("marketing-plans", "control-lines"):
        assert (await sm.get(f"{BASE}/{name}/export")).status_code == 200
