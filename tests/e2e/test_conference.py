"""A recruitment conference from its plan to its settled costs and its summary, each duty signing in (M10, M2, M3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Demo, shoot
from tests.e2e.office import House, choose, fill, give, issued, send, switch

pytestmark = pytest.mark.browser

DEALER = "成都锦里贸易有限公司"
BUDGET = (3_000_000, 4_200_000, 900_000, 600_000, 0, 4_000_000, 1_200_000, 1_500_000, 500_000, 0)
"""Of the source's ten lines; the worked figures of the notes: 87,000 and 72,000."""
VENUE, SPENT = 3_000_000, 2_850_000
DEPARTMENT, ACCOUNT = "HRADM", "660106"


@pytest.fixture
async def house(browser: Browser, demo: Demo) -> AsyncIterator[House]:
    house = House(browser, demo)
    yield house
    await house.close()
    assert house.errors == []


async def arranged(house: House, at: str) -> None:
    """What the source lists, seen to: tasks, 16 materials, 4 roles; of the zones all but the first row's distance."""
    cmo, mkt, hradm = await house.all("cmo", "planning", "personnel")
    plan = await mkt.get(at)
    version = plan["version"]
    for line in plan["lines"]:
        if line["is_task"] and line["part"] != "after_task":
            row = await cmo.post(f"{at}/fill-task", version=version, part=line["part"], seq=line["seq"], done=True)
            version = row["version"]
    for item in plan["items"]:
        more = {} if item["quantity"] else {"quantity": 120}
        row = await mkt.post(f"{at}/fill-item", version=version, seq=item["seq"], ready=True, **more)
        version = row["version"]
    people = {role: person["user_id"] for person in await hradm.get("roles") for role in person["roles"]}
    for role in plan["roles"]:
        row = await hradm.post(f"{at}/fill-role", version=version, seq=role["seq"], person_id=people[role["duty"]])
        version = row["version"]
    for zone in plan["zones"]:
        if "3米" not in zone["text"]:
            row = await mkt.post(f"{at}/fill-zone", version=version, seq=zone["seq"], measured_cm=zone["from_cm"])
            version = row["version"]


async def spent(house: House, plan: Any, day: str) -> dict[str, Any]:
    """The venue's money: asked for on the conference's own line, granted, claimed and paid; the request, still open."""
    hradm, sm, fin, cash = await house.all("personnel", "sales", "finance", "cashier")
    venue = next(cost for cost in plan["costs"] if cost["cost_item"] == "会议场地费用")
    request = await hradm.post(
        "expense-requests", department_code=DEPARTMENT, account_code=ACCOUNT, purpose="招商会场地", amount_fen=VENUE,
        needed_on=day, event_id=venue["id"],
    )  # fmt: skip
    await hradm.post(f"expense-requests/{request['id']}/submit", version=request["version"])
    for login in ("sales", "cmo", "gm"):
        await (await house(login)).agree(request["id"])
    bill = {"spent_on": day, "amount_fen": SPENT, "issuer": "海景大酒店", "invoice_no": f"2437{plan['number'][-6:]}01"}
    claim = await hradm.post("expense-claims", request_id=request["id"], lines=[bill])
    at = f"expense-claims/{claim['id']}"
    claim = await hradm.post(f"{at}/submit", version=claim["version"])
    claim = await sm.post(f"{at}/dept-approve", version=claim["version"])
    await fin.post(f"{at}/finance-check", version=claim["version"])
    await (await house("gm")).agree(claim["id"])
    await cash.post(f"{at}/pay", version=(await cash.get(at))["version"], net_fen=SPENT)
    return dict(await hradm.get(f"expense-requests/{request['id']}"))


async def test_from_plan_to_settled(house: House) -> None:
    mkt, rep, cmo, gm, hradm = await house.all("planning", "rep", "cmo", "gm", "personnel")
    today = await mkt.today()
    await issued(house, today.year, ACCOUNT, 120_000_000, DEPARTMENT)

    # Marketing makes the plan: the source's copy, a budget of two categories, a day plan; two directors agree.
    page = await mkt.page("/conferences/conferences")
    await page.get_by_role("button", name="新建").click()
    await fill(page, 产品="安康礼盒", 举办日期=today.isoformat())
    await send(page)
    await expect(page.locator(".office-head")).to_be_visible(timeout=20_000)
    here = page.url.split("/", 3)[3]
    at = f"conferences/{here.rsplit('/', 1)[1]}"
    plan = await mkt.get(at)
    costs = [{"cost_id": c["id"], "planned_fen": fen} for c, fen in zip(plan["costs"], BUDGET, strict=True)]
    await mkt.post(f"{at}/set-costs", version=plan["version"], costs=costs)
    await page.reload()
    await page.locator("header [data-command=set-slots]").click()
    await page.locator(".ant-modal").get_by_role("button", name="添加").click()
    await fill(page, 开始="09:00", 结束="09:30", 议题="签到")
    await shoot(page, "conference-1-day-plan")
    await send(page)
    await expect(page.locator("[data-rows=categories]")).to_contain_text("87,000.00", timeout=20_000)
    await page.locator("header [data-command=submit]").click()
    await send(page)
    for person in (cmo, gm):
        await person.agree(plan["id"])
    await page.reload()
    await give(page, "prepare", "筹备中")
    await shoot(page, "conference-2-plan")

    # Everything is seen to; a distance that is not as planned is refused with the figure, and measured anew.
    await arranged(house, at)
    page = await mkt.page(f"/{here}")
    zone = page.locator("[data-rows=zones] tr", has_text="3米")
    await zone.locator("[data-row-command=fill-zone]").click()
    form = page.locator(".ant-modal")
    await form.get_by_label("实测(厘米)").fill("120")
    await send(page, refused=True)
    await expect(form).to_contain_text("1.20米", timeout=20_000)
    await shoot(page, "conference-3-distance")
    await form.get_by_label("实测(厘米)").fill("310")
    await send(page)

    # Sales talks to the dealer in rounds and has them come; nobody signs before the one agreed with.
    page = await rep.page(f"/{here}")
    await page.locator("[data-begin=conference-invitees]").click()
    await choose(page, "客户", DEALER)
    await fill(page, 姓名="李总")
    await switch(page, "带头签约")
    await send(page)
    await expect(page.locator(".office-head")).to_be_visible(timeout=20_000)
    guest = page.url.split("/", 3)[3]
    for command, state in (("contact", "已联络"), ("negotiate", "已洽谈")):
        await give(page, command, state)
    await page.locator("header [data-command=invite]").click()
    await send(page, refused=True)
    await expect(page.locator(".ant-modal .ant-alert")).to_contain_text("多轮", timeout=20_000)
    await page.keyboard.press("Escape")
    for command, state in (("negotiate", "已洽谈"), ("invite", "已邀请"), ("confirm", "已确认")):
        await give(page, command, state)
    await shoot(page, "conference-4-invitee")

    # The day itself: doors, arrival, signature, doors.
    page = await cmo.page(f"/{here}")
    await give(page, "declare-ready", "筹备就绪")
    await give(page, "open-doors", "进行中")
    page = await hradm.page(f"/{guest}")
    await give(page, "check-in", "已到会")
    page = await rep.page(f"/{guest}")
    await give(page, "sign-on-spot", "已现场签约", 城市="成都")
    page = await gm.page(f"/{here}")
    await give(page, "close-doors", "善后中")

    # Its money is an expense of the conference's own line; it is settled once no request is open.
    request = await spent(house, await mkt.get(at), today.isoformat())
    page = await hradm.page(f"/{here}")
    await page.locator("header [data-command=settle-costs]").click()
    await send(page, refused=True)
    await expect(page.locator(".ant-modal .ant-alert")).to_contain_text(request["number"], timeout=20_000)
    await page.keyboard.press("Escape")
    await hradm.post(f"expense-requests/{request['id']}/close", version=request["version"])
    await give(page, "settle-costs", "费用已结算")
    await expect(page.locator("[data-rows=categories]")).to_contain_text("28,500.00", timeout=20_000)
    await shoot(page, "conference-5-settled")
    done = await mkt.get(at)
    assert (done["state"], done["result"]["signed"], done["result"]["cost_per_signed_fen"]) == ("settled", 1, SPENT)

    # Those who signed are followed up by who signed them; marketing sums up.
    version = done["version"]
    for seq, person in ((1, hradm), (2, rep), (3, mkt)):
        row = await person.post(f"{at}/fill-task", version=version, part="after_task", seq=seq, done=True)
        version = row["version"]
    page = await mkt.page(f"/{here}")
    await give(page, "summarise", "已总结", 会后总结="一家签约", 宣传材料="报道一篇")
    page = await rep.page("/conferences/conference-receivables")
    await expect(page.locator("tr", has_text=DEALER)).to_contain_text("马业务", timeout=20_000)
    await shoot(page, "conference-6-receivables")
