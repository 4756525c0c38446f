"""REST: campaigns that share one's agents."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from callcenter.kit import http
from callcenter.kit.http import PROBLEMS, DbSession
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.mix import service
from campaigns.mix.schemas import Mix, MixNew

router = APIRouter(prefix="/api/campaigns/{campaign_id}/mix", tags=["campaigns"], responses=PROBLEMS)

Planner = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]


@router.get("", summary="Which campaigns share its agents, by which shares, and what each had today")
async def get_mix(campaign_id: UUID, session: DbSession, now: http.Now, _user: Planner, request: Request) -> Mix:
    settings: Settings = request.app.state.settings
    return await service.of(session, campaign_id, now, settings.zone)


@router.put("", summary="Set the lists that share its agents; an empty list ends the sharing")
async def put_mix(
    campaign_id: UUID, body: MixNew, session: DbSession, now: http.Now, user: Planner, request: Request
) -> Mix:
    await service.put(session, campaign_id, body, now, user.id)
    lines = [line.model_dump(mode="json") for line in body.lists]
    await audit(session, now, user, "campaign_mix_set", "campaign", str(campaign_id), {"lists": lines})
    settings: Settings = request.app.state.settings
    return await service.of(session, campaign_id, now, settings.zone)
