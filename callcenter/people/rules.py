"""Judgements about people, sign-in and browsers: plain values in, a decision (or its reason) out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

MIN_PASSWORD = 10
"""Characters."""
MAX_PASSWORD = 200
"""Characters: hashing a longer one would be a way to keep the server busy."""

WINDOW = timedelta(minutes=15)
"""For how long a failed sign-in counts."""
MAX_FAILURES_OF_LOGIN = 5
MAX_FAILURES_OF_ADDRESS = 50
"""A whole call centre signs in from one address at nine o'clock; a machine that guesses passes this in seconds."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

# What people write when they are told "at least ten characters"; compared without case.
_OBVIOUS = frozenset(
    {
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "p@ssw0rd123",
        "admin12345",
        "admin123456",
        "administrator",
        "callcenter",
        "callcenter1",
        "callcenter123",
        "changeme123",
        "changemenow",
        "letmein123",
        "welcome123",
        "welcome1234",
        "iloveyou123",
        "woaini1314",
        "woaini1314520",
        "woaini520520",
        "5201314520",
        "1314520520",
        "qq123456789",
        "abc123456789",
        "abcd123456",
        "a123456789",
        "aa12345678",
        "aa123456789",
        "1q2w3e4r5t",
        "q1w2e3r4t5",
        "1qaz2wsx3edc",
        "zaq12wsxcde3",
        "qazwsxedcrfv",
    }
)
_ROWS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
)


@dataclass(frozen=True, slots=True)
class PasswordProblem:
    """Why a password is not taken, as a code and in both languages; no trailing full stop."""

    code: str
    zh: str
    en: str


TOO_SHORT = PasswordProblem(
    "too_short", f"密码至少需要 {MIN_PASSWORD} 个字符", f"it needs at least {MIN_PASSWORD} characters"
)
TOO_LONG = PasswordProblem(
    "too_long", f"密码最多 {MAX_PASSWORD} 个字符", f"it may have at most {MAX_PASSWORD} characters"
)
IS_LOGIN = PasswordProblem("is_login", "密码不能包含登录名", "it must not contain the login")
OBVIOUS = PasswordProblem("obvious", "该密码太常见，容易被猜中", "it is among the first that anyone would guess")


def password_problem(password: str, login: str) -> PasswordProblem | None:
    """Why `password` is not good enough for the person with this `login`; None when it is."""
    if len(password) < MIN_PASSWORD:
        return TOO_SHORT
    if len(password) > MAX_PASSWORD:
        return TOO_LONG
    plain, name = password.casefold(), login.casefold()
    if name and (plain == name or (len(name) >= 4 and name in plain)):
        return IS_LOGIN
    if plain in _OBVIOUS or _is_repetition(plain) or any(plain in row for row in _ROWS):
        return OBVIOUS
    return None


def _is_repetition(text: str) -> bool:
    """`aaaaaaaaaa`, `abababababab`, `1231231231`: a short piece written again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(5, len(text) // 2 + 1)))


def wait_seconds(failures: Sequence[datetime], allowed: int, now: datetime) -> int:
    """Whole seconds until one more attempt is allowed; 0 when it is allowed now.

    `failures`: instants of the failed attempts of one login or one address, in any order.
    """
    counted = sorted(at for at in failures if at > now - WINDOW)
    if len(counted) < allowed:
        return 0
    frees = counted[len(counted) - allowed] + WINDOW
    return max(1, -int((now - frees).total_seconds() // 1))


def origin_allowed(origin: str | None, *, host: str | None, public_url: str | None) -> bool:
    """Whether a request that a page at `origin` made belongs to this installation.

    With `public_url` set, only that; otherwise the page must come from the very address (host and port) that
    the request asks for. None (no browser page) is for the caller to judge: it is not allowed here.
    """
    if not origin or origin == "null":
        return False
    if public_url:
        return _site(origin) == _site(public_url)
    return bool(host) and urlsplit(origin).netloc.lower() == (host or "").lower()


def _site(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return "", None, None
    return parts.scheme.lower(), parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme.lower())


def cross_site(
    method: str, origin: str | None, fetch_site: str | None, *, host: str | None, public_url: str | None
) -> bool:
    """Whether a request is one that a foreign page makes with our visitor's cookie.

    Browsers send Origin with everything that changes something; programs without a browser send neither
    header, carry no cookie they were not given, and are let through.
    """
    if method.upper() in SAFE_METHODS:
        return False
    if origin is not None:
        return not origin_allowed(origin, host=host, public_url=public_url)
    return fetch_site not in (None, "same-origin", "none")
