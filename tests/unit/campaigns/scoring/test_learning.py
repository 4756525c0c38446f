"""A model learned from calls whose truth we know: what it finds, what it must not, and that it does not flatter."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from campaigns.scoring import learning, rules
from campaigns.scoring.learning import Learned, TooFew
from campaigns.scoring.rules import Told
from campaigns.targeting.rules import Scale, score

FIRST = date(2025, 9, 1)


def person(chance: random.Random) -> dict[str, Any]:
    return {
        "birth_year": chance.choice([1950, 1960, 1970, 1980, 1990, 1998, None]),
        "gender": chance.choice(["f", "m", None]),
        "interests": chance.choice(["送礼", "养生", "钓鱼", None]),
        "occupation": chance.choice(["销售经理", "退休", "教师", None]),
        "company": chance.choice(["康元", None]),
        "total_purchases_fen": chance.choice([0, 0, 5_000, 200_000]),
        "last_purchase_on": None,
    }


def calls(n: int, truth: Callable[[dict[str, Any]], float], seed: int = 1, *, days: int = 100) -> list[Told]:
    """`n` conversations over `days`, each sold by the chance that `truth` gives its person."""
    chance = random.Random(seed)
    rows = []
    for k in range(n):
        facts = person(chance)
        rows.append(Told(FIRST + timedelta(days=k * days // n), f"c{k}", facts, chance.random() < truth(facts)))
    return rows


def against_the_card(facts: dict[str, Any]) -> float:
    """Women buy, whoever has a company does; gifts and age, on which the card rests, say nothing."""
    return 0.04 + 0.25 * (facts["gender"] == "f") + 0.2 * (facts["company"] is not None)


def as_the_card_says(facts: dict[str, Any]) -> float:
    return 0.02 + 0.5 * (score(facts, FIRST)[0] / 90) ** 2


def by_chance(_facts: dict[str, Any]) -> float:
    return 0.2


@pytest.fixture(scope="module")
def known_truth() -> Learned:
    found = learning.learn(calls(4_000, against_the_card))
    assert isinstance(found, Learned)
    return found


def test_it_finds_what_makes_people_buy_and_says_so_in_its_lines(known_truth: Learned) -> None:
    points = {line.code: line.points for line in known_truth.scale.lines}
    strongest = sorted(points, key=lambda code: -abs(points[code]))[:2]
    assert set(strongest) == {"woman", "company_known"}
    assert points["woman"] > 15
    assert abs(points.get("gift", 0)) < points["woman"] / 3


def test_it_is_better_than_the_card_on_calls_it_has_not_seen(known_truth: Learned) -> None:
    result = known_truth.result
    assert result.verdict == "better"
    assert result.auc_difference.low > 0.05
    assert result.model_loss.value < result.base_loss < result.card_loss.value + 0.01
    # The best anybody can do here, with the chances themselves as the score.
    later = [row for row in calls(4_000, against_the_card) if row.day >= known_truth.held_out_from]
    sold = np.array([row.sold for row in later])
    best = rules.auc(sold, np.array([round(1000 * against_the_card(dict(row.facts))) for row in later]))
    assert result.model_auc.low <= best
    assert result.model_auc.value > best - 0.02


def test_where_chance_alone_decides_nothing_is_proven() -> None:
    found = learning.learn(calls(1_500, by_chance, 2))
    assert isinstance(found, Learned)
    assert found.result.verdict != "better"
    assert found.result.model_auc.low < 0.55


def test_where_the_card_is_the_truth_the_model_is_not_called_better() -> None:
    found = learning.learn(calls(3_000, as_the_card_says, 5))
    assert isinstance(found, Learned)
    assert found.result.verdict != "better"
    assert found.result.card_auc.value > 0.6


def test_a_world_that_turns_round_is_found_out_by_the_split_in_time() -> None:
    """What held in the earlier calls and not in the later ones: a split by chance would call it better."""
    turned = [
        Told(row.day, row.customer, row.facts, random.Random(k).random() < _turned(row))
        for k, row in enumerate(calls(4_000, by_chance))
    ]
    found = learning.learn(turned)
    assert isinstance(found, Learned)
    assert found.result.model_auc.value < 0.45
    assert found.result.verdict == "worse"


def _turned(row: Told) -> float:
    early = row.day < FIRST + timedelta(days=70)
    return 0.3 if (row.facts["gender"] == "f") == early else 0.05


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (calls(999, against_the_card), "calls"),
        (calls(1_000, lambda _: 0.05), "sold"),
        (calls(1_000, lambda _: 0.97), "not_sold"),
        ([Told(row.day, "the same", row.facts, row.sold) for row in calls(1_200, against_the_card)], "held_out"),
    ],
)
def test_too_few_calls_are_named(rows: list[Told], what: str) -> None:
    found = learning.learn(rows)
    assert isinstance(found, TooFew)
    assert found.what == what
    assert found.have < found.need


def test_the_later_days_are_held_out_and_hold_nobody_from_before() -> None:
    rows = calls(2_000, by_chance)
    rows.append(Told(rows[-1].day, rows[0].customer, rows[0].facts, True))
    learned, held_out, first = rules.split(rows)
    assert max(row.day for row in learned) < first <= min(row.day for row in held_out)
    assert not {row.customer for row in learned} & {row.customer for row in held_out}
    assert 0.25 < len(held_out) / len(rows) < 0.35


def test_the_same_calls_teach_the_same() -> None:
    rows = calls(1_500, against_the_card)
    assert learning.learn(rows) == learning.learn(list(reversed(rows)))


@pytest.mark.parametrize(
    ("weights", "base", "best"),
    [
        ([1.0] + [0.0] * 12, 0, 100),
        ([-1.0] + [0.0] * 12, 100, 100),
        ([0.5, -0.25, 0.25] + [0.0] * 10, 25, 100),
        ([0.7, -0.31, 0.13, 1.9, -0.02, 0.4, 0.4, 0.1, 0.0, -0.9, 0.3, 0.05, 0.6], 20, 94),
    ],
)
def test_points_stay_between_0_and_100(weights: list[float], base: int, best: int) -> None:
    scale = rules.points_of(weights)
    assert scale is not None
    least = scale.base + sum(min(0, line.points) for line in scale.lines)
    most = scale.base + sum(max(0, line.points) for line in scale.lines)
    assert (scale.base, least) == (base, 0)
    assert best - 1 <= most <= 100


def test_no_weights_no_scale() -> None:
    assert rules.points_of([0.0] * 13) is None


def test_a_score_gives_its_reasons_with_their_signs() -> None:
    scale = rules.points_of([0, 0, 0, 0, 0.5, -0.5, *([0] * 7)])
    assert isinstance(scale, Scale)
    assert score({"gender": "f", "interests": "送礼"}, FIRST, scale) == (50, "woman +50, gift -50")
    assert score({}, FIRST, scale) == (50, "")


@pytest.mark.parametrize(
    ("sold", "points", "expected"),
    [
        ([True, False], [2, 1], 1.0),
        ([True, False], [1, 2], 0.0),
        ([True, False], [1, 1], 0.5),
        ([True, True, False, False], [3, 1, 2, 0], 0.75),
        ([True, False, False], [-5, -5, -6], 0.75),
    ],
)
def test_auc(sold: list[bool], points: list[int], expected: float) -> None:
    assert rules.auc(np.array(sold), np.array(points)) == expected
