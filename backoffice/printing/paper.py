"""PURE: what a paper is made of. See the package's docstring for how a room writes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Both:
    """A text that is different in each language."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Money:
    fen: int


@dataclass(frozen=True, slots=True)
class Code:
    """A state, kind or method: the word of kit/words.py for it. `of`: whose state it is."""

    code: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Percent:
    """Hundredths of a percent: 2,340 is 23.40 %."""

    basis_points: int


Label: TypeAlias = "str | Both"
"""A code of kit/words.py, or the words themselves."""
Value: TypeAlias = "str | int | bool | date | datetime | Money | Code | Percent | Both | None"


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels with their values, `columns` pairs beside each other."""

    pairs: Sequence[tuple[Label, Value]]
    title: Label | None = None
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """`headings` and rows of as many values; `foot`: the last line, for sums. `widths`: shares, default equal."""

    headings: Sequence[Label]
    rows: Sequence[Sequence[Value]]
    foot: Sequence[Value] = ()
    title: Label | None = None
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs: a new line begins a new one."""

    text: str | Both
    title: Label | None = None


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signed in which capacity and when; without a name there is a line to sign on."""

    lines: Sequence[tuple[Label, str | None, date | None]]


Block: TypeAlias = "Fields | Table | Text | Signatures"


@dataclass(frozen=True, slots=True)
class Revision:
    """修改记录: one line of the revision log. `what`: what the next revision changed."""

    revision: int
    approved_on: date | None
    what: str


@dataclass(frozen=True, slots=True)
class Control:
    """The head and foot of a controlled document (受控文件), as the source has them."""

    revision: int
    state: Code
    executing_department: str = ""
    supervising_department: str = ""
    verifying_department: str = ""
    made_by: str | None = None
    made_on: date | None = None
    checked_by: str | None = None
    checked_on: date | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    log: Sequence[Revision] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """Whose paper it is (settings of the room `company`)."""

    name: Both = field(default_factory=lambda: Both("", ""))
    address: Both = field(default_factory=lambda: Both("", ""))
    phone: str = ""
    bank: Both = field(default_factory=lambda: Both("", ""))
    """Where customers pay to."""


@dataclass(frozen=True, slots=True)
class Paper:
    title: Both
    number: str
    blocks: Sequence[Block]
    on: date | None = None
    """The date in the head, beside the number."""
    status: Code | None = None
    control: Control | None = None
    landscape: bool = False
    to: str = ""
    """Whom it is addressed to: a customer's legal name."""
    show_bank: bool = False
    """Whether the foot says where to pay to."""
