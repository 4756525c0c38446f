"""REST: rules that start, stop or change a campaign."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from callcenter.kit import http
from callcenter.kit.http import PROBLEMS, DbSession
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.automation import repository, service
from campaigns.automation.schemas import (
    AutomationChange,
    AutomationNew,
    AutomationRow,
    AutomationRunRow,
    CampaignFigures,
)

router = APIRouter(prefix="/api/campaign-rules", tags=["campaigns"], responses=PROBLEMS)

Supervisor = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("", summary="The rules of a campaign, in their order")
async def list_rules(
    session: DbSession, _user: Supervisor, campaign_id: UUID, limit: Limit = 50, offset: Offset = 0
) -> Page[AutomationRow]:
    rows, total = await service.list_of(session, campaign_id, limit, offset)
    return Page(rows=[AutomationRow.model_validate(row) for row in rows], total=total)


@router.post("", status_code=201, summary="A new rule; it is looked at once a minute")
async def create_rule(body: AutomationNew, session: DbSession, now: http.Now, user: Supervisor) -> AutomationRow:
    row = await service.create(session, body, now, user.id)
    await audit(session, now, user, "campaign_rule_made", "campaign", str(row.campaign_id), {"rule": str(row.id)})
    return AutomationRow.model_validate(row)


@router.get("/runs", summary="What rules did with a campaign, newest first")
async def list_runs(
    session: DbSession, _user: Supervisor, campaign_id: UUID, limit: Limit = 50, offset: Offset = 0
) -> Page[AutomationRunRow]:
    rows, total = await repository.runs(session, campaign_id, limit, offset)
    return Page(rows=[AutomationRunRow.model_validate(row) for row in rows], total=total)


@router.get("/now", summary="What rules would see and do at this moment")
async def look_now(
    session: DbSession, now: http.Now, _user: Supervisor, campaign_id: UUID, request: Request
) -> CampaignFigures:
    settings: Settings = request.app.state.settings
    figures, would_fire = await service.would_fire(session, campaign_id, now, settings.zone)
    return CampaignFigures(figures=figures, would_fire=would_fire)


@router.patch("/{rule_id}", summary="Change a rule; it is looked at as a new one")
async def change_rule(
    rule_id: UUID, body: AutomationChange, session: DbSession, now: http.Now, user: Supervisor
) -> AutomationRow:
    row = await service.change(session, rule_id, body)
    await audit(session, now, user, "campaign_rule_changed", "campaign", str(row.campaign_id), {"rule": str(row.id)})
    return AutomationRow.model_validate(row)


@router.delete("/{rule_id}", status_code=204, summary="Take a rule away; what it did goes with it, the audit stays")
async def delete_rule(rule_id: UUID, session: DbSession, now: http.Now, user: Supervisor) -> None:
    row = await service.get(session, rule_id, lock=True)
    await audit(session, now, user, "campaign_rule_removed", "campaign", str(row.campaign_id), {"rule": str(row.id)})
    await session.delete(row)
    await session.flush()
