"""Each mode beside the exact optimum, in the memoryless world where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.pacing.simulation.optimum import MarkovRoom, Optimum, solve
from callcenter.pacing.simulation.run import Outcome, run
from callcenter.pacing.simulation.worlds import markov


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the modes reach in one room, and what could be reached at best."""

    optimum: Optimum
    reached: tuple[Outcome, ...]

    def share(self, outcome: Outcome) -> float:
        """An outcome's occupancy as a share of the optimum's."""
        return outcome.occupancy / self.optimum.occupancy


def compare_with_optimum(
    agents: Sequence[int],
    modes: Sequence[str] = ("predictive", "power", "progressive"),
    *,
    hours: float = 40.0,
    seeds: Sequence[int] = (0,),
    live: float = 0.3,
    handle_s: float = 180.0,
    ring_s: float = 12.0,
    target: float = 0.03,
) -> list[Comparison]:
    """Solve each room exactly and simulate the modes in it, a decision after every event.

    In preview the agents start the calls themselves, so it is none of the modes simulated. Small rooms are simulated
    longer, for all to have about as many calls. Errors: RuntimeError from the
    solver; ValueError for an unknown mode.
    """
    result = []
    for count in agents:
        best = solve(MarkovRoom(count, handle_s, ring_s, live, target))
        world = markov(count, hours * max(1.0, 20.0 / count), live, handle_s, ring_s)
        reached = tuple(run(world, mode, seeds=seeds, target=target, decide_every_s=None) for mode in modes)
        result.append(Comparison(best, reached))
    return result
