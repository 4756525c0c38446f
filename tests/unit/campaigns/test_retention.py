"""How long personal data is kept: the least that law allows, on both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.kit.errors import BadInput
from campaigns.retention.rules import TERMS, Kind, check, older_than


@pytest.mark.parametrize(
    ("kind", "least", "usual"),
    [(Kind.CARDS, 30, 180), (Kind.NOTES, 180, 1095), (Kind.CALL_NUMBERS, 1826, 1826), (Kind.CUSTOMERS, 365, 1095)],
)
def test_never_less_than_the_law_lets(kind: Kind, least: int, usual: int) -> None:
    assert (TERMS[kind].least_days, TERMS[kind].usual_days) == (least, usual)
    assert check(kind, least) == least
    with pytest.raises(BadInput) as refused:
        check(kind, least - 1)
    assert str(least) in refused.value.sentence("zh")
    assert str(least) in refused.value.sentence("en")


def test_five_years_hold_a_leap_day() -> None:
    """A call of 29 February 2024 is kept on 27 February 2029, and goes the day after."""
    call = datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert not call < older_than(datetime(2029, 2, 28, 10, tzinfo=UTC), 1826)
    assert call < older_than(datetime(2029, 2, 28, 10, 0, 1, tzinfo=UTC), 1826)
    assert datetime(2029, 2, 28, 10, tzinfo=UTC) - call == timedelta(days=1826)


def test_every_kind_says_why_in_both_languages() -> None:
    assert set(TERMS) == set(Kind)
    assert all(term.why_zh and term.why_en for term in TERMS.values())
