"""Doing each job of the day once, whatever the number of workers.

The job's advisory lock is held for its transaction: the second worker sees it taken and goes on. The record of the
run is written in the transaction of the work itself, so that work without a record cannot be, nor a record without
its work. A job that fails is rolled back alone; the others run all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.nightly import rules
from backoffice.nightly.models import NightlyRun
from backoffice.nightly.rules import RunState
from callcenter.kit import log
from callcenter.kit.db import Database, Session

_log = log.get(__name__)

Job = Callable[[Session, datetime, date], Awaitable[int]]
"""(session, now, the company's date) → how many rows it made."""


async def run_due(
    database: Database, jobs: Mapping[str, Job], now: datetime, today: date, worker: str
) -> dict[str, int | None]:
    """Run what is due today. Gives rows made by job; None for one that failed; nothing for what was not due."""
    found: dict[str, int | None] = {}
    for name, job in jobs.items():
        try:
            made = await _run(database, name, job, now, today, worker)
        except Exception as error:
            _log.exception("office.job_failed", job=name)
            found[name] = None
            async with database.transaction() as session:
                await _record(session, name, today, now, worker, RunState.FAILED, failure=type(error).__name__)
        else:
            if made is not None:
                found[name] = made
    return found


async def _run(database: Database, name: str, job: Job, now: datetime, today: date, worker: str) -> int | None:
    async with database.transaction() as session:
        if not await _locked(session, name):
            return None
        last = await session.scalar(select(NightlyRun).where(col(NightlyRun.job) == name, col(NightlyRun.day) == today))
        if last is not None and not rules.due(last.state, last.tries, last.at, now):
            return None
        made = await job(session, now, today)
        await _record(session, name, today, now, worker, RunState.DONE, made=made)
        return made


async def _locked(session: Session, name: str) -> bool:
    """Whether this transaction now holds the job's lock."""
    lock = text("SELECT pg_try_advisory_xact_lock(hashtextextended('office.nightly ' || :job, 0))")
    return bool(await session.scalar(lock, {"job": name}))


async def _record(
    session: Session,
    name: str,
    today: date,
    now: datetime,
    worker: str,
    state: RunState,
    *,
    made: int | None = None,
    failure: str = "",
) -> None:
    row = NightlyRun(job=name, day=today, state=state.value, at=now, worker=worker, made=made, failure=failure)
    values = row.model_dump()
    changed = {key: values[key] for key in ("state", "at", "worker", "made", "failure")}
    again = insert(NightlyRun).values(**values)
    await session.execute(
        again.on_conflict_do_update(
            index_elements=["job", "day"],
            set_=changed | {"tries": col(NightlyRun.tries) + 1},
            where=col(NightlyRun.state) != RunState.DONE.value,  # a failure told late takes nothing back
        )
    )
