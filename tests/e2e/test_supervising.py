"""A supervisor in somebody's call: two Chromiums with voices of their own, a real Asterisk, a customer who hums.

Who hears whom is measured at each of the three: on the two pages, and for the customer in the recording, which is
sealed, fetched and played at the end as any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from callcenter.people.models import Role
from callcenter.settings import Settings
from tests.e2e.conftest import shoot
from tests.e2e.floor import (
    AGENT,
    CUSTOMER,
    SILENCE,
    SUPERVISOR,
    Floor,
    Moments,
    energy,
    opened,
    until_heard,
    voices,
)
from tests.telephony_lab.behaviour import Behaviour

pytestmark = pytest.mark.browser

STORED_WITHIN_S = 30.0
HELD_S = 2.5
"""How long what the customer hears stays as it is: a busy machine's recording is that much shorter than the talk."""


@dataclass
class Room:
    floor: Floor
    discreet: Settings
    """Another web process of the same installation, on which agents do not see who listens."""


@pytest.fixture
async def room(database_url: str, home: Path, tmp_path: Path) -> AsyncIterator[Room]:
    async with opened(database_url, home, tmp_path, Behaviour.HUMS, recorded=True) as (floor, services, clock):
        yield Room(floor, await floor.serve(services, clock, supervision_visible=False))


async def step(bar: Locator, page: Page, name: str, then: str) -> None:
    """One step further in: nothing changes before it is confirmed."""
    before = await bar.get_attribute("data-how")
    await bar.get_by_role("button", name=name).click()
    assert await bar.get_attribute("data-how") == before
    await page.get_by_role("tooltip").get_by_role("button", name=name).click()
    await expect(bar).to_contain_text(then)


async def test_a_supervisor_listens_whispers_joins_and_takes_over(room: Room) -> None:
    floor, customer_heard = room.floor, Moments()
    boss, supervisor = await floor.sign_in(Role.SUPERVISOR, SUPERVISOR, name="王主管")
    someone, agent = await floor.sign_in(Role.AGENT, AGENT, name="陈静")
    await agent.get_by_role("button", name="签入").click()
    await expect(agent.get_by_text("语音已接通")).to_be_visible(timeout=30_000)
    await agent.get_by_role("button", name="示闲").first.click()
    await expect(agent.get_by_role("button", name="挂断")).to_be_visible(timeout=40_000)
    await until_heard(agent, {CUSTOMER})
    customer_heard.now({AGENT})
    call_id = await floor.one("SELECT id FROM calls")

    # Listening comes first. The microphone is shut, nobody hears anything of it, and the agent is told.
    bar = supervisor.get_by_role("region", name="通话督导")
    await supervisor.get_by_role("button", name="监听 陈静").click()
    await expect(bar).to_contain_text("双方都听不到您", timeout=30_000)
    await expect(bar).to_contain_text("您已静音")
    await expect(agent.get_by_text("王主管 正在监听")).to_be_visible()
    await until_heard(supervisor, {AGENT, CUSTOMER})
    assert await energy(supervisor, "spoken", 1.2) < SILENCE
    assert await voices(agent) == {CUSTOMER}
    customer_heard.now({AGENT})
    await shoot(supervisor, "supervising-1-listen")
    await shoot(agent, "supervising-1-listen-seen")

    await step(bar, supervisor, "辅导", "只有坐席听得到您")
    await expect(agent.get_by_text("王主管 正在辅导您")).to_be_visible()
    await until_heard(agent, {CUSTOMER, SUPERVISOR})
    customer_heard.now({AGENT})
    assert await voices(supervisor) == {AGENT, CUSTOMER}
    await shoot(agent, "supervising-2-whisper-seen")

    await step(bar, supervisor, "强插", "双方都听得到您")
    await expect(agent.get_by_text("王主管 已加入通话")).to_be_visible()
    await until_heard(agent, {CUSTOMER, SUPERVISOR})
    assert await voices(supervisor) == {AGENT, CUSTOMER}
    customer_heard.now({AGENT, SUPERVISOR})
    await asyncio.sleep(HELD_S)

    await step(bar, supervisor, "强拆接管", "您在与客户通话，坐席已静音")
    await expect(agent.get_by_text("王主管 已接管通话")).to_be_visible()
    await until_heard(supervisor, {CUSTOMER})
    customer_heard.now({SUPERVISOR})
    await asyncio.sleep(HELD_S)
    await shoot(supervisor, "supervising-4-take-over")
    await shoot(agent, "supervising-4-take-over-seen")

    # Back to listening the microphone is shut again; then out, and the agent talks as before.
    await bar.get_by_role("button", name="监听").click()
    await expect(bar).to_contain_text("双方都听不到您")
    await until_heard(supervisor, {AGENT, CUSTOMER})
    assert await energy(supervisor, "spoken", 1.0) < SILENCE
    await bar.get_by_role("button", name="退出").click()
    await expect(bar).to_have_count(0)
    await expect(agent.get_by_text("王主管")).to_have_count(0)

    # Where the installation wants it so, an agent does not see who listens or whispers, but who joins.
    await agent.goto(room.discreet.origin)
    await until_heard(agent, {CUSTOMER})
    await supervisor.get_by_role("button", name="监听 陈静").click()
    await until_heard(supervisor, {AGENT, CUSTOMER}, 12.0)
    await expect(agent.get_by_role("button", name="挂断")).to_be_visible()
    assert await agent.get_by_text("王主管").count() == 0
    await step(bar, supervisor, "强插", "双方都听得到您")
    await expect(agent.get_by_text("王主管 已加入通话")).to_be_visible()
    await bar.get_by_role("button", name="退出").click()
    await expect(bar).to_have_count(0)

    # Who, when, how: kept for good.
    rows = (
        f"FROM supervisions WHERE call_id = '{call_id}' AND supervisor_id = '{boss.id}' AND agent_id = '{someone.id}'"
    )
    assert await floor.one(f"SELECT string_agg(how, ' ' ORDER BY began_at) {rows}") == (
        "listen whisper barge take_over listen listen barge"
    )
    assert await floor.one(f"SELECT count(*) {rows} AND (heard_from IS NULL OR ended_at IS NULL)") == 0
    written = (await (await supervisor.request.get("/api/audit?limit=200")).json())["rows"]
    acts = [row["action"] for row in written if row["thing_id"] == str(call_id)]
    assert (acts.count("call_supervised"), acts.count("supervision_ended")) == (7, 2)

    await agent.get_by_role("button", name="挂断").click()
    await floor.until("SELECT state FROM calls", "ended")
    recording = await stored(supervisor, floor.settings.origin, str(call_id))
    began_at = await floor.one("SELECT connected_at FROM calls")
    assert customer_heard.found_in(recording, began_at) == [wanted for _, wanted in customer_heard.wanted]
    await play(supervisor)


async def stored(page: Page, origin: str, call_id: str) -> bytes:
    """The recording, by the way of everybody who may hear it."""
    ends = time.monotonic() + STORED_WITHIN_S
    while True:
        told = (await (await page.request.get(f"/api/recordings/of-call/{call_id}")).json())["recordings"]
        if told and told[0]["state"] == "stored":
            break
        assert time.monotonic() < ends, told
        await asyncio.sleep(0.2)
    leave = await page.request.post(f"/api/recordings/{told[0]['id']}/listen", headers={"Origin": origin})
    audio = await page.request.get((await leave.json())["url"])
    assert audio.ok
    return await audio.body()


async def play(page: Page) -> None:
    """In the call log: the player plays, and says that it was written down."""
    await page.goto("/calls")
    await page.locator(".ant-table-row").first.click()
    await page.get_by_role("button", name="播放").click()
    ends = time.monotonic() + 15
    while not await page.evaluate("document.querySelector('audio')?.currentTime > 0.3"):
        assert time.monotonic() < ends, "the recording does not play"
        await asyncio.sleep(0.1)
    await expect(page.get_by_text("收听记录 2 次")).to_be_visible()
    await shoot(page, "supervising-5-player")
