"""When agents on a break will be back, from how long such breaks have lasted; and when the shift ends.

An agent's own breaks of the same reason speak first, then everybody's. The pacer counts on a return only when nearly
all such breaks that had lasted as long were over by then; a break that outlasts what is known is not counted on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.kit.db import Session

ENOUGH_OWN, ENOUGH = 5, 20
"""So many breaks that lasted at least as long as this one has: of the agent, or of all."""
SURE = 0.8
"""Share of them that must have been over by the time that is told."""
LEARN_DAYS = 28
_ANEW_S = 300.0
_MOST = 20_000

Kind = tuple[UUID | None, str]
"""(agent, reason); agent None: of everybody."""

_BREAKS = text(
    "SELECT agent_id, coalesce(reason, '') AS reason, extract(epoch FROM until_at - from_at)::float AS seconds"
    " FROM agent_state_log WHERE queue_id = :queue AND state = 'on_break' AND until_at IS NOT NULL"
    " AND from_at >= :since ORDER BY from_at DESC LIMIT :most"
)


def due_after(elapsed_s: float, own: Sequence[float], all_: Sequence[float]) -> float | None:
    """Seconds from its start after which a break that has lasted `elapsed_s` is nearly surely over; None: unknown.

    `own`, `all_`: how long such breaks of the agent, and of everybody, have lasted (seconds).
    """
    for lengths, enough in ((own, ENOUGH_OWN), (all_, ENOUGH)):
        longer = sorted(length for length in lengths if length > elapsed_s)
        if len(longer) >= enough:
            return longer[min(int(SURE * len(longer)), len(longer) - 1)]
    return None


def shift_end(clock_time: str, now: datetime, where: ZoneInfo) -> datetime | None:
    """When the agents go home today, from "HH:MM" in the company's zone; None: not known, or they have stayed on."""
    if not clock_time:
        return None
    ends = datetime.combine(now.astimezone(where).date(), time.fromisoformat(clock_time), where)
    return ends if ends > now else None


class Returns:
    """The lengths of a campaign's breaks, read anew every few minutes."""

    def __init__(self) -> None:
        self._lengths: dict[Kind, list[float]] = {}
        self._read_at: datetime | None = None

    async def learn(self, session: Session, queue_id: UUID, now: datetime) -> None:
        if self._read_at is not None and 0.0 <= (now - self._read_at).total_seconds() < _ANEW_S:
            return
        self._read_at = now
        given = {"queue": queue_id, "since": now - timedelta(days=LEARN_DAYS), "most": _MOST}
        rows = (await session.execute(_BREAKS, given)).all()
        self.take((row.agent_id, row.reason, row.seconds) for row in rows)

    def take(self, breaks: Iterable[tuple[UUID, str, float]]) -> None:
        """Replace what is known: (agent, reason, seconds) of breaks that are over."""
        lengths: dict[Kind, list[float]] = {}
        for agent_id, reason, seconds in breaks:
            lengths.setdefault((agent_id, reason), []).append(seconds)
            lengths.setdefault((None, reason), []).append(seconds)
        self._lengths = lengths

    @property
    def known(self) -> Mapping[Kind, Sequence[float]]:
        return self._lengths

    def due(self, agent_id: UUID, reason: str, since_s: float, now_s: float) -> float | None:
        """When the agent, on a break since `since_s`, is counted on again, on the same clock; None: nobody knows."""
        own, all_ = self._lengths.get((agent_id, reason), ()), self._lengths.get((None, reason), ())
        after = due_after(now_s - since_s, own, all_)
        return None if after is None else since_s + after
