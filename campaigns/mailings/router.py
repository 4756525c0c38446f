"""REST: brochures with their items, mailing waves, what came back, and the address file."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from callcenter.kit.errors import NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Language, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.mailings import addressfile, repository, service
from campaigns.mailings.schemas import (
    BrochureNew,
    BrochureRow,
    Came,
    MailingNew,
    MailingRow,
    Posted,
    RecipientRow,
)
from crm_sync.customers.schemas import NO_NUL

router = APIRouter(prefix="/api", tags=["mailings"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR, Role.BACK_OFFICE))]
Writer = Annotated[User, Depends(require(Role.MARKETING))]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/brochures", summary="Brochures and their editions")
async def list_brochures(session: DbSession, _user: Reader, limit: Limit = 50, offset: Offset = 0) -> Page[BrochureRow]:
    rows, total = await repository.brochures(session, limit, offset)
    return Page(rows=rows, total=total)


@router.post("/brochures", status_code=201, summary="A new brochure, or the next edition of one")
async def create_brochure(body: BrochureNew, session: DbSession, now: Now, user: Writer) -> BrochureRow:
    row = await service.create_brochure(session, body, now)
    await audit(session, now, user, "brochure_created", "brochure", str(row.id), {"edition": row.edition})
    return (await repository.with_items(session, [row]))[0]


@router.get("/brochures/{brochure_id}", summary="One edition of a brochure")
async def get_brochure(brochure_id: UUID, session: DbSession, _user: Reader) -> BrochureRow:
    return (await repository.with_items(session, [await service.brochure(session, brochure_id)]))[0]


@router.get("/mailings", summary="Mailing waves")
async def list_mailings(session: DbSession, _user: Reader, limit: Limit = 50, offset: Offset = 0) -> Page[MailingRow]:
    rows, total = await repository.waves(session, limit, offset)
    return Page(rows=rows, total=total)


@router.post("/mailings", status_code=201, summary="A wave of a brochure to a segment")
async def create_mailing(body: MailingNew, session: DbSession, now: Now, user: Writer) -> MailingRow:
    row = await service.create(session, body, now, user.id)
    await audit(session, now, user, "mailing_created", "mailing", str(row.id))
    return await _wave(session, row.id)


@router.get("/mailings/{mailing_id}", summary="One wave with its counts")
async def get_mailing(mailing_id: UUID, session: DbSession, _user: Reader) -> MailingRow:
    return await _wave(session, mailing_id)


@router.get("/mailings/{mailing_id}/recipients", summary="Who got a letter, and what came back")
async def list_recipients(
    mailing_id: UUID,
    session: DbSession,
    _user: Reader,
    search: Annotated[str, Query(max_length=60, pattern=NO_NUL)] = "",
    came: repository.Came | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[RecipientRow]:
    """`search`: a part of the name, or the last four digits or more of the number."""
    await service.mailing(session, mailing_id)
    rows, total = await repository.recipients(session, mailing_id, search.strip(), came, limit, offset)
    return Page(rows=rows, total=total)


@router.post("/mailings/{mailing_id}/posted", summary="The post office has it: calling days count from this date")
async def posted(
    mailing_id: UUID, body: Posted, request: Request, session: DbSession, now: Now, user: Writer
) -> MailingRow:
    settings: Settings = request.app.state.settings
    wave = await service.mailing(session, mailing_id)
    await service.confirm_posted(
        session, wave, posted_on=body.posted_on, batch_no=body.batch_no, now=now, by=user.id, zone=settings.zone
    )
    detail = {"posted_on": body.posted_on.isoformat(), "batch_no": body.batch_no}
    await audit(session, now, user, "mailing_posted", "mailing", str(mailing_id), detail)
    return await _wave(session, mailing_id)


@router.post("/mailings/{mailing_id}/replied", summary="A reply slip came back before any call")
async def replied(mailing_id: UUID, body: Came, session: DbSession, now: Now, user: Reader) -> MailingRow:
    await service.mark_replied(session, mailing_id, body.customer_id, body.on, now)
    await audit(session, now, user, "reply_received", "customer", str(body.customer_id), {"mailing": str(mailing_id)})
    return await _wave(session, mailing_id)


@router.post("/mailings/{mailing_id}/returned", summary="A letter came back undelivered")
async def returned(mailing_id: UUID, body: Came, session: DbSession, now: Now, user: Reader) -> MailingRow:
    await service.mark_returned(session, mailing_id, body.customer_id, body.on, now)
    await audit(session, now, user, "letter_returned", "customer", str(body.customer_id), {"mailing": str(mailing_id)})
    return await _wave(session, mailing_id)


@router.get(
    "/mailings/{mailing_id}/address-file",
    summary="Addresses for the mailing house",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in _TYPES.values()}}},
)
async def address_file(
    mailing_id: UUID,
    session: DbSession,
    now: Now,
    lang: Language,
    user: Writer,
    format: addressfile.Format = "xlsx",
    batch_no: Annotated[int | None, Query(ge=1, le=2_000_000_000)] = None,
) -> Response:
    wave = await service.mailing(session, mailing_id)
    brochure = await service.brochure(session, wave.brochure_id)
    rows = [row async for row in repository.addresses(session, mailing_id, batch_no)]
    await audit(session, now, user, "addresses_exported", "mailing", str(mailing_id), {"rows": len(rows)})
    body = await asyncio.to_thread(addressfile.write, rows, f"{brochure.code}-{brochure.edition}", format, lang)
    headers = {"content-disposition": f'attachment; filename="addresses-{mailing_id}.{format}"'}
    return Response(body, media_type=_TYPES[format], headers=headers)


async def _wave(session: DbSession, mailing_id: UUID) -> MailingRow:
    row = await repository.wave(session, mailing_id)
    if row is None:
        raise NotFound(what_zh="邮寄批次", what_en="mailing", id=mailing_id)
    return row
