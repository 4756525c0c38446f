"""`callcenter simulate`: what a room of agents would reach, before anybody is hired or called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from callcenter.kit import svg
from callcenter.own_calls import world_of_network
from callcenter.pacing.simulation import worlds
from callcenter.pacing.simulation.compare import compare_with_optimum
from callcenter.pacing.simulation.report import lines_of, markdown_table, svg_chart
from callcenter.pacing.simulation.run import Outcome, Prices, agents_needed, sweep
from callcenter.pacing.simulation.worlds import World

WORLDS: dict[str, Callable[[int, float], World]] = {
    "office": lambda agents, hours: worlds.office(agents, hours),
    "cold": lambda agents, hours: worlds.cold(agents, hours),
    "pitch": lambda agents, hours: worlds.pitch(agents, hours),
    "drifting": lambda agents, hours: worlds.drifting(agents, hours),
    "bursty": lambda agents, hours: worlds.bursty(agents, hours),
    "breaks": lambda agents, hours: worlds.with_breaks(agents, hours),
    "detection": lambda agents, hours: worlds.detecting(agents, hours),
    "network": lambda agents, hours: world_of_network(agents, hours),
}
OWN = "own"
"""One's own calls; the caller makes that world."""

_Value = Callable[[Outcome], float]
SHOWN: dict[str, tuple[str, _Value]] = {
    "occupancy": ("利用率 · occupancy", lambda o: o.occupancy),
    "abandonment": ("放弃率 · abandonment", lambda o: o.abandonment),
    "connects": ("每坐席小时接通 · conversations per agent hour", lambda o: o.connects_per_hour),
    "leads": ("所需名单 · leads needed", lambda o: o.launched),
    "cost": ("成本 · cost", lambda o: o.cost),
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
    prices: Prices = field(default_factory=Prices)
    show: str = "occupancy"
    """What the chart shows, see SHOWN."""
    own: World | None = None
    """The world where `world` is OWN."""


def answer(question: Question) -> list[str]:
    """Lines to print; writes the chart where one is asked for.

    Errors: KeyError for an unknown world or chart; ValueError for a chart that is neither PNG nor SVG.
    """
    value = SHOWN[question.show]
    if question.chart is not None and question.chart.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"--chart {question.chart}: .png / .svg")
    make = _maker(question)
    seeds = range(question.first_seed, question.first_seed + question.seeds)
    outcomes = sweep(
        replace(make(question.agents[0], question.hours), name=question.world),  # whatever the number of agents
        question.agents,
        question.limits,
        question.modes,
        seeds=list(seeds),
        prices=question.prices,
    )
    lines = [markdown_table(outcomes)]
    if question.chart is not None:
        _draw(question.chart, outcomes, value, question.world)
        lines.append(f"→ {question.chart}")
    if question.leads is not None:
        lines.append(_staffing(question, make))
    return lines


def _maker(question: Question) -> Callable[[int, float], World]:
    own = question.own
    if question.world != OWN or own is None:
        return WORLDS[question.world]
    return lambda agents, hours: replace(own, agents=agents, shift_s=hours * worlds.HOUR_S)


def _draw(to: Path, outcomes: Sequence[Outcome], value: tuple[str, _Value], world: str) -> None:
    name, of = value
    drawing = svg_chart(lines_of(outcomes, of), f"{name} ({world})", "坐席数 · agents", name, svg.FAMILY)
    if to.suffix.lower() == ".png":
        to.write_bytes(svg.png(drawing))
    else:
        to.write_text(drawing, encoding="utf-8")


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
