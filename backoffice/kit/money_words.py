"""PURE: an amount in a sentence."""

from __future__ import annotations

from callcenter.kit.money import yuan


def amount_words(fen: int) -> str:
    """`¥1,234.56`."""
    return f"¥{yuan(fen)}"
