"""The call log over REST: for supervisors; agents see their own calls."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from callcenter.calls import log
from callcenter.calls.export import workbook
from callcenter.calls.schemas import CallDetail, CallFilter, CallRow
from callcenter.kit.errors import NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Language, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser, may, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings

router = APIRouter(prefix="/api/calls", tags=["calls"], responses=PROBLEMS)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Filter = Annotated[CallFilter, Query()]
Supervisor = Annotated[User, Depends(require(Role.SUPERVISOR))]


class CallPageQuery(CallFilter):
    limit: int = Query(default=50, ge=1, le=MAX_PAGE)
    offset: int = Query(default=0, ge=0, le=10_000_000)


@router.get("", summary="Calls, newest first")
async def list_calls(session: DbSession, user: CurrentUser, wanted: Annotated[CallPageQuery, Query()]) -> Page[CallRow]:
    """Supervisors see all calls, agents their own."""
    filters = CallFilter.model_validate(wanted.model_dump(exclude={"limit", "offset"}))
    if not may(user, Role.SUPERVISOR):
        filters = filters.model_copy(update={"agent_id": user.id})
    return await log.page(session, filters, limit=wanted.limit, offset=wanted.offset)


@router.get(
    "/export",
    summary="The filtered calls as xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "A workbook of up to 100,000 calls"}},
)
async def export_calls(
    request: Request, session: DbSession, user: Supervisor, wanted: Filter, lang: Language, now: Now
) -> Response:
    settings: Settings = request.app.state.settings
    found = await log.rows(session, wanted, limit=log.EXPORT_ROWS)
    await audit(session, now, user, "calls_exported", "call", "", {"rows": len(found)})
    body = workbook(found, lang, settings.zone)
    return Response(body, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="calls.xlsx"'})


@router.get("/{call_id}", summary="One call with all that is known of it")
async def get_call(session: DbSession, user: CurrentUser, call_id: UUID) -> CallDetail:
    found = await log.detail(session, call_id)
    if not may(user, Role.SUPERVISOR) and found.agent_id != user.id:
        raise NotFound(what_zh="通话", what_en="call", id=call_id)
    return found
