"""The chance that a call is answered by a person: exact where it is steady, quick where it drifts.

The chance p is followed on a grid of log-odds by Bayes' rule (a hidden Markov filter). Each ended call
multiplies in its likelihood; time lets the belief spread a little and, rarely, jump. A steady rate is
therefore learned with noise falling as 1/sqrt(calls), and a new list that answers three times as often is
recognised after a handful of calls, because the filter weighs "it has jumped" against "that was luck".
Calls that still ring are evidence as well (`ringing_evidence`): without them the first seconds of a burst
of launches look like a list of dead numbers (failures are reported first), the next like a list of friends
(answers come before time-outs).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRID_POINTS = 72
LOWEST_CHANCE = 0.002
HIGHEST_CHANCE = 0.98
PRIOR_CHANCE = 0.30
PRIOR_SPREAD = 1.1
"""Standard deviation of the log-odds before anything is known: 6 % and 70 % are both believable."""
DRIFT_PER_HOUR = 0.2
"""Slow wandering of the log-odds, standard deviation after an hour."""
JUMPS_PER_HOUR = 0.2
"""A new list, a lunch hour: how often a jump is thought possible."""
JUMP_SPREAD = 1.0
"""Standard deviation of a jump in log-odds (a factor of three is 1.1)."""


def _spread_matrix(grid: Floats, seconds: float) -> Floats:
    """Transition matrix (GRID_POINTS x GRID_POINTS) of the belief over `seconds`, columns summing to 1."""
    step = float(grid[1] - grid[0])
    distance = grid[:, None] - grid[None, :]
    jump = np.exp(-0.5 * (distance / JUMP_SPREAD) ** 2)
    jump /= jump.sum(axis=0)
    # wandering finer than the grid: a small chance of moving to a neighbour with the same variance
    variance = DRIFT_PER_HOUR**2 * seconds / 3600.0
    move = min(0.25, variance / (2.0 * step * step))
    near = np.zeros_like(jump)
    count = len(grid)
    for i in range(count):
        near[max(i - 1, 0), i] += move
        near[min(i + 1, count - 1), i] += move
        near[i, i] += 1.0 - 2.0 * move
    share = 1.0 - math.exp(-JUMPS_PER_HOUR * seconds / 3600.0)
    result: Floats = (1.0 - share) * near + share * jump
    return result


_GRID: Floats = np.linspace(
    math.log(LOWEST_CHANCE / (1 - LOWEST_CHANCE)),
    math.log(HIGHEST_CHANCE / (1 - HIGHEST_CHANCE)),
    GRID_POINTS,
)
_CHANCE: Floats = 1.0 / (1.0 + np.exp(-_GRID))
_POWERS: Floats = np.stack([np.ones(GRID_POINTS), _CHANCE, _CHANCE * _CHANCE], axis=1)
_LOG_CHANCE: Floats = np.log(_CHANCE)
_LOG_NOT: Floats = np.log1p(-_CHANCE)
FRESH_POWER = 5
"""Fresh evidence is up to 2 ** 5 seconds younger than the belief."""
_SECONDS: tuple[Floats, ...] = tuple(
    np.linalg.matrix_power(_spread_matrix(_GRID, 1.0), 2**power) for power in range(13)
)


class AnswerChance:
    """Belief about the chance that a person answers, as weights on the grid (72 floats, constant memory).

    Where the campaign has an estimate of its own for a lead, the filter learns how far that estimate is
    off (a shift of its log-odds); an unknown lead has the reference estimate `PRIOR_CHANCE`.
    """

    __slots__ = ("_logs_later", "_owed_s", "_plain", "_weights")

    def __init__(self) -> None:
        centre = math.log(PRIOR_CHANCE / (1 - PRIOR_CHANCE))
        weights = np.exp(-0.5 * ((_GRID - centre) / PRIOR_SPREAD) ** 2)
        self._weights: Floats = weights / weights.sum()
        self._owed_s = 0.0
        self._logs_later: Floats | None = None
        self._plain: tuple[float, float] | None = None

    def learn(self, answered: bool, chance: float | None = None) -> None:
        """One call ended, answered by a person or not; `chance` was the campaign's estimate for it."""
        self._logs_later = self._plain = None
        likelihood = _CHANCE if chance is None else _shifted(chance)
        self._weights = self._weights * (likelihood if answered else 1.0 - likelihood)
        self._weights /= self._weights.sum()

    def pass_time(self, seconds: float) -> None:
        """Let the belief spread: whole seconds are applied, the rest is owed, so calling often is the
        same as calling seldom."""
        if not seconds > 0.0:
            return
        self._owed_s = min(self._owed_s + seconds, 7200.0)
        whole = int(self._owed_s)
        if whole < 1:
            return
        self._owed_s -= whole
        self._logs_later = self._plain = None
        for power, matrix in enumerate(_SECONDS):
            if whole >> power & 1:
                self._weights = matrix @ self._weights

    def belief(self, evidence: Floats | None) -> tuple[float, float]:
        """(mean chance, relative standard deviation), with the log-likelihood of fresh evidence, shape
        (GRID_POINTS,), multiplied in; None: without any."""
        weights = self._weights
        if evidence is None:
            if self._plain is None:
                self._plain = _mean_and_doubt(weights)
            return self._plain
        # the evidence is younger than the belief: it may have jumped meanwhile
        if self._logs_later is None:
            self._logs_later = np.log(_SECONDS[FRESH_POWER] @ weights)
        logs = self._logs_later + evidence
        return _mean_and_doubt(np.exp(logs - np.maximum.reduce(logs)))


def _mean_and_doubt(weights: Floats) -> tuple[float, float]:
    """(mean, relative standard deviation); the weights need not sum to 1."""
    total, first, second = (weights @ _POWERS).tolist()
    mean = first / total
    return mean, math.sqrt(max(second / total - mean * mean, 0.0)) / mean


def _shifted(chance: float) -> Floats:
    """The grid of answer chances for a lead whose own estimate is `chance`."""
    return 1.0 / (1.0 + np.exp(-(_GRID + relative_log_odds(chance))))


def outcome_evidence(answered: bool, chance: float | None) -> Floats:
    """Log-likelihood of one ended call, shape (GRID_POINTS,)."""
    if chance is None:
        return _LOG_CHANCE if answered else _LOG_NOT
    likelihood = _shifted(chance)
    result: Floats = np.log(likelihood if answered else 1.0 - likelihood)
    return result


def ringing_evidence(answered_tail: Floats, unanswered_tail: Floats, relative: float = 0.0) -> Floats:
    """Log-likelihood of "still ringing" by age and chance: log(p [1 - F(a)] + (1 - p) [1 - G(a)]).

    Tails of shape (ages,); `relative`: log-odds of such a call beside the reference; result (ages, GRID_POINTS).
    """
    chance = _CHANCE if relative == 0.0 else 1.0 / (1.0 + np.exp(-(_GRID + relative)))
    result: Floats = np.log(answered_tail[:, None] * chance + unanswered_tail[:, None] * (1.0 - chance))
    return result


def relative_log_odds(chance: float) -> float:
    """How far a lead's own estimate lies from the reference, in log-odds; 0 for senseless values."""
    if not 0.0 <= chance <= 1.0:
        return 0.0
    chance = min(max(chance, LOWEST_CHANCE), HIGHEST_CHANCE)
    return math.log(chance / (1 - chance)) - math.log(PRIOR_CHANCE / (1 - PRIOR_CHANCE))


def all_relative_odds(chances: Floats) -> Floats:
    """The same for many, as odds: 1 is the reference. Shape (calls,), one or more."""
    lowest, highest = np.minimum.reduce(chances), np.maximum.reduce(chances)
    if not (lowest >= 0.0 and highest <= 1.0):
        chances = np.where((chances >= 0.0) & (chances <= 1.0), chances, PRIOR_CHANCE)
    chances = np.minimum(np.maximum(chances, LOWEST_CHANCE), HIGHEST_CHANCE)
    result: Floats = chances / (1.0 - chances) * ((1.0 - PRIOR_CHANCE) / PRIOR_CHANCE)
    return result
