"""People at work on a real Asterisk, each in a Chromium with a voice of their own: who hears whom is measured.

A voice is a tone that comes and goes as speech does (a steady one is taken for noise and removed by the browser). What
a page hears is what its peer connection has received and decoded; what the customer hears, one side of the recording.
"""

from __future__ import annotations

import asyncio
import base64
import io
import os
import socket
import time
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import uvicorn
from playwright.async_api import Browser, Page, Playwright, async_playwright
from sqlalchemy import text

from callcenter.bootstrap import Services, build_app, run_worker
from callcenter.kit import embedded
from callcenter.kit.clock import SystemClock, real_now
from callcenter.kit.db import Database
from callcenter.people.access import COOKIE
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.dispositions import service as dispositions
from tests.clients import open_session, settings_for_tests
from tests.conftest import MONDAY_TEN
from tests.e2e.conftest import WINDOW, chromium
from tests.factories import make_campaign, make_customer, make_lead
from tests.telephony_lab.behaviour import HUM_HZ, RATE_HZ, Behaviour, number
from tests.telephony_lab.lab import LabUnavailable, TelephonyLab

# Energy of getStats: the square of the level (1 is full) times seconds. Speech from the lab brings about 0.02 a second.
HEARD = 0.002
SILENCE = 0.0002

CUSTOMER, AGENT, SUPERVISOR = HUM_HZ, 430, 690
"""Hz. None is a sum or a difference of the others, which the codec makes of two tones at once."""
VOICES = (CUSTOMER, AGENT, SUPERVISOR)
_LISTENED_S = 1.2
_BELOW_LOUDEST_DB = 30.0
_AUDIBLE_DB = -70.0
_LOUD = 300.0  # amplitude of a tone in samples of 16 bit

# Every peer connection that a page makes, to be asked what it hears; the product keeps its own to itself.
_REMEMBER = """
const made = []
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); made.push(this) }
}
const living = () => made.filter((one) => one.connectionState !== "closed")
window.__sound = async () => {
  let heard = 0, spoken = 0
  for (const one of living()) {
    for (const report of (await one.getStats()).values()) {
      if (report.type === "inbound-rtp" && report.kind === "audio") heard += report.totalAudioEnergy ?? 0
      if (report.type === "media-source" && report.kind === "audio") spoken += report.totalAudioEnergy ?? 0
    }
  }
  return { heard, spoken }
}
// How loud each tone was for four tenths of so many milliseconds, in decibels: voices are there for longer, clicks
// of a busy machine are not.
window.__tones = async (hz, ms) => {
  const context = new AudioContext()
  const ears = living().flatMap((one) => one.getReceivers()).map((receiver) => {
    const ear = context.createAnalyser()
    ear.fftSize = 4096
    ear.smoothingTimeConstant = 0
    context.createMediaStreamSource(new MediaStream([receiver.track])).connect(ear)
    return ear
  })
  const levels = hz.map(() => [])
  const bins = new Float32Array(2048)
  const until = performance.now() + ms
  while (performance.now() < until) {
    await new Promise((done) => setTimeout(done, 25))
    for (const ear of ears) {
      ear.getFloatFrequencyData(bins)
      hz.forEach((one, i) => {
        const at = Math.round((one * ear.fftSize) / context.sampleRate)
        levels[i].push(Math.max(bins[at - 1], bins[at], bins[at + 1]))
      })
    }
  }
  await context.close()
  return levels.map((all) => all.sort((a, b) => b - a)[Math.floor(all.length * 0.4)] ?? -200)
}
"""


def lab() -> TelephonyLab:
    try:
        return TelephonyLab.shared()
    except LabUnavailable as missing:
        if os.environ.get("REQUIRE_ASTERISK") == "1":
            pytest.fail(str(missing))
        pytest.skip(f"no telephony lab here: {missing}")


def _write_voice(path: Path, hz: int) -> None:
    """A tone, on for 0.4 s and off for 0.2 s, over and over."""
    rate, seconds = 48_000, 6.0
    at = np.arange(round(rate * seconds)) / rate
    on = (at % 0.6) < 0.4
    samples = (12_000 * np.sin(2 * np.pi * hz * at) * on).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


@dataclass
class Floor:
    database: Database
    settings: Settings
    pbx: TelephonyLab
    playwright: Playwright
    folder: Path
    browsers: list[Browser] = field(default_factory=list)
    servers: list[tuple[uvicorn.Server, asyncio.Task[None]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def serve(self, services: Services, clock: SystemClock, **changed: Any) -> Settings:
        """One more web process of this installation, at an address of its own."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        settings = self.settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", **changed})
        server = uvicorn.Server(uvicorn.Config(build_app(settings, services, clock), port=port, log_config=None))
        self.servers.append((server, asyncio.create_task(server.serve())))
        while not server.started:
            await asyncio.sleep(0.02)
        return settings

    async def sign_in(self, role: Role, voice: int | None = None, **given: Any) -> tuple[User, Page]:
        """A person in a browser of their own. Without a `voice` the browser's own beep is their microphone."""
        user, token = await open_session(self.database, self.settings, role, **given)
        microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        if voice is not None:
            file = self.folder / f"voice-{voice}.wav"
            _write_voice(file, voice)
            microphone.append(f"--use-file-for-fake-audio-capture={file}")
        browser = await self.playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                *("--no-sandbox", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required"),
                *microphone,
            ],
        )
        self.browsers.append(browser)
        origin = self.settings.origin
        context = await browser.new_context(viewport=WINDOW, locale="zh-CN", base_url=origin)  # type: ignore[arg-type]
        await context.add_init_script(_REMEMBER)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": origin}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{role.value}: {error}"))
        await page.goto(origin)
        return user, page

    async def drop_line(self, agent_id: UUID) -> None:
        """The network hangs up the agent's own sound in mid-talk."""
        leg = next(one.split("!")[0] for one in self.pbx.channels() if one.endswith(f"!leg-{agent_id}"))
        await asyncio.to_thread(self.pbx.say, f"channel request hangup {leg}")

    async def one(self, question: str, **given: Any) -> Any:
        async with self.database.transaction() as session:
            return (await session.execute(text(question), given)).scalar()

    async def until(self, question: str, wanted: Any, within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while await self.one(question) != wanted:
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        for browser in self.browsers:
            await browser.close()
        for server, _ in self.servers:
            server.should_exit = True
        await asyncio.gather(*(task for _, task in self.servers), return_exceptions=True)


@asynccontextmanager
async def opened(
    database_url: str, home: Path, folder: Path, plays: Behaviour, *, recorded: bool = False, **changed: Any
) -> AsyncIterator[tuple[Floor, Services, SystemClock]]:
    """Web process and worker inside this one, on a clock that shows a weekday morning; one campaign of one customer."""
    pbx = lab()
    keeping = {
        "recording_store": "disk",
        "recording_keys": f"test:{base64.b64encode(os.urandom(32)).decode()}",
    }
    settings = settings_for_tests(
        callcenter_home=folder,
        carrier="asterisk",
        asterisk_url=pbx.settings.url,
        asterisk_password=pbx.settings.password,
        asterisk_message_sound=pbx.settings.message_sound,
        asterisk_browser_url=pbx.settings.url.replace("http:", "ws:").removesuffix("/ari") + "/ws",
        **(keeping if recorded else {}),
        **changed,
    )
    clock = SystemClock(datetime.now(UTC), MONDAY_TEN, 1.0)
    services = Services(database_url, embedded.ensure_nats(home), None)
    database = Database(database_url, pool=3, name="test")
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session, mode="progressive", name="春季健康手册", record_calls=recorded)
        await make_lead(session, campaign, await make_customer(session, phone=number(1, plays)))
    async with async_playwright() as playwright:
        floor = Floor(database, settings, pbx, playwright, folder)
        floor.settings = await floor.serve(services, clock)
        working = asyncio.create_task(run_worker(floor.settings, services, clock))
        try:
            yield floor, services, clock
        finally:
            await floor.close()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await database.close()
    assert floor.errors == []


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


async def voices(page: Page) -> set[int]:
    """Whose voices the page hears in the next moment."""
    found: list[float] = await page.evaluate("([hz, ms]) => window.__tones(hz, ms)", [VOICES, _LISTENED_S * 1000])
    return _there(found)


async def until_heard(page: Page, wanted: set[int], within_s: float = 8.0) -> None:
    """Wait until the page hears exactly these."""
    begun = time.monotonic()
    while (now := await voices(page)) != wanted:
        assert time.monotonic() < begun + within_s, f"heard: {now}, wanted: {wanted}"


def _there(loudness_db: Sequence[float]) -> set[int]:
    floor_db = max(_AUDIBLE_DB, max(loudness_db) - _BELOW_LOUDEST_DB)
    return {hz for hz, db in zip(VOICES, loudness_db, strict=True) if db > floor_db}


@dataclass
class Moments:
    """What the customer ought to hear, and when: looked for in the recording when the call is over."""

    wanted: list[tuple[datetime, set[int]]] = field(default_factory=list)

    def now(self, heard: set[int]) -> None:
        """In the moment that just passed (the one that `voices` looked at) the customer heard these."""
        self.wanted.append((real_now(), heard))

    def found_in(self, recording: bytes, began_at: datetime) -> list[set[int]]:
        """Each moment again, by the left side of the recording: what the customer was sent.

        `began_at` is Asterisk's time, which is real. Counted from the beginning, for a recording is not exactly as
        long as the talk when an agent's line came back in it.
        """
        with wave.open(io.BytesIO(recording)) as file:
            assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE_HZ, 2)
            sent = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)[:, 0]
        found = []
        for at, _ in self.wanted:
            end = round((at - began_at).total_seconds() * RATE_HZ)
            found.append(_voices_in(sent[max(0, end - round(_LISTENED_S * RATE_HZ)) : end]))
        return found


def _voices_in(samples: np.ndarray[Any, Any]) -> set[int]:
    """Who is to be heard in four tenths of these."""
    step = RATE_HZ // 5
    at = np.arange(step)
    pieces = [samples[n : n + step] for n in range(0, len(samples) - step + 1, step // 2)]
    return {
        hz
        for hz in VOICES
        if sum(2 * abs(np.mean(piece * np.exp(-2j * np.pi * hz * at / RATE_HZ))) > _LOUD for piece in pieces)
        > 0.4 * len(pieces)
    }
