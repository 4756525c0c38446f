"""REST: answers to a mailing that are orders."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from agent_ui.replies import service
from agent_ui.replies.schemas import ReplyNew, ReplyTaken
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.settings import Settings

router = APIRouter(prefix="/api/mailings", tags=["mailings"], responses=PROBLEMS)

Clerk = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR, Role.BACK_OFFICE))]


@router.post(
    "/{mailing_id}/replies", status_code=201, summary="An order by reply slip, or by telephone before any call"
)
async def take_reply(
    mailing_id: UUID, body: ReplyNew, request: Request, session: DbSession, now: Now, user: Clerk
) -> ReplyTaken:
    """The order is the back office's from then on; the person is not called for the pitch."""
    settings: Settings = request.app.state.settings
    today = now.astimezone(settings.zone).date()
    order = await service.take(session, now, today, user, mailing_id, body)
    return ReplyTaken(order_id=order.id, order_number=order.number, total_fen=order.total_fen)
