"""Where a number may be: the time zones of its region, for customers whose own zone is only a guess."""

from __future__ import annotations

from functools import lru_cache

from phonenumbers.tzdata import TIMEZONE_DATA

from campaigns.schedule.windows import zone

REGION_CHARS = 5
"""Leading characters of an E.164 number (with its plus) that are looked at: coarse, hence strict."""


@lru_cache(maxsize=4096)
def zones_of_region(prefix: str) -> tuple[str, ...]:
    """Zones of the numbers that begin with `prefix` (`+86`, `+1212`): all that any of them may be in."""
    digits = prefix.removeprefix("+")
    for length in range(len(digits), 0, -1):
        names = TIMEZONE_DATA.get(digits[:length])
        if names:
            return tuple(name for name in names if _known(name))
    return ()


def _known(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True


def possible_zones(phone: str, *, timezone_known: bool) -> tuple[str, ...]:
    """Empty when the customer's own zone is known."""
    return () if timezone_known else zones_of_region(phone[:REGION_CHARS])
