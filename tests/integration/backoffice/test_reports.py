"""Every figure equals the rows behind it; lists follow the settings."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import select
from sqlmodel import col

from backoffice.advances.router import ADVANCES
from backoffice.deliveries.router import DELIVERIES
from backoffice.listing import query
from backoffice.listing.query import ListQuery
from backoffice.policies import service as policies
from backoffice.receivables import dunning
from backoffice.receivables.lists import AGEING
from backoffice.receivables.models import Dunning
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Desk, Staff, demo_person
from tests.integration.backoffice.deliveries import shipped
from tests.integration.backoffice.orders import make_order

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 9)
BASE = "/api/backoffice"


async def test_every_figure_is_the_sum_or_the_number_of_its_rows(
    opened: Database, clock: ManualClock, opened_desk: Desk
) -> None:
    finance = await demo_person(opened, "finance")
    async with opened.transaction() as session:
        [kept, broken] = (await session.scalars(select(Dunning).order_by(col(Dunning.number)))).all()
        yesterday = DAY - timedelta(days=1)
        for letter, fen in ((kept, 0), (broken, 10**9)):  # nothing promised is kept; a fortune is not
            await dunning.send(session, clock.now(), yesterday, finance, letter.id, letter.version, "邮寄")
            letter.promised_on, letter.promised_fen, letter.state = yesterday, fen, "answered"
    fin = await opened_desk(finance)
    period = {"from_on": "2025-12-01", "to_on": "2026-03-31"}
    found = {row["code"]: row for row in (await fin.get(f"{BASE}/reports/figures", params=period)).json()}
    for code, figure in found.items():
        params: dict[str, Any] = {"filter": figure["filter"], "limit": 1}
        if figure["dated"]:
            params |= {"from": period["from_on"], "to": period["to_on"]}
        page = (await fin.get(f"{BASE}{figure['rows']}", params=params)).json()
        behind = page["totals"][figure["column"]] if figure["column"] else page["total"]
        assert behind == figure["part"], code
        if figure["unit"] == "basis_points":
            assert figure["value"] == (2 * 10_000 * figure["part"] + figure["whole"]) // (2 * figure["whole"])
    assert (found["promises_kept"]["part"], found["promises_kept"]["whole"]) == (1, 2)
    assert found["on_time_in_full"]["whole"] == 5
    assert found["holds"]["value"] == 2
    old = (await fin.get(f"{BASE}/reports/receivables", params=period)).json()
    assert old["collection_rate"] == found["collection_rate"]["value"]
    assert old["dso_tenths"] == found["dso"]["value"]
    wrong = {"from_on": "2026-03-02", "to_on": "2026-03-01"}
    assert (await fin.get(f"{BASE}/reports/figures", params=wrong)).status_code == 422


async def _set(session: Session, room: str, name: str, value: Any) -> None:
    await policies.change(session, EARLY, None, room, name, value)


async def test_m4_5_the_ageing_list_follows_its_settings_by_due_date_or_by_invoice_date(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, who, 100, DAY - timedelta(days=40), due=DAY - timedelta(days=20))

    async def row() -> Any:
        page = await query.page(session, AGEING, ListQuery(filter=[f"customer_id:{who}"]), DAY)
        return page.rows[0]

    assert ((await row()).b1_fen, (await row()).b2_fen) == (100, 0)
    await _set(session, "receivables", "ageing_days", [10, 30, 60])
    assert ((await row()).b1_fen, (await row()).b2_fen) == (0, 100)
    await _set(session, "receivables", "ageing_basis", "invoice")  # 40 days since the invoice
    assert ((await row()).b2_fen, (await row()).b3_fen) == (0, 100)
    assert (await query.headings_of(session, AGEING, "zh"))["b3_fen"] == "逾期31-60天"
    for nonsense in ([30, 30, 90], [30, 60], [90, 60, 30], [0, 1, 2]):
        with pytest.raises(BadInput):
            await _set(session, "receivables", "ageing_days", nonsense)


async def test_dormancy_and_the_chase_follow_their_settings(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    await ledgers.receipt(session, staff, who, 100, DAY - timedelta(days=70))
    order = await make_order(session, who, [("A01", 1, 100)], state="confirmed", confirmed_on=DAY)
    goods = await shipped(session, staff, order, 1, DAY - timedelta(days=5))

    async def seen() -> tuple[str, bool]:
        own = ListQuery(filter=[f"customer_id:{who}"])
        money = (await query.page(session, ADVANCES, own, DAY)).rows[0]
        return money.status, (await query.page(session, DELIVERIES, own, DAY)).rows[0].chase

    assert goods.shipped_on == DAY - timedelta(days=5)
    assert await seen() == ("confirmed", False)
    await _set(session, "advances", "dormant_months", 2)
    await _set(session, "deliveries", "sign_days", 4)
    assert await seen() == ("dormant", True)


async def test_m4_4_interest_and_penalty_are_asked_for_at_the_rates_of_the_settings(
    database: Database, desk: Desk, hired: Staff
) -> None:
    async with database.transaction() as session:
        who = (await ledgers.account(session)).id
        bill = await ledgers.invoice(session, hired, who, 5_000_000, date(2026, 1, 8), due=DAY - timedelta(days=30))
        await _set(session, "receivables", "yearly_rate", 180_000)
        await _set(session, "receivables", "daily_rate", 1_000)
    fin = await desk(hired.fin)
    found = (await fin.get(f"{BASE}/invoices/{bill.id}")).json()
    assert (found["interest_fen"], found["penalty_fen"]) == (73_973, 150_000)
    sheet = (await fin.get(f"{BASE}/reports/ageing/export", headers={"accept-language": "en"})).content
    headings = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(sheet)).active[1]]  # type: ignore[index]
    assert "31–60 days" in headings
    assert (await fin.get(f"{BASE}/reports/ageing/buckets")).json() == {"ends": [30, 60, 90], "basis": "due"}
