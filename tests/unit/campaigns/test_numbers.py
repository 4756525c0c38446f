"""Which of a person's numbers is called next."""

from __future__ import annotations

import pytest

from campaigns.leads.rules import Choice, Tried, next_number
from crm_sync.customers.rules import NumberState

OWN, HOME, WORK = Choice("own"), Choice("home", 1), Choice("work", 2)
DEAD, WRONG = NumberState.UNALLOCATED, NumberState.WRONG_PERSON


@pytest.mark.parametrize(
    ("numbers", "tried", "barred", "expected"),
    [
        ([OWN], {}, (), "own"),
        ([HOME, OWN, WORK], {}, (), "own"),  # the person's own number first, however they are listed
        ([OWN, HOME, WORK], {"own": Tried(1)}, (), "home"),  # not reached: the next one
        ([OWN, HOME, WORK], {"own": Tried(1), "home": Tried(1)}, (), "work"),
        ([OWN, HOME, WORK], {"own": Tried(1), "home": Tried(1), "work": Tried(1)}, (), "own"),  # and from the first
        ([OWN, HOME], {"own": Tried(1), "home": Tried(3, reached=True)}, (), "home"),  # where they were reached
        ([Choice("own", 0, DEAD), HOME], {}, (), "home"),
        ([Choice("own", 0, WRONG), HOME], {}, (), "home"),
        ([Choice("own", 0, DEAD)], {}, (), None),
        ([Choice("own", 0, DEAD), Choice("home", 1, WRONG)], {}, (), None),
        ([OWN, HOME], {"own": Tried(1)}, ("home",), "own"),  # on the do-not-call list: not that one
        ([OWN], {}, ("own",), None),
        ([Choice("home", 1, DEAD), OWN], {"own": Tried(9, reached=True)}, (), "own"),
    ],
)
def test_the_next_number(
    numbers: list[Choice], tried: dict[str, Tried], barred: tuple[str, ...], expected: str | None
) -> None:
    assert next_number(numbers, tried, barred) == expected
