"""Making a pacer for a campaign."""

from __future__ import annotations

import math
from collections.abc import Iterable

from callcenter.pacing.budget import Budget
from callcenter.pacing.contract import Abandoned, Connected, Pacer, PacingEvent
from callcenter.pacing.limits import CallRate, Limits
from callcenter.pacing.outlook import Outlook
from callcenter.pacing.policies.predictive import PredictivePacer
from callcenter.pacing.policies.simple import DEFAULT_POWER_RATIO, SimplePacer

MODES = ("predictive", "progressive", "power", "preview")


def make_pacer(
    mode: str,
    *,
    target_abandonment: float = 0.03,
    patience_s: float = 2.0,
    ring_timeout_s: float = 25.0,
    max_lines_per_agent: float | None = None,
    calls_per_second: float | None = None,
    detection_s: float = 0.0,
    person_taken_for_machine: float = 0.0,
    machines_among_answers: float = 0.0,
    answered: int = 0,
    abandoned: int = 0,
    history: Iterable[PacingEvent] = (),
) -> Pacer:
    """A pacer that is safe from its first call.

    `mode`: predictive | progressive | power | preview. `target_abandonment`: most abandoned of the calls
    answered by a person, 0..1. `patience_s`: how long a person may wait for an agent. `ring_timeout_s`:
    when the carrier gives up (the verdict of a machine detection may come `detection_s` later).
    `max_lines_per_agent`: lines in use (ringing, waiting, talking) per agent at work; in power mode also
    the number of lines per free agent (default 2).

    With machine detection before the agents: `detection_s` is what it takes from the patience,
    `person_taken_for_machine` the tested share of persons it hangs up on (abandoned in the strict sum),
    `machines_among_answers` the share of calls passed to agents that are machines after all.

    After a restart in mid-shift: `answered` and `abandoned` are the period's counts so far (abandoned
    calls count as answered too), `history` past events to learn from (their Connected and Abandoned are
    not counted a second time).

    Errors: ValueError for an unknown mode or for limits that are negative or not numbers.
    """
    if mode not in MODES:
        raise ValueError(f"unknown pacing mode {mode!r}, expected one of {', '.join(MODES)}")
    if not math.isfinite(ring_timeout_s) or ring_timeout_s <= 0.0:
        raise ValueError("ring_timeout_s must be a positive number of seconds")
    if not math.isfinite(patience_s) or patience_s < 0.0:
        raise ValueError("patience_s must be a number of seconds, 0 or more")
    for name, share in (
        ("person_taken_for_machine", person_taken_for_machine),
        ("machines_among_answers", machines_among_answers),
    ):
        if not 0.0 <= share < 1.0:
            raise ValueError(f"{name} must be a share, 0 or more and below 1")
    if not 0.0 <= detection_s < math.inf:
        raise ValueError("detection_s must be a number of seconds, 0 or more")
    for name, limit in (("max_lines_per_agent", max_lines_per_agent), ("calls_per_second", calls_per_second)):
        if limit is not None and not (math.isfinite(limit) and limit >= 0.0):
            raise ValueError(f"{name} must be a number, 0 or more")
    rate = CallRate(calls_per_second) if calls_per_second is not None else None
    budget = Budget(target_abandonment, answered, abandoned, person_taken_for_machine, machines_among_answers)
    patience_s = max(patience_s - detection_s, 0.0)
    pacer: Pacer
    if mode == "predictive":
        limits = Limits(max_lines_per_agent, rate)
        outlook = Outlook(ring_timeout_s + detection_s, patience_s)
        pacer = PredictivePacer(outlook, budget, limits, ring_timeout_s, patience_s)
    else:
        power = max_lines_per_agent if max_lines_per_agent is not None else DEFAULT_POWER_RATIO
        ratio = {"progressive": 1.0, "power": power, "preview": 0.0}[mode]
        # in power mode the number is lines per free agent, not a ceiling on all lines in use
        limits = Limits(None if mode == "power" else max_lines_per_agent, rate)
        pacer = SimplePacer(ratio, budget, limits, ring_timeout_s, patience_s)
    for event in history:
        if not isinstance(event, Connected | Abandoned):
            pacer.observe(event)
    return pacer
