"""Which decisions are worth keeping. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.pacing import Abandoned, Decision, PacingEvent
from callcenter.pacing.reasons import HeldBack

CHANGES_APART = timedelta(seconds=10)
"""A pacer near its limit changes its mind every second; a reader needs one line of that."""


class Why(StrEnum):
    CHANGED = "changed"  # something else holds the pacer back now
    ABANDONED = "abandoned"  # somebody was abandoned: this decision was in force


@dataclass(slots=True)
class Notebook:
    """What was kept last, for one campaign."""

    in_force: Decision | None = None
    in_force_at: datetime | None = None
    noted: HeldBack | None = None
    noted_at: datetime | None = None

    def take(
        self, decision: Decision, events: Sequence[PacingEvent], now: datetime
    ) -> list[tuple[Why, Decision, datetime]]:
        """The notes to be written after a decision at `now` that was made with the news of `events`."""
        notes: list[tuple[Why, Decision, datetime]] = []
        if self.in_force is not None and self.in_force_at is not None and any(isinstance(e, Abandoned) for e in events):
            notes.append((Why.ABANDONED, self.in_force, self.in_force_at))
        held_back = decision.reason.held_back
        rested = self.noted_at is None or now - self.noted_at >= CHANGES_APART
        if held_back is not self.noted and rested:
            notes.append((Why.CHANGED, decision, now))
            self.noted, self.noted_at = held_back, now
        if decision.launch or self.in_force is None:
            # Who answers now was launched by the last decision that launched anybody.
            self.in_force, self.in_force_at = decision, now
        return notes
