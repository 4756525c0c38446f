"""A budget that stops: over it by ten thousand, ten thousand moved from another budget, and it passes (M3)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Demo, shoot
from tests.e2e.office import House, choose, fill, give, issued, send

pytestmark = pytest.mark.browser

MONTHLY, OVER = 10_000_000, 1_000_000
CONFERENCES, ADVERTISING = "660106", "660103"


@pytest.fixture
async def house(browser: Browser, demo: Demo) -> AsyncIterator[House]:
    house = House(browser, demo)
    yield house
    await house.close()
    assert house.errors == []


async def test_a_budget_overrun_is_stopped_and_passes_after_a_transfer(house: House) -> None:
    mkt, fin, cmo = await house.all("planning", "finance", "cmo")
    today = await mkt.today()
    budget = await issued(house, today.year, CONFERENCES, 12 * MONTHLY, month_on_request="stop")
    await issued(house, today.year, ADVERTISING, 12 * 4_000_000)
    asked = today.month * MONTHLY + OVER

    # Asked for: more than the months up to now, so it is stopped, in words and figures.
    page = await mkt.page("/expenses/expense-requests")
    await page.get_by_role("button", name="新建").click()
    await choose(page, "部门", "MKT")
    await choose(page, "科目编码", CONFERENCES)
    await fill(page, 用途="招商会场地", 金额=f"{asked / 100:.2f}", 用款日期=today.isoformat())
    await shoot(page, "budget-1-request")
    await send(page)
    await expect(page.locator(".office-head")).to_be_visible(timeout=10_000)
    await page.locator("header [data-command=submit]").click()
    await send(page, refused=True)
    told = page.locator(".ant-modal .ant-alert")
    await expect(told).to_contain_text("10,000.00", timeout=10_000)
    await shoot(page, "budget-2-stopped")
    await page.keyboard.press("Escape")
    at_request = page.url.split("/", 3)[3]

    # Ten thousand from the advertising budget: finance's opinion, the director's consent, carried out.
    page = await mkt.page("/budgets/budget-changes")
    await page.get_by_role("button", name="新建").click()
    form = page.locator(".ant-modal")
    for legend, account in (("调入预算", CONFERENCES), ("调出预算", ADVERTISING)):
        part = form.locator("fieldset", has=page.locator("legend", has_text=legend))
        await part.get_by_label("年度").fill(str(today.year))
        for label, text in (("部门", "MKT"), ("科目编码", account)):
            field = part.get_by_label(label, exact=True)
            await field.click()
            await field.fill(text)
            await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=text).first.click()
    await fill(page, 调入月份=str(today.month), 调出月份=str(today.month), 金额="10000", 原因="招商会加场")
    await shoot(page, "budget-3-transfer")
    await send(page)
    await expect(page.locator(".office-head")).to_be_visible(timeout=10_000)
    await give(page, "submit", "已提交")
    at_change = page.url.split("/", 3)[3]
    page = await fin.page(f"/{at_change}")
    await give(page, "give-opinion", "财务已提意见", 备注="广告费有余额")
    await cmo.agree(at_change.rsplit("/", 1)[1])
    await page.reload()
    await give(page, "carry-out", "已执行")

    # Now it passes, to the fen; and the execution table says what is left.
    page = await mkt.page(f"/{at_request}")
    await give(page, "submit", "已提交")
    for login in ("sales", "cmo", "gm"):
        await (await house(login)).agree(at_request.rsplit("/", 1)[1])
    page = await fin.page("/budgets/budget-execution")
    row = page.locator("tr", has_text="会务费").filter(has_text="MKT").first  # a conference of the suite has one, too
    await expect(row).to_contain_text(f"{asked / 100:,.2f}", timeout=10_000)
    await shoot(page, "budget-4-execution")
    found = await fin.get(f"budgets/{budget}")
    month = found["months"][today.month - 1]
    assert (month["to_date_available_fen"], found["changed_fen"]) == (0, OVER)
    page = await fin.page(f"/budgets/budgets/{budget}")
    await expect(page.locator("[data-rows=months]")).to_be_visible(timeout=10_000)
    await shoot(page, "budget-5-months")
