"""M11, rule by rule: the source's lists, the notes' worked examples and their boundaries."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from backoffice.franchising import rules, seed
from backoffice.franchising.machines import FRANCHISE, Step
from backoffice.franchising.rules import Applicant, DistanceMode, FranchisePolicy, Site
from backoffice.franchising.seed import Education

BLANK = FranchisePolicy()
WAN = 1_000_000
P = FranchisePolicy(
    min_distance_m=500,
    people_per_store=30_000,
    min_area_m2=60,
    min_turnover_fen=10 * WAN,
    capital_from_fen=20 * WAN,
    capital_to_fen=50 * WAN,
    term_years=3,
)
WHO = Applicant(True, False, False, Education.BELOW, False, True, True, True, True, False, 20 * WAN, seed.CONDUCT)
WHERE = Site(500, 95_000, 2, 60, 10 * WAN, True, True, False)


def test_m11_9_every_list_of_the_source_is_in_the_seed() -> None:
    assert list(seed.STEPS) == [step.value for step in Step][:9]
    assert [s.value for s in seed.Source] == ["media", "briefing", "word_of_mouth", "store_pop", "prospectus"]
    assert len(seed.CONDITIONS) == 7
    assert len(seed.CONDUCT) == 3
    assert len(seed.COSTS) == 8
    assert len(seed.UNIFIED) == 5
    assert seed.OPERATION == "joint"
    assert seed.PRE_OPENING == ("handover", "training", "advertising", "promotion")
    assert seed.SUPPORT == ("review", "training", "enquiry")


def test_m11_the_nine_steps_are_gates_one_after_the_other_and_rejection_is_at_2_3_and_4() -> None:
    steps = list(seed.STEPS)
    forward = [m for m in FRANCHISE.moves if m.target.value in steps and m.sources[0] is not m.target]
    assert [(m.sources[0].value, m.target.value) for m in forward] == list(itertools.pairwise(steps))
    refused = next(m for m in FRANCHISE.moves if m.command == "reject")
    assert [steps.index(s.value) + 1 for s in refused.sources] == [2, 3, 4]


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({}, []),
        ({"same_industry": False}, ["experience"]),
        ({"same_industry": False, "similar_experience": True}, []),
        ({"same_industry": False, "trained": True}, []),
        (
            {"same_industry": False, "education": Education.JUNIOR_COLLEGE, "potential": True},
            [],
        ),  # 大专以上 includes it
        ({"same_industry": False, "education": Education.JUNIOR_COLLEGE}, ["experience"]),  # … with potential
        ({"healthy": False}, ["health"]),
        ({"accepts_philosophy": False}, ["knowledge"]),
        ({"competing_chain": True}, ["competition"]),
        ({"funds_fen": 20 * WAN - 1}, ["funds"]),
        ({"funds_fen": 50 * WAN}, []),  # both ends included
        ({"funds_fen": 50 * WAN + 1}, ["funds"]),
        ({"conduct": ("honest_guided", "proposes")}, ["conduct"]),
    ],
)
def test_m11_1_to_m11_3_m11_5_m11_7_and_m11_8_the_applicant(change: dict[str, object], failed: list[str]) -> None:
    checks = rules.applicant(replace(WHO, **change), P)  # type: ignore[arg-type]
    assert [check.name for check in rules.failed(checks)] == failed
    assert rules.open_checks(checks) == []


def test_m11_2_health_is_known_only_with_consent() -> None:
    checks = rules.applicant(replace(WHO, health_consent=False), P)
    assert [check.name for check in rules.open_checks(checks)] == ["health"]


def test_m11_blanks_of_the_source_have_no_number_of_ours() -> None:
    names = ("min_distance_m", "people_per_store", "min_area_m2", "min_turnover_fen", "capital_from_fen", "term_years")
    assert [getattr(BLANK, name) for name in names] == [None] * 6
    assert [c.name for c in rules.open_checks(rules.site(WHERE, BLANK))] == ["distance", "area", "turnover"]
    assert rules.preferred(WHO)


@pytest.mark.parametrize(
    ("mode", "distance", "stores", "met"),
    [
        (DistanceMode.DISTANCE, 480, 2, False),
        (DistanceMode.DISTANCE, 499, 2, False),
        (DistanceMode.DISTANCE, 500, 9, True),  # 以上 includes 500
        (DistanceMode.POPULATION, 480, 3, False),  # floor(95,000 / 30,000) = 3: full
        (DistanceMode.POPULATION, 480, 2, True),  # one place left
        (DistanceMode.OR, 480, 2, True),
        (DistanceMode.OR, 480, 3, False),
        (DistanceMode.AND, 500, 3, False),
        (DistanceMode.AND, 500, 2, True),
    ],
)
def test_m11_4_worked_example_of_distance_and_population(
    mode: DistanceMode, distance: int, stores: int, met: bool
) -> None:
    checks = rules.site(
        replace(WHERE, distance_m=distance, stores=stores), P.model_copy(update={"distance_mode": mode})
    )
    assert checks[0].met is met
    assert rules.places_left(95_000, 2, 30_000) == 1


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"area_m2": 59}, "area"),
        ({"turnover_fen": 10 * WAN - 1}, "turnover"),
        ({"busy": False}, "place"),
        ({"footfall": False}, "place"),
        ({"competition": True}, "competition"),
    ],
)
def test_m11_4_and_m11_6_the_site(change: dict[str, object], failed: str) -> None:
    assert rules.failed(rules.site(WHERE, P)) == []
    assert [c.name for c in rules.failed(rules.site(replace(WHERE, **change), P))] == [failed]  # type: ignore[arg-type]


def test_m11_10_and_m11_11_responsibilities_and_the_term() -> None:
    whole = {"costs": seed.COSTS, "unified": seed.UNIFIED, "legal": ("representative", "liability")}
    assert rules.missing_responsibilities(whole) == []
    assert rules.missing_responsibilities(whole | {"unified": seed.UNIFIED[1:]}) == ["unified:name_and_brand"]
    assert len(rules.missing_responsibilities({})) == 15
    assert rules.end_of_term(date(2026, 3, 9), 3) == date(2029, 3, 8)
    assert rules.end_of_term(date(2028, 2, 29), 3) == date(2031, 2, 28)


def test_the_law_warns_and_stops_nothing() -> None:
    signed = date(2026, 4, 8)
    assert rules.warnings(date(2026, 3, 9), signed, 3, True, P.model_copy(update={"own_stores": 2})) == []  # 30 days
    assert rules.warnings(date(2026, 3, 10), signed, 2, False, P) == [
        "disclosure",
        "own_stores",
        "short_term",
        "cooling_off",
    ]
