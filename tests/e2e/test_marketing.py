"""Marketing's way in a real browser: a segment counted, a campaign drafted, foreseen, opened, its list explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import SignIn, shoot

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "agent_ui" / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def faults(page: Page) -> list[str]:
    """What axe finds on the page that keeps somebody out."""
    await page.evaluate(AXE.read_text())
    found: list[list[str]] = await page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.impact]))")
    return [name for name, impact in found if impact in ("serious", "critical")]


async def test_from_a_segment_to_an_open_campaign(sign_in: SignIn) -> None:
    page = await sign_in("marketing")
    await page.goto("/segments")
    await page.get_by_role("button", name="新建筛选").click()
    await expect(page.get_by_text("符合条件")).to_be_visible(timeout=15_000)
    await shoot(page, "marketing-1-segment")

    origin = page.url.split("/segments")[0]
    await page.goto(f"{origin}/campaigns/new")
    await page.get_by_label("活动名称").fill("浏览器里的活动")
    await page.locator("#mailing_id").click()
    await page.locator(".ant-select-item-option").first.click()
    await page.get_by_label("主叫号码").fill("+864006187000")
    await page.get_by_role("button", name="各国范本对照").click()
    await expect(page.get_by_role("dialog")).to_contain_text("10:00–13:00")  # France, beside China
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="保 存").or_(page.get_by_role("button", name="保存")).click()
    campaign = re.compile(r"/campaigns/[0-9a-f-]{36}$")
    await expect(page).to_have_url(campaign, timeout=15_000)
    address = page.url.replace("/campaigns/", "/api/campaigns/")
    try:
        # Before it opens: how many become callable, how many are skipped and why, and what is still missing.
        before = page.get_by_role("region", name="开启前核对")
        await expect(before).to_contain_text(re.compile(r"[\d,]+ 位收件人中，[\d,]+ 位将可呼叫，[\d,]+ 位不呼"))
        await expect(before).to_contain_text("填写无人接待时的语音")
        assert await faults(page) == []
        await shoot(page, "marketing-2-before")
        await page.get_by_role("tab", name="人力预测").click()
        await page.get_by_label("坐席人数").fill("40")
        await expect(page.get_by_text(re.compile(r"\d+ 位尚未呼叫的客户"))).to_be_visible(timeout=15_000)
        await shoot(page, "marketing-3-forecast")

        await page.get_by_role("tab", name="设置").click()
        await page.get_by_label("无人接待时的语音").fill("您好，这里是康元健康公司，电话 400-618-7000。")
        await page.get_by_role("button", name="保 存").or_(page.get_by_role("button", name="保存")).click()
        await expect(before).not_to_contain_text("填写无人接待时的语音")
        await page.get_by_role("button", name="开启").click()
        await page.get_by_role("button", name="确 认").or_(page.get_by_role("button", name="确认")).click()
        await page.get_by_role("tab", name="名单去向").click()
        await expect(page.get_by_text(re.compile(r"共 \d+ 位客户"))).to_be_visible(timeout=15_000)
        await shoot(page, "marketing-4-funnel")
    finally:
        closed = await page.request.post(f"{address}/close", headers={"Origin": origin})
    assert closed.ok
