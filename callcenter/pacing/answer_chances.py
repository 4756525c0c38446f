"""Which calls are likelier to be answered than others: by list, by hour and by what is known of the lead.

The pacer follows one common answer chance, and quickly (`estimators.AnswerChance`). What makes one lead likelier
to answer than the next is slower knowledge, and it lasts: this is a logistic regression of the campaign's own calls,
learned call by call. A call's log-odds are a common level plus one effect of each of its groups (its list, the hour
within its list, ...). An effect begins at the mean of its kind, with the kind's spread, and is believed as far as its
calls go: a list of five calls is nearly like all others, one of five hundred is itself.

What is handed to the pacer (`chance`) is only the *difference* to the other calls: effects are taken relative to
the call-weighted mean of their kind, around the pacer's reference. So a campaign with one list and one hour tells the
pacer nothing, and what is being learned at first is not taken for a change of the rate by the quicker filter.
Diagonal extended Kalman filter for a Bernoulli response; see any text on dynamic generalised linear models.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.pacing.estimators import HIGHEST_CHANCE, LOWEST_CHANCE, PRIOR_CHANCE

LEVEL_SPREAD = 1.5
"""Standard deviation of the common level's log-odds before the first call."""
MEMORY_SHARE, LEVEL_MEMORY = 0.01, 0.0002
"""No effect is ever surer than this share of its prior variance: of a list, older calls than about 1,200 fade. The
level is surer, so that what changes in one list is its own."""
MOST_GROUPS = 4096
"""The longest unused groups are forgotten beyond this: memory stays constant."""
MOST_WEIGHT = 20_000.0
"""Calls of a kind after which all its groups' weights are halved: the mean follows what is called now."""
_REFERENCE = math.log(PRIOR_CHANCE / (1.0 - PRIOR_CHANCE))
_LIMIT = math.log(HIGHEST_CHANCE / (1.0 - HIGHEST_CHANCE))


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that sets calls apart. Names are the campaign's own."""

    kind: str
    """Groups of one kind stand beside each other (all lists; the hours of one list)."""
    name: str
    spread: float
    """Standard deviation of the log-odds within the kind, believed before the first call."""


LIST_SPREAD, HOUR_SPREAD, TRIES_SPREAD, SCORE_SPREAD = 0.6, 0.3, 0.4, 0.3
MOST_TRIES = 4


def groups_of(list_name: str, hour: int, tries: int = 0, score: int | None = None) -> tuple[Group, ...]:
    """The groups of a lead: its list, the local hour (0..23) of the call within it, how often it has been tried in
    vain, and (where the campaign has one) its own score in tenths of the scale."""
    groups = (
        Group("list", list_name, LIST_SPREAD),
        Group(f"hour {list_name}", str(hour), HOUR_SPREAD),
        Group("tries", str(min(max(tries, 0), MOST_TRIES)), TRIES_SPREAD),
    )
    return groups if score is None else (*groups, Group("score", str(score), SCORE_SPREAD))


@dataclass(slots=True)
class _Effect:
    kind: str
    value: float
    variance: float
    least: float
    """The variance never falls below this."""
    calls: float = 0.0


@dataclass(slots=True)
class _Kind:
    calls: float = 0.0
    weighted: float = 0.0
    """Sum of calls x effect over the kind's groups."""
    groups: int = 0

    @property
    def mean(self) -> float:
        return self.weighted / self.calls if self.calls else 0.0


class AnswerChances:
    """The campaign's own estimate that a call is answered by a person. Constant memory, no clock."""

    __slots__ = ("_effects", "_kinds", "_level", "_level_variance")

    def __init__(self) -> None:
        self._level, self._level_variance = _REFERENCE, LEVEL_SPREAD**2
        self._effects: OrderedDict[tuple[str, str], _Effect] = OrderedDict()
        self._kinds: dict[str, _Kind] = {}

    def learn(self, groups: Sequence[Group], answered: bool) -> None:
        """One call of these groups ended, answered by a person or not. Calls that never rang (refused by the
        carrier, taken back by us) tell nothing and are not to be given."""
        effects = [self._effect(group) for group in groups]
        odds = self._level + sum(effect.value for effect in effects)
        chance = 1.0 / (1.0 + math.exp(-min(max(odds, -_LIMIT), _LIMIT)))
        weight = chance * (1.0 - chance)
        doubt = 1.0 / weight + self._level_variance + sum(effect.variance for effect in effects)
        surprise = (answered - chance) / weight
        share = self._level_variance / doubt
        self._level += share * surprise
        self._level_variance = max(self._level_variance * (1.0 - share), LEVEL_MEMORY)
        for effect in effects:
            kind = self._kinds[effect.kind]
            kind.weighted -= effect.calls * effect.value
            share = effect.variance / doubt
            if kind.groups > 1:
                effect.value += share * surprise
            # the first of its kind is what the others are measured by: what it says is the level's
            effect.variance = max(effect.variance * (1.0 - share), effect.least)
            effect.calls += 1.0
            kind.calls += 1.0
            kind.weighted += effect.calls * effect.value
            if kind.calls > MOST_WEIGHT:
                self._fade(effect.kind)

    def chance(self, groups: Sequence[Group]) -> float | None:
        """The chance (0..1) of such a call as the pacer wants to be told it, relative to its reference; None where
        nothing sets it apart from the others."""
        relative = 0.0
        for group in groups:
            effect = self._effects.get((group.kind, group.name))
            if effect is not None:  # one never seen is like the others of its kind
                relative += effect.value - self._kinds[group.kind].mean
        if relative == 0.0:
            return None
        odds = min(max(_REFERENCE + relative, -_LIMIT), _LIMIT)
        return min(max(1.0 / (1.0 + math.exp(-odds)), LOWEST_CHANCE), HIGHEST_CHANCE)

    @property
    def tells_apart(self) -> bool:
        """Whether there is anything yet by which calls could differ."""
        return any(kind.groups > 1 for kind in self._kinds.values())

    def expected(self, groups: Sequence[Group]) -> float:
        """The chance itself (0..1), as the calls so far have shown it: for reports and forecasts."""
        effects = (self._effects.get((group.kind, group.name)) for group in groups)
        odds = self._level + sum(effect.value for effect in effects if effect is not None)
        return 1.0 / (1.0 + math.exp(-min(max(odds, -_LIMIT), _LIMIT)))

    def _effect(self, group: Group) -> _Effect:
        key = (group.kind, group.name)
        effect = self._effects.get(key)
        if effect is None:
            kind = self._kinds.setdefault(group.kind, _Kind())
            kind.groups += 1
            prior = group.spread**2
            effect = self._effects[key] = _Effect(group.kind, kind.mean, prior, MEMORY_SHARE * prior)
            if len(self._effects) > MOST_GROUPS:
                self._forget()
        self._effects.move_to_end(key)
        return effect

    def _forget(self) -> None:
        _, gone = self._effects.popitem(last=False)
        kind = self._kinds[gone.kind]
        kind.calls -= gone.calls
        kind.weighted -= gone.calls * gone.value
        kind.groups -= 1
        if not kind.groups:
            del self._kinds[gone.kind]

    def _fade(self, name: str) -> None:
        kind = self._kinds[name]
        kind.calls = kind.weighted = 0.0
        for effect in self._effects.values():
            if effect.kind == name:
                effect.calls *= 0.5
                kind.calls += effect.calls
                kind.weighted += effect.calls * effect.value
