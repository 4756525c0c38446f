"""PURE: the judgement of M11: the applicant, the site, the responsibilities, the law's warnings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from backoffice.franchising import seed
from backoffice.franchising.seed import Education
from backoffice.kit.policy import Policy, setting


class DistanceMode(StrEnum):
    """二、4(1):“以在××米以上的相隔距离(或按人口每万人设一店铺)为原则”."""

    OR = "or"
    AND = "and"
    DISTANCE = "distance"
    POPULATION = "population"


class FranchisePolicy(Policy):
    room: ClassVar[str] = "franchising"

    min_distance_m: int | None = setting(
        None, source="S", zh="与已有加盟店至少相隔几米(原文留空)", en="Least distance to a store, metres (blank)", ge=0
    )
    people_per_store: int | None = setting(
        None, source="S", zh="多少人口设一店铺(原文留空)", en="People for each store (blank)", ge=1
    )
    distance_mode: DistanceMode = setting(
        DistanceMode.OR, source="S", zh="距离与人口两标准的关系", en="How distance and population go together"
    )
    min_area_m2: int | None = setting(
        None, source="S", zh="面积至少(平方米;原文留空)", en="Least area, m² (blank)", ge=0
    )
    min_turnover_fen: int | None = setting(
        None, source="S", zh="月营业额至少(分;原文留空)", en="Least monthly turnover, fen (blank)", ge=0
    )
    capital_from_fen: int | None = setting(
        None, source="S", zh="加盟资金下限(分)", en="Capital from, fen (blank)", ge=0
    )
    capital_to_fen: int | None = setting(None, source="S", zh="加盟资金上限(分)", en="Capital to, fen (blank)", ge=0)
    term_years: int | None = setting(None, source="S", zh="加盟周期(年;原文留空)", en="Years of a term (blank)", ge=1)
    reservation_days: int = setting(90, source="D", zh="预约有效天数", en="Days a reservation holds", ge=1)
    answer_days: int = setting(
        3, source="H", zh="申请答复期限(工作日)", en="Working days for head office's answer", ge=1
    )
    result_days: int = setting(5, source="H", zh="评估结果期限(工作日)", en="Working days for the site's result", ge=1)
    disclosure_days: int = setting(
        30, source="K", zh="签约前信息披露天数", en="Days of disclosure before signing", ge=0
    )
    filing_days: int = setting(15, source="K", zh="首份合同备案天数", en="Days for filing the first contract", ge=0)
    least_term_years: int = setting(3, source="K", zh="一般最短期限(年)", en="Shortest usual term in years", ge=0)
    own_stores: int = setting(0, source="K", zh="经营一年以上的直营店数", en="Own stores run for over a year", ge=0)
    licences: tuple[str, ...] = setting(
        ("营业执照", "税务登记证"), source="D", zh="开业所需证照", en="Papers needed to open"
    )


@dataclass(frozen=True, slots=True)
class Check:
    """`met` None: the company has not set the figure that the source leaves blank, or nobody has told."""

    name: str
    met: bool | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Applicant:
    same_industry: bool
    similar_experience: bool
    trained: bool
    education: Education
    potential: bool
    healthy: bool | None
    health_consent: bool
    knows_company: bool
    accepts_philosophy: bool
    competing_chain: bool
    funds_fen: int
    conduct: Collection[str] = ()


def applicant(who: Applicant, policy: FranchisePolicy) -> list[Check]:
    """M11-1 … M11-3, M11-5, M11-7, M11-8."""
    education = who.education in seed.COLLEGE_OR_HIGHER and who.potential
    experienced = who.same_industry or who.similar_experience or who.trained or education
    low, high = policy.capital_from_fen, policy.capital_to_fen
    funds = None if low is None or high is None else low <= who.funds_fen <= high
    # Data on health are asked for with consent only; without it nothing is known.
    health = who.healthy if who.health_consent else None
    return [
        Check(
            "experience",
            experienced,
            "经验、训练或大专以上学历",
            "experience, training, or junior college and potential",
        ),
        Check("health", health, "身体健康,无传染病史(须同意处理健康信息)", "healthy (with consent to say so)"),
        Check(
            "knowledge",
            who.knows_company and who.accepts_philosophy,
            "了解公司、市场、商品并认同理念",
            "knows and accepts",
        ),
        Check("competition", not who.competing_chain, "未加入有竞争关系的其他连锁", "in no competing chain"),
        Check("funds", funds, "加盟资金在规定范围内", "funds within the range"),
        Check(
            "conduct",
            set(seed.CONDUCT) <= set(who.conduct),
            "诚实经营、参加活动、提出建议",
            "honest, takes part, proposes",
        ),
    ]


def preferred(who: Applicant) -> bool:
    """M11-1: same-industry experience comes first."""
    return who.same_industry


@dataclass(frozen=True, slots=True)
class Site:
    distance_m: int | None
    """To the nearest store of ours; None: there is none."""
    people: int
    stores: int
    area_m2: int
    turnover_fen: int
    busy: bool
    footfall: bool
    competition: bool | None
    """As head office judges; None: not judged."""


def places_left(people: int, stores: int, people_per_store: int) -> int:
    """How many more stores the district carries."""
    return max(0, people // people_per_store - stores)


def site(where: Site, policy: FranchisePolicy) -> list[Check]:
    """M11-4, M11-6."""
    distance = (
        None if policy.min_distance_m is None else where.distance_m is None or where.distance_m >= policy.min_distance_m
    )
    crowd = (
        None
        if policy.people_per_store is None
        else places_left(where.people, where.stores, policy.people_per_store) > 0
    )
    apart = {
        DistanceMode.DISTANCE: distance,
        DistanceMode.POPULATION: crowd,
        DistanceMode.AND: None if None in (distance, crowd) else bool(distance and crowd),
        DistanceMode.OR: True if distance or crowd else (None if distance is None and crowd is None else False),
    }[policy.distance_mode]
    area = None if policy.min_area_m2 is None else where.area_m2 >= policy.min_area_m2
    turnover = None if policy.min_turnover_fen is None else where.turnover_fen >= policy.min_turnover_fen
    rival = None if where.competition is None else not where.competition
    return [
        Check("distance", apart, "与已有店的距离或每店人口", "distance to other stores, or people for each store"),
        Check("competition", rival, "总部认定无竞争关系", "no competition, as head office judges"),
        Check("area", area, "经营面积", "area"),
        Check("turnover", turnover, "每月营业额", "monthly turnover"),
        Check("place", where.busy and where.footfall, "商业中心或繁华地段,客流充足", "a busy place with footfall"),
    ]


def failed(checks: Collection[Check]) -> list[Check]:
    return [check for check in checks if check.met is False]


def open_checks(checks: Collection[Check]) -> list[Check]:
    return [check for check in checks if check.met is None]


def missing_responsibilities(accepted: Mapping[str, Collection[str]]) -> list[str]:
    """M11-10, M11-11: costs, unified matters, legal representative."""
    wanted = {"costs": seed.COSTS, "unified": seed.UNIFIED, "legal": ("representative", "liability")}
    return [f"{kind}:{name}" for kind, names in wanted.items() for name in names if name not in accepted.get(kind, ())]


def end_of_term(start: date, years: int) -> date:
    """The last day of a term (M11-10)."""
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:
        return date(start.year + years, 2, 28)


def warnings(
    disclosed_on: date | None, signed_on: date, term_years: int, cooling_off: bool, policy: FranchisePolicy
) -> list[str]:
    """商业特许经营管理条例 [K]: warnings, which stop nothing."""
    out = []
    if disclosed_on is None or (signed_on - disclosed_on).days < policy.disclosure_days:
        out.append("disclosure")
    if policy.own_stores < 2:
        out.append("own_stores")
    if term_years < policy.least_term_years:
        out.append("short_term")
    if not cooling_off:
        out.append("cooling_off")
    return out
