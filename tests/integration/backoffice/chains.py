"""What a test of a whole chain needs: everybody at their desk, days that pass, nights that work."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from backoffice import jobs
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from tests.integration.backoffice.conftest import Desk

BASE = "/api/backoffice"
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Office:
    """`await office.post(actor, "orders/…/confirm", version=1)`; `status` when something else than success is due."""

    def __init__(self, database: Database, desk: Desk, clock: ManualClock) -> None:
        self.database, self._desk, self._clock = database, desk, clock

    async def call(self, actor: Any, method: str, path: str, status: int = 0, /, **body: Any) -> Any:
        client = await self._desk(actor)
        answer = await client.request(method, f"{BASE}/{path}", **({"json": body} if method != "GET" else {}))
        expected = (status,) if status else (200, 201)
        assert answer.status_code in expected, (path, answer.status_code, answer.text)
        return answer.json()

    async def post(self, actor: Any, path: str, status: int = 0, /, **body: Any) -> Any:
        return await self.call(actor, "POST", path, status, **body)

    async def get(self, actor: Any, path: str) -> Any:
        return await self.call(actor, "GET", path)

    async def rows(self, actor: Any, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(actor, path))["rows"]
        return found

    async def agree(self, thing_id: str, *actors: Any) -> None:
        for actor in actors:
            waiting = await self.get(actor, "approvals/inbox")
            [found] = [a for a in waiting if a["thing_id"] == thing_id]
            await self.post(actor, f"approvals/{found['id']}/agree", version=found["version"], note="同意")

    async def go(self, day: date) -> None:
        """It is ten in the morning of `day`, and the night before it has worked."""
        then = datetime.combine(day, time(10), SHANGHAI)
        await self._clock.advance((then - self._clock.now()).total_seconds())
        async with self.database.transaction() as session:
            await jobs.nightly(session, self._clock.now(), day)
