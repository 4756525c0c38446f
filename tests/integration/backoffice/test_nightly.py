"""The nightly work runs by the installation's clock, once a day however many workers there are."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from backoffice.approvals.models import ApprovalRule
from backoffice.jobs import JOBS
from backoffice.nightly.clock import OfficeClock
from backoffice.nightly.models import NightlyRun
from backoffice.receivables.models import Dunning
from callcenter.kit.clock import ManualClock, SystemClock, real_now
from callcenter.kit.db import Database, Session
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Desk, Staff

SHANGHAI = ZoneInfo("Asia/Shanghai")
D = date


def office_clock(database: Database, clock: Any, **given: Any) -> OfficeClock:
    return OfficeClock(database, clock, SHANGHAI, **({"worker": "w1"} | given))


async def runs(database: Database) -> list[tuple[str, date, str, int]]:
    async with database.transaction() as session:
        rows = await session.scalars(select(NightlyRun).order_by(col(NightlyRun.day), col(NightlyRun.job)))
        return [(row.job, row.day, row.state, row.tries) for row in rows]


async def test_two_workers_do_the_work_of_a_day_once_and_the_record_is_seen(
    database: Database, clock: ManualClock, desk: Desk, hired: Staff
) -> None:
    async with database.transaction() as session:
        account = await ledgers.account(session)
        await ledgers.invoice(session, hired, account.id, 10_000, D(2026, 3, 1), due=D(2026, 3, 5))
    first, second = office_clock(database, clock), office_clock(database, clock, worker="w2")
    done = await asyncio.gather(first.look(), second.look())
    made = [result["dunning"] for result in done if "dunning" in result]
    assert made == [1]
    assert await first.look() == {}  # nothing is left of this day
    fin = await desk(hired.fin)
    page = (await fin.get("/api/backoffice/nightly-runs", params={"filter": "job:dunning"})).json()
    assert [(row["day"], row["state"], row["made"]) for row in page["rows"]] == [("2026-03-09", "done", 1)]


async def test_a_job_that_fails_leaves_the_others_alone_and_is_tried_again(
    database: Database, clock: ManualClock
) -> None:
    broken = True

    async def shaky(session: Session, now: datetime, today: date) -> int:
        await ledgers.account(session)
        if broken:
            raise RuntimeError("张三 cannot be read")
        return 7

    async def steady(_session: Session, _now: datetime, _today: date) -> int:
        return 1

    office = office_clock(database, clock, jobs={"shaky": shaky, "steady": steady})
    assert await office.look() == {"shaky": None, "steady": 1}
    async with database.transaction() as session:
        row = await session.scalar(select(NightlyRun).where(col(NightlyRun.job) == "shaky"))
        assert row is not None
        assert (row.state, row.failure, row.made) == ("failed", "RuntimeError", None)  # and no name of anybody
    broken = False
    assert await office.look() == {}  # not at once
    await clock.advance(30 * 60)
    assert await office.look() == {"shaky": 7}
    assert await runs(database) == [("shaky", D(2026, 3, 9), "done", 2), ("steady", D(2026, 3, 9), "done", 1)]


async def test_days_pass_in_virtual_time_and_each_has_its_work(database: Database, hired: Staff) -> None:
    """The worker's own scheduler, with a day in a second. On a busy machine a day may be missed: then it is missed."""
    start = datetime(2026, 3, 9, 9, 0, tzinfo=SHANGHAI)
    async with database.transaction() as session:
        account = await ledgers.account(session)
        await ledgers.invoice(session, hired, account.id, 10_000, D(2026, 2, 1), due=D(2026, 3, 9))
    seen: list[date] = []
    enough = asyncio.Event()

    async def witness(_session: Session, _now: datetime, today: date) -> int:
        seen.append(today)
        if len(seen) == 3:
            enough.set()
        return 0

    virtual = SystemClock(real_now(), start.astimezone(UTC), 86_400)
    task = asyncio.create_task(office_clock(database, virtual, jobs=JOBS | {"witness": witness}).run())
    try:
        await asyncio.wait_for(enough.wait(), 20)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert seen == sorted(set(seen))  # each day once, in order
    async with database.transaction() as session:
        letters = (await session.scalars(select(Dunning))).all()
        assert [letter.level for letter in letters] == [1]  # nobody has sent it, so there is no second one
        assert letters[0].made_on >= D(2026, 3, 10)  # overdue from the second day on
        assert (await session.scalars(select(ApprovalRule))).all()  # a new installation has rules to start with
