"""From which of several lists does the next call come? PURE.

The quota method of Balinski and Young (1975), in whole numbers: of those whose calls are still below their share of all
calls including the next one, the next call is given to the list with the largest share for each call that it would
then have. At any moment each list has had its exact share, rounded down or up: it is never a whole call away from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a mix."""

    campaign_id: UUID
    weight: int
    """Its share is this, divided by the sum of the weights of those that take turns with it."""
    priority: int = 1
    """1 is served first; 2 gets a call only when every list of 1 has nobody to call, and so on."""
    given: int = 0
    """Calls of the present round. A round ends when a list runs out of people, or has some again."""
    dry: bool = False
    """It had nobody to call at the last look."""


def next_turn(parts: Sequence[Part]) -> int:
    """Whose turn it is: an index. All `parts` have somebody to call and the same priority; the first wins a tie."""
    calls, weights = sum(one.given for one in parts) + 1, sum(one.weight for one in parts)
    below = [n for n, one in enumerate(parts) if one.given * weights < one.weight * calls]
    return max(below, key=lambda n: Fraction(parts[n].weight, parts[n].given + 1))


def turns(parts: Sequence[Part], calls: int) -> list[int]:
    """How many of the next `calls` calls come from each of `parts`."""
    if not parts:
        return []
    after = list(parts)
    for _ in range(calls):
        n = next_turn(after)
        after[n] = replace(after[n], given=after[n].given + 1)
    return [now.given - before.given for now, before in zip(after, parts, strict=True)]


def levels(parts: Sequence[Part]) -> list[list[Part]]:
    """By priority, the first first; within one in the order given."""
    return [[one for one in parts if one.priority == level] for level in sorted({one.priority for one in parts})]
