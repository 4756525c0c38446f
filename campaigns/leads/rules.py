"""Which of a person's numbers is called next. PURE."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from crm_sync.customers.rules import NumberState


@dataclass(frozen=True, slots=True)
class Tried:
    """What one lead's calls to one number came to."""

    calls: int = 0
    reached: bool = False
    """The person themselves was spoken to at this number."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A number as the choice sees it. `position` 0 is the person's own."""

    phone: str
    position: int = 0
    state: NumberState = NumberState.USABLE


def next_number(numbers: Sequence[Choice], tried: Mapping[str, Tried], barred: Collection[str]) -> str | None:
    """The number to call: where the person was reached before, else the one tried least, else by position.

    Never a dead one, somebody else's, or one on the do-not-call list (`barred`). None: there is none to call.
    """
    usable = [one for one in numbers if one.state is NumberState.USABLE and one.phone not in barred]
    if not usable:
        return None
    nothing = Tried()

    def rank(one: Choice) -> tuple[bool, int, int]:
        so_far = tried.get(one.phone, nothing)
        return (not so_far.reached, so_far.calls, one.position)

    return min(usable, key=rank).phone
