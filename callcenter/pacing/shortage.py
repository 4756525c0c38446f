"""How likely are more answers than agents: tails of (answers - releases), fast and close to exact.

Answers and releases are sums of independent unlike yes/no chances (Poisson-binomial). Small sums use the
two-parameter family of Panjer (binomial, Poisson or negative binomial, whichever has the right mean and
variance), which is exact when the chances are alike and carries extra doubt about the chances as extra
variance; large ones the normal tail with Edgeworth's correction for skewness.
"""

from __future__ import annotations

import math

EXACT_BELOW_MEAN = 9.0
"""Sums of answers with a smaller mean are counted out term by term."""
MIX_BELOW_TRIALS = 12.0
"""Binomials of fewer trials are mixed, to have whole numbers of trials and the right variance."""
NEGLIGIBLE = 1e-7


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


def chance_short(
    answers: float, answers_var: float, releases: float, releases_var: float, spare: int
) -> float:
    """P(answers - releases > spare): more people answer than agents are or become free.

    `answers`, `releases`: means of the two sums; `spare`: agents free now (negative: people waiting).
    """
    if answers > EXACT_BELOW_MEAN or releases > 2 * EXACT_BELOW_MEAN:
        return _normal_tail(answers, answers_var, releases, releases_var, spare)
    reach = int(releases + 5.0 * math.sqrt(releases_var + 0.04)) + 2
    released = probabilities(releases, releases_var, reach)
    top = spare + reach
    if top < 0:
        return 1.0
    answered = probabilities(answers, answers_var, top)
    at_most = 0.0
    safe = 0.0
    for k in range(top + 1):
        at_most += answered[k]
        # with k - spare releases (all fewer answers are covered)
        y = k - spare
        if y >= 0:
            safe += released[y] * min(at_most, 1.0)
    tail = 1.0 - safe
    return tail if tail > 0.0 else 0.0


def _normal_tail(
    answers: float, answers_var: float, releases: float, releases_var: float, spare: int
) -> float:
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
