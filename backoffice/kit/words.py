"""PURE: the words of states, commands and columns, in both languages; exports and sentences use them.

A test holds that every state and command of every machine is here.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}


def words(**given: tuple[str, str]) -> None:
    """Add words; the same code must not mean two things."""
    for code, pair in given.items():
        if WORDS.setdefault(code, pair) != pair:
            raise ValueError(f"'{code}' has two meanings: {WORDS[code]} and {pair}")


def word(code: str, lang: str, of: str = "") -> str:
    """The word for `code`, or the code itself with spaces when nobody named it.

    `of`: the thing or list whose state it is; `budget.state.issued` comes before `issued` (of an invoice, say).
    """
    pair = WORDS.get(f"{of}.state.{code}") or WORDS.get(code)
    if pair is None:
        return code.replace("_", " ")
    return pair[0] if lang == "zh" else pair[1]
