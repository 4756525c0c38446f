"""Year-end rewards of 5,000 dealers with 2,000,000 purchases: time, memory of the process, equality with plain SQL.

    python -m tests.benchmarks.rewards [DEALERS PURCHASES_EACH]

Allowed: 30 s and 500 MB.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from backoffice.rewards import payouts
from backoffice.rewards.models import RewardScheme
from backoffice.rewards.rules import RewardPolicy
from callcenter.kit import embedded
from callcenter.kit.db import Database
from callcenter.kit.ids import new_id
from callcenter.migrate import migrate
from callcenter.people.models import User
from tests.benchmarks.page import machine, write
from tests.integration.backoffice import reward_world

ALLOWED_S, ALLOWED_MB = 30, 500


def peak_mb() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measure(url: str, dealers: int, each: int) -> list[tuple[str, float, str]]:
    database = Database(url, pool=2, name="benchmark")
    rows: list[tuple[str, float, str]] = []
    try:
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL statement_timeout = 0"))
            user = User(login="b", name="b", role="back_office", password_hash="!", created_at=datetime.now(UTC))
            session.add(user)
            await session.flush()
            await reward_world.fill(session, user.id or new_id(), dealers, each)
        for run, what in ((1, "first calculation"), (2, "calculated anew")):
            async with database.transaction() as session:
                scheme = await session.get(RewardScheme, UUID(reward_world.SCHEME))
                assert scheme is not None
                scheme.run = run
                purchases = await session.scalar(text("SELECT count(*) FROM reward_purchases"))
                start = time.perf_counter()
                count = await payouts.write(session, scheme, RewardPolicy())
            spent = time.perf_counter() - start
            rows.append((what, spent, f"{count:,} dealers, {purchases:,} purchases, {peak_mb():.0f} MB"))
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL statement_timeout = 0"))
            start = time.perf_counter()
            wrong = await reward_world.differences(session)
            rows.append(("the same in plain SQL", time.perf_counter() - start, f"{wrong} dealers differ"))
            lines = await session.scalar(text("SELECT count(*) FROM reward_lines WHERE run = 2"))
            total = await session.scalar(text("SELECT sum(amount_fen) FROM reward_payouts"))
            rows.append(("written", 0.0, f"{lines:,} lines, {int(total or 0) / 100:,.2f} yuan"))
        assert wrong == 0, "the rewards are not what SQL says"
        assert max(row[1] for row in rows[:2]) <= ALLOWED_S
        assert peak_mb() <= ALLOWED_MB
    finally:
        await database.close()
    return rows


def main(dealers: int, each: int) -> None:
    with tempfile.TemporaryDirectory(prefix="callcenter-benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            url = embedded.ensure_postgres(folder, "rewards")
            migrate(url)
            rows = asyncio.run(measure(url, dealers, each))
        finally:
            embedded.stop_postgres(folder)
    table = "\n".join(f"| {what} | {seconds:.1f} | {note} |" for what, seconds, note in rows)
    body = (
        f"## Year-end rewards\n\n{machine()}. Allowed: {ALLOWED_S} s and {ALLOWED_MB} MB of the process. The sums are"
        " compared dealer by dealer with a recomputation in SQL that shares nothing with the product.\n\n"
        f"| step | seconds | outcome |\n|---|---|---|\n{table}"
    )
    write("rewards", body)


if __name__ == "__main__":
    main(*([int(size) for size in sys.argv[1:3]] or [5_000, 400]))
