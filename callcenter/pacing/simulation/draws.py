"""Random durations, drawn in blocks from a generator that is passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless, with this mean in seconds."""

    mean_s: float

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        return rng.exponential(self.mean_s, count)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Equally likely between two bounds, seconds."""

    low_s: float
    high_s: float

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        return rng.uniform(self.low_s, self.high_s, count)


@dataclass(frozen=True, slots=True)
class Triangular:
    """Bounded, with a most likely value: ring times of answered calls."""

    low_s: float
    mode_s: float
    high_s: float

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        return rng.triangular(self.low_s, self.mode_s, self.high_s, count)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Right-skewed: talks and wrap-ups. `spread` is the standard deviation of the logarithm."""

    mean_s: float
    spread: float

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        return rng.lognormal(np.log(self.mean_s) - self.spread**2 / 2, self.spread, count)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Two kinds: with chance `first_share` the first, else the second."""

    first_share: float
    first: Duration
    second: Duration

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        choose = rng.random(count) < self.first_share
        result: Floats = np.where(choose, self.first.draw(rng, count), self.second.draw(rng, count))
        return result


@dataclass(frozen=True, slots=True)
class Sum:
    """One after the other: the network's setting up, then the ringing."""

    first: Duration
    second: Duration

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        return self.first.draw(rng, count) + self.second.draw(rng, count)


@dataclass(frozen=True, slots=True)
class Empirical:
    """Durations that were measured, each as likely as the next."""

    seconds: tuple[float, ...]

    def draw(self, rng: Generator, count: int) -> Floats:
        """`count` durations in seconds."""
        return rng.choice(np.asarray(self.seconds, dtype=np.float64), count)


Duration = Sum | Empirical | Exponential | Uniform | Triangular | LogNormal | Mixture


def stream(duration: Duration, rng: Generator) -> Callable[[], float]:
    """A function giving one duration after another."""

    def blocks() -> Callable[[], float]:
        block: list[float] = duration.draw(rng, BLOCK).tolist()
        return iter(block).__next__

    pull = blocks()

    def one() -> float:
        nonlocal pull
        try:
            return pull()
        except StopIteration:
            pull = blocks()
            return pull()

    return one
