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
from callcenter.pacing.shortage import clear_tables
from callcenter.pacing.simulation.engine import Simulation
from callcenter.pacing.simulation.worlds import World, office, two_lists

RUNS = 5
"""The same shift so many times, decision by decision the same: what neighbours on the machine add differs each time,
what the decision takes does not."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What one decision takes, microseconds."""

    agents: int
    lines: int
    """Most calls ringing at once in the run."""
    decisions: int
    own_p50_us: float
    own_p99_us: float
    """Processor time, of each decision the least of the runs."""
    processor_p99_us: float
    """Processor time, of the quietest single run."""
    wall_p99_us: float
    """Wall clock, of the quietest single run."""


def _feed(pacer: Pacer, calls: int, live: float, rng: np.random.Generator) -> None:
    for answered in rng.random(calls) < live:
        outcome = DialOutcome.LIVE if answered else DialOutcome.NO_ANSWER
        pacer.observe(DialEnded(float(rng.triangular(3, 8, 24)) if answered else 25.0, outcome))
        if answered:
            pacer.observe(Connected(0.0))
            pacer.observe(TalkEnded(float(rng.exponential(30.0 if rng.random() < 0.5 else 330.0))))
            pacer.observe(WrapUpEnded(float(rng.exponential(15.0))))


TOLD = "15 % and 45 % in turn, told"
"""Every call's own chance is given."""


def decide_speed(agents: int, live: float | str, seed: int = 0, runs: int = RUNS) -> Speed:
    """The decisions of a simulated shift's start and middle, timed one by one; `live`: answer chance, or TOLD."""
    hours = max(0.5, 40.0 / agents)
    world = office(agents, hours, live) if isinstance(live, float) else two_lists(agents, 20, hours)
    all_timed = [_timed_run(world, seed, 1.0 if agents > 50 else None) for _ in range(runs)]
    processor = np.asarray([timed.processor_us for timed in all_timed])
    wall = np.asarray([timed.wall_us for timed in all_timed])
    own = processor.min(axis=0)
    return Speed(
        agents,
        all_timed[0].most_lines,
        len(own),
        float(np.percentile(own, 50)),
        float(np.percentile(own, 99)),
        float(np.percentile(processor, 99, axis=1).min()),
        float(np.percentile(wall, 99, axis=1).min()),
    )


def _timed_run(world: World, seed: int, every_s: float | None) -> _Timed:
    clear_tables()  # each run begins cold, as a worker does
    timed = _Timed()
    gc.collect()
    gc.disable()
    try:
        Simulation(world, timed, np.random.default_rng(seed), every_s).run()
    finally:
        gc.enable()
    return timed


class _Timed:
    """A predictive pacer that notes what each decision took."""

    def __init__(self) -> None:
        self._pacer = make_pacer("predictive")
        self.processor_us: list[float] = []
        self.wall_us: list[float] = []
        self.most_lines = 0

    def observe(self, event: PacingEvent) -> None:
        """Not timed: it runs between decisions."""
        self._pacer.observe(event)

    def decide(self, snapshot: Snapshot) -> Decision:
        """Timed on the thread's own clock, which stops while neighbours on the machine have the processor (they
        still take its caches), and on the wall's."""
        wall, start = time.perf_counter_ns(), time.thread_time_ns()
        decision = self._pacer.decide(snapshot)
        taken, passed = time.thread_time_ns() - start, time.perf_counter_ns() - wall
        self.processor_us.append(taken / 1000.0)
        self.wall_us.append(passed / 1000.0)
        self.most_lines = max(self.most_lines, len(snapshot.ringing))
        return decision


def memory_of_a_week(calls_a_day: int = 30_000) -> list[float]:
    """What the pacer holds after each of seven days of calls, kB: Python's own allocations (tracemalloc) since just
    before it was made, so the interpreter and its libraries are not in it."""
    rng = np.random.default_rng(1)
    clear_tables()
    gc.collect()
    tracemalloc.start()
    pacer = make_pacer("predictive")
    held = []
    for day in range(7):
        for part in range(10):
            _feed(pacer, calls_a_day // 10, 0.3, rng)
            now = day * 30_000.0 + part * 3000.0
            pacer.decide(Snapshot(now, 3, [now - 9.0] * 9, (), [now - 3.0] * 8, ()))
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0] / 1000.0)
    tracemalloc.stop()
    return held
