"""REST: the forecast calendar of a campaign."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.forecast import service
from campaigns.forecast.rules import MAX_AGENTS
from campaigns.forecast.schemas import ForecastOut
from campaigns.plans import service as plans

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]


@router.get("/{campaign_id}/forecast", summary="Who can be called on which day, who will be lost, who would save them")
async def campaign_forecast(
    campaign_id: UUID,
    request: Request,
    session: DbSession,
    now: Now,
    _user: Reader,
    agents: Annotated[int | None, Query(ge=0, le=MAX_AGENTS, description="By default those signed on now")] = None,
) -> ForecastOut:
    settings: Settings = request.app.state.settings
    campaign = await plans.get(session, campaign_id)
    return await service.forecast(session, campaign, now, settings.zone, agents)
