"""People of the demonstration's office: a browser profile each, signed in once; what they see and what they ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from callcenter.demo.seeding import PASSWORD
from tests.e2e.conftest import WINDOW, Demo

BASE = "/api/backoffice"


class Person:
    """Somebody who is signed in: `await somebody.page("/budgets")` looks, `post` and `get` ask the server as they."""

    def __init__(self, context: BrowserContext, url: str, login: str, errors: list[str]) -> None:
        self._context, self._url, self._errors = context, url, errors
        self.login = login
        self._page: Page | None = None

    async def page(self, path: str) -> Page:
        if self._page is None:
            self._page = await self._context.new_page()
            self._page.set_default_timeout(20_000)
            self._page.on("pageerror", lambda error: self._errors.append(f"{self.login}: {error}"))
        await self._page.goto(f"{self._url}{path}")
        return self._page

    async def get(self, path: str) -> Any:
        answer = await self._context.request.get(f"{self._url}{BASE}/{path}")
        assert answer.ok, (path, await answer.text())
        return await answer.json()

    async def post(self, path: str, method: str = "POST", **body: Any) -> Any:
        answer = await self._context.request.fetch(
            f"{self._url}{BASE}/{path}", method=method, data=body, headers={"Origin": self._url}
        )
        assert answer.ok, (path, body, await answer.text())
        return await answer.json() if answer.status != 204 else None

    async def agree(self, thing_id: str) -> None:
        """The task of this person in the approval of a thing."""
        found = next(a for a in await self.get("approvals/inbox") if a["thing_id"] == thing_id)
        await self.post(f"approvals/{found['id']}/agree", version=found["version"], note="同意")

    async def today(self) -> date:
        """The day on the demonstration's wall: the last of its business was this morning."""
        newest = (await self.get("orders?filter=source:office&sort=-created_at&limit=1"))["rows"][0]
        return date.fromisoformat(newest["created_at"][:10])


class House:
    """`await house("finance")`: a person of the office; each profile is opened once."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser, self._demo = browser, demo
        self._people: dict[str, Person] = {}
        self.errors: list[str] = []

    async def __call__(self, login: str) -> Person:
        if login not in self._people:
            context = await self._browser.new_context(viewport=WINDOW, locale="zh-CN")  # type: ignore[arg-type]
            answer = await context.request.post(
                f"{self._demo.url}/api/sign-in",
                data={"login": login, "password": PASSWORD},
                headers={"Origin": self._demo.url},
            )
            assert answer.ok, await answer.text()
            self._people[login] = Person(context, self._demo.url, login, self.errors)
        return self._people[login]

    async def all(self, *logins: str) -> Sequence[Person]:
        return [await self(login) for login in logins]

    async def close(self) -> None:
        for person in self._people.values():
            await person._context.close()


async def issued(
    house: House, year: int, account: str, annual_fen: int, department: str = "MKT", **actions: str
) -> str:
    """A budget of a department through all its hands; its id."""
    mkt, sm, fin, cmo, fin2, gm = await house.all("planning", "sales", "finance", "cmo", "accountant", "gm")
    wanted = f"year:{year}&filter=account_code:{account}&filter=department_code:{department}&filter=state:issued"
    if (live := await mkt.get(f"budgets?filter={wanted}"))["rows"]:  # a demonstration that was used before
        return str(live["rows"][0]["id"])
    row = await mkt.post(
        "budgets",
        year=year,
        department_code=department,
        account_code=account,
        annual_fen=annual_fen,
        actions=actions,
    )
    at = f"budgets/{row['id']}"
    row = await sm.post(f"{at}/unit-review", version=row["version"])
    await fin.post(f"{at}/consolidate", version=row["version"])
    await cmo.agree(row["id"])
    await fin2.agree(row["id"])
    await gm.post(f"{at}/issue-budget", version=(await gm.get(at))["version"])
    return str(row["id"])


async def choose(page: Page, label: str, text: str) -> None:
    """Choose in a field of the open form, by a part of what it says."""
    field = page.locator(".ant-modal").get_by_label(label, exact=True).last
    await field.click()
    if await field.is_editable():
        await field.fill(text)
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=text).first.click()


async def switch(page: Page, *labels: str) -> None:
    """Turn switches of the open form on."""
    for label in labels:
        await page.locator(".ant-modal").get_by_label(label, exact=True).first.click()


async def send(page: Page, *, refused: bool = False) -> None:
    """Send the open form; it closes unless it is refused.

    On a busy machine a form may still be growing under the pointer, and a press begun on its button ends beside it:
    whoever sees that nothing happens presses again.
    """
    form = page.locator(".ant-modal")
    button = form.locator(".ant-modal-footer .ant-btn-primary")
    for _ in range(3):
        await expect(page.locator(".ant-zoom-appear, .ant-zoom-enter")).to_have_count(0, timeout=10_000)
        await button.click()
        if refused:
            return
        try:
            await expect(form).to_have_count(0, timeout=15_000)
            return
        except AssertionError:
            said = await form.inner_text()
            if await form.locator(".ant-alert, .ant-form-item-explain-error, .ant-btn-loading").count():
                break
    pytest.fail(f"the form stays open: {said}; its button: {await button.get_attribute('class')}")


async def fill(page: Page, **fields: str) -> None:
    form = page.locator(".ant-modal")
    for label, value in fields.items():
        field = form.get_by_label(label, exact=True).first
        await field.fill(value)
        if await field.evaluate("at => at.closest('.ant-picker') !== null"):
            await field.press("Enter")


async def give(page: Page, command: str, state: str, **fields: str) -> None:
    """A command of the document on the screen, and the state that it has then."""
    await page.locator(f"header [data-command={command}]").click()
    await fill(page, **fields)
    await send(page)
    await expect(page.locator(".office-head .mark", has_text=state).first).to_be_visible(timeout=20_000)
