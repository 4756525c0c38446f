"""What the back office does every night, for the worker's clock: `await nightly(session, now, today)`.

Each job may run twice on a day without harm; one that fails must not keep the others from running, so the
worker gives each its own transaction (`JOBS`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from backoffice.contracts import service as contracts
from backoffice.problem_accounts import service as problems
from backoffice.receivables import collection, dunning
from callcenter.kit.db import Session

Job = Callable[[Session, datetime, date], Awaitable[int]]
"""(session, now, the company's date) → how many rows it made."""


async def _collect(session: Session, _now: datetime, today: date) -> int:
    return await collection.run(session, today)


JOBS: dict[str, Job] = {
    "contracts_expire": contracts.run,
    "collection_tasks": _collect,
    "dunning": dunning.run,
    "problem_cases": problems.run,
}


async def nightly(session: Session, now: datetime, today: date) -> dict[str, int]:
    """All of them in one transaction (for the demo and for tests)."""
    return {name: await job(session, now, today) for name, job in JOBS.items()}
