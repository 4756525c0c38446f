"""A year in a distributor's life: found and matched, filed, graded, rewarded, each duty signing in (M12, M13).

The year is the one before the demonstration's: its purchases are handed in as openings, what follows is done now.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Demo, shoot
from tests.e2e.office import House, Person, choose, fill, give, send, switch

pytestmark = pytest.mark.browser

DEALER = "天津海河健康超市"
WAN = 1_000_000
LIMITS = (("001", (5, 10, 20)), ("002", (10, 20, 30)), ("", (5, 10, 30)))
"""Example A of the notes: 10 000 yuan a month at the low end of each row, for every class of city."""


@pytest.fixture
async def house(browser: Browser, demo: Demo) -> AsyncIterator[House]:
    house = House(browser, demo)
    yield house
    await house.close()
    assert house.errors == []


async def sealed(house: House, contract: Any) -> None:
    """A contract that is proposed: checked twice, agreed to, sealed, registered."""
    cadm, sm, legal = await house.all("contracts", "sales", "legal")
    at = f"contracts/{contract['id']}"
    contract = await cadm.post(f"{at}/check", version=contract["version"])
    await sm.post(f"{at}/check", version=contract["version"])
    for login in ("finance", "legal", "cmo"):
        await (await house(login)).agree(contract["id"])
    seal = {"pages": 3, "signed_name": "王五", "signed_on": contract["start_on"]}
    row = await legal.post(f"{at}/seal", version=(await legal.get(at))["version"], **seal)
    await cadm.post(f"{at}/register", version=row["version"], archive_place="A-1")


async def scheme(house: House, year: int, dealer: str) -> str:
    """The year's scheme with its tables filled, approved, begun, and the dealer's purchases of two years; its id."""
    sm, fin = await house.all("sales", "finance")
    head = {
        "title": f"{year}年终奖励",
        "year": year,
        "from_on": f"{year}-01-01",
        "to_on": f"{year}-12-31",
        "purchase_pay_on": f"{year + 1}-01-01",
        "exclusive_pay_on": f"{year + 1}-01-01",
        "growth_pay_on": f"{year + 1}-01-01",
    }
    rows = [
        {"series": s, "city_class": c, "row_no": n, "low": low * WAN, "high": None if high is None else high * WAN}
        for s, steps in LIMITS
        for c in (1, 2, 3)
        for n, (low, high) in enumerate(zip(steps, (*steps[1:], None), strict=True), start=1)
    ]
    row = await sm.post("rewards/schemes", **head)
    at = f"rewards/schemes/{row['id']}"
    row = await sm.post(f"{at}/edit", version=row["version"], rows=rows, **head)
    await sm.post(f"{at}/submit", version=row["version"])
    for login in ("cmo", "finance", "gm"):
        await (await house(login)).agree(row["id"])
    await fin.post(f"{at}/begin", version=(await fin.get(at))["version"])
    bought = [
        {"dealer_id": dealer, "on_day": f"{when}-{month:02}-05", "series": series, "units": 60, "fen": fen,
         "source_id": str(uuid4()), "source_line": month}
        for when, share in ((year - 1, 90), (year, 100))
        for month in range(1, 13)
        for series, fen in (("001", 12 * WAN * share // 100), ("002", 24 * WAN * share // 100))
    ]  # fmt: skip
    await fin.post("rewards/purchases/opening", rows=bought)
    return str(row["id"])


async def sold(house: House, customer: str, year: int) -> None:
    """Something of last year that counts as sales for the grading: 100 yuan, paid."""
    sup, fin = await house.all("office", "finance")
    line = {"name": "样品", "quantity": 1, "price_fen": 10_000}
    bill = await sup.post("invoices", customer_id=customer, invoice_on=f"{year}-12-30", lines=[line])
    await fin.post(f"invoices/{bill['id']}/issue", version=bill["version"])


async def standard(house: House, year: int) -> None:
    sm = await house("sales")
    row = await sm.post("grade-standards", from_year=year, aaa=50, aa=80, reason="首版")
    await sm.post(f"grade-standards/{row['id']}/submit", version=row["version"])
    for login in ("cmo", "gm"):
        await (await house(login)).agree(row["id"])


async def filed(house: House, rep: Person, today: date) -> str:
    """On the screen: from the first form to active, through five hands; the distributor's id."""
    page = await rep.page("/distributors/distributors")
    await page.get_by_role("button", name="新建").click()
    await choose(page, "客户", DEALER)
    await choose(page, "类型", "经销商")
    await fill(page, 城市="天津", 销售区域="华北", 从业年限="6", 固定资产="1200000", 法定代表人="王五")
    await switch(page, "人品良好", "有客户档案", "有风险控制办法")
    await shoot(page, "dealer-1-form")
    await send(page)
    await expect(page.locator(".office-head")).to_be_visible(timeout=20_000)
    at = page.url.split("/", 3)[3]
    await give(page, "match", "符合标准")
    row = await rep.get(f"distributors/{at.rsplit('/', 1)[1]}")
    text = {"kind": "distributor", "title": "经销合同", "terms_days": 30, "region": "华北"}
    contract = await rep.post("contracts", customer_id=row["customer_id"], start_on=today.isoformat(), **text)
    contract = await rep.post(f"contracts/{contract['id']}/propose", version=contract["version"])
    await page.locator("header [data-command=sign-up]").click()
    await choose(page, "合同", DEALER)
    await send(page)
    page = await (await house("sales")).page(f"/{at}")
    await give(page, "review", "经理已审")
    await sealed(house, contract)
    page = await (await house("contracts")).page(f"/{at}")
    await give(page, "file", "已归档", 存档位置="B-2")
    await give(page, "activate", "启用")
    return str(row["id"])


async def test_from_matched_to_graded_to_rewarded(house: House) -> None:
    admin, rep, sm, fin, cash = await house.all("admin", "rep", "sales", "finance", "cashier")
    today = await fin.today()
    year = today.year - 1
    for name, value in (("min_years", 3), ("min_assets_fen", 100_000_000), ("min_turnover_fen", 300_000_000)):
        await admin.post(f"settings/distributors/{name}", method="PUT", value=value)
    dealer = await filed(house, rep, today)
    customer = (await rep.get(f"distributors/{dealer}"))["customer_id"]

    # Graded on last year's sales; grade A is felt at once: cash only.
    await sold(house, customer, year)
    await standard(house, year)
    page = await sm.page("/distributors/gradings")
    await page.get_by_role("button", name="新建").click()
    await fill(page, 年度=str(year))
    await send(page)
    await expect(page.locator("[data-rows=lines] tr", has_text=DEALER)).to_contain_text("A", timeout=20_000)
    await shoot(page, "dealer-2-grading")
    await give(page, "submit", "已提交")
    for login in ("cmo", "gm"):
        await (await house(login)).agree(page.url.rsplit("/", 1)[1])
    page = await rep.page(f"/distributors/distributors/{dealer}")
    await expect(page.locator(".story-act", has_text="评定等级")).to_be_visible(timeout=20_000)
    await shoot(page, "dealer-3-graded")
    row = await rep.get(f"distributors/{dealer}")
    assert (row["grade"], row["cash_only"]) == ("A", True)

    # Rewarded: closed and calculated, every line traced to its purchases, confirmed by the dealer.
    chosen = await scheme(house, year, dealer)
    page = await fin.page(f"/rewards/rewards-schemes/{chosen}")
    await give(page, "close", "已关闭")
    await give(page, "calculate", "已计算")
    await expect(page.locator("[data-related='rewards/statements']")).to_contain_text("319,680.00", timeout=20_000)
    await shoot(page, "dealer-4-scheme")
    at = f"rewards/statements?filter=scheme_id:{chosen}&filter=dealer_id:{dealer}"
    stated = (await rep.get(at))["rows"][0]
    page = await rep.page(f"/rewards/rewards-statements/{stated['id']}")
    line = page.locator("[data-line=purchase]", has_text="002")
    await expect(line).to_contain_text("216,000.00", timeout=20_000)
    await line.get_by_role("button").click()
    trace = page.locator(".office-trace-modal")
    await expect(trace.locator("tbody tr")).to_have_count(12, timeout=20_000)
    await expect(trace.locator("tfoot")).to_contain_text("216,000.0000")
    await shoot(page, "dealer-5-trace")
    await page.keyboard.press("Escape")
    await give(page, "confirm", "已确认", 经销商签认人="王五")
    await shoot(page, "dealer-6-statement")

    # Approved, an invoice received, and paid on its day.
    page = await fin.page(f"/rewards/rewards-schemes/{chosen}")
    await give(page, "submit-payout", "发放待批")
    await (await house("gm")).agree(chosen)
    found = await fin.get(f"rewards/payouts?filter=statement_id:{stated['id']}&filter=kind:purchase")
    to = f"/rewards/rewards-payouts/{found['rows'][0]['id']}"
    page = await fin.page(to)
    await page.locator("header [data-command=receive]").click()
    await choose(page, "票据类型", "统一发票")
    await fill(page, 票据号="F-1001")
    await send(page)
    page = await cash.page(to)
    await give(page, "pay", "已发放")
    await expect(page.locator(".office-head")).to_contain_text(re.compile(r"\d"))
    await shoot(page, "dealer-7-paid")
    paid = await cash.get(f"rewards/payouts/{found['rows'][0]['id']}")
    assert (paid["amount_fen"], paid["state"], paid["held"]) == (31_968_000, "paid", False)
