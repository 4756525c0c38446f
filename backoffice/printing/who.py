"""Names on papers: of people, and of those who agreed to something."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.approvals.models import Approval, ApprovalTask
from backoffice.kit.duties import ROLE_NAMES, OfficeRole
from backoffice.printing.paper import Both, Label
from callcenter.kit.db import Session, zone_of
from callcenter.people.models import User


async def names(session: Session, *people: UUID | None) -> dict[UUID | None, str]:
    """Names by id; of nobody, the empty string."""
    wanted = {one for one in people if one is not None}
    rows = await session.execute(select(col(User.id), col(User.name)).where(col(User.id).in_(wanted)))
    return {None: ""} | {row.id: row.name for row in rows}


async def verdicts(session: Session, kind: str, thing_id: UUID) -> list[tuple[Label, str | None, date | None]]:
    """Lines for `Signatures`: who agreed to the thing's last approval of this kind, in which duty, on which day.

    A task still open is a line without a name.
    """
    rows = await session.execute(
        select(ApprovalTask, col(User.name))
        .join(Approval, col(Approval.id) == col(ApprovalTask.approval_id))
        .outerjoin(User, col(User.id) == col(ApprovalTask.decided_by))
        .where(
            col(Approval.kind) == kind,
            col(Approval.thing_id) == thing_id,
            col(Approval.state).in_(["pending", "approved"]),
            col(ApprovalTask.state).in_(["waiting", "open", "agreed"]),
        )
        .order_by(col(ApprovalTask.step), col(ApprovalTask.role))
    )
    lines: list[tuple[Label, str | None, date | None]] = []
    for task, name in rows:
        duty = Both(*ROLE_NAMES[OfficeRole(task.role)])
        on = task.decided_at.astimezone(zone_of(session)).date() if task.decided_at is not None else None
        lines.append((duty, name, on))
    return lines
