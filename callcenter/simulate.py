"""`callcenter simulate`: what a room of agents would reach, before anybody is hired or called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.pacing.simulation import worlds
from callcenter.pacing.simulation.compare import compare_with_optimum
from callcenter.pacing.simulation.report import lines_of, markdown_table, svg_chart
from callcenter.pacing.simulation.run import Outcome, agents_needed, sweep
from callcenter.pacing.simulation.worlds import World

WORLDS: dict[str, Callable[[int, float], World]] = {
    "office": lambda agents, hours: worlds.office(agents, hours),
    "cold": lambda agents, hours: worlds.cold(agents, hours),
    "pitch": lambda agents, hours: worlds.pitch(agents, hours),
    "drifting": lambda agents, hours: worlds.drifting(agents, hours),
    "bursty": lambda agents, hours: worlds.bursty(agents, hours),
    "breaks": lambda agents, hours: worlds.with_breaks(agents, hours),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be simulated; see the command's own help."""

    world: str
    agents: Sequence[int]
    limits: Sequence[float]
    modes: Sequence[str]
    hours: float
    seeds: int
    first_seed: int
    chart: Path | None
    leads: int | None
    days: float
    attempts: float


def answer(question: Question) -> list[str]:
    """Lines to print; writes the chart where one is asked for. Errors: KeyError for an unknown world."""
    make = WORLDS[question.world]
    seeds = range(question.first_seed, question.first_seed + question.seeds)
    outcomes = sweep(
        make(question.agents[0], question.hours), question.agents, question.limits, question.modes, seeds=list(seeds)
    )
    lines = [markdown_table(outcomes)]
    if question.chart is not None:
        question.chart.write_text(_chart(outcomes, question.world), encoding="utf-8")
        lines.append(f"→ {question.chart}")
    if question.leads is not None:
        lines.append(_staffing(question, make))
    return lines


def _chart(outcomes: Sequence[Outcome], world: str) -> str:
    return svg_chart(lines_of(outcomes), f"利用率 · Occupancy ({world})", "坐席数 · agents", "利用率 · occupancy")


def _staffing(question: Question, make: Callable[[int, float], World]) -> str:
    assert question.leads is not None
    found = agents_needed(
        make(question.agents[0], question.hours),
        question.leads,
        question.days,
        attempts=question.attempts,
        shift_hours=question.hours,
        pacing=question.modes[0],
        target=question.limits[0],
        seed=question.first_seed,
    )
    return (
        f"{question.leads} 人、每人 {question.attempts:g} 次、{question.days:g} 天内:需要 {found.agents} 名坐席"
        f"(用 {found.days_needed:.1f} 天)。\n"
        f"{question.leads} people, {question.attempts:g} calls each, within {question.days:g} days:"
        f" {found.agents} agents ({found.days_needed:.1f} days)."
    )


def optimum(agents: Sequence[int], limit: float, hours: float, seed: int) -> list[str]:
    """The exact optimum of the memoryless room beside what each mode reaches there."""
    lines = ["| agents | optimum | mode | occupancy | of optimum | abandoned |", "|---|---|---|---|---|---|"]
    for comparison in compare_with_optimum(agents, hours=hours, seeds=(seed,), target=limit):
        lines.extend(
            f"| {outcome.agents} | {comparison.optimum.occupancy:.4f} | {outcome.pacing} | {outcome.occupancy:.4f} |"
            f" {comparison.share(outcome):.2%} | {outcome.abandonment:.2%} |"
            for outcome in comparison.reached
        )
    return lines
