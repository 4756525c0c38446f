"""REST: the do-not-call list. Numbers can be added and looked up, never taken out."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from crm_sync.do_not_call import service
from crm_sync.do_not_call.models import DoNotCallSource
from crm_sync.do_not_call.repository import Entry
from crm_sync.do_not_call.schemas import DoNotCallAdded, DoNotCallNew, DoNotCallOut
from crm_sync.phones import mask_phone

router = APIRouter(prefix="/api/do-not-call", tags=["do-not-call"], responses=PROBLEMS)

Keeper = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR, Role.BACK_OFFICE))]


@router.get("", summary="Search the do-not-call list")
async def list_entries(
    _: Keeper,
    session: DbSession,
    request: Request,
    search: Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")] = "",
    source: DoNotCallSource | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[DoNotCallOut]:
    """Newest first. `search`: a whole number in any spelling, or its last four digits or more."""
    settings: Settings = request.app.state.settings
    rows, total = await service.search(
        session, words=search, source=source, region=settings.default_region, limit=limit, offset=offset
    )
    return Page(rows=[_out(row) for row in rows], total=total)


@router.post("", status_code=201, summary="Never call this number again")
async def add_entry(user: Keeper, session: DbSession, now: Now, request: Request, body: DoNotCallNew) -> DoNotCallAdded:
    settings: Settings = request.app.state.settings
    phone = service.e164_of(body.phone, settings.default_region, field="phone")
    added = await service.add(session, phone, DoNotCallSource.OFFICE, body.reason, now, user.id)
    if added:
        # The audit record holds no personal data: the number's hash is enough to prove which one it was.
        thing_id = hashlib.sha256(phone.encode()).hexdigest()[:32]
        await audit(session, now, user, "do_not_call_added", "do_not_call", thing_id, {"source": "office"})
    return DoNotCallAdded(masked_phone=mask_phone(phone), added=added)


def _out(row: Entry) -> DoNotCallOut:
    return DoNotCallOut(
        masked_phone=mask_phone(row.phone),
        source=DoNotCallSource(row.source),
        reason=row.reason,
        added_at=row.added_at,
        added_by=row.added_by,
        added_by_name=row.added_by_name,
        call_id=row.call_id,
        customer_id=row.customer_id,
    )
