"""REST: what a mailing brought."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from agent_ui.lift import service
from agent_ui.lift.schemas import LiftOut
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.settings import Settings

router = APIRouter(prefix="/api/mailings", tags=["mailings"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]


@router.get("/{mailing_id}/lift", summary="Buyers among the mailed against the control group, with an interval")
async def lift(mailing_id: UUID, request: Request, session: DbSession, now: Now, _user: Reader) -> LiftOut:
    settings: Settings = request.app.state.settings
    return await service.of_mailing(session, mailing_id, now, settings.zone)
