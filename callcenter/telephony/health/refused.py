"""Messages from outside that were not believed: counted by day and reason, for doctor and the supervisors' page.

Anybody can knock. So what was refused before it was known to be genuine is written at most once a second by a process,
with what came meanwhile; the last second of a burst is written with the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.clock import real_now
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import Lang
from callcenter.telephony.health.models import Disbelief, RefusedMessage

_EVERY = timedelta(seconds=1)
_KEPT = timedelta(days=60)
WORDS: dict[Disbelief, tuple[str, str]] = {
    Disbelief.UNSIGNED: ("没有签名", "without a signature"),
    Disbelief.FORGED: ("签名不符", "with a wrong signature"),
    Disbelief.OTHER_ACCOUNT: ("属于别的账户", "of another account"),
    Disbelief.UNKNOWN_CALL: ("关于我们没有的通话", "about calls that are not ours"),
    Disbelief.REPEATED: ("重复", "repeated"),
}


async def note(session: Session, why: Disbelief, now: datetime, count: int = 1) -> None:
    """Count `count` more of today's."""
    await session.execute(
        text(
            "INSERT INTO refused_messages (day, why, count, last_at) VALUES (:day, :why, :count, :now)"
            " ON CONFLICT (day, why) DO UPDATE SET count = refused_messages.count + excluded.count,"
            " last_at = greatest(refused_messages.last_at, excluded.last_at)"
        ),
        {"day": now.astimezone(UTC).date(), "why": why.value, "count": count, "now": now},
    )


async def since(session: Session, at: datetime) -> Sequence[RefusedMessage]:
    """Those of the days from `at` on, the newest first."""
    statement = (
        select(RefusedMessage)
        .where(col(RefusedMessage.day) >= at.astimezone(UTC).date())
        .order_by(col(RefusedMessage.day).desc(), col(RefusedMessage.why))
    )
    return (await session.execute(statement)).scalars().all()


def sentence(rows: Sequence[RefusedMessage], lang: Lang) -> str:
    """How many of each kind; empty when there are none."""
    counts: Counter[Disbelief] = Counter()
    for row in rows:
        counts[Disbelief(row.why)] += row.count
    at = 0 if lang == "zh" else 1
    parts = [f"{counts[why]} {WORDS[why][at]}" for why in Disbelief if counts[why]]
    return ("，" if lang == "zh" else ", ").join(parts)


class Doorkeeper:
    """Counts what was refused at the door of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: Counter[Disbelief] = Counter()
        self._wrote_at: datetime | None = None

    async def refused(self, why: Disbelief, now: datetime) -> None:
        self._waiting[why] += 1
        if self._wrote_at is not None and real_now() - self._wrote_at < _EVERY:
            return
        self._wrote_at = real_now()
        waiting, self._waiting = self._waiting, Counter()
        async with self._database.transaction() as session:
            for one in Disbelief:
                if waiting[one]:
                    await note(session, one, now, waiting[one])
            old = {"day": (now - _KEPT).astimezone(UTC).date()}
            await session.execute(text("DELETE FROM refused_messages WHERE day < :day"), old)
