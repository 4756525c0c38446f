"""The worlds and the other diallers of the pacing benchmark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from callcenter.pacing import Pacer
from callcenter.pacing.simulation.baselines import Brake, IssabelPacer, VicidialPacer
from callcenter.pacing.simulation.run import product_pacer
from callcenter.pacing.simulation.worlds import (
    LeadList,
    World,
    bursty,
    cold,
    detecting,
    drifting,
    office,
    pitch,
    two_lists,
    with_breaks,
)

PacerMaker = Callable[[World], Pacer]

RATIOS = (1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0, 10.0)
"""Fixed ratios tried with hindsight: nobody could have known the best one in the morning."""


@dataclass(frozen=True, slots=True)
class Case:
    """A world, and how many days of it are simulated."""

    world: World
    seeds: int
    baseline_seeds: int = 2


def cases() -> list[Case]:
    """Rooms of 5 to 1,000 on a warm list, then everything that goes wrong in a day."""
    return [
        *(Case(office(agents), 4) for agents in (5, 12, 20, 50)),
        Case(office(200), 2, 1),
        Case(office(1000, hours=4.0), 2, 1),
        Case(pitch(10), 4),
        Case(pitch(40), 3),
        Case(cold(12), 4),
        Case(cold(60), 2, 1),
        Case(drifting(12), 4),
        Case(drifting(60), 3, 1),
        Case(bursty(20), 4),
        Case(bursty(100), 2, 1),
        Case(with_breaks(20), 4),
        Case(with_breaks(20, announced=False), 4),
        Case(detecting(20), 4),
    ]


@dataclass(frozen=True, slots=True)
class Mix:
    """Lists called in turn, with their chances told or not."""

    name: str
    world: World
    seeds: int = 3


def mixes() -> list[Mix]:
    """Lists in short and in long turns; and two that do not differ, where telling them apart can gain nothing."""
    equal = (LeadList("one", 0.30, 50), LeadList("other", 0.30, 50))
    return [
        *(Mix(f"15 % and 45 %, {run} in turn, 20 agents", two_lists(20, run)) for run in (1, 20, 100, 400)),
        Mix("15 % and 45 %, 400 in turn, 60 agents", two_lists(60, 400), 2),
        Mix("15 % and 45 %, 100 in turn, 8 agents", two_lists(8, 100)),
        Mix("30 % and 30 %, 50 in turn, 20 agents", replace(two_lists(20, 50), lists=equal)),
    ]


def ratio(level: float) -> PacerMaker:
    """A fixed number of lines for each free agent."""
    return lambda world: VicidialPacer(Brake.NONE, ready_only=True, level=level)


def _vicidial(brake: Brake, ready_only: bool) -> PacerMaker:
    return lambda world: VicidialPacer(brake, ready_only=ready_only, shift_s=world.shift_s)


def baselines() -> dict[str, PacerMaker]:
    """Name and pacer of each other dialler; ratios are tried apart."""
    return {
        "one line per free agent": product_pacer("progressive"),
        "VICIdial average, ready": _vicidial(Brake.AVERAGE, ready_only=True),
        "VICIdial average, all": _vicidial(Brake.AVERAGE, ready_only=False),
        "VICIdial hard limit, ready": _vicidial(Brake.HARD_LIMIT, ready_only=True),
        "VICIdial hard limit, all": _vicidial(Brake.HARD_LIMIT, ready_only=False),
        "Issabel": lambda world: IssabelPacer(),
    }
