"""From a phone order to the money allocated and the account at 0, in a real browser, each duty signing in."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import pytest
from playwright.async_api import Page, expect

from callcenter.edge.console import DIST
from tests.e2e.conftest import SignIn, shoot
from tests.e2e.office import send

pytestmark = pytest.mark.browser

POP_WITHIN_MS = 120_000
SAVED_WITHIN_S = 15.0


async def ask(page: Page, path: str) -> Any:
    answer = await page.request.get(f"/api/backoffice/{path}")
    assert answer.ok, await answer.text()
    return await answer.json()


async def phone_order(page: Page, sign_in: SignIn) -> dict[str, Any]:
    """An order that an agent took in a call, and nobody has touched since; sold now when there is none."""
    query = "orders?filter=source:call&filter=status:submitted&sort=created_at"
    if not (await ask(page, query))["rows"]:
        await sell(await sign_in("agent1"))
    end = time.monotonic() + SAVED_WITHIN_S
    while not (found := (await ask(page, query))["rows"]):
        assert time.monotonic() < end, "the agent's result made no order"
        await asyncio.sleep(0.2)
    return dict(found[0])


async def sell(agent: Page) -> None:
    """The desk of an agent: from ready to the saved order."""
    await agent.get_by_role("button", name="签入").click()
    await agent.get_by_role("button", name="示闲").first.click()
    await expect(agent.get_by_role("button", name="挂断")).to_be_visible(timeout=POP_WITHIN_MS)
    await agent.get_by_role("radio", name="成交下单").or_(agent.get_by_text("成交下单")).first.click()
    await agent.get_by_role("button", name="+1").first.click()
    if not await agent.get_by_label("收货地址").input_value():
        await agent.get_by_label("收货地址").fill("山东省青岛市市南区香港中路 1 号")
    hang_up = agent.get_by_role("button", name="挂断")
    if await hang_up.is_enabled():
        await hang_up.click()
    save = agent.get_by_role("button", name="保存并小休")
    await save.click(timeout=15_000)
    await agent.get_by_role("menuitem").first.click()
    await expect(save).to_have_count(0, timeout=15_000)  # saved: the form is gone
    await expect(agent.get_by_text("小休中")).to_be_visible(timeout=15_000)


async def fill_in(page: Page, **fields: str) -> None:
    """Fill the fields of the open form by their labels, and send it."""
    form = page.locator(".ant-modal")
    for label, value in fields.items():
        await form.get_by_label(label, exact=True).first.fill(value)
    await send(page)


async def give(page: Page, command: str, state: str, **fields: str) -> None:
    """Give a command of the document on the screen, and see the state it has then."""
    await page.locator(f"header [data-command={command}]").click()
    await fill_in(page, **fields)
    await expect(page.locator(".office-head .mark", has_text=state).first).to_be_visible(timeout=10_000)


async def test_a_phone_order_becomes_money_and_the_account_closes_at_nothing(sign_in: SignIn) -> None:
    office = await sign_in("office")
    # While the agent sells, the others come to work.
    order, sales, finance, warehouse, cashier = await asyncio.gather(
        phone_order(office, sign_in), *(sign_in(login) for login in ("sales", "finance", "warehouse", "cashier"))
    )
    at_order = f"/order-book/orders/{order['id']}"

    # Sales support finds it among what waits for them, confirms it and asks for the goods to leave.
    await expect(office.locator("[data-task=orders]")).to_be_visible(timeout=15_000)
    await shoot(office, "office-1-tasks")
    await office.goto("/order-book/orders?filter=source%3Acall&filter=status%3Asubmitted")
    await office.get_by_role("button", name=order["number"]).click()
    await expect(office).to_have_url(re.compile(order["id"]))
    await give(office, "confirm", "待发货待开票")
    await office.locator("[data-begin=deliveries]").click()
    await fill_in(office)
    await expect(office).to_have_url(re.compile("/deliveries/deliveries/"))
    at_delivery = office.url

    # The sales manager agrees, finance clears it, the warehouse sends it: its page is open all the while and follows.
    await warehouse.goto(at_delivery)
    await expect(warehouse.locator(".office-head .mark").first).to_have_text("草稿", timeout=15_000)
    await sales.goto(at_delivery)
    await expect(sales.locator("header [data-command=approve]")).to_be_visible(timeout=15_000)
    assert await sales.locator("header [data-command=clear]").count() == 0, "clearing is finance's"
    await give(sales, "approve", "已批准")
    await finance.goto(at_delivery)
    await give(finance, "clear", "财务已放行")
    await give(warehouse, "pick", "配货中")
    await expect(warehouse.locator(".office-lines").first).to_contain_text("HK-")  # what to fetch from the shelf
    await warehouse.locator("header [data-command=ship]").click()
    for lot in await warehouse.locator(".ant-modal td").get_by_label("批号", exact=True).all():
        await lot.fill("L202611")
    await shoot(warehouse, "office-2-ship")
    await fill_in(warehouse, 承运人="顺丰", 运单号="SF1001")
    await expect(warehouse.locator(".office-head .mark", has_text="已发货")).to_be_visible(timeout=10_000)

    # The customer signs; that drafts the invoice, which finance issues. The page of sales support has followed.
    await give(office, "sign", "已签收")
    await finance.reload()
    await finance.locator("[data-related=invoices] .link-button").first.click()
    await expect(finance).to_have_url(re.compile("/receivables/invoices/"))
    await give(finance, "issue", "已开具")

    # The cashier records the bank's money; who recorded it does not confirm it; finance allocates it.
    await cashier.goto(at_order)
    await cashier.locator("[data-begin=receipts]").click()
    await shoot(cashier, "office-3-receipt")
    await fill_in(cashier)
    await expect(cashier).to_have_url(re.compile("/receivables/receipts/"))
    assert await cashier.locator("header [data-command=confirm]").count() == 0
    await finance.goto(cashier.url)
    await give(finance, "confirm", "已确认")
    await finance.get_by_role("button", name="按到期日填入").click()
    await shoot(finance, "office-4-allocate")
    await finance.locator("[data-command=allocate]").click()
    await expect(finance.locator(".office-box", has_text="冲抵明细").first).to_be_visible(timeout=10_000)
    await finance.goto(at_delivery)
    await give(finance, "close", "已关闭")

    # The order's page tells it all, in the order in which it happened, and nothing is owed.
    await office.goto(at_order)
    await expect(office.locator(".office-head .mark").first).to_have_text("已完成", timeout=10_000)
    await shoot(office, "office-5-story")
    told = [await line.inner_text() for line in await office.locator(".story-act").all()]
    asked_for = [
        "电话下单",
        "确认",
        "制单",
        "申请发货",
        "批准",
        "财务放行",
        "配货",
        "发货",
        "签收",
        "开具",
        "登记",
        "确认",
    ]
    rest = iter(told)
    assert all(any(act in line for line in rest) for act in asked_for), told
    actors = set(await office.locator(".story strong").all_inner_texts())
    assert {"赵内勤", "周经理", "钱会计", "冯仓管", "郑出纳"} <= actors, actors
    balance = await ask(office, f"customers/{order['customer_id']}/balance")
    assert balance["balance_fen"] == 0
    invoice = (await ask(office, f"invoices?filter=order_id:{order['id']}"))["rows"][0]
    assert (invoice["status"], invoice["outstanding_fen"]) == ("paid", 0)


async def test_who_comes_second_is_told_who_was_first_and_what_it_is_now(sign_in: SignIn) -> None:
    """Two look at one draft; one acts, and the other's command says so instead of being carried out."""
    first, second, third = [await sign_in("sales", by_form=False) for _ in range(3)]
    waiting = (await ask(first, "deliveries?filter=state:draft"))["rows"]
    assert waiting, "the demonstration opens with a delivery that waits for the sales manager"
    for page in (first, second, third):
        await page.goto(f"/deliveries/deliveries/{waiting[0]['id']}")
        await expect(page.locator("header [data-command=approve]")).to_be_visible(timeout=15_000)
    await second.locator("header [data-command=reject]").click()
    form = second.locator(".ant-modal")
    await form.get_by_label("备注").fill("缺货")
    await give(first, "approve", "已批准")
    # Who only looks sees it come; who has a form open is told before it is sent, and once more when it is.
    await expect(third.locator(".office-head .mark").first).to_have_text("已批准", timeout=10_000)
    await expect(form.get_by_text("已被他人更改，现为：已批准")).to_be_visible(timeout=10_000)
    await form.locator(".ant-modal-footer .ant-btn-primary").click()
    await expect(form.locator(".office-changes")).to_contain_text(re.compile(r"周经理 于 \d\d:\d\d .*现为：已批准"))
    await shoot(second, "office-6-conflict")
    await form.get_by_role("button", name="重新载入").click()
    await expect(second.locator(".office-head .mark").first).to_have_text("已批准", timeout=10_000)


SERIOUS = "axe.run(document.querySelector('main'), {runOnly: ['wcag2a', 'wcag2aa']})"
PAGES = ("/tasks", "/order-book/orders", "/receivables/invoices", "/collection/reports-ageing", "/reports")


async def test_the_pages_speak_english_and_can_be_used_by_everybody(sign_in: SignIn) -> None:
    page = await sign_in("finance", by_form=False)
    await page.goto("/tasks")
    origin = "/".join(page.url.split("/")[:3])
    await page.request.patch("/api/me", data={"language": "en"}, headers={"Origin": origin})
    try:
        axe = (DIST.parent / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        for path in PAGES:
            await page.goto(path)
            await expect(page.locator("main .sheet").first).to_be_visible(timeout=15_000)
            await expect(page.locator("main .ant-skeleton")).to_have_count(0, timeout=15_000)
            await page.evaluate(axe)
            found = await page.evaluate(SERIOUS)
            serious = [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")]
            assert serious == [], (path, serious)
            heads = " ".join(await page.locator("main h1, main h3, main th, main .mark").all_inner_texts())
            assert not re.search(r"[\u4e00-\u9fff]", heads), (path, heads)
    finally:
        await page.request.patch("/api/me", data={"language": "zh"}, headers={"Origin": origin})
