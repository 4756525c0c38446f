"""REST: follow-ups. Agents see their own; supervisors and marketing see all, and may move or drop them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from callcenter.kit.errors import BadInput, NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from campaigns.followups import repository, service
from campaigns.followups.models import FollowUp, FollowUpCase, FollowUpState
from campaigns.followups.schemas import FollowUpChange, FollowUpEventRow, FollowUpRow
from campaigns.rhythm.rules import Grade

router = APIRouter(prefix="/api/follow-ups", tags=["follow-ups"], responses=PROBLEMS)

Writer = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]


@router.get("", summary="Follow-ups, the most overdue first")
async def list_follow_ups(
    session: DbSession,
    now: Now,
    user: CurrentUser,
    campaign_id: UUID | None = None,
    owner_id: UUID | None = None,
    state: FollowUpState | None = FollowUpState.DUE,
    case: FollowUpCase | None = None,
    grade: Grade | None = None,
    due_before: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[FollowUpRow]:
    if user.role == Role.AGENT.value:
        owner_id = user.id
    rows, total = await repository.page(
        session,
        now=now,
        limit=limit,
        offset=offset,
        campaign=campaign_id,
        owner=owner_id,
        state=state,
        case=case,
        grade=grade,
        due_before=due_before,
    )
    return Page(rows=rows, total=total)


@router.get("/{follow_up_id}/history", summary="What happened to a follow-up, in order")
async def history_of(follow_up_id: UUID, session: DbSession, user: CurrentUser) -> Page[FollowUpEventRow]:
    found = await session.get(FollowUp, follow_up_id)
    if found is None or (user.role == Role.AGENT.value and found.owner_id != user.id):
        raise NotFound(what_zh="跟进", what_en="follow-up", id=follow_up_id)
    rows = await repository.history(session, follow_up_id)
    return Page(rows=rows, total=len(rows))


@router.patch("/{follow_up_id}", summary="Move, hand over, grade anew or drop a follow-up")
async def change_follow_up(
    follow_up_id: UUID, body: FollowUpChange, session: DbSession, now: Now, user: Writer
) -> FollowUpRow:
    if body.owner_id is not None and await session.get(User, body.owner_id) is None:
        raise BadInput(field="owner_id", problem_zh="没有这个人", problem_en="there is no such person")
    await service.change(
        session,
        follow_up_id,
        now=now,
        due_at=body.due_at,
        by=user.id,
        owner_id=body.owner_id,
        grade=body.grade,
        drop=body.drop,
        reason=body.reason,
    )
    await audit(session, now, user, "follow_up_changed", "follow_up", str(follow_up_id), {"dropped": body.drop})
    rows, _ = await repository.page(session, now=now, limit=1, offset=0, id=follow_up_id)
    return rows[0]
