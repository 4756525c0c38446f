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
NEGLIGIBLE = 1e-7


def probabilities(mean: float, variance: float, upto: int) -> list[float]:
    """P(0), P(1), ... P(upto) of the Panjer-class variable with this mean and variance.

    Errors: none; a variance of 0 gives a variable as good as constant between its two nearest integers.
    """
    if mean <= NEGLIGIBLE:
        return [1.0] + [0.0] * upto
    ratio = mean / max(variance, mean * 1e-3)  # 1 - a
    a = 1.0 - ratio
    if abs(a) < 1e-6:
        term = math.exp(-mean)
        b = mean
        a = 0.0
    else:
        # the binomial needs at least as many trials as its mean
        total = mean * ratio  # a + b
        b = total - a
        term = math.exp(total / a * math.log(ratio)) if ratio > 0 else 0.0
    terms = [term]
    for k in range(1, upto + 1):
        factor = a + b / k
        if factor <= 0.0:
            terms.extend([0.0] * (upto + 1 - k))
            break
        term *= factor
        terms.append(term)
    return terms


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
