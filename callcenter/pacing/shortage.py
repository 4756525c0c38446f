"""How likely are more answers than agents: tails of (answers - releases), fast and close to exact.

Answers and releases are sums of independent unlike yes/no chances (Poisson-binomial). Small sums use the
two-parameter family of Panjer (binomial, Poisson or negative binomial, whichever has the right mean and
variance), which is exact when the chances are alike and carries extra doubt about the chances as extra
variance; large ones the normal tail with Edgeworth's correction for skewness.
"""

from __future__ import annotations

import math
from functools import lru_cache
from operator import mul

EXACT_BELOW_MEAN = 9.0
"""Sums of answers with a smaller mean are counted out term by term."""
MIX_BELOW_TRIALS = 12.0
"""Binomials of fewer trials are mixed, to have whole numbers of trials and the right variance."""
NEGLIGIBLE = 1e-7
STEPS_PER_E_FOLD = 50.0
STEPS_OF_RATIO = 24.0
TABLES = 4096
"""Distributions kept ready: neighbouring decisions ask for the same ones."""


def probabilities(mean: float, variance: float, upto: int) -> list[float]:
    """P(0), P(1), ... P(upto) of the Panjer-class variable with this mean and variance.

    Errors: none; a variance of 0 gives a variable as good as constant between its two nearest integers.
    """
    if mean <= NEGLIGIBLE:
        return [1.0] + [0.0] * upto
    if variance < mean * (1.0 - 1e-6):
        trials = mean * mean / (mean - variance)
        if trials < MIX_BELOW_TRIALS:
            return _between_binomials(mean, variance, trials, upto)
        return _binomial(mean, int(trials + 0.5), upto)
    if variance <= mean * (1.0 + 1e-6):
        return _recursion(math.exp(-mean), 0.0, mean, upto)
    ratio = mean / variance  # 1 - a
    a = 1.0 - ratio
    total = mean * ratio  # a + b
    return _recursion(math.exp(total / a * math.log(ratio)), a, total - a, upto)


def _recursion(first: float, a: float, b: float, upto: int) -> list[float]:
    terms = [first]
    for k in range(1, upto + 1):
        first *= a + b / k
        terms.append(first)
    return terms


def _binomial(mean: float, trials: int, upto: int) -> list[float]:
    if mean >= trials:
        return [1.0 if k == trials else 0.0 for k in range(upto + 1)]
    chance = mean / trials
    odds = chance / (1.0 - chance)
    # P(k) = P(k-1) * odds * (trials - k + 1) / k
    top = min(trials, upto)
    terms = _recursion((1.0 - chance) ** trials, -odds, odds * (trials + 1), top)
    return terms + [0.0] * (upto - top)


def _between_binomials(mean: float, variance: float, trials: float, upto: int) -> list[float]:
    """A mixture of the binomials with the whole numbers of trials around `trials`, both of this mean."""
    low = max(int(trials), math.ceil(mean - 1e-9))
    high = low + 1
    low_var, high_var = mean * (1.0 - mean / low), mean * (1.0 - mean / high)
    share = (variance - low_var) / (high_var - low_var)
    share = min(max(share, 0.0), 1.0)
    below, above = _binomial(mean, low, upto), _binomial(mean, high, upto)
    return [(1.0 - share) * p + share * q for p, q in zip(below, above, strict=True)]


def _keyed(mean: float, variance: float) -> tuple[int, int]:
    """Mean and variance rounded to about 2 %, the key of the tables below."""
    mean = mean if mean > 1e-9 else 1e-9
    ratio = variance / mean
    return round(STEPS_PER_E_FOLD * math.log(mean)), round(STEPS_OF_RATIO * (ratio if ratio < 8.0 else 8.0))


@lru_cache(maxsize=TABLES)
def _released(mean_key: int, ratio_key: int) -> list[float]:
    """P(0), P(1), ... of the releases, as far as it matters."""
    mean = math.exp(mean_key / STEPS_PER_E_FOLD)
    variance = mean * ratio_key / STEPS_OF_RATIO
    return probabilities(mean, variance, int(mean + 4.5 * math.sqrt(variance + 0.04)) + 1)


@lru_cache(maxsize=TABLES)
def _exceeded(mean_key: int, ratio_key: int) -> list[float]:
    """P(answers > 0), P(answers > 1), ... until it is negligible."""
    mean = math.exp(mean_key / STEPS_PER_E_FOLD)
    variance = mean * ratio_key / STEPS_OF_RATIO
    left, survivors = 1.0, []
    for p in probabilities(mean, variance, int(mean + 7.0 * math.sqrt(variance) + 4)):
        left -= p
        if left < NEGLIGIBLE:
            break
        survivors.append(left)
    return survivors


def clear_tables() -> None:
    """Forget the tables kept ready, for measurements that have to begin cold."""
    _released.cache_clear()
    _exceeded.cache_clear()


class Shortage:
    """Tails of (answers - releases) at one horizon, for several numbers of launches.

    `releases`, `releases_var`: mean and variance of the agents that become free by then.
    """

    __slots__ = ("_answers", "_answers_var", "_pmf", "_releases", "_releases_var", "_survivors")

    def __init__(self, releases: float, releases_var: float) -> None:
        self._releases = releases
        self._releases_var = releases_var
        self._pmf: list[float] | None = None

    def expect(self, answers: float, answers_var: float) -> None:
        """Mean and variance of the people that answer by then, for the calls of `tail` that follow."""
        if answers > EXACT_BELOW_MEAN or self._releases > EXACT_BELOW_MEAN:
            self._answers, self._answers_var = answers, answers_var
            self._survivors: list[float] | None = None
            return
        self._survivors = _exceeded(*_keyed(answers, answers_var))
        if self._pmf is None:
            self._pmf = _released(*_keyed(self._releases, self._releases_var))

    def tail(self, spare: int) -> float:
        """P(answers - releases > spare).

        The spare is the number of agents free now (negative: people wait), less or plus what is asked for.
        """
        survivors, pmf = self._survivors, self._pmf
        if survivors is None or pmf is None:
            return _normal_tail(self._answers, self._answers_var, self._releases, self._releases_var, spare)
        tail: float
        if spare > 0:
            tail = sum(map(mul, pmf, survivors[spare:]))
        elif spare == 0:
            tail = sum(map(mul, pmf, survivors))
        else:
            tail = sum(pmf[:-spare]) + sum(map(mul, pmf[-spare:], survivors))
        return tail


def chance_short(answers: float, answers_var: float, releases: float, releases_var: float, spare: int) -> float:
    """P(answers - releases > spare): more people answer than agents are or become free."""
    shortage = Shortage(releases, releases_var)
    shortage.expect(answers, answers_var)
    return shortage.tail(spare)


def _normal_tail(answers: float, answers_var: float, releases: float, releases_var: float, spare: int) -> float:
    variance = answers_var + releases_var
    if variance < NEGLIGIBLE:
        return 1.0 if answers - releases > spare else 0.0
    sd = math.sqrt(variance)
    z = (spare + 0.5 - (answers - releases)) / sd
    if z > 8.0:
        return 0.0
    tail = 0.5 * math.erfc(z * math.sqrt(0.5))
    # third cumulants of binomial-like sums: variance * (2 variance / mean - 1)
    skew = 0.0
    if answers > 0.0:
        skew += answers_var * (2.0 * answers_var / answers - 1.0)
    if releases > 0.0:
        skew -= releases_var * (2.0 * releases_var / releases - 1.0)
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    tail += skew / (6.0 * sd**3) * (z * z - 1.0) * density
    return min(max(tail, 0.0), 1.0)
