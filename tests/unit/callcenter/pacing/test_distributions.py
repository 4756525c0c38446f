"""Learned durations: close to the truth, not fooled by what has not ended yet."""

from __future__ import annotations

import math

import numpy as np
import pytest

from callcenter.pacing import DialOutcome
from callcenter.pacing.contract import DialEnded, Snapshot
from callcenter.pacing.distributions import LearnedDuration, LearnedRing, log_edges
from callcenter.pacing.factory import make_pacer
from callcenter.pacing.policies.predictive import PredictivePacer


def talk() -> LearnedDuration:
    return LearnedDuration(log_edges(3.0, 5400.0, 44), 150.0)


def test_a_mixture_is_learned_with_its_ages() -> None:
    """Half refuse in 30 s, half talk 10 minutes: who has talked for two minutes will not end soon."""
    learned, rng = talk(), np.random.default_rng(0)
    for _ in range(1500):
        learned.learn(float(rng.exponential(30.0) if rng.random() < 0.5 else rng.normal(600.0, 60.0)))
    ending = 1.0 - learned.survival(np.array([10.0, 130.0, 600.0])) / learned.survival(np.array([0.0, 120.0, 590.0]))
    assert ending[0] > 2.5 * ending[1]
    assert ending[2] > 2.5 * ending[1]


@pytest.mark.parametrize("mean", [20.0, 180.0, 900.0])
def test_a_memoryless_talk_is_learned(mean: float) -> None:
    learned, rng = talk(), np.random.default_rng(1)
    for _ in range(2000):
        learned.learn(float(rng.exponential(mean)))
    for share in (0.5, 1.0, 2.0):
        assert float(learned.survival(share * mean)) == pytest.approx(math.exp(-share), abs=0.05)


def test_running_talks_keep_the_first_minutes_honest() -> None:
    """Ten short refusals while twenty talks run on: it would be wrong to expect all to be short."""
    naive, honest = talk(), talk()
    for _ in range(10):
        naive.learn(20.0)
        honest.learn(20.0, running=[120.0] * 20)
    assert float(honest.survival(150.0)) > 1.5 * float(naive.survival(150.0))


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -1.0])
def test_odd_durations_are_not_learned(seconds: float) -> None:
    learned = talk()
    learned.learn(seconds)
    assert learned.events == 0.0


def test_ring_times_are_learned() -> None:
    ring, rng = LearnedRing(np.ones(75), 8.0, 25.0 * 1.25 / 75), np.random.default_rng(2)
    for _ in range(2000):
        ring.learn(float(rng.uniform(4.0, 12.0)))
    quartiles = ring.quantile(np.array([0.25, 0.5, 0.75]))
    assert quartiles == pytest.approx([6.0, 8.0, 10.0], abs=0.4)


def test_a_burst_of_launches_is_not_read_as_dead_numbers_or_friends() -> None:
    """Of 200 calls launched together failures are heard first, then answers, then time-outs."""
    pacer = make_pacer("predictive")
    assert isinstance(pacer, PredictivePacer)
    rng = np.random.default_rng(3)
    ends = sorted(
        (float(rng.uniform(0.5, 4.0)), DialOutcome.FAILED) if rng.random() < 0.2
        else (float(rng.triangular(3.0, 8.0, 24.0)), DialOutcome.LIVE) if rng.random() < 0.375
        else (25.0, DialOutcome.NO_ANSWER)
        for _ in range(200)
    )  # fmt: skip
    seen = []
    for second in range(27):
        now = float(second)
        while ends and ends[0][0] <= now:
            pacer.observe(DialEnded(*ends.pop(0)))
        reason = pacer.decide(Snapshot(now, 60, (), (), [0.0] * len(ends), ())).reason
        seen.append(reason.answer_chance)
    assert min(seen) > 0.2
    assert max(seen) < 0.6
