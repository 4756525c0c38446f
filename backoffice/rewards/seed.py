"""PURE: every number, table and list of the source's 7.2.4 经销商年终奖励方案, with the words it stands in.

A test lists them all. Rates are millionths (1 % = 10,000), coefficients percent (1.2 = 120), money fen.
"""

from __future__ import annotations

SERIES = ("001", "002")
"""(二)1, 2:“××品牌001产品系列”“××品牌002产品系列”."""

TIER_RATES: dict[str, tuple[int, int, int]] = {"001": (10_000, 12_000, 15_000), "002": (20_000, 25_000, 30_000)}
"""表1:“100元×奖励系数、120元×奖励系数、150元×奖励系数”; 表2:“200元…、250元…、300元×奖励系数”, per unit (元/台)."""

COEFFICIENTS = (80, 100, 120)
"""表3:“0.8、1.0、1.2”."""

CITY_CLASSES: dict[int, tuple[str, str]] = {
    1: ("一类城市(北京、上海、广州)", "class 1: Beijing, Shanghai, Guangzhou"),
    2: (
        "二类城市(除北京、上海、广州外的省会、直辖市等城市)",
        "class 2: provincial capitals and municipalities other than those",
    ),
    3: ("三类城市(除一、二类之外的城市和地区)", "class 3: all other cities and places"),
}

CLASS_1 = ("北京", "上海", "广州")
MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
CAPITALS = (
    "石家庄", "太原", "呼和浩特", "沈阳", "长春", "哈尔滨", "南京", "杭州", "合肥", "福州", "南昌", "济南", "郑州",
    "武汉", "长沙", "广州", "南宁", "海口", "成都", "贵阳", "昆明", "拉萨", "西安", "兰州", "西宁", "银川", "乌鲁木齐",
)  # fmt: skip
"""Seats of the provinces and autonomous regions."""
CLASS_2 = tuple(city for city in (*MUNICIPALITIES, *CAPITALS) if city not in CLASS_1)
CLASS_3_TOLD = ("深圳",)
"""Neither a capital nor a municipality, so class 3 by the letter; told, because everybody asks."""
OTHER_CLASS = 3

EXCLUSIVE_RATE = 10_000
"""(三)1:“不经销其他公司品牌的经销商,给予…进货总金额1%的奖励”."""
NOT_EXCLUSIVE_RATE = 5_000
"""(三)2:“非专售者,给予进货金额0.5%的奖励”."""

GROWTH_STEPS: tuple[tuple[int, int], ...] = ((10, 5_000), (15, 7_000))
"""(四)1, 2:“增长率达10%以上者,给予0.5%”“增长率达15%以上者,给予0.7%”: (percent of growth, rate)."""
NEW_DEALER_RATE = 3_000
"""(四)3:“新经销商(无去年当月进货金额)按每月进货金额给予0.3%的奖金”."""

EARLY_RATE_A_DAY = 500
"""(五)2:“凡提前1天以上者,则每天以0.05%计算”."""
EARLY_DAYS_LEAST = 1

VIOLATIONS = ("price_cut", "cross_region")
"""五、4:(1)恶意竞争、压价销售;(2)窜货."""
PAY_DATES = ("purchase", "exclusive", "growth")
"""Three dates of payment are left blank: (二)4, (三)3, (四)5. The payment reward is deducted on settlement ((五)3)."""


def seed_cities() -> dict[str, int]:
    return dict.fromkeys(CLASS_1, 1) | dict.fromkeys(CLASS_2, 2) | dict.fromkeys(CLASS_3_TOLD, OTHER_CLASS)
