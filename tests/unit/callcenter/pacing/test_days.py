"""Short simulated days: what a rule is good for shows only in what it brings about."""

from __future__ import annotations

import numpy as np
import pytest

from callcenter.pacing import make_pacer
from callcenter.pacing.simulation.engine import Simulation, Tally
from callcenter.pacing.simulation.worlds import World, bursty, drifting, markov, office


def day(world: World, seed: int, every_s: float | None = 1.0) -> Tally:
    pacer = make_pacer("predictive", patience_s=world.patience_s, ring_timeout_s=world.ring_timeout_s)
    return Simulation(world, pacer, np.random.default_rng(seed), every_s).run()


@pytest.mark.parametrize("seed", [1009, 1003])
def test_a_long_ring_time_out_does_not_mislead_the_first_minutes(seed: int) -> None:
    """With two minutes of time-out nothing is learned of ring times for as long; people still answer after ten
    seconds. Found with seed 1009: 54 people abandoned in the first two minutes of a room of 100."""
    tally = day(markov(100, 0.05), seed, None)
    assert tally.answered > 80
    assert tally.abandoned <= 6


@pytest.mark.parametrize(
    ("world", "seed"),
    [(bursty(20, 2.0), 1033), (drifting(12, 4.0), 1000), (office(5, 2.0), 4)],
    ids=["bursts", "three times as many from one minute to the next", "five agents"],
)
def test_a_day_does_not_end_above_the_limit(world: World, seed: int) -> None:
    """The first two ended 0.4 and 0.6 abandonments above it: the end of the day was as bold as its middle."""
    tally = day(world, seed)
    assert tally.abandoned <= 0.03 * tally.answered
