"""The agent's sound, heard: Chromium with a fake microphone, a real Asterisk, and SIPp customers who talk.

What is heard is measured on the page, by the energy that its peer connection has received and decoded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from callcenter.people.models import Role
from tests.e2e.conftest import shoot
from tests.e2e.floor import HEARD, SILENCE, Floor, energy, hears, opened
from tests.telephony_lab.behaviour import Behaviour

pytestmark = pytest.mark.browser

BACK_WITHIN_S = 5.0


@pytest.fixture
async def floor(database_url: str, home: Path, tmp_path: Path) -> AsyncIterator[Floor]:
    async with opened(database_url, home, tmp_path, Behaviour.TALKS_ON) as (floor, _, _):
        yield floor


async def test_an_agent_is_heard_and_hears_through_mute_hold_and_a_reload(floor: Floor) -> None:
    someone, page = await floor.sign_in(Role.AGENT, name="陈静")
    await page.get_by_role("button", name="签入").click()
    await expect(page.get_by_text("语音已接通")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="示闲").first.click()

    await expect(page.get_by_role("button", name="挂断")).to_be_visible(timeout=40_000)
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

    # The line drops: the agent is told that the customer waits, and is back in the talk.
    waits = page.get_by_text("客户在听音乐等您")
    told = asyncio.create_task(waits.wait_for(timeout=10_000))
    await floor.drop_line(someone.id)
    await told
    await expect(waits).to_have_count(0)
    await hears(page)
    assert await floor.one("SELECT state FROM calls WHERE agent_lost_at IS NULL") == "connected"

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
