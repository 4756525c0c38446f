"""Learning the points from calls whose end is known, and the comparison. Takes seconds: not for the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from campaigns.scoring import rules
from campaigns.scoring.rules import Floats, Ints, Judged, Result, Told
from campaigns.targeting.rules import POINTS_CARD, Scale, score

_STRENGTHS = (0.01, 0.1, 1.0)
"""Inverse strengths of the pull towards zero (C) that are tried."""


@dataclass(frozen=True, slots=True)
class Learned:
    scale: Scale
    result: Result
    learned_calls: int
    learned_sold: int
    from_day: date
    until_day: date
    held_out_calls: int
    held_out_sold: int
    held_out_from: date
    held_out_until: date


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why nothing can be learned or compared yet: what is short, how many there are, and how many it takes."""

    what: str
    have: int
    need: int


def learn(rows: Sequence[Told]) -> Learned | TooFew:
    """A scale from the earlier calls, compared with the points card on the later ones; the same rows give the same."""
    sold = sum(row.sold for row in rows)
    if len(rows) < rules.LEAST_CALLS:
        return TooFew("calls", len(rows), rules.LEAST_CALLS)
    if min(sold, len(rows) - sold) < rules.LEAST_SOLD:
        return TooFew("sold" if sold <= len(rows) - sold else "not_sold", min(sold, len(rows) - sold), rules.LEAST_SOLD)
    earlier, later, first = rules.split(rows)
    later_sold = sum(row.sold for row in later)
    few = min(later_sold, len(later) - later_sold)
    if few < rules.LEAST_HELD_OUT_SOLD:
        return TooFew("held_out", few, rules.LEAST_HELD_OUT_SOLD)
    known = np.array([row.sold for row in earlier])
    if min(known.sum(), len(known) - known.sum()) < rules.LEAST_HELD_OUT_SOLD:
        return TooFew("earlier", int(min(known.sum(), len(known) - known.sum())), rules.LEAST_HELD_OUT_SOLD)
    scale = rules.points_of(_weights(rules.table(earlier), known))
    if scale is None:
        return TooFew("difference", 0, 1)
    judged = [_judge(earlier, known, later, one) for one in (POINTS_CARD, scale)]
    ends = np.array([row.sold for row in later])
    return Learned(
        scale=scale,
        result=rules.compare(ends, judged[0], judged[1], float(known.mean())),
        learned_calls=len(earlier),
        learned_sold=int(known.sum()),
        from_day=earlier[0].day,
        until_day=earlier[-1].day,
        held_out_calls=len(later),
        held_out_sold=later_sold,
        held_out_from=first,
        held_out_until=later[-1].day,
    )


def _weights(facts: Floats, sold: np.ndarray) -> list[float]:
    # scikit-learn takes a second to load: only where somebody trains a model.
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    best = max(
        _STRENGTHS,
        key=lambda c: cross_val_score(
            LogisticRegression(C=c, max_iter=500), facts, sold, cv=folds, scoring="neg_log_loss"
        ).mean(),
    )
    return [float(weight) for weight in LogisticRegression(C=best, max_iter=500).fit(facts, sold).coef_[0]]


def _points(rows: Sequence[Told], scale: Scale) -> Ints:
    return np.array([score(row.facts, row.day, scale)[0] for row in rows], dtype=np.int64)


def _judge(earlier: Sequence[Told], sold: np.ndarray, later: Sequence[Told], scale: Scale) -> Judged:
    """Points of the later calls, and the chance of a sale that the earlier ones teach for so many points."""
    from sklearn.linear_model import LogisticRegression

    reading = LogisticRegression(C=1e6, max_iter=500).fit(_points(earlier, scale).reshape(-1, 1) / 100, sold)
    points = _points(later, scale)
    return Judged(points, np.asarray(reading.predict_proba(points.reshape(-1, 1) / 100)[:, 1], dtype=float))
