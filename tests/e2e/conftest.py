"""The product as a stranger starts it, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from callcenter.demo.seeding import PASSWORD
from callcenter.edge.console import DIST

SHOTS = Path(os.environ.get("E2E_SHOTS", tempfile.gettempdir())) / "callcenter-e2e"
START_WITHIN_S = 240.0
WINDOW = {"width": 1440, "height": 900}


def chromium() -> str | None:
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = None
    if chromium() is None:
        missing = "no Chromium on this machine (Debian: apt-get install chromium)"
    elif not (DIST / "index.html").exists():
        missing = "the console is not built (make setup)"
    if missing is None:
        return
    if os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError(f"browser tests are required here, but: {missing}")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing))


@dataclass(frozen=True)
class Demo:
    url: str
    home: Path


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`callcenter demo` with two robot agents, its clock four times as fast, in a home of its own; one for all.

    Whoever writes such a test keeps a demonstration running and names it in E2E_URL.
    """
    if url := os.environ.get("E2E_URL"):
        yield Demo(url, Path(tempfile.gettempdir()))
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="callcenter-e2e-"))
    home.chmod(0o755)
    environment = {**os.environ, "CALLCENTER_HOME": str(home), "PORT": str(port)}
    environment.pop("DATABASE_URL", None)
    environment.pop("NATS_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "callcenter.cli", "demo", "--robots", "2", "--speed", "4", "--seed", "11"],
        env=environment,
        stdout=(home / "demo.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        begin = time.monotonic()
        while not _ready(url):
            if process.poll() is not None or time.monotonic() - begin > START_WITHIN_S:
                pytest.fail(f"the demonstration did not start:\n{(home / 'demo.log').read_text()}")
            time.sleep(0.2)
        yield Demo(url, home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        await browser.close()


class SignIn(Protocol):
    def __call__(self, login: str, *, by_form: bool = True) -> Awaitable[Page]: ...


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
async def sign_in(browser: Browser, demo: Demo, request: pytest.FixtureRequest) -> AsyncIterator[SignIn]:
    """Sign in with a login in a browser profile of its own; errors on the page fail the test.

    `by_form=False`: where signing in is not what is looked at, the server is asked for the session directly.
    When the test fails, what each of its pages says then is printed, and its last refused answers with it.
    """
    errors: list[str] = []
    contexts = []
    seen: list[tuple[str, Page, list[str]]] = []

    async def do(login: str, *, by_form: bool = True) -> Page:
        context = await browser.new_context(viewport=WINDOW, locale="zh-CN", base_url=demo.url)  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{login}: {error}"))
        refused: list[str] = []
        page.on("response", lambda a: refused.append(f"{a.status} {a.url}") if a.status >= 400 else None)
        page.on("requestfailed", lambda r: refused.append(f"{r.failure} {r.url}"))
        seen.append((login, page, refused))
        if not by_form:
            given = {"login": login, "password": PASSWORD}
            answer = await context.request.post("/api/sign-in", data=given, headers={"Origin": demo.url})
            assert answer.ok, await answer.text()
            return page
        await page.goto(demo.url)
        await page.locator("input").first.fill(login)
        await page.locator("input[type=password]").fill(PASSWORD)
        await page.locator("button[type=submit]").click()
        await expect(page.locator("input[type=password]")).to_have_count(0, timeout=15_000)
        return page

    yield do
    if request.node.stash.get(FAILED, False):
        for number, (login, page, refused) in enumerate(seen):
            await shoot(page, f"failed-{request.node.name[:60]}-{number}-{login}")
            says = (await page.locator("body").inner_text())[:1500]
            print(f"--- {login} at {page.url}\n{says}\n--- refused or failed: {refused[-10:]}")
    for context in contexts:
        await context.close()
    assert errors == []


async def shoot(page: Page, name: str) -> None:
    """Keep a screenshot for whoever wants to look (E2E_SHOTS names the folder)."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SHOTS / f"{name}.png")
