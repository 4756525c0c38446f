"""PURE: arithmetic on money. Integers of fen; half up once per line; shares compared by cross-multiplication."""

from __future__ import annotations

from fractions import Fraction


def half_up(value: Fraction) -> int:
    """Whole fen, halves away from zero (the merchant's rounding, as `ROUND_HALF_UP`)."""
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value.numerator) + value.denominator) // (2 * value.denominator))


def times(fen: int, numerator: int, denominator: int) -> int:
    """`fen × numerator / denominator`, rounded once."""
    return half_up(Fraction(fen * numerator, denominator))


def per_million(fen: int, rate: int, *, days: int = 1, year_days: int = 1) -> int:
    """`fen × rate/1,000,000 × days/year_days`: rates are integers of millionths, so 18 % is 180,000."""
    return half_up(Fraction(fen * rate * days, 1_000_000 * year_days))


def at_least_share(part: int, whole: int, numerator: int, denominator: int) -> bool:
    """`part/whole >= numerator/denominator` without a division (以上 includes the number)."""
    return part * denominator >= whole * numerator


def more_than_share(part: int, whole: int, numerator: int, denominator: int) -> bool:
    """`part/whole > numerator/denominator` (超过 excludes the number)."""
    return part * denominator > whole * numerator


def first_come(amount: int, places: list[int]) -> list[int]:
    """Spread `amount` over `places` (what each can still take), filling the first ones first."""
    out = []
    for place in places:
        part = min(max(place, 0), amount)
        out.append(part)
        amount -= part
    return out
