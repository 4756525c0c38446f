"""Who approves what: pure tables."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from backoffice.approvals.rules import (
    Absence,
    Band,
    Refusal,
    Standing,
    Task,
    TaskState,
    choose,
    first_task,
    next_step,
    overlap,
    standing,
    unmanned,
)
from backoffice.kit.duties import OfficeRole

SM, CMO, GM, FIN, LEGAL = OfficeRole.SM, OfficeRole.CMO, OfficeRole.GM, OfficeRole.FIN, OfficeRole.LEGAL
A, B, C, MAKER = (UUID(int=n) for n in range(1, 5))


def band(over: int, up_to: int | None, *roles: OfficeRole) -> Band:
    return Band(uuid4(), over, up_to, tuple(frozenset({role}) for role in roles))


LOW, MIDDLE, HIGH = band(-1, 200_000, SM), band(200_000, 2_000_000, CMO), band(2_000_000, None, GM)


@pytest.mark.parametrize(
    ("amount", "up", "expected"),
    [
        (0, 0, LOW),
        (200_000, 0, LOW),  # up to and including 2,000.00 (以内 includes)
        (200_001, 0, MIDDLE),
        (2_000_000, 0, MIDDLE),
        (2_000_001, 0, HIGH),
        (200_000, 1, MIDDLE),  # a deviation goes one level higher
        (2_000_001, 1, HIGH),  # and the top stays the top
    ],
)
def test_the_band_of_an_amount(amount: int, up: int, expected: Band) -> None:
    assert choose([HIGH, LOW, MIDDLE], amount, up) is expected


def test_an_amount_nobody_may_approve_has_no_band() -> None:
    assert choose([LOW], 200_001) is None


def test_bands_must_not_overlap() -> None:
    assert overlap([LOW, MIDDLE, HIGH]) is None
    assert overlap([LOW, band(199_999, None, GM)]) is not None
    assert overlap([band(-1, None, SM), band(5, None, GM)]) is not None


def task(state: TaskState = TaskState.OPEN, *, role: OfficeRole = SM, step: int = 1, to: UUID | None = None) -> Task:
    return Task(uuid4(), step, role, state, to)


NOBODY: frozenset[UUID] = frozenset()


@pytest.mark.parametrize(
    ("case", "given", "expected"),
    [
        ("the duty decides", (task(), MAKER, NOBODY, A, {SM}, []), Standing(None)),
        ("another duty does not", (task(), MAKER, NOBODY, A, {FIN}, []), Refusal.NOT_THEIRS),
        ("the maker never, whatever duty", (task(), MAKER, NOBODY, MAKER, {SM, GM}, []), Refusal.MAKER),
        ("not before its step", (task(TaskState.WAITING), MAKER, NOBODY, A, {SM}, []), Refusal.NOT_OPEN),
        ("not twice by one hand", (task(), MAKER, {A}, A, {SM}, []), Refusal.ALREADY_SPOKE),
        ("forwarded: only to whom", (task(to=B), MAKER, NOBODY, A, {SM}, []), Refusal.NOT_THEIRS),
        ("forwarded: they do", (task(to=A), MAKER, NOBODY, A, {SM}, []), Standing(None)),
        ("deputy in all duties", (task(), MAKER, NOBODY, A, set(), [Absence(B, None, frozenset({SM}))]), Standing(B)),
        ("deputy in this duty", (task(), MAKER, NOBODY, A, set(), [Absence(B, SM, frozenset({SM}))]), Standing(B)),
        (
            "deputy in another duty",
            (task(), MAKER, NOBODY, A, set(), [Absence(B, FIN, frozenset({SM, FIN}))]),
            Refusal.NOT_THEIRS,
        ),
        (
            "nobody gives what they lost",
            (task(), MAKER, NOBODY, A, set(), [Absence(B, SM, frozenset())]),
            Refusal.NOT_THEIRS,
        ),
        (
            "never in the maker's name",
            (task(), MAKER, NOBODY, A, set(), [Absence(MAKER, None, frozenset({SM}))]),
            Refusal.NOT_THEIRS,
        ),
        (
            "nor in the name of one who spoke",
            (task(), MAKER, {B}, A, set(), [Absence(B, None, frozenset({SM}))]),
            Refusal.NOT_THEIRS,
        ),
        ("the maker as deputy", (task(), MAKER, NOBODY, MAKER, set(), [Absence(B, None, {SM})]), Refusal.MAKER),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_may_decide(case: str, given: tuple, expected: Standing | Refusal) -> None:  # type: ignore[type-arg]
    at, maker, spoken, who, roles, absences = given
    assert standing(at, maker, frozenset(spoken), who, frozenset(roles), absences) == expected, case


def test_of_parallel_tasks_one_takes_the_own_one() -> None:
    tasks = [task(role=LEGAL, step=2), task(role=FIN, step=2)]
    found = first_task(tasks, MAKER, NOBODY, A, frozenset({FIN}))
    assert isinstance(found, tuple)
    assert found[0].role is FIN


def test_a_step_is_done_when_all_its_opinions_are_there() -> None:
    agreed, open_, waiting = TaskState.AGREED, TaskState.OPEN, TaskState.WAITING
    two = [task(agreed, step=1), task(open_, step=1, role=FIN), task(waiting, step=2)]
    assert next_step(two, 1) == 1
    one = [task(agreed, step=1), task(TaskState.FORWARDED, step=1), task(waiting, step=3)]
    assert next_step(one, 1) == 3
    assert next_step([task(agreed, step=3)], 3) is None


def test_an_approval_that_could_never_end_is_seen_before_it_starts() -> None:
    steps = [frozenset({SM}), frozenset({GM})]
    assert unmanned(steps, {SM: frozenset({A}), GM: frozenset({MAKER})}, MAKER) is GM
    assert unmanned(steps, {SM: frozenset({A, MAKER}), GM: frozenset({B})}, MAKER) is None
