"""Running worlds: one entry for planning ("what if") and for the benchmark, plain results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from callcenter.pacing.contract import Pacer
from callcenter.pacing.factory import make_pacer
from callcenter.pacing.simulation.engine import Simulation, Tally
from callcenter.pacing.simulation.worlds import World

PacerMaker = Callable[[World], Pacer]

BUSY_HALF_HOUR = 100
"""Live answers that make a half-hour count for the bound on spikes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One simulated shift (or the mean of several). Shares 0..1, per hour where the name says so."""

    world: str
    pacing: str
    agents: int
    target: float
    seeds: int
    occupancy: float
    """Agents' share of time in talk and wrap-up."""
    abandonment: float
    """Abandoned of the people who answered, in the strict sum of machine detection."""
    abandonments: tuple[float, ...]
    """Of the single runs, by seed."""
    worst_half_hour: float
    """Highest abandonment of a half-hour with 100 or more answers (0 when there is none)."""
    answered: float
    connects_per_hour: float
    """Conversations an agent hour."""
    launched: float
    """Calls launched: the leads needed."""
    mean_wait_s: float
    """Mean wait of a person who answered."""
    line_hours: float
    cost: float
    """See `Prices`."""
    finished_after_s: float | None
    """When the last lead was called, where leads were limited and ran out in every run."""

    @property
    def highest_abandonment(self) -> float:
        """Of the single runs."""
        return max(self.abandonments)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a shift costs, in one currency."""

    agent_hour: float = 0.0
    line_minute: float = 0.0
    """Of ringing and of talking alike."""
    lead: float = 0.0


def product_pacer(mode: str, **options: float) -> PacerMaker:
    """The product's pacer, told what a campaign would tell it about this world."""

    def make(world: World) -> Pacer:
        detection = world.detection
        return make_pacer(
            mode,
            patience_s=world.patience_s,
            ring_timeout_s=world.ring_timeout_s,
            detection_s=detection.verdict_s,
            person_taken_for_machine=detection.person_taken_for_machine,
            machines_among_answers=_machines_among_answers(world),
            **options,  # type: ignore[arg-type]
        )

    return make


def _machines_among_answers(world: World) -> float:
    live = world.live[0][1]
    machines = (1.0 - live) * world.machine * world.detection.machine_taken_for_person
    people = live * (1.0 - world.detection.person_taken_for_machine)
    return machines / (machines + people) if machines > 0.0 else 0.0


def run(
    world: World,
    pacing: str | PacerMaker = "predictive",
    *,
    seeds: Sequence[int] = (0,),
    target: float = 0.03,
    decide_every_s: float | None = 1.0,
    prices: Prices | None = None,
    name: str | None = None,
) -> Outcome:
    """Simulate a world, once per seed, and average.

    `pacing`: a mode of `make_pacer`, or a function making a pacer for a world. `decide_every_s` None: a
    decision after every event. The same seed, world and pacing give the same outcome. Errors: ValueError
    for an unknown mode or no seeds.
    """
    if not seeds:
        raise ValueError("at least one seed is needed")
    maker = product_pacer(pacing, target_abandonment=target) if isinstance(pacing, str) else pacing
    label = name or (pacing if isinstance(pacing, str) else "own")
    tallies = [Simulation(world, maker(world), np.random.default_rng(seed), decide_every_s).run() for seed in seeds]
    return summarise(world, label, tallies, target, prices or Prices())


def strict_abandonment(world: World, tally: Tally) -> float:
    """Abandoned share with the machine detection's tested error rate counted in."""
    share = world.detection.person_taken_for_machine
    hung_up = tally.answered * share / (1.0 - share)
    people = tally.answered + hung_up
    return (tally.abandoned + hung_up) / people if people else 0.0


def summarise(world: World, label: str, tallies: Sequence[Tally], target: float, prices: Prices) -> Outcome:
    """The mean of several runs of one world."""
    shares = [strict_abandonment(world, t) for t in tallies]
    hours = [t.staffed_s / 3600.0 for t in tallies]
    halves = [lost / answered for t in tallies for answered, lost in t.half_hours if answered >= BUSY_HALF_HOUR]
    finished = [t.finished_at for t in tallies if t.finished_at is not None]
    cost = fmean(
        prices.agent_hour * h + prices.line_minute * (t.line_s + t.busy_s) / 60.0 + prices.lead * t.launched
        for t, h in zip(tallies, hours, strict=True)
    )
    return Outcome(
        world=world.name,
        pacing=label,
        agents=world.agents,
        target=target,
        seeds=len(tallies),
        occupancy=fmean(t.busy_s / t.staffed_s if t.staffed_s else 0.0 for t in tallies),
        abandonment=fmean(shares),
        abandonments=tuple(shares),
        worst_half_hour=max(halves, default=0.0),
        answered=fmean(t.answered for t in tallies),
        connects_per_hour=fmean(
            (t.answered - t.abandoned) / h if h else 0.0 for t, h in zip(tallies, hours, strict=True)
        ),
        launched=fmean(t.launched for t in tallies),
        mean_wait_s=fmean(t.waits_s / t.answered if t.answered else 0.0 for t in tallies),
        line_hours=fmean(t.line_s / 3600.0 for t in tallies),
        cost=cost,
        finished_after_s=fmean(finished) if len(finished) == len(tallies) else None,
    )


def sweep(
    world: World,
    agents: Sequence[int],
    targets: Sequence[float] = (0.03,),
    pacings: Sequence[str] = ("predictive",),
    *,
    seeds: Sequence[int] = (0,),
    prices: Prices | None = None,
) -> list[Outcome]:
    """The same world with several numbers of agents, limits and modes: the rows of a planning table."""
    return [
        run(replace(world, agents=count), pacing, seeds=seeds, target=target, prices=prices)
        for count in agents
        for target in targets
        for pacing in pacings
    ]


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many agents call `leads` people within `days`."""

    leads: int
    days: float
    agents: int
    """The fewest that are enough; `most` + 1 when even `most` are not."""
    days_needed: float
    """With that many agents."""
    tried: tuple[tuple[int, float], ...]
    """(agents, days needed) of each number tried."""


def agents_needed(
    world: World,
    leads: int,
    days: float,
    *,
    attempts: float = 1.0,
    shift_hours: float = 8.0,
    most: int = 500,
    pacing: str = "predictive",
    target: float = 0.03,
    seed: int = 0,
) -> Staffing:
    """The fewest agents that make `attempts` calls to each of `leads` people within `days` shifts.

    The calling rate is taken from one simulated shift of each number of agents tried (bisection).
    """
    calls = leads * attempts
    tried: dict[int, float] = {}

    def days_with(count: int) -> float:
        if count not in tried:
            shift = replace(world, agents=count, shift_s=shift_hours * 3600.0, leads=None)
            outcome = run(shift, pacing, seeds=(seed,), target=target)
            tried[count] = calls / max(outcome.launched, 1e-9)
        return tried[count]

    low, high = 0, 1
    while high < most and days_with(high) > days:
        low, high = high, min(high * 2, most)
    if days_with(high) > days:
        return Staffing(leads, days, most + 1, days_with(high), tuple(sorted(tried.items())))
    while high - low > 1:
        middle = (low + high) // 2
        if days_with(middle) <= days:
            high = middle
        else:
            low = middle
    return Staffing(leads, days, high, days_with(high), tuple(sorted(tried.items())))
