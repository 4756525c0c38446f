"""The points card: how likely is a person to buy, with the reasons. PURE.

The source's buyer (7.3.1 二): users are middle-aged and old, but those who buy are young and middle-aged, as a
gift; busy; mindful of brand, effect and word of mouth, not of price. Each line of the card is one of these
observations as a test of one field. The card is data: the same lines are evaluated here and in SQL.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

Test = Literal["age", "words", "at_least", "since_days", "given"]


@dataclass(frozen=True, slots=True)
class Line:
    """`points` when the test holds for the customer's `field`."""

    code: str
    points: int
    field: str
    test: Test
    zh: str
    en: str
    low: int = 0
    high: int = 0
    words: tuple[str, ...] = ()


CARD: tuple[Line, ...] = (
    Line("buyer_age", 30, "birth_year", "age", "25–50 岁，保健品的主要购买人群", "25 to 50: those who buy", 25, 50),
    Line("user_age", 10, "birth_year", "age", "51–70 岁，可能自用", "51 to 70: may use it themselves", 51, 70),
    Line(
        "gift",
        15,
        "interests",
        "words",
        "有送礼或孝敬父母的意向",
        "Gives presents, cares for parents",
        words=("送礼", "礼品", "孝", "父母", "长辈", "gift", "parents"),
    ),
    Line(
        "busy",
        15,
        "occupation",
        "words",
        "工作较忙，无暇去专卖店",
        "Busy at work, no time for the shop",
        words=(
            "经理",
            "主管",
            "总监",
            "老板",
            "企业",
            "销售",
            "工程师",
            "医生",
            "教师",
            "公务员",
            "律师",
            "会计",
            "manager",
        ),
    ),
    Line(
        "brand",
        10,
        "interests",
        "words",
        "重视品牌、效果、口碑",
        "Minds brand, effect and word of mouth",
        words=("品牌", "口碑", "养生", "保健", "健康", "健身", "体检", "brand", "health"),
    ),
    Line("bought_before", 15, "total_purchases_fen", "at_least", "曾经购买", "Has bought before", 1),
    Line("bought_lately", 5, "last_purchase_on", "since_days", "一年内购买过", "Bought within a year", 365),
)
MAX_SCORE = sum(line.points for line in CARD if line.code != "user_age")
"""The two ages exclude each other."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a score is reckoned by: `base` and the points of every line that holds.

    `model_id` None: the points card, written by people. Else a learned model (`campaigns.scoring`), which has the
    same form, so that its reasons are as plain as the card's.
    """

    base: int
    lines: tuple[Line, ...]
    model_id: UUID | None = None


POINTS_CARD = Scale(0, CARD)


def score(customer: Mapping[str, Any], today: date, scale: Scale = POINTS_CARD) -> tuple[int, str]:
    """(points, reasons) of a customer's fields; reasons as `buyer_age +30, gift +15`."""
    held = [line for line in scale.lines if holds(line, customer.get(line.field), today)]
    return scale.base + sum(line.points for line in held), ", ".join(f"{line.code} {line.points:+d}" for line in held)


def holds(line: Line, value: Any, today: date) -> bool:
    """Whether a line's test holds for the value of its field; nothing holds for a value that is not known."""
    if value is None:
        return False
    match line.test:
        case "age":
            return line.low <= today.year - int(value) <= line.high
        case "words":
            text = str(value).lower()
            return any(word in text for word in line.words)
        case "at_least":
            return int(value) >= line.low
        case "since_days":
            return bool(0 <= (today - value).days <= line.low)
        case "given":
            return bool(str(value).strip())


def margin(found: int, sample_of: int, population: int) -> int:
    """How far the estimate found × sample_of may be off, in 19 cases of 20 (normal approximation; 3 for none found).

    `found` of a sample of every `sample_of`-th of `population`.
    """
    if not found:
        return 3 * sample_of
    drawn = max(population / sample_of, float(found))
    share = found / drawn
    return round(1.96 * math.sqrt(share * (1 - share) / drawn) * population)
