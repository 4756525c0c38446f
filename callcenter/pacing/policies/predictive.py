"""Predictive pacing: launch one more while its own chance of finding no agent is worth its price."""

from __future__ import annotations

import math
from dataclasses import dataclass

from callcenter.pacing.budget import JUMP, Appetite, Budget
from callcenter.pacing.closing import closed_by
from callcenter.pacing.contract import (
    Abandoned,
    Connected,
    Decision,
    DialEnded,
    DialOutcome,
    PacingEvent,
    Snapshot,
    TalkEnded,
    WrapUpEnded,
)
from callcenter.pacing.estimators import relative_log_odds
from callcenter.pacing.limits import MIN_RING_S, Limits
from callcenter.pacing.outlook import HORIZONS, Outlook, Ringing
from callcenter.pacing.reasons import HeldBack, Reason
from callcenter.pacing.room import Room, read_room
from callcenter.pacing.shortage import Shortage

_FROM = tuple(tuple((first + step) % HORIZONS for step in range(HORIZONS)) for first in range(HORIZONS))
"""Orders of going through the horizons, by the one to begin with."""
MOST_RINGING_PER_AGENT = 40
"""A sanity bound where the campaign sets none: below 1 % live answers a list is not worth calling."""
RATE_WINDOW_S = 900.0


@dataclass(slots=True)
class _Sums:
    """Means and variances at each horizon, plain floats for speed."""

    answers: list[float]
    answers_var: list[float]
    releases: list[float]
    shortage: list[Shortage]
    new: list[float]
    doubt_squared: float
    """Square of the relative doubt about the answer chance."""
    ringing: int
    free: int
    """Agents free now who are not already meant for somebody waiting; negative: people wait."""


@dataclass(slots=True)
class _Verdict:
    """Whether one more call may be launched, and how near the limit it was."""

    allowed: bool
    own: float = 0.0
    by_budget: bool = False


class PredictivePacer:
    """See docs/pacing.md. Constant memory; about 0.1 ms a decision in a room of 20."""

    def __init__(
        self, outlook: Outlook, budget: Budget, limits: Limits, ring_timeout_s: float, patience_s: float
    ) -> None:
        self._outlook = outlook
        self._budget = budget
        self._limits = limits
        self._ring_timeout_s = ring_timeout_s
        self._patience_s = patience_s
        self._worst = HORIZONS // 2

    @property
    def budget(self) -> Budget:
        """The period's ledger (for reports and for a restart)."""
        return self._budget

    # --- learning -------------------------------------------------------------------------------------

    def observe(self, event: PacingEvent) -> None:
        """Learn from what just ended."""
        match event:
            case DialEnded(ring_s=ring_s, outcome=outcome, chance=chance):
                if outcome is not DialOutcome.CANCELLED:
                    self._outlook.learn_ring(ring_s, outcome is DialOutcome.LIVE, chance)
                if self._limits.rate is not None:
                    self._limits.rate.ended(ring_s)
            case Connected():
                self._budget.record(abandoned=False)
            case Abandoned():
                self._budget.record(abandoned=True)
            case TalkEnded(seconds=seconds):
                self._outlook.learn_talk(seconds)
            case WrapUpEnded(seconds=seconds):
                self._outlook.learn_wrap(seconds)

    # --- deciding -------------------------------------------------------------------------------------

    def decide(self, snapshot: Snapshot) -> Decision:
        """How many calls to launch now."""
        room = read_room(snapshot)
        if room is None:
            return Decision(0, Reason(HeldBack.BAD_INPUT))
        self._budget.pass_time(room.now)
        self._outlook.pass_time(room.now, room.talking, room.wrap_up)
        soon = self._ring_timeout_s + self._patience_s
        if room.agents == 0 and not any(due <= soon for due in room.due_in):
            # whoever answers now finds nobody at all
            return Decision(0, self._reason(HeldBack.NO_AGENTS, room), room.rung(MIN_RING_S))
        closed = closed_by(room, self._ring_timeout_s, self._patience_s)
        if closed is not None:
            return Decision(0, self._reason(closed.held_back, room, limit=closed.limit))
        ringing = self._outlook.ringing(room, snapshot.ringing_chances)
        chance, doubt = self._outlook.belief(ringing)
        sums = self._sums(room, ringing, snapshot.next_chance, chance, doubt)
        appetite = self._budget.appetite(room.agents, self._remaining(room))
        cap = self._limits.cap(room, snapshot.lines_limit)
        most = max(MOST_RINGING_PER_AGENT * max(room.agents, len(room.due_in)) - len(room.ringing), 0)
        wanted, verdict = self._search(sums, appetite, most)
        if cap is not None and cap.launch < wanted:
            return Decision(
                cap.launch,
                self._full_reason(
                    cap.held_back, room, sums, cap.launch, chance, appetite, verdict,
                    limit=cap.limit, short_by=wanted - cap.launch,
                ),
            )  # fmt: skip
        held_back = HeldBack.ABANDONMENT
        if verdict.by_budget:
            held_back = HeldBack.HALF_HOUR if appetite.half_hour else HeldBack.BUDGET
        return Decision(wanted, self._full_reason(held_back, room, sums, wanted, chance, appetite, verdict))

    def _remaining(self, room: Room) -> float:
        """Answers still to come before the known end of the period, inf where it is not known."""
        seconds = min(room.closes_in, room.ends_in)
        if math.isinf(seconds):
            return math.inf
        outlook = self._outlook
        handle = outlook.talk.mean_s + outlook.wrap_share * outlook.wrap.mean_s
        return 0.85 * room.agents * max(seconds, 0.0) / max(handle, 1.0)

    def _sums(self, room: Room, ringing: Ringing | None, next_own: float | None, chance: float, doubt: float) -> _Sums:
        outlook = self._outlook
        answers, answers_var = outlook.answers(ringing, chance)
        releases, releases_var = outlook.releases(room)
        next_chance = chance
        if next_own is not None:
            odds = chance / (1.0 - chance) * math.exp(relative_log_odds(next_own))
            next_chance = odds / (1.0 + odds)
        free = room.ready - room.waiting
        if room.leaving_in:
            reach = float(outlook.horizons[-1]) + self._patience_s
            free -= sum(1 for t in room.leaving_in if t <= reach)
        return _Sums(
            answers.tolist(),
            answers_var.tolist(),
            releases_mean := releases.tolist(),
            [Shortage(m, v) for m, v in zip(releases_mean, releases_var.tolist(), strict=True)],
            (outlook.new_call * next_chance).tolist(),
            doubt * doubt,
            len(room.ringing),
            free,
        )

    def _search(self, sums: _Sums, appetite: Appetite, most: int) -> tuple[int, _Verdict]:
        """The largest number of launches of which each is allowed, and the verdict on the next one."""
        refused = self._judge(sums, 1, appetite)
        if not refused.allowed or most < 1:
            return 0, refused
        # the chance of a shortage grows with each launch: double until one is refused, then halve
        low, high = 1, most + 1
        while high - low > 1:
            attempt = min(2 * low, high - 1) if high > most else (low + high) // 2
            verdict = self._judge(sums, attempt, appetite)
            if verdict.allowed:
                low = attempt
            else:
                high, refused = attempt, verdict
        return low, refused

    def _judge(self, sums: _Sums, launches: int, appetite: Appetite) -> _Verdict:
        """Whether the last of `launches` calls is worth launching."""
        others = launches - 1
        if sums.ringing + others < sums.free:
            return _Verdict(True)  # even if everybody answers, this call has an agent of its own
        total, enough, highest = 0.0, appetite.own_chance * HORIZONS, -1.0
        spare, lose, doubt = sums.free - 1, sums.free + appetite.may_lose, appetite.doubt
        for i in _FROM[self._worst]:
            q, shortage = sums.new[i], sums.shortage[i]
            before = sums.answers[i] + others * q
            shortage.expect(before, sums.answers_var[i] + others * q * (1.0 - q) + sums.doubt_squared * before * before)
            own = shortage.tail(spare)
            total += own
            if own > highest:
                highest, self._worst = own, i  # most likely to refuse the next one, too: begin there
            if total > enough:
                return _Verdict(False, total / HORIZONS)
            # at every horizon: early answers may come before the first release
            without = shortage.tail(lose - 1)
            if without > doubt:
                beyond = shortage.tail(lose)
                if beyond + q * (without - beyond) > doubt:
                    return _Verdict(False, total / HORIZONS, by_budget=True)
            if appetite.jump_doubt < 1.0:
                many = JUMP * (before + q)
                shortage.expect(many, many)
                if shortage.tail(lose) > appetite.jump_doubt:
                    return _Verdict(False, total / HORIZONS, by_budget=True)
        return _Verdict(True, total / HORIZONS)

    # --- reasons --------------------------------------------------------------------------------------

    def _reason(self, held_back: HeldBack, room: Room, limit: float = 0.0) -> Reason:
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
        )

    def _full_reason(
        self,
        held_back: HeldBack,
        room: Room,
        sums: _Sums,
        launched: int,
        chance: float,
        appetite: Appetite,
        verdict: _Verdict,
        limit: float = 0.0,
        short_by: int = 0,
    ) -> Reason:
        middle = HORIZONS // 2
        return Reason(
            held_back,
            agents=room.agents,
            free=room.ready,
            ringing=len(room.ringing),
            waiting=room.waiting,
            answer_chance=chance,
            horizon_s=float(self._outlook.horizons[middle]),
            expected_answers=sums.answers[middle] + launched * sums.new[middle],
            expected_free=room.ready + sums.releases[middle],
            next_chance_alone=verdict.own,
            allowed_chance=appetite.own_chance,
            budget=self._budget.left,
            answered=self._budget.answered,
            abandoned=self._budget.abandoned,
            limit=limit,
            short_by=short_by,
        )
