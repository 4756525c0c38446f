"""PURE: which steps an approval takes, who may decide, and what a verdict leads to."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move
from backoffice.kit.words import words


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class TaskState(StrEnum):
    WAITING = "waiting"  # an earlier step is not done
    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    FORWARDED = "forwarded"  # its successor is another task of the same step
    CLOSED = "closed"  # the approval ended without it


_A = ApprovalState

APPROVAL: Machine[ApprovalState] = Machine(
    "approval",
    ApprovalState,
    _A.PENDING,
    (
        # Who may agree is a question of the task, not of the table: see `refusal`.
        Move("agree", (_A.PENDING,), _A.PENDING),
        Move("forward", (_A.PENDING,), _A.PENDING),
        Move("complete", (_A.PENDING,), _A.APPROVED),
        Move("reject", (_A.PENDING,), _A.REJECTED),
        Move("withdraw", (_A.PENDING,), _A.WITHDRAWN),
        Move("void", (_A.PENDING, _A.APPROVED), _A.VOIDED),
    ),
)

words(
    approval=("审批", "approval"),
    pending=("审批中", "pending"),
    approved=("已批准", "approved"),
    rejected=("已驳回", "rejected"),
    withdrawn=("已撤回", "withdrawn"),
    voided=("已作废", "voided"),
    agree=("同意", "agree"),
    reject=("驳回", "reject"),
    forward=("转交", "forward"),
    withdraw=("撤回", "withdraw"),
    void=("作废", "void"),
    complete=("完成", "complete"),
)


@dataclass(frozen=True, slots=True)
class Band:
    """One rule: amounts over `over_fen` (excluded) up to `up_to_fen` (included; None: without end).

    `steps` are taken in order; the roles of one step give their opinions side by side, and all must agree.
    """

    rule_id: UUID
    over_fen: int
    up_to_fen: int | None
    steps: tuple[frozenset[OfficeRole], ...]


def choose(bands: Iterable[Band], amount_fen: int, levels_up: int = 0) -> Band | None:
    """The band of `amount_fen`, `levels_up` bands higher (a deviation goes one level up; the top stays the top).

    None: nobody has said who approves such an amount.
    """
    ordered = sorted(bands, key=lambda band: band.over_fen)
    for at, band in enumerate(ordered):
        if amount_fen > band.over_fen and (band.up_to_fen is None or amount_fen <= band.up_to_fen):
            return ordered[min(at + levels_up, len(ordered) - 1)]
    return None


def overlap(bands: Sequence[Band]) -> tuple[Band, Band] | None:
    """Two bands that both claim an amount, or None."""
    ordered = sorted(bands, key=lambda band: band.over_fen)
    for lower, upper in itertools.pairwise(ordered):
        if lower.up_to_fen is None or lower.up_to_fen > upper.over_fen:
            return lower, upper
    return None


@dataclass(frozen=True, slots=True)
class Absence:
    """`absent` has asked the decider to stand in, in one duty or (None) in all of them."""

    absent: UUID
    role: OfficeRole | None
    roles_of_absent: frozenset[OfficeRole]


@dataclass(frozen=True, slots=True)
class Task:
    id: UUID
    step: int
    role: OfficeRole
    state: TaskState
    assignee: UUID | None = None


class Refusal(StrEnum):
    NOT_OPEN = "not_open"
    MAKER = "maker"
    NOT_THEIRS = "not_theirs"
    ALREADY_SPOKE = "already_spoke"


@dataclass(frozen=True, slots=True)
class Standing:
    """The right to decide: in one's own name, or for somebody absent."""

    acting_for: UUID | None


def standing(
    task: Task,
    maker: UUID,
    spoken: frozenset[UUID],
    decider: UUID,
    roles: frozenset[OfficeRole],
    absences: Sequence[Absence] = (),
) -> Standing | Refusal:
    """Whether `decider` may give the verdict of `task`.

    The maker never may, in nobody's name; nor may anybody act in the maker's name. One person gives one
    verdict on one approval: a second signature by the same hand is no second opinion (`spoken` are those who
    gave a verdict or had one given in their name).
    """
    if task.state is not TaskState.OPEN:
        return Refusal.NOT_OPEN
    if decider == maker:
        return Refusal.MAKER
    if decider in spoken:
        return Refusal.ALREADY_SPOKE
    if task.assignee == decider or (task.assignee is None and task.role in roles):
        return Standing(None)
    for absence in absences:
        covers = absence.role in (None, task.role) and task.role in absence.roles_of_absent
        meant = task.assignee in (None, absence.absent)
        if covers and meant and absence.absent != maker and absence.absent not in spoken:
            return Standing(absence.absent)
    return Refusal.NOT_THEIRS


def first_task(
    tasks: Sequence[Task],
    maker: UUID,
    spoken: frozenset[UUID],
    decider: UUID,
    roles: frozenset[OfficeRole],
    absences: Sequence[Absence] = (),
) -> tuple[Task, Standing] | Refusal:
    """The open task that is theirs to decide, or why there is none."""
    refusals = []
    for task in tasks:
        found = standing(task, maker, spoken, decider, roles, absences)
        if isinstance(found, Standing):
            return task, found
        if found is not Refusal.NOT_OPEN:
            refusals.append(found)
    return refusals[0] if refusals else Refusal.NOT_OPEN


def next_step(tasks: Sequence[Task], current: int) -> int | None:
    """After a verdict of agreement: the step to open now, `current` while opinions are missing, None at the end."""
    if any(task.step == current and task.state is TaskState.OPEN for task in tasks):
        return current
    later = [task.step for task in tasks if task.step > current]
    return min(later) if later else None


def unmanned(
    steps: Iterable[frozenset[OfficeRole]], holders: Mapping[OfficeRole, frozenset[UUID]], maker: UUID
) -> OfficeRole | None:
    """The first duty that nobody but the maker holds: such an approval could never end."""
    for step in steps:
        for role in sorted(step):
            if not holders.get(role, frozenset()) - {maker}:
                return role
    return None
