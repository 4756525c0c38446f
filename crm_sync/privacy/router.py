"""REST: people's requests about their data. Supervisors and the back office."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from crm_sync.privacy import service
from crm_sync.privacy.schemas import ConsentRecordRow, PrivacyRequestNew, PrivacyRequestRow

router = APIRouter(prefix="/api/privacy", tags=["privacy"], responses=PROBLEMS)

Keeper = Annotated[User, Depends(require(Role.SUPERVISOR, Role.BACK_OFFICE))]
Reader = Annotated[User, Depends(require(Role.SUPERVISOR, Role.BACK_OFFICE, Role.MARKETING))]


def _zone(request: Request) -> ZoneInfo:
    settings: Settings = request.app.state.settings
    return settings.zone


async def _row(session: DbSession, now: Now, request: Request, request_id: UUID) -> PrivacyRequestRow:
    rows, _ = await service.page(session, now, _zone(request), limit=1, offset=0, id=request_id)
    return rows[0]


@router.get("/requests", summary="Requests about personal data, open ones first")
async def list_requests(
    session: DbSession,
    _: Keeper,
    now: Now,
    request: Request,
    open_only: bool | None = None,
    customer_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[PrivacyRequestRow]:
    rows, total = await service.page(
        session, now, _zone(request), limit=limit, offset=offset, open_only=open_only, customer_id=customer_id
    )
    return Page(rows=rows, total=total)


@router.post("/requests", summary="Note what a person asks for", status_code=201)
async def note_request(
    body: PrivacyRequestNew, session: DbSession, user: Keeper, now: Now, request: Request
) -> PrivacyRequestRow:
    row = await service.note(session, body, now, _zone(request), user.id)
    await audit(session, now, user, "privacy_request_noted", "customer", str(row.customer_id), {"kind": row.kind})
    return await _row(session, now, request, row.id)


@router.post(
    "/requests/{request_id}/copy",
    summary="Everything held of the person, as JSON to hand over",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "One object, by where the data is held"}},
)
async def copy_data(request_id: UUID, session: DbSession, user: Keeper, now: Now, request: Request) -> Response:
    found = await service.copy(session, request_id, request.app.state.holders, now, user.id)
    await audit(session, now, user, "personal_data_copied", "privacy_request", str(request_id))
    body = orjson.dumps(found, option=orjson.OPT_INDENT_2, default=str)
    return Response(
        body,
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="personal-data.json"', "Cache-Control": "no-store"},
    )


@router.post("/requests/{request_id}/erase", summary="Erase the person's data, but for what law makes us keep")
async def erase_data(
    request_id: UUID, session: DbSession, user: Keeper, now: Now, request: Request
) -> PrivacyRequestRow:
    row = await service.erase(session, request_id, request.app.state.holders, now, user.id)
    await audit(session, now, user, "personal_data_erased", "customer", str(row.customer_id))
    return await _row(session, now, request, row.id)


@router.get("/consents/{customer_id}", summary="What a person allowed and refused, the latest first")
async def list_consents(customer_id: UUID, session: DbSession, _: Reader) -> list[ConsentRecordRow]:
    return await service.consents(session, customer_id)
