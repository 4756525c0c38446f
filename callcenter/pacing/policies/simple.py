"""Progressive, power and preview: pacing without prediction."""

from __future__ import annotations

import math

from callcenter.pacing.budget import Budget
from callcenter.pacing.closing import closed_by
from callcenter.pacing.contract import (
    Abandoned,
    Connected,
    Decision,
    DialEnded,
    PacingEvent,
    Snapshot,
)
from callcenter.pacing.limits import MIN_RING_S, Limits
from callcenter.pacing.reasons import HeldBack, Reason
from callcenter.pacing.room import Room, read_room

DEFAULT_POWER_RATIO = 2.0
SAFE_LEFT = 1.0
"""Power pacing falls back to one line per free agent when less of the budget than this is left."""
SETTLING_ANSWERS = 34
"""Before the first abandonment is affordable at 3 %, power pacing is progressive."""


class SimplePacer:
    """`ratio` lines for each free agent that has nobody waiting for them.

    ratio 1 is progressive: no call is ever launched without an agent of its own. A higher ratio is power
    pacing, braked to 1 while the abandonment budget of the period is used up. ratio 0 is preview: the
    agents start their calls themselves.
    """

    def __init__(self, ratio: float, budget: Budget, limits: Limits, ring_timeout_s: float, patience_s: float) -> None:
        self._ratio = ratio
        self._budget = budget
        self._limits = limits
        self._ring_timeout_s = ring_timeout_s
        self._patience_s = patience_s

    def observe(self, event: PacingEvent) -> None:
        """Count what ended."""
        match event:
            case Connected():
                self._budget.record(abandoned=False)
            case Abandoned():
                self._budget.record(abandoned=True)
            case DialEnded(ring_s=ring_s):
                if self._limits.rate is not None:
                    self._limits.rate.ended(ring_s)
            case _:
                pass

    def decide(self, snapshot: Snapshot) -> Decision:
        """One line (or `ratio` lines) for each free agent, within the limits."""
        room = read_room(snapshot)
        if room is None:
            return Decision(0, Reason(HeldBack.BAD_INPUT))
        self._budget.pass_time(room.now)
        if self._ratio <= 0.0:
            return Decision(0, self._reason(HeldBack.AGENT_CHOOSES, room))
        if room.agents == 0:
            return Decision(0, self._reason(HeldBack.NO_AGENTS, room), room.rung(MIN_RING_S))
        closed = closed_by(room, self._ring_timeout_s, self._patience_s)
        if closed is not None:
            return Decision(0, self._reason(closed.held_back, room, limit=closed.limit))
        held_back, ratio = HeldBack.AGENTS_BUSY, self._ratio
        if ratio > 1.0 and (self._budget.left < SAFE_LEFT or self._budget.answered < SETTLING_ANSWERS):
            held_back, ratio = HeldBack.BUDGET, 1.0
        soon = self._ring_timeout_s + self._patience_s
        staying = max(room.ready - sum(1 for t in room.leaving_in if t < soon), 0)
        wanted = max(math.floor(ratio * (staying - room.waiting) + 1e-9) - len(room.ringing), 0)
        cap = self._limits.cap(room, snapshot.lines_limit)
        if cap is not None and cap.launch < wanted:
            return Decision(
                cap.launch, self._reason(cap.held_back, room, limit=cap.limit, short_by=wanted - cap.launch)
            )
        return Decision(wanted, self._reason(held_back, room))

    def _reason(self, held_back: HeldBack, room: Room, limit: float = 0.0, short_by: int = 0) -> Reason:
        return Reason(
            held_back,
            agents=room.agents,
            free=room.ready,
            ringing=len(room.ringing),
            waiting=room.waiting,
            budget=self._budget.left,
            answered=self._budget.answered,
            abandoned=self._budget.abandoned,
            limit=limit,
            short_by=short_by,
        )
