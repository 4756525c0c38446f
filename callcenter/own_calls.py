"""Worlds to simulate that are not made up: the simulated network as it is, and one's own calls as they were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.domain.call import AnsweredBy, Outcome
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.pacing.simulation.draws import Empirical, LogNormal, Mixture, Sum
from callcenter.pacing.simulation.worlds import HOUR_S, Detection, World, office
from callcenter.telephony.simulated.profile import NetworkProfile

ENOUGH_CALLS, ENOUGH_TALKS = 200, 50
MOST_CALLS = 100_000

_CALLS = text(
    "SELECT outcome, answered_at, answered_by, connected_at, ring_s, talk_s, wrap_up_s FROM calls"
    " WHERE state = 'ended' AND outcome NOT IN ('skipped', 'cancelled') AND created_at >= :since"
    " AND (CAST(:queue AS uuid) IS NULL OR queue_id = :queue) ORDER BY created_at DESC LIMIT :most"
)


def _lognormal(median_s: float, sigma: float) -> LogNormal:
    return LogNormal(median_s * math.exp(sigma * sigma / 2.0), sigma)


def _within(limit_s: float, median_s: float, sigma: float) -> float:
    """Share of a lognormal time below the limit."""
    return 0.5 * (1.0 + math.erf(math.log(limit_s / median_s) / (sigma * math.sqrt(2.0))))


def world_of_network(agents: int, hours: float, profile: NetworkProfile | None = None) -> World:
    """The simulated network (NetworkProfile), without machine detection. Who answers later than the time-out allows
    is one who does not answer."""
    p = profile or NetworkProfile()
    base = office(agents, hours)
    rings = base.ring_timeout_s - p.setup_median_s
    live = p.p_line_person * _within(rings, p.ring_person_median_s, p.ring_person_sigma)
    machine = p.p_line_machine * _within(rings, p.ring_machine_median_s, p.ring_machine_sigma)
    setup = _lognormal(p.setup_median_s, p.setup_sigma)
    return replace(
        base,
        name=f"simulated network {agents}",
        live=((0.0, live),),
        machine=machine / (1.0 - live),
        busy=(p.p_line_busy + p.p_line_rejected) / (1.0 - live),
        failed=(p.p_line_invalid_number + p.p_line_congestion + p.p_line_failed) / (1.0 - live),
        ring=Sum(setup, _lognormal(p.ring_person_median_s, p.ring_person_sigma)),
        machine_ring=Sum(setup, _lognormal(p.ring_machine_median_s, p.ring_machine_sigma)),
        talk=Mixture(
            p.p_talk_refusal,
            _lognormal(p.talk_refusal_median_s, p.talk_refusal_sigma),
            _lognormal(p.talk_long_median_s, p.talk_long_sigma),
        ),
    )


async def world_of_calls(
    session: Session, agents: int, hours: float, since: datetime, queue_id: UUID | None = None
) -> World:
    """One's own calls since then, of one queue or of all: shares and times as they were, drawn anew.

    Raises:
        BadInput: fewer than 200 calls or 50 talks.
    """
    rows = (await session.execute(_CALLS, {"since": since, "queue": queue_id, "most": MOST_CALLS})).all()
    return made_of(rows, agents, hours)


def made_of(rows: Sequence[Any], agents: int, hours: float) -> World:
    """A world of calls with outcome, answered_at, answered_by, connected_at, ring_s, talk_s and wrap_up_s."""
    people = [r for r in rows if r.answered_at is not None and r.answered_by != AnsweredBy.MACHINE.value]
    machines = [r for r in rows if r.answered_at is not None and r.answered_by == AnsweredBy.MACHINE.value]
    others = [r for r in rows if r.answered_at is None]
    busy = [r for r in others if r.outcome in (Outcome.BUSY.value, Outcome.REJECTED.value)]
    silent = [r for r in others if r.outcome == Outcome.NO_ANSWER.value]
    failed = [r for r in others if r not in busy and r not in silent]
    talks = [r for r in people if r.connected_at is not None and r.talk_s]
    if len(rows) < ENOUGH_CALLS or len(talks) < ENOUGH_TALKS:
        raise BadInput(
            field="world",
            problem_zh=f"自有通话太少（{len(rows)} 通、{len(talks)} 次交谈）",
            problem_en=f"there are too few calls of one's own ({len(rows)} calls, {len(talks)} talks)",
            mend_zh=f"至少需要 {ENOUGH_CALLS} 通、{ENOUGH_TALKS} 次交谈；或改用 --world office。",
            mend_en=f"It takes {ENOUGH_CALLS} calls and {ENOUGH_TALKS} talks; or take --world office.",
        )
    base = office(agents, hours)
    unheard = max(len(rows) - len(people), 1)
    wraps = _times(talks, "wrap_up_s")
    rings = _times(silent, "ring_s")
    return replace(
        base,
        name=f"own calls {agents}",
        shift_s=hours * HOUR_S,
        live=((0.0, len(people) / len(rows)),),
        machine=len(machines) / unheard,
        busy=len(busy) / unheard,
        failed=len(failed) / unheard,
        ring=Empirical(_times(people, "ring_s") or (10.0,)),
        machine_ring=Empirical(_times(machines, "ring_s")) if _times(machines, "ring_s") else base.machine_ring,
        quick_end=Empirical(quick) if (quick := _times(busy + failed, "ring_s")) else base.quick_end,
        unanswered=Empirical(rings) if rings else None,
        ring_timeout_s=max([base.ring_timeout_s, *rings, *_times(people, "ring_s")]),
        talk=Empirical(_times(talks, "talk_s")),
        wrap_up=Empirical(wraps) if wraps else None,
        detection=Detection(),
    )


def _times(rows: Sequence[Any], name: str) -> tuple[float, ...]:
    """The positive times among them, seconds."""
    return tuple(float(value) for r in rows if (value := getattr(r, name)) is not None and value > 0.0)
