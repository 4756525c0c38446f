"""The agent's sound, heard: Chromium with a fake microphone, a real Asterisk, and SIPp customers who talk.

What is heard is measured on the page, by the energy that its peer connection has received and decoded.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import text

from callcenter.bootstrap import Services, build_app, run_worker
from callcenter.kit import embedded
from callcenter.kit.clock import SystemClock
from callcenter.kit.db import Database
from callcenter.people.access import COOKIE
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.dispositions import service as dispositions
from tests.clients import open_session, settings_for_tests
from tests.conftest import MONDAY_TEN
from tests.e2e.conftest import WINDOW, chromium, shoot
from tests.factories import make_campaign, make_customer, make_lead
from tests.telephony_lab.behaviour import Behaviour, number
from tests.telephony_lab.lab import LabUnavailable, TelephonyLab

pytestmark = pytest.mark.browser

BACK_WITHIN_S = 5.0
# Energy of getStats: the square of the level (1 is full) times seconds. Speech from the lab brings about 0.02 a second.
HEARD = 0.002
SILENCE = 0.0002
_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

# Every peer connection that a page makes, to be asked what it hears; the product keeps its own to itself.
_REMEMBER = """
const made = []
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); made.push(this) }
}
window.__sound = async () => {
  let heard = 0, spoken = 0
  for (const one of made) {
    if (one.connectionState === "closed") continue
    for (const report of (await one.getStats()).values()) {
      if (report.type === "inbound-rtp" && report.kind === "audio") heard += report.totalAudioEnergy ?? 0
      if (report.type === "media-source" && report.kind === "audio") spoken += report.totalAudioEnergy ?? 0
    }
  }
  return { heard, spoken }
}
"""


def _lab() -> TelephonyLab:
    try:
        return TelephonyLab.shared()
    except LabUnavailable as missing:
        if os.environ.get("REQUIRE_ASTERISK") == "1":
            pytest.fail(str(missing))
        pytest.skip(f"no telephony lab here: {missing}")


@dataclass
class Floor:
    database: Database
    settings: Settings
    browser: Browser
    pages: list[Page] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def sign_in(self, role: Role, **given: Any) -> tuple[User, Page]:
        user, token = await open_session(self.database, self.settings, role, **given)
        origin = self.settings.origin
        context = await self.browser.new_context(viewport=WINDOW, locale="zh-CN", base_url=origin)  # type: ignore[arg-type]
        await context.add_init_script(_REMEMBER)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": origin}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{role.value}: {error}"))
        await page.goto(origin)
        self.pages.append(page)
        return user, page

    async def one(self, question: str, **given: Any) -> Any:
        async with self.database.transaction() as session:
            return (await session.execute(text(question), given)).scalar()

    async def until(self, question: str, wanted: Any, within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while await self.one(question) != wanted:
                await asyncio.sleep(0.05)


@pytest.fixture
async def floor(database_url: str, home: Path, tmp_path: Path) -> AsyncIterator[Floor]:
    """The web process and the worker inside this one, on a clock that shows a weekday morning; one campaign."""
    lab = _lab()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = settings_for_tests(
        callcenter_home=tmp_path,
        public_url=f"http://127.0.0.1:{port}",
        carrier="asterisk",
        asterisk_url=lab.settings.url,
        asterisk_password=lab.settings.password,
        asterisk_message_sound=lab.settings.message_sound,
        asterisk_browser_url=lab.settings.url.replace("http:", "ws:").removesuffix("/ari") + "/ws",
    )
    clock = SystemClock(datetime.now(UTC), MONDAY_TEN, 1.0)
    services = Services(database_url, embedded.ensure_nats(home), None)
    database = Database(database_url, pool=3, name="test")
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session, mode="progressive", name="春季健康手册")
        customer = await make_customer(session, phone=number(1, Behaviour.TALKS_ON))
        await make_lead(session, campaign, customer)
    server = uvicorn.Server(uvicorn.Config(build_app(settings, services, clock), port=port, log_config=None))
    serving = asyncio.create_task(server.serve())
    working = asyncio.create_task(run_worker(settings, services, clock))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-first-run", *_MICROPHONE]
        )
        found = Floor(database, settings, browser)
        yield found
        await browser.close()
    working.cancel()
    server.should_exit = True
    await asyncio.gather(serving, working, return_exceptions=True)
    await database.close()
    assert found.errors == []


async def energy(page: Page, what: str, seconds: float) -> float:
    """What came in while `seconds` passed: `heard` from the network, `spoken` into the microphone."""
    before = (await page.evaluate("window.__sound()"))[what]
    await asyncio.sleep(seconds)
    return float((await page.evaluate("window.__sound()"))[what]) - before


async def hears(page: Page, within_s: float = 6.0) -> float:
    """Seconds until the page hears somebody talk."""
    begun = time.monotonic()
    before: float = (await page.evaluate("window.__sound()"))["heard"]
    while (await page.evaluate("window.__sound()"))["heard"] < before + HEARD:
        assert time.monotonic() < begun + within_s, "nothing is heard"
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def test_an_agent_is_heard_and_hears_through_mute_hold_and_a_reload(floor: Floor) -> None:
    _, page = await floor.sign_in(Role.AGENT, name="陈静")
    await page.get_by_role("button", name="签入").click()
    await expect(page.get_by_text("语音已接通")).to_be_visible(timeout=15_000)
    await page.get_by_role("button", name="示闲").first.click()

    await expect(page.get_by_role("button", name="挂断")).to_be_visible(timeout=20_000)
    await floor.until("SELECT state FROM calls", "connected")
    await hears(page)
    assert await energy(page, "spoken", 1.5) > HEARD  # the fake microphone beeps
    await shoot(page, "sound-1-talk")

    # Muted: said large, and nothing goes out.
    await page.get_by_role("button", name="静音").click()
    await expect(page.get_by_text("您已静音，客户听不到您")).to_be_visible()
    await shoot(page, "sound-2-muted")
    await asyncio.sleep(0.3)
    assert await energy(page, "spoken", 1.5) < SILENCE
    await page.get_by_role("button", name="取消静音").click()

    # On hold nobody is heard, and back again.
    await page.get_by_role("button", name="保持").click()
    await floor.until("SELECT state FROM calls", "held")
    await asyncio.sleep(0.3)
    assert await energy(page, "heard", 1.0) < SILENCE
    await page.get_by_role("button", name="恢复").click()
    await floor.until("SELECT state FROM calls", "connected")
    await hears(page)

    # Muted when the page is loaded anew: in the call again, heard again, and no longer muted.
    await page.get_by_role("button", name="静音").click()
    begun = time.monotonic()
    await page.reload(wait_until="commit")
    await page.wait_for_function("window.__sound !== undefined")
    await hears(page, BACK_WITHIN_S)
    back_s = time.monotonic() - begun
    assert back_s < BACK_WITHIN_S, f"back after {back_s:.1f} s"
    await expect(page.get_by_role("button", name="静音")).to_have_attribute("aria-pressed", "false")
    assert await energy(page, "spoken", 1.5) > HEARD
    assert await floor.one("SELECT state FROM calls") == "connected"
    print(f"back in the call {back_s:.2f} s after the reload")
