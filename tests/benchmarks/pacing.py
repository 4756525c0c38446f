"""The pacing benchmark: every claim about pacing, measured, written into docs/benchmarks.md.

Run from the top of the project: python -m tests.benchmarks.pacing [section ...]
Sections: markov worlds short steady speed (all when none is named; others keep what was written before).
"""

from __future__ import annotations

import math
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import stdev

import numpy as np

from callcenter.pacing import Decision, Pacer, PacingEvent, Snapshot, make_pacer
from callcenter.pacing.contract import Abandoned, Connected
from callcenter.pacing.simulation.engine import Simulation
from callcenter.pacing.simulation.optimum import MarkovRoom, solve
from callcenter.pacing.simulation.run import Outcome, run
from callcenter.pacing.simulation.worlds import World, markov, office
from tests.benchmarks.pacing_speed import RUNS, decide_speed, memory_of_a_week
from tests.benchmarks.pacing_worlds import RATIOS, Case, PacerMaker, baselines, cases, ratio

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
START, END = "<!-- pacing:start -->", "<!-- pacing:end -->"
LIMIT = 0.03
BASELINE_TICK_S = 0.5
MARKOV_HOURS = {5: 120.0, 10: 70.0, 20: 60.0, 50: 24.0, 100: 12.0}
MARKOV_SEEDS = 3
SHORT_RUNS = 200


def say(text: str) -> None:
    """Progress, apart from the result."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


# --- 1. the memoryless worlds -----------------------------------------------------------------------------


def markov_section() -> str:
    """Occupancy as a share of the exact optimum."""
    rows = []
    others = {name: maker for name, maker in baselines().items() if name.endswith("ready")}
    for agents, hours in MARKOV_HOURS.items():
        best = solve(MarkovRoom(agents))
        world = markov(agents, hours)
        ours = run(world, seeds=range(MARKOV_SEEDS), decide_every_s=None)
        one = run(world, "progressive", seeds=(0,), decide_every_s=None)
        vici = run(world, others["VICIdial average, ready"], seeds=(0,), decide_every_s=BASELINE_TICK_S)
        say(f"markov {agents}: {ours.occupancy / best.occupancy:.4f} at {ours.highest_abandonment:.4f}")
        rows.append(
            [
                str(agents),
                f"{hours:.0f} h x {MARKOV_SEEDS}",
                f"{best.occupancy:.4f}",
                f"{ours.occupancy:.4f}",
                f"**{ours.occupancy / best.occupancy:.2%}**",
                f"{ours.abandonment:.2%} (highest {ours.highest_abandonment:.2%})",
                f"{one.occupancy:.4f}",
                f"{vici.occupancy:.4f} at {vici.abandonment:.2%}",
            ]
        )
    head = ["agents", "runs", "exact optimum", "predictive", "of the optimum", "abandoned"]
    return (
        "### Memoryless worlds, beside the exact optimum\n\n"
        "Live chance 0.3, ring 12 s, handle time 180 s (both exponential), no patience, limit 3 %. The "
        "optimum knows all of this; the pacer starts each run knowing nothing. A decision after every "
        "event.\n\n" + table([*head, "one line per free agent", "VICIdial average, ready"], rows)
    )


# --- 2. the realistic worlds ------------------------------------------------------------------------------


def best_ratio(case: Case) -> tuple[str, Outcome] | None:
    """The fixed ratio that with hindsight did best within the limit, if any did."""
    best: tuple[str, Outcome] | None = None
    for level in RATIOS:
        outcome = run(case.world, ratio(level), seeds=range(case.baseline_seeds), decide_every_s=BASELINE_TICK_S)
        if outcome.highest_abandonment > LIMIT:
            break
        best = (f"ratio {level:g}", outcome)
    return best


def tick_of(name: str) -> float:
    """VICIdial's loops need half seconds; one line per free agent is asked as often as ours."""
    return 1.0 if name.startswith("one line") else BASELINE_TICK_S


def worlds_section() -> str:
    """Each world: ours, the best of the others that keeps the limit, and all of them."""
    main: list[list[str]] = []
    detail: list[list[str]] = []
    others = baselines()
    for case in cases():
        world = case.world
        ours = run(world, seeds=range(case.seeds))
        lowest = min(ours.abandonments)
        seeds = range(case.baseline_seeds)
        reached: dict[str, Outcome] = {
            name: run(world, maker, seeds=seeds, decide_every_s=tick_of(name)) for name, maker in others.items()
        }
        tuned = best_ratio(case)
        if tuned is not None:
            reached[tuned[0]] = tuned[1]
        legal = {name: o for name, o in reached.items() if o.highest_abandonment <= LIMIT}
        name, best = max(legal.items(), key=lambda item: item[1].occupancy)
        say(f"{world.name}: {ours.occupancy:.4f} at {ours.highest_abandonment:.4f}, {name} {best.occupancy:.4f}")
        main.append(
            [
                world.name,
                f"{world.shift_s / 3600:.0f} h x {case.seeds}",
                f"{ours.answered:.0f}",
                f"**{ours.occupancy:.1%}**",
                f"{ours.abandonment:.2%} ({lowest:.2%}–{ours.highest_abandonment:.2%})",
                f"{ours.worst_half_hour:.1%}" if ours.worst_half_hour else "–",
                f"{name}: {best.occupancy:.1%} at {best.abandonment:.2%}",
                f"{(ours.occupancy - best.occupancy) * 100:+.1f}",
            ]
        )
        detail.append([world.name, *(_short(reached[n]) for n in others), _short(tuned[1]) if tuned else "none legal"])
    return (
        "### Realistic worlds\n\n"
        "Bounded ring times, machines, busy and dead numbers, half the people refuse within a minute and "
        "half talk for minutes, wrap-up, patience 2 s; a decision once a second; the end of the shift is "
        "known, everything else is learned. *The best of the others* is the one with the highest occupancy "
        "among those that kept 3.0 % in every run; the fixed ratio among them is the best of "
        f"{', '.join(f'{r:g}' for r in RATIOS)} lines per free agent, chosen with hindsight.\n\n"
        + table(
            ["world", "days", "answers a day", "occupancy", "abandoned (lowest–highest day)",
             "worst half-hour", "best of the others within the limit", "points gained"],
            main,
        )
        + "\nAll the others, occupancy at abandonment (over the limit in italics):\n\n"
        + table(["world", *others, "best fixed ratio"], detail)
    )  # fmt: skip


def _short(outcome: Outcome) -> str:
    text = f"{outcome.occupancy:.1%} at {outcome.abandonment:.2%}"
    return f"*{text}*" if outcome.highest_abandonment > LIMIT else text


# --- 3. the first hour ------------------------------------------------------------------------------------


def short_section() -> str:
    """Sixty minutes from nothing, the end unknown: how often is the limit broken?"""
    rows = []
    base = replace(office(12, 1.0), end_known=False)
    worlds = [
        replace(base, name="12 agents, 30 % live"),
        replace(base, name="12 agents, 15 % live", live=((0.0, 0.15),)),
        replace(base, name="12 agents, 60 % live", live=((0.0, 0.60),)),
        replace(markov(12, 1.0), name="12 agents, memoryless", end_known=False),
    ]
    for world in worlds:
        every = None if "memoryless" in world.name else 1.0
        outcome = run(world, seeds=range(SHORT_RUNS), decide_every_s=every)
        one = run(world, "progressive", seeds=range(20), decide_every_s=every)
        over = sum(share > LIMIT + 1e-12 for share in outcome.abandonments)
        say(f"{world.name}: {over} of {SHORT_RUNS} over, occupancy {outcome.occupancy:.4f}")
        rows.append(
            [
                world.name,
                f"{outcome.answered:.0f}",
                f"{over} of {SHORT_RUNS}",
                f"{outcome.abandonment:.2%} (highest {outcome.highest_abandonment:.2%})",
                f"{outcome.occupancy:.1%}",
                f"{one.occupancy:.1%}",
            ]
        )
    head = ["world", "answers", "runs above 3.0 %", "abandoned", "occupancy", "one line per free agent"]
    return (
        "### The first hour\n\nSixty minutes from the first call, nothing known, the end not announced: the "
        "limit has to hold whenever it is measured.\n\n" + table(head, rows)
    )


# --- 4. how often it is asked, and restarts ---------------------------------------------------------------


class Restarting:
    """A pacer that is lost at `at` and replaced by one that knows the counts, and the last events or not."""

    def __init__(self, at: float, remembered: int) -> None:
        self._pacer: Pacer = make_pacer("predictive")
        self._at = at
        self._keep = remembered
        self._events: list[PacingEvent] = []
        self._answered = self._abandoned = 0

    def observe(self, event: PacingEvent) -> None:
        """Pass on, and count as a ledger would."""
        self._answered += isinstance(event, Connected | Abandoned)
        self._abandoned += isinstance(event, Abandoned)
        if self._keep:
            self._events = [*self._events[-self._keep :], event]
        self._pacer.observe(event)

    def decide(self, snapshot: Snapshot) -> Decision:
        """Restart once, then as always."""
        if snapshot.now >= self._at:
            self._at = float("inf")
            self._pacer = make_pacer(
                "predictive", answered=self._answered, abandoned=self._abandoned, history=self._events
            )
        return self._pacer.decide(snapshot)


def steady_section() -> str:
    """The same world asked on every event and once a second; and restarted in mid-shift."""
    rows = []
    seeds = range(6)
    world = office(20)
    variants: list[tuple[str, PacerMaker | str, float | None]] = [
        ("once a second", "predictive", 1.0),
        ("after every event", "predictive", None),
        ("restarted at half-time, counts only", lambda w: Restarting(w.shift_s / 2, 0), 1.0),
        ("restarted at half-time, last 500 events", lambda w: Restarting(w.shift_s / 2, 500), 1.0),
    ]
    for name, maker, every in variants:
        outcome = run(world, maker, seeds=seeds, decide_every_s=every)
        say(f"{name}: {outcome.occupancy:.4f} at {outcome.highest_abandonment:.4f}")
        rows.append(
            [
                name,
                f"{outcome.occupancy:.2%}",
                f"{outcome.abandonment:.2%} (highest {outcome.highest_abandonment:.2%})",
                f"{outcome.worst_half_hour:.1%}",
            ]
        )
    rng_spread = _spread(world)
    return (
        f"### Asked on every event or once a second; restarts\n\n{world.name}, {len(seeds)} days each; the "
        f"standard error of such a mean is about {rng_spread:.2%} of occupancy.\n\n"
        + table(["decisions", "occupancy", "abandoned", "worst half-hour"], rows)
    )


def _spread(world: World) -> float:
    shares: list[float] = []
    for seed in range(6):
        tally = Simulation(world, make_pacer("predictive"), np.random.default_rng(100 + seed), 1.0).run()
        shares.append(tally.busy_s / tally.staffed_s)
    return stdev(shares) / math.sqrt(len(shares))


# --- 5. speed ---------------------------------------------------------------------------------------------


def speed_section() -> str:
    """Processor time of a decision, and memory."""
    rows = []
    for agents, live, bound in ((20, 0.30, 200), (20, 0.06, 500), (200, 0.20, 1000), (1000, 0.15, 1000)):
        speed = decide_speed(agents, live)
        say(f"decide {agents}: p50 {speed.own_p50_us:.0f} p99 {speed.own_p99_us:.0f} us")
        rows.append(
            [
                str(agents),
                str(speed.lines),
                str(speed.decisions),
                f"{speed.own_p50_us:.0f}",
                f"**{speed.own_p99_us:.0f}**",
                str(bound),
                f"{speed.processor_p99_us:.0f}",
                f"{speed.wall_p99_us:.0f}",
            ]
        )
    held = memory_of_a_week()
    say(f"memory {held}")
    load = os.getloadavg()[0]
    return (
        "### Speed and memory\n\nMicroseconds of one decision, from a cold start. *p50* and *p99*: processor time of "
        f"the decision itself, the same shift run {RUNS} times and of each decision the least, since what neighbours "
        "on the machine add (they take the processor's caches) differs from run to run. Beside it the p99 of the "
        f"quietest single run, by processor time and by the wall clock; load average "
        f"{load:.1f} on {os.cpu_count()} cores.\n\n"
        + table(
            ["agents", "live", "calls ringing, at most", "decisions", "p50", "p99", "allowed",
             "p99 of one run, processor", "p99 of one run, wall"],
            rows,
        )
        + f"\nMemory that one pacer holds (Python's own allocations since it was made, `tracemalloc`; not the process) "
        f"after day 1 of 30,000 calls: {held[0]:.0f} kB; day 2: {held[1]:.0f} kB; day 7: {held[-1]:.0f} kB.\n"
    )  # fmt: skip


SECTIONS: dict[str, Callable[[], str]] = {
    "speed": speed_section,
    "markov": markov_section,
    "worlds": worlds_section,
    "short": short_section,
    "steady": steady_section,
}
ORDER = ("markov", "worlds", "short", "steady", "speed")


def write(parts: dict[str, str]) -> None:
    """Put the parts between the markers, keeping parts that were not run and the rest of the page."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    if START not in page:
        page = f"{page.rstrip()}\n\n{START}\n{END}\n"
    before, rest = page.split(START, 1)
    old, after = rest.split(END, 1)
    kept = dict(re.findall(r"<!-- pacing:part (\w+) -->\n(.*?)(?=<!-- pacing:part |\Z)", old, flags=re.S))
    kept.update(parts)
    body = "".join(f"<!-- pacing:part {name} -->\n{kept[name].strip()}\n\n" for name in ORDER if name in kept)
    text = f"{before}{START}\n## Pacing\n\nWritten by `make bench-pacing`.\n\n{body}{END}{after}"
    PAGE.write_text(text, encoding="utf-8")


def main(names: list[str]) -> None:
    """Run the named sections, or all, writing each as soon as it is done."""
    for name in names or list(SECTIONS):
        say(name)
        write({name: SECTIONS[name]()})


if __name__ == "__main__":
    main(sys.argv[1:])
