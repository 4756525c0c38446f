"""Landing before a calling window closes or the agents leave."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.pacing.reasons import HeldBack
from callcenter.pacing.room import Room


@dataclass(frozen=True, slots=True)
class Closed:
    """Launching has stopped; `limit` is the seconds left until the end that stopped it (>= 0)."""

    held_back: HeldBack
    limit: float


def closed_by(room: Room, ring_timeout_s: float, patience_s: float) -> Closed | None:
    """Whether a call launched now could still ring when calling must stop or the agents leave."""
    if room.ends_in < ring_timeout_s + patience_s:
        return Closed(HeldBack.SESSION_ENDING, max(room.ends_in, 0.0))
    if room.closes_in < ring_timeout_s:
        return Closed(HeldBack.WINDOW_CLOSING, max(room.closes_in, 0.0))
    return None
