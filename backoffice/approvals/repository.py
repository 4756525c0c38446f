"""Queries of approvals."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlmodel import col

from backoffice.approvals.models import Approval, ApprovalRule, ApprovalRuleStep, ApprovalTask, Delegation
from backoffice.approvals.rules import Absence, Band, Task, TaskState
from backoffice.kit.duties import OfficeRole
from backoffice.roles import service as roles
from callcenter.kit.db import Session


async def bands(session: Session, kind: str) -> list[Band]:
    rules = (await session.scalars(select(ApprovalRule).where(col(ApprovalRule.kind) == kind))).all()
    steps = await session.scalars(
        select(ApprovalRuleStep)
        .where(col(ApprovalRuleStep.rule_id).in_([rule.id for rule in rules]))
        .order_by(col(ApprovalRuleStep.step))
    )
    of_rule: dict[UUID, dict[int, set[OfficeRole]]] = {}
    for step in steps:
        of_rule.setdefault(step.rule_id, {}).setdefault(step.step, set()).add(OfficeRole(step.role))
    return [
        Band(rule.id, rule.over_fen, rule.up_to_fen, tuple(frozenset(r) for r in of_rule.get(rule.id, {}).values()))
        for rule in sorted(rules, key=lambda rule: rule.over_fen)
    ]


async def replace_bands(session: Session, kind: str, new: list[Band]) -> None:
    await session.execute(delete(ApprovalRule).where(col(ApprovalRule.kind) == kind))
    session.add_all(
        ApprovalRule(id=band.rule_id, kind=kind, over_fen=band.over_fen, up_to_fen=band.up_to_fen) for band in new
    )
    await session.flush()
    session.add_all(
        ApprovalRuleStep(rule_id=band.rule_id, step=number, role=role.value)
        for band in new
        for number, step in enumerate(band.steps, start=1)
        for role in step
    )
    await session.flush()


async def tasks(session: Session, approval_id: UUID) -> list[ApprovalTask]:
    rows = await session.scalars(
        select(ApprovalTask)
        .where(col(ApprovalTask.approval_id) == approval_id)
        .order_by(col(ApprovalTask.step), col(ApprovalTask.role), col(ApprovalTask.id))
    )
    return list(rows)


def plain(row: ApprovalTask) -> Task:
    return Task(row.id, row.step, OfficeRole(row.role), TaskState(row.state), row.assignee_id)


async def absences(session: Session, deputy: UUID, today: date) -> list[Absence]:
    """For whom `deputy` stands in today."""
    rows = await session.scalars(
        select(Delegation)
        .where(
            col(Delegation.deputy_id) == deputy,
            col(Delegation.first_day) <= today,
            col(Delegation.last_day) >= today,
            col(Delegation.revoked_at).is_(None),
        )
        .order_by(col(Delegation.made_at))
    )
    return [
        Absence(row.absent_id, OfficeRole(row.role) if row.role else None, await roles.roles_of(session, row.absent_id))
        for row in rows
    ]


async def alive(session: Session, kind: str, thing_id: UUID, *, lock: bool = False) -> Approval | None:
    """The pending or approved approval of a thing (there is at most one of a kind)."""
    query = select(Approval).where(
        col(Approval.kind) == kind,
        col(Approval.thing_id) == thing_id,
        col(Approval.state).in_(["pending", "approved"]),
    )
    found: Approval | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def inbox(session: Session, me: UUID, mine: frozenset[OfficeRole], away: list[Absence]) -> list[Approval]:
    """Pending approvals with an open task that could be theirs; `rules.first_task` says whether it is."""
    roles_meant = mine.union(*(absence.roles_of_absent for absence in away))
    task = select(col(ApprovalTask.id)).where(
        col(ApprovalTask.approval_id) == col(Approval.id),
        col(ApprovalTask.state) == TaskState.OPEN.value,
        or_(
            col(ApprovalTask.assignee_id).in_([me, *(absence.absent for absence in away)]),
            and_(col(ApprovalTask.assignee_id).is_(None), col(ApprovalTask.role).in_([r.value for r in roles_meant])),
        ),
    )
    rows = await session.scalars(
        select(Approval)
        .where(col(Approval.state) == "pending", col(Approval.maker_id) != me, task.exists())
        .order_by(col(Approval.made_at))
        .limit(500)
    )
    return list(rows)
