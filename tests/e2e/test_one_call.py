"""The main job in a real browser: an agent takes a call from the pop to the saved result, a supervisor watches."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import SignIn, shoot

pytestmark = pytest.mark.browser

POP_WITHIN_MS = 120_000


async def sit_down(page: Page) -> None:
    """Sign on to the open campaign and go ready."""
    await page.get_by_role("button", name="签入").click()
    await page.get_by_role("button", name="示闲").first.click()


async def test_an_agent_takes_a_call_and_sells_while_the_supervisor_sees_it(sign_in: SignIn) -> None:
    supervisor = await sign_in("supervisor")
    agent = await sign_in("agent1")
    await shoot(agent, "1-sign-on")
    await sit_down(agent)
    row = supervisor.locator(".ant-table-row", has_text="陈静")
    await expect(row).to_contain_text(re.compile("示闲|通话中"), timeout=15_000)

    # The pop: the customer, the brochure, the day it was mailed, and which day of 7 to 14 this is.
    await expect(agent.get_by_role("button", name="挂断")).to_be_visible(timeout=POP_WITHIN_MS)
    await expect(agent.get_by_text("已寄宣传资料")).to_be_visible()
    await expect(agent.get_by_text("寄出日期")).to_be_visible()
    assert await agent.get_by_text("模拟线路").count() > 0
    day = await agent.locator("text=/^第 ?(7|8|9|10|11|12|13|14) ?天/").first.inner_text()
    assert day
    await expect(row).to_contain_text("通话中")
    await shoot(agent, "2-pop")
    await shoot(supervisor, "3-supervisor")

    # Through the stages, then the customer orders.
    await agent.get_by_role("tab", name="理性需求").or_(agent.get_by_role("button", name="理性需求")).first.click()
    await agent.get_by_role("radio", name="成交下单").or_(agent.get_by_text("成交下单")).first.click()
    await agent.get_by_role("button", name="+1").first.click()
    if not await agent.get_by_label("收货地址").input_value():
        await agent.get_by_label("收货地址").fill("山东省青岛市市南区香港中路 1 号")
    await shoot(agent, "4-order")
    hang_up = agent.get_by_role("button", name="挂断")
    if await hang_up.is_enabled():
        await hang_up.click()
    await expect(agent.get_by_text("话后整理").first).to_be_visible(timeout=15_000)

    # The server keeps the wrap-up: a reload changes nothing, and what was typed is still there.
    await agent.reload()
    await expect(agent.get_by_role("button", name="保存并示闲")).to_be_visible(timeout=15_000)
    await shoot(agent, "5-after-reload")
    await agent.get_by_role("button", name="保存并小休").click()
    await agent.get_by_role("menuitem").first.click()
    await expect(row).to_contain_text("小休", timeout=15_000)

    # The record: one order, seen by the supervisor in the log with what was sold.
    found = await supervisor.request.get("/api/calls?disposition=order&limit=200")
    mine = [call for call in (await found.json())["rows"] if call["agent_name"] == "陈静"]
    assert len(mine) == 1
    assert mine[0]["outcome"] == "talked"
    assert mine[0]["stage"] == "rational_need"
    assert mine[0]["wait_s"] <= 2.0 or mine[0]["abandoned"]
    await shoot(supervisor, "6-supervisor-after")


async def test_a_second_browser_takes_over_and_the_first_is_told(sign_in: SignIn) -> None:
    first = await sign_in("agent2")
    await expect(first.get_by_role("button", name="签入")).to_be_visible(timeout=15_000)
    second = await sign_in("agent2")
    await expect(second.get_by_role("button", name="签入")).to_be_visible(timeout=15_000)
    await expect(first.get_by_text("工作台已在另一窗口打开")).to_be_visible(timeout=15_000)
    await shoot(first, "7-superseded")


async def test_the_english_console_is_english(sign_in: SignIn) -> None:
    page = await sign_in("supervisor")
    await page.request.patch("/api/me", data={"language": "en"}, headers={"Origin": page.url.removesuffix("/live")})
    await page.reload()
    await expect(page.get_by_text("Abandonment").first).to_be_visible(timeout=15_000)
    text = await page.locator("nav, aside, header").first.inner_text()
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.replace("王主管", "").replace("中文", "")), text
    await shoot(page, "8-english")
    await page.request.patch("/api/me", data={"language": "zh"}, headers={"Origin": page.url.removesuffix("/live")})
