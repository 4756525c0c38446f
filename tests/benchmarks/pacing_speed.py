"""How long one decision takes, and that a week of calls takes no more memory than a day."""

from __future__ import annotations

import gc
import time
import tracemalloc
from dataclasses import dataclass

import numpy as np

from callcenter.pacing import (
    Connected,
    Decision,
    DialEnded,
    DialOutcome,
    Pacer,
    PacingEvent,
    Snapshot,
    TalkEnded,
    WrapUpEnded,
    make_pacer,
)
from callcenter.pacing.simulation.engine import Simulation
from callcenter.pacing.simulation.worlds import office


@dataclass(frozen=True, slots=True)
class Speed:
    """Processor time of one decision, microseconds."""

    agents: int
    lines: int
    """Most calls ringing at once in the run."""
    decisions: int
    p50_us: float
    p99_us: float


def _feed(pacer: Pacer, calls: int, live: float, rng: np.random.Generator) -> None:
    for answered in rng.random(calls) < live:
        outcome = DialOutcome.LIVE if answered else DialOutcome.NO_ANSWER
        pacer.observe(DialEnded(float(rng.triangular(3, 8, 24)) if answered else 25.0, outcome))
        if answered:
            pacer.observe(Connected(0.0))
            pacer.observe(TalkEnded(float(rng.exponential(30.0 if rng.random() < 0.5 else 330.0))))
            pacer.observe(WrapUpEnded(float(rng.exponential(15.0))))


def decide_speed(agents: int, live: float, seed: int = 0) -> Speed:
    """The decisions of a simulated shift's start and middle, timed one by one; `live`: answer chance."""
    world = office(agents, hours=max(0.5, 40.0 / agents), live=live)
    simulation = Simulation(world, _Timed(), np.random.default_rng(seed), 1.0 if agents > 50 else None)
    timed = simulation.pacer
    assert isinstance(timed, _Timed)
    gc.disable()
    try:
        simulation.run()
    finally:
        gc.enable()
    taken = np.asarray(timed.taken_us)
    return Speed(agents, timed.most_lines, len(taken), float(np.percentile(taken, 50)), float(np.percentile(taken, 99)))


class _Timed:
    """A predictive pacer that notes what each decision took."""

    def __init__(self) -> None:
        self._pacer = make_pacer("predictive")
        self.taken_us: list[float] = []
        self.most_lines = 0

    def observe(self, event: PacingEvent) -> None:
        """Not timed: it runs between decisions."""
        self._pacer.observe(event)

    def decide(self, snapshot: Snapshot) -> Decision:
        """Timed on the thread's own clock, so that neighbours on the machine do not count."""
        start = time.thread_time_ns()
        decision = self._pacer.decide(snapshot)
        self.taken_us.append((time.thread_time_ns() - start) / 1000.0)
        self.most_lines = max(self.most_lines, len(snapshot.ringing))
        return decision


def memory_of_a_week(calls_a_day: int = 30_000) -> list[float]:
    """Memory held after each of seven days of calls, in kB above the first day's start."""
    rng = np.random.default_rng(1)
    pacer = make_pacer("predictive")
    tracemalloc.start()
    held = []
    for day in range(7):
        for part in range(10):
            _feed(pacer, calls_a_day // 10, 0.3, rng)
            now = day * 30_000.0 + part * 3000.0
            pacer.decide(Snapshot(now, 3, [now - 9.0] * 9, (), [now - 3.0] * 8, ()))
        held.append(tracemalloc.get_traced_memory()[0] / 1000.0)
    tracemalloc.stop()
    return held
