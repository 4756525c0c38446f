"""Passwords, waits and origins, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.people import rules
from callcenter.people.rules import IS_LOGIN, OBVIOUS, TOO_LONG, TOO_SHORT

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("password", "login", "problem"),
    [
        ("correct horse battery", "li.na", None),
        ("春天的手册已经寄到了", "li.na", None),
        ("x" * 4 + "7e9fk2", "li.na", None),
        ("short", "li.na", TOO_SHORT),
        ("九个字的密码不够长", "li.na", TOO_SHORT),
        ("a1" * 101, "li.na", TOO_LONG),
        ("li.na.2026.spring", "li.na", IS_LOGIN),
        ("LI.NA.2026.spring", "li.na", IS_LOGIN),
        ("administrator1", "administrator1", IS_LOGIN),
        ("al7 kilometres", "al", None),  # two letters are in half of all sentences
        ("password123", "li.na", OBVIOUS),
        ("Password123", "li.na", OBVIOUS),
        ("1234567890", "li.na", OBVIOUS),
        ("0987654321", "li.na", OBVIOUS),
        ("aaaaaaaaaaaa", "li.na", OBVIOUS),
        ("abababababab", "li.na", OBVIOUS),
        ("1231231231", "li.na", OBVIOUS),
        ("qwertyuiop", "li.na", OBVIOUS),
        ("abcdefghijkl", "li.na", OBVIOUS),
        ("5201314520", "li.na", OBVIOUS),
    ],
)
def test_a_password_is_taken_or_refused_with_the_reason(
    password: str, login: str, problem: rules.PasswordProblem | None
) -> None:
    assert rules.password_problem(password, login) == problem


@pytest.mark.parametrize(
    ("minutes_ago", "allowed", "seconds"),
    [
        ([], 5, 0),
        ([1, 2, 3, 4], 5, 0),
        ([1, 2, 3, 4, 5], 5, 600),
        ([1, 2, 3, 4, 15], 5, 0),  # the oldest no longer counts
        ([1, 2, 3, 4, 14], 5, 60),
        ([1, 2, 3, 4, 5, 6], 5, 600),  # one place is free when the fifth newest leaves
        ([0], 1, 900),
    ],
)
def test_the_wait_ends_when_one_more_attempt_has_room(minutes_ago: list[int], allowed: int, seconds: int) -> None:
    failures = [NOW - n * MINUTE for n in minutes_ago]
    assert rules.wait_seconds(failures, allowed, NOW) == seconds


@given(
    ages=st.lists(st.floats(min_value=0, max_value=2000, allow_nan=False), max_size=12),
    allowed=st.integers(min_value=1, max_value=6),
)
def test_after_the_announced_wait_an_attempt_is_allowed_and_not_before(ages: list[float], allowed: int) -> None:
    failures = [NOW - timedelta(seconds=age) for age in ages]
    wait = rules.wait_seconds(failures, allowed, NOW)
    assert rules.wait_seconds(failures, allowed, NOW + timedelta(seconds=wait)) == 0
    if wait > 1:
        assert rules.wait_seconds(failures, allowed, NOW + timedelta(seconds=wait - 1)) > 0


@pytest.mark.parametrize(
    ("origin", "host", "public_url", "allowed"),
    [
        ("https://calls.example", "inside:8000", "https://calls.example", True),
        ("https://calls.example", "inside:8000", "https://calls.example/", True),
        ("https://calls.example:443", "x", "https://calls.example", True),
        ("https://CALLS.example", "x", "https://calls.example", True),
        ("http://calls.example", "x", "https://calls.example", False),
        ("https://calls.example.evil", "x", "https://calls.example", False),
        ("https://calls.example:8443", "x", "https://calls.example", False),
        ("https://calls.example:nonsense", "x", "https://calls.example", False),
        ("http://localhost:8000", "localhost:8000", None, True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", None, True),
        ("http://localhost:9000", "localhost:8000", None, False),
        ("http://evil.example", "localhost:8000", None, False),
        ("null", "null", None, False),
        ("", "", None, False),
        (None, "localhost:8000", None, False),
        ("http://localhost:8000", None, None, False),
    ],
)
def test_an_origin_is_ours_or_not(origin: str | None, host: str | None, public_url: str | None, allowed: bool) -> None:
    assert rules.origin_allowed(origin, host=host, public_url=public_url) is allowed


@pytest.mark.parametrize(
    ("method", "origin", "fetch_site", "refused"),
    [
        ("GET", "http://evil.example", "cross-site", False),
        ("POST", "http://evil.example", "cross-site", True),
        ("POST", "http://ours:1", "same-origin", False),
        ("POST", None, None, False),  # no browser
        ("POST", None, "cross-site", True),
        ("POST", None, "same-site", True),
        ("POST", None, "same-origin", False),
        ("DELETE", "null", None, True),
    ],
)
def test_a_foreign_page_changes_nothing(method: str, origin: str | None, fetch_site: str | None, refused: bool) -> None:
    assert rules.cross_site(method, origin, fetch_site, host="ours:1", public_url=None) is refused
