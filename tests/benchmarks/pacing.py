"""The pacing benchmark: every claim about pacing, measured, written into docs/benchmarks.md.

Run from the top of the project: python -m tests.benchmarks.pacing [section ...]
Sections: markov worlds lists short steady speed (all when none is named; others keep what was written before).
Speed is measured first and alone; all other work is spread over the processors. Each simulation has its seed, so its
figures do not depend on who runs it beside what.
"""

from __future__ import annotations

import math
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import stdev
from typing import Any

import numpy as np

from callcenter.pacing import Decision, Pacer, PacingEvent, Snapshot, make_pacer
from callcenter.pacing.contract import Abandoned, Connected
from callcenter.pacing.simulation.engine import Simulation
from callcenter.pacing.simulation.optimum import MarkovRoom, solve
from callcenter.pacing.simulation.run import Outcome, run
from callcenter.pacing.simulation.worlds import World, markov, office
from tests.benchmarks.pacing_speed import RUNS, TOLD, decide_speed, memory_of_a_week
from tests.benchmarks.pacing_worlds import RATIOS, Case, Mix, PacerMaker, baselines, cases, mixes, ratio

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


def markov_row(agents: int) -> list[str]:
    """One number of agents beside its exact optimum."""
    hours = MARKOV_HOURS[agents]
    best = solve(MarkovRoom(agents))
    world = markov(agents, hours)
    ours = run(world, seeds=range(MARKOV_SEEDS), decide_every_s=None)
    one = run(world, "progressive", seeds=(0,), decide_every_s=None)
    vici = run(world, baselines()["VICIdial average, ready"], seeds=(0,), decide_every_s=BASELINE_TICK_S)
    say(f"markov {agents}: {ours.occupancy / best.occupancy:.4f} at {ours.highest_abandonment:.4f}")
    return [
        str(agents),
        f"{hours:.0f} h x {MARKOV_SEEDS}",
        f"{best.occupancy:.4f}",
        f"{ours.occupancy:.4f}",
        f"**{ours.occupancy / best.occupancy:.2%}**",
        f"{ours.abandonment:.2%} (highest {ours.highest_abandonment:.2%})",
        f"{one.occupancy:.4f}",
        f"{vici.occupancy:.4f} at {vici.abandonment:.2%}",
    ]


def markov_page(rows: list[list[str]]) -> str:
    """Occupancy as a share of the exact optimum."""
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


def world_rows(case: Case) -> tuple[list[str], list[str]]:
    """One world: (ours beside the best of the others that keeps the limit, all of the others)."""
    world, others = case.world, baselines()
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
    main = [
        world.name,
        f"{world.shift_s / 3600:.0f} h x {case.seeds}",
        f"{ours.answered:.0f}",
        f"**{ours.occupancy:.1%}**",
        f"{ours.abandonment:.2%} ({lowest:.2%}–{ours.highest_abandonment:.2%})",
        f"{ours.worst_half_hour:.1%}" if ours.worst_half_hour else "–",
        f"{name}: {best.occupancy:.1%} at {best.abandonment:.2%}",
        f"{(ours.occupancy - best.occupancy) * 100:+.1f}",
    ]
    return main, [world.name, *(_short(reached[n]) for n in others), _short(tuned[1]) if tuned else "none legal"]


def worlds_page(rows: list[tuple[list[str], list[str]]]) -> str:
    """Each world: ours, the best of the others that keeps the limit, and all of them."""
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
            [main for main, _ in rows],
        )
        + "\nAll the others, occupancy at abandonment (over the limit in italics):\n\n"
        + table(["world", *baselines(), "best fixed ratio"], [detail for _, detail in rows])
    )  # fmt: skip


def _short(outcome: Outcome) -> str:
    text = f"{outcome.occupancy:.1%} at {outcome.abandonment:.2%}"
    return f"*{text}*" if outcome.highest_abandonment > LIMIT else text


# --- 3. several lists --------------------------------------------------------------------------------------


def list_row(case: Mix) -> list[str]:
    """Two lists in turn: told apart, and with one common chance."""
    told = run(case.world, seeds=range(case.seeds))
    common = run(replace(case.world, lists_told=False), seeds=range(case.seeds))
    say(f"{case.name}: {told.occupancy:.4f} at {told.highest_abandonment:.4f}, common {common.occupancy:.4f}")
    row = [case.name, f"{case.world.shift_s / 3600:.0f} h x {case.seeds}"]
    for outcome in (told, common):
        row += [
            f"{outcome.occupancy:.1%}",
            f"{outcome.abandonment:.2%} (highest {outcome.highest_abandonment:.2%})",
            f"{outcome.worst_half_hour:.1%}",
        ]
    return [*row, f"{(told.occupancy - common.occupancy) * 100:+.1f}"]


def lists_page(rows: list[list[str]]) -> str:
    """What it gains to tell lists apart."""
    return (
        "### Several lists in one campaign\n\nA list that answers at 15 % and one at 45 %, so many leads of the one "
        "and then of the other, all day, everything else as in the office worlds. *Told apart*: each list's chance "
        "is learned from the day's own calls (from nothing in the morning) and given with every call and for the next "
        "leads; *one common chance*: the pacer is told nothing and follows the mixture.\n\n"
        + table(
            ["lists", "days", "told apart", "abandoned", "worst half-hour", "one common chance", "abandoned",
             "worst half-hour", "points gained"],
            rows,
        )
    )  # fmt: skip


# --- 4. the first hour ------------------------------------------------------------------------------------


def short_worlds() -> list[World]:
    """Rooms of twelve that know nothing, for an hour whose end is not known either."""
    base = replace(office(12, 1.0), end_known=False)
    return [
        replace(base, name="12 agents, 30 % live"),
        replace(base, name="12 agents, 15 % live", live=((0.0, 0.15),)),
        replace(base, name="12 agents, 60 % live", live=((0.0, 0.60),)),
        replace(markov(12, 1.0), name="12 agents, memoryless", end_known=False),
    ]


def short_row(world: World) -> list[str]:
    """How often the limit is broken in the first hour."""
    every = None if "memoryless" in world.name else 1.0
    outcome = run(world, seeds=range(SHORT_RUNS), decide_every_s=every)
    one = run(world, "progressive", seeds=range(20), decide_every_s=every)
    over = sum(share > LIMIT + 1e-12 for share in outcome.abandonments)
    say(f"{world.name}: {over} of {SHORT_RUNS} over, occupancy {outcome.occupancy:.4f}")
    return [
        world.name,
        f"{outcome.answered:.0f}",
        f"{over} of {SHORT_RUNS}",
        f"{outcome.abandonment:.2%} (highest {outcome.highest_abandonment:.2%})",
        f"{outcome.occupancy:.1%}",
        f"{one.occupancy:.1%}",
    ]


def short_page(rows: list[list[str]]) -> str:
    """Sixty minutes from nothing, the end unknown."""
    head = ["world", "answers", "runs above 3.0 %", "abandoned", "occupancy", "one line per free agent"]
    return (
        "### The first hour\n\nSixty minutes from the first call, nothing known, the end not announced: the "
        "limit has to hold whenever it is measured.\n\n" + table(head, rows)
    )


# --- 5. how often it is asked, and restarts ---------------------------------------------------------------


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


STEADY_SEEDS = 6
STEADY_AGENTS = 20
STEADY: list[tuple[str, PacerMaker | str, float | None]] = [
    ("once a second", "predictive", 1.0),
    ("after every event", "predictive", None),
    ("restarted at half-time, counts only", lambda w: Restarting(w.shift_s / 2, 0), 1.0),
    ("restarted at half-time, last 500 events", lambda w: Restarting(w.shift_s / 2, 500), 1.0),
]


def steady_row(number: int) -> tuple[list[str], float]:
    """One way of asking; and the spread of days, which only the first one finds out."""
    name, maker, every = STEADY[number]
    world = office(STEADY_AGENTS)
    outcome = run(world, maker, seeds=range(STEADY_SEEDS), decide_every_s=every)
    say(f"{name}: {outcome.occupancy:.4f} at {outcome.highest_abandonment:.4f}")
    row = [
        name,
        f"{outcome.occupancy:.2%}",
        f"{outcome.abandonment:.2%} (highest {outcome.highest_abandonment:.2%})",
        f"{outcome.worst_half_hour:.1%}",
    ]
    return row, _spread(world) if number == 0 else 0.0


def steady_page(rows: list[tuple[list[str], float]]) -> str:
    """The same world asked on every event and once a second; and restarted in mid-shift."""
    return (
        f"### Asked on every event or once a second; restarts\n\noffice {STEADY_AGENTS}, {STEADY_SEEDS} days each; the "
        f"standard error of such a mean is about {rows[0][1]:.2%} of occupancy.\n\n"
        + table(["decisions", "occupancy", "abandoned", "worst half-hour"], [row for row, _ in rows])
    )


def _spread(world: World) -> float:
    shares: list[float] = []
    for seed in range(6):
        tally = Simulation(world, make_pacer("predictive"), np.random.default_rng(100 + seed), 1.0).run()
        shares.append(tally.busy_s / tally.staffed_s)
    return stdev(shares) / math.sqrt(len(shares))


# --- 6. speed ---------------------------------------------------------------------------------------------


def speed_section() -> str:
    """Processor time of a decision, and memory."""
    rows = []
    for agents, what, bound in (
        (20, 0.30, 200), (20, 0.06, 500), (20, TOLD, 200), (200, 0.20, 1000), (1000, 0.15, 1000), (1000, TOLD, 1000)
    ):  # fmt: skip
        speed = decide_speed(agents, what)
        say(f"decide {agents} {what}: p50 {speed.own_p50_us:.0f} p99 {speed.own_p99_us:.0f} us")
        rows.append(
            [
                str(agents),
                f"{what:.0%}" if isinstance(what, float) else what,
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
            ["agents", "people answer", "calls ringing, at most", "decisions", "p50", "p99", "allowed",
             "p99 of one run, processor", "p99 of one run, wall"],
            rows,
        )
        + f"\nMemory that one pacer holds (Python's own allocations since it was made, `tracemalloc`; not the process) "
        f"after day 1 of 30,000 calls: {held[0]:.0f} kB; day 2: {held[1]:.0f} kB; day 7: {held[-1]:.0f} kB.\n"
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that can be made beside each other, and the page made of them."""

    work: Callable[[Any], Any]
    tasks: Callable[[], Sequence[Any]]
    page: Callable[[Any], str]


SECTIONS: dict[str, Section] = {
    "lists": Section(list_row, mixes, lists_page),
    "worlds": Section(world_rows, cases, worlds_page),
    "markov": Section(markov_row, lambda: list(MARKOV_HOURS), markov_page),
    "short": Section(short_row, short_worlds, short_page),
    "steady": Section(steady_row, lambda: range(len(STEADY)), steady_page),
}
ORDER = ("markov", "worlds", "lists", "short", "steady", "speed")


def machine() -> str:
    """What this runs on, in a few words."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    name = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores ({name}), Python {platform.python_version()}"


def write(parts: dict[str, str], line: str = "") -> None:
    """Put the parts between the markers, keeping parts that were not run and the rest of the page."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    if START not in page:
        page = f"{page.rstrip()}\n\n{START}\n{END}\n"
    before, rest = page.split(START, 1)
    old, after = rest.split(END, 1)
    kept = dict(re.findall(r"<!-- pacing:part (\w+) -->\n(.*?)(?=<!-- pacing:part |\Z)", old, flags=re.S))
    kept.update(parts)
    body = "".join(f"<!-- pacing:part {name} -->\n{kept[name].strip()}\n\n" for name in ORDER if name in kept)
    head = old.split("<!-- pacing:part", 1)[0].strip()
    if line:
        head = f"## Pacing\n\nWritten by `make bench-pacing`. {line}"
    text = f"{before}{START}\n{head}\n\n{body}{END}{after}"
    PAGE.write_text(text, encoding="utf-8")


def main(names: list[str]) -> None:
    """Run the named sections, or all, and write them together at the end."""
    began, day = time.monotonic(), time.strftime("%Y-%m-%d", time.gmtime())
    wanted = names or ["speed", *SECTIONS]
    parts: dict[str, str] = {}
    if "speed" in wanted:
        say("speed")
        parts["speed"] = speed_section()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        futures: dict[str, list[Future[Any]]] = {
            name: [pool.submit(SECTIONS[name].work, task) for task in SECTIONS[name].tasks()]
            for name in SECTIONS
            if name in wanted
        }
        for name, rows in futures.items():
            parts[name] = SECTIONS[name].page([row.result() for row in rows])
            say(f"{name} is done")
    minutes = (time.monotonic() - began) / 60.0
    say(f"{minutes:.0f} minutes")
    whole = f"Last whole run: {day}, {minutes:.0f} minutes on {machine()}, all sections in one go." if not names else ""
    write(parts, whole)


if __name__ == "__main__":
    main(sys.argv[1:])
