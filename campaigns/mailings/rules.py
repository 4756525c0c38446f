"""What a mailing brought, against those whom chance held back. PURE."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959964
"""19 cases of 20."""


@dataclass(frozen=True, slots=True)
class Share:
    """`bought` of `people`, with the interval of Wilson (1927)."""

    people: int
    bought: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Lift:
    """The share of buyers among the mailed minus that among the control group.

    The interval is Newcombe's (1998, method 10): it holds for small groups and for shares near 0.
    """

    mailed: Share
    control: Share
    lift: float
    low: float
    high: float
    more_buyers: float
    """Buyers among the mailed who would not have bought without, with `more_low` and `more_high`."""
    more_low: float
    more_high: float
    proven: bool
    """The interval lies on one side of 0."""


def share(people: int, bought: int) -> Share:
    """Raises ValueError unless 0 ≤ bought ≤ people and people > 0."""
    if people <= 0 or not 0 <= bought <= people:
        raise ValueError(f"{bought} of {people}")
    p, z2 = bought / people, _Z * _Z
    middle = (p + z2 / (2 * people)) / (1 + z2 / people)
    half = _Z * math.sqrt(p * (1 - p) / people + z2 / (4 * people * people)) / (1 + z2 / people)
    return Share(people, bought, p, max(0.0, middle - half), min(1.0, middle + half))


def lift(mailed: int, mailed_bought: int, control: int, control_bought: int) -> Lift | None:
    """None where one of the groups is empty: nothing can be compared."""
    if mailed <= 0 or control <= 0:
        return None
    one, other = share(mailed, mailed_bought), share(control, control_bought)
    difference = one.share - other.share
    low = difference - math.hypot(one.share - one.low, other.high - other.share)
    high = difference + math.hypot(one.high - one.share, other.share - other.low)
    return Lift(
        mailed=one,
        control=other,
        lift=difference,
        low=low,
        high=high,
        more_buyers=difference * mailed,
        more_low=low * mailed,
        more_high=high * mailed,
        proven=low > 0 or high < 0,
    )
