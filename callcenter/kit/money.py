"""Money is an integer number of fen. Words for people are made here, nowhere else."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MAX_FEN = 10**15


def yuan(fen: int) -> str:
    """`123456` → `1,234.56`."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def parse_yuan(text: str) -> int:
    """`1,234.56` → `123456` fen. Raises ValueError on anything that is no amount with at most two decimals."""
    try:
        amount = Decimal(text.strip().replace(",", "").removeprefix("¥"))
    except InvalidOperation:
        raise ValueError(f"'{text}' is no amount") from None
    fen = amount * 100
    if not fen.is_finite() or fen != fen.to_integral_value() or abs(fen) > MAX_FEN:
        raise ValueError(f"'{text}' is no amount in yuan and fen")
    return int(fen)


def round_fen(amount: Decimal) -> int:
    """Half up to whole fen, once per line."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
