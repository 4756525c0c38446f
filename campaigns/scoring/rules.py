"""What a model may look at, how its weights become points, and how it is compared with the card. PURE.

A model is a logistic regression over plain tests of single fields, and its weights are rounded to whole points of a
scale from 0 to 100: it has the form of the points card, runs as the same SQL, and gives its reasons line by line.
What is compared is the rounded scale that would be used, not the finer model behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from campaigns.targeting.rules import CARD, Line, Scale, holds

_CARD = {line.code: line for line in CARD}
FEATURES: tuple[Line, ...] = (
    Line("age_under_25", 0, "birth_year", "age", "不满 25 岁", "Under 25", 0, 24),
    Line("age_25_34", 0, "birth_year", "age", "25–34 岁", "25 to 34", 25, 34),
    Line("age_35_50", 0, "birth_year", "age", "35–50 岁", "35 to 50", 35, 50),
    Line("age_51_70", 0, "birth_year", "age", "51–70 岁", "51 to 70", 51, 70),
    Line("woman", 0, "gender", "words", "女性", "Woman", words=("f",)),
    replace(_CARD["gift"], points=0),
    replace(_CARD["busy"], points=0),
    replace(_CARD["brand"], points=0),
    Line("company_known", 0, "company", "given", "填有工作单位", "Company known"),
    replace(_CARD["bought_before"], points=0),
    Line(
        "bought_much",
        0,
        "total_purchases_fen",
        "at_least",
        "累计消费满 1,000 元",
        "Has bought for 1,000 yuan or more",
        100_000,
    ),
    replace(_CARD["bought_lately"], points=0),
    Line("bought_90_days", 0, "last_purchase_on", "since_days", "90 天内购买过", "Bought within 90 days", 90),
)
FIELDS = tuple(sorted({line.field for line in (*FEATURES, *CARD)}))
"""The fields of a customer that are read, as the agent saw them at the call: later purchases must not leak in."""

LEAST_CALLS = 1_000
LEAST_SOLD = 100
LEAST_HELD_OUT_SOLD = 30
HELD_OUT = 0.3
OUTCOME_DAYS = 30
"""A sale counts within so many days of the first conversation; younger conversations are not known yet."""
MOST_CALLS = 200_000
_DRAWS = 400
_SEED = 7

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Told:
    """A first conversation with the right person: what was known of them then, and whether they bought."""

    day: date
    customer: str
    facts: Mapping[str, Any]
    sold: bool


def table(rows: Sequence[Told]) -> Floats:
    """rows × FEATURES, 1.0 where the test held on that day."""
    return np.array(
        [[float(holds(line, row.facts.get(line.field), row.day)) for line in FEATURES] for row in rows], dtype=float
    ).reshape(len(rows), len(FEATURES))


def split(rows: Sequence[Told]) -> tuple[list[Told], list[Told], date]:
    """(learned from, held out, first day held out): the latest days are held out, with nobody known from before.

    A model is used on calls that come later; held-out calls drawn by chance would flatter it.
    """
    ordered = sorted(rows, key=lambda row: (row.day, row.customer))
    first = ordered[min(len(ordered) - 1, round(len(ordered) * (1 - HELD_OUT)))].day
    learned = [row for row in ordered if row.day < first]
    known = {row.customer for row in learned}
    return learned, [row for row in ordered if row.day >= first and row.customer not in known], first


def points_of(weights: Sequence[float]) -> Scale | None:
    """The weights (log-odds, one a FEATURE) as whole points from 0 to 100; None where nothing was learned.

    Truncated towards zero, so that no sum leaves 0…100.
    """
    span = sum(abs(weight) for weight in weights)
    if span < 1e-6:
        return None
    points = [int(weight * 100 / span) for weight in weights]
    lines = tuple(replace(line, points=n) for line, n in zip(FEATURES, points, strict=True) if n)
    if not lines:
        return None
    return Scale(-sum(n for n in points if n < 0), lines)


# ---------------------------------------------------------------- comparing


@dataclass(frozen=True, slots=True)
class Judged:
    """The held-out calls as one scale sees them: its points, and the chance of a sale it read from them."""

    points: Ints
    chance: Floats


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the interval that holds in 19 cases of 20."""

    value: float
    low: float
    high: float


Verdict = Literal["better", "worse", "not_proven"]


@dataclass(frozen=True, slots=True)
class Result:
    """AUC: the chance that somebody who bought stands before somebody who did not (0.5: by chance alone).
    Log loss: how wrong the chances are (less is better). Differences are model − card, on the same calls."""

    card_auc: Figure
    model_auc: Figure
    auc_difference: Figure
    card_loss: Figure
    model_loss: Figure
    loss_difference: Figure
    base_loss: float
    """Log loss of knowing only the share of sales."""
    verdict: Verdict
    gains: tuple[tuple[int, float, float], ...]
    """(per cent of the people called, share of the sales among them by the card, … by the model)."""


def compare(sold: NDArray[np.bool_], card: Judged, model: Judged, base_chance: float) -> Result:
    """Both scales on the same held-out calls, with intervals from drawing the calls anew (paired bootstrap)."""
    chance = np.random.default_rng(_SEED)
    drawn: list[tuple[float, float, float, float]] = []
    losses = [_losses(sold, one.chance) for one in (card, model)]
    for _ in range(_DRAWS):
        pick = chance.integers(0, len(sold), len(sold))
        here = sold[pick]
        if here.all() or not here.any():
            continue
        drawn.append(
            (
                auc(here, card.points[pick]),
                auc(here, model.points[pick]),
                float(losses[0][pick].mean()),
                float(losses[1][pick].mean()),
            )
        )
    runs = np.array(drawn)
    card_auc, model_auc = auc(sold, card.points), auc(sold, model.points)
    card_loss, model_loss = float(losses[0].mean()), float(losses[1].mean())
    auc_difference = _figure(model_auc - card_auc, runs[:, 1] - runs[:, 0])
    loss_difference = _figure(model_loss - card_loss, runs[:, 3] - runs[:, 2])
    return Result(
        card_auc=_figure(card_auc, runs[:, 0]),
        model_auc=_figure(model_auc, runs[:, 1]),
        auc_difference=auc_difference,
        card_loss=_figure(card_loss, runs[:, 2]),
        model_loss=_figure(model_loss, runs[:, 3]),
        loss_difference=loss_difference,
        base_loss=float(_losses(sold, np.full(len(sold), base_chance)).mean()),
        verdict=_verdict(auc_difference, loss_difference),
        gains=_gains(sold, card.points, model.points),
    )


def _verdict(auc_difference: Figure, loss_difference: Figure) -> Verdict:
    if auc_difference.low > 0 and loss_difference.high < 0:
        return "better"
    if auc_difference.high < 0 and loss_difference.low > 0:
        return "worse"
    return "not_proven"


def _figure(value: float, runs: Floats) -> Figure:
    low, high = np.quantile(runs, (0.025, 0.975))
    return Figure(value, float(low), float(high))


def _losses(sold: NDArray[np.bool_], chance: Floats) -> Floats:
    sure = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.asarray(-np.where(sold, np.log(sure), np.log(1 - sure)), dtype=float)


def auc(sold: NDArray[np.bool_], points: Ints) -> float:
    """Of all pairs (bought, did not): the share in which the buyer has more points; equal points count half."""
    low = int(points.min())
    size = int(points.max()) - low + 1
    buyers = np.bincount(points[sold] - low, minlength=size).astype(float)
    others = np.bincount(points[~sold] - low, minlength=size).astype(float)
    below = np.concatenate(([0.0], np.cumsum(others)[:-1]))
    return float((buyers * (below + others / 2)).sum() / (buyers.sum() * others.sum()))


def _gains(sold: NDArray[np.bool_], card: Ints, model: Ints) -> tuple[tuple[int, float, float], ...]:
    shares = [_found(sold, points) for points in (card, model)]
    return tuple((n * 10, shares[0][n], shares[1][n]) for n in range(11))


def _found(sold: NDArray[np.bool_], points: Ints) -> list[float]:
    """Share of the sales among the first 0, 10, … 100 % in order of points; those with equal points share evenly."""
    order = np.unique(points)[::-1]
    people = np.array([0.0, *np.cumsum([(points == n).sum() for n in order])])
    sales = np.array([0.0, *np.cumsum([(sold & (points == n)).sum() for n in order])])
    return [float(x) for x in np.interp(np.linspace(0, len(points), 11), people, sales) / max(1.0, sales[-1])]
