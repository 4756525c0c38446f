"""/api/backoffice/documents."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col

from backoffice.documents import service
from backoffice.documents.models import ControlledDocument
from backoffice.documents.rules import DOCUMENT
from backoffice.documents.schemas import DocumentBody, DocumentEdit, DocumentOut, DocumentRow, RevisionOut
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_list
from backoffice.listing.query import Listing
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice/documents", tags=["back office: documents"], responses=PROBLEMS)

DOCUMENTS = Listing(
    name="documents",
    row=DocumentRow,
    source=lambda _today: select(*(col(getattr(ControlledDocument, name)) for name in DocumentRow.model_fields)),
    search=("number", "title", "executing_department"),
    filters=("state", "executing_department", "thing_id"),
    on="made_on",
)
add_list(router, DOCUMENTS)


async def _out(session: DbSession, actor: Actor, row: ControlledDocument) -> DocumentOut:
    return DocumentOut(
        **row.model_dump(exclude={"thing"}),
        revisions=[RevisionOut(**old.model_dump()) for old in await service.revisions(session, row.id)],
        commands=DOCUMENT.commands(row.state, actor.roles),
        timeline=[StoryLine(**line) for line in await acts.story(session, "document", row.id)],
    )


@router.post("", status_code=201)
async def make(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: DocumentBody) -> DocumentOut:
    acts.require_duty(actor, DOCUMENT.roles("draft", "edit"))
    return await _out(session, actor, await service.make(session, now, today, actor, body))


@router.get("/{document_id}")
async def read(session: DbSession, actor: OfficeActor, document_id: UUID) -> DocumentOut:
    return await _out(session, actor, await acts.get(session, ControlledDocument, document_id, "document"))


@router.post("/{document_id}/edit")
async def edit(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, document_id: UUID, body: DocumentEdit
) -> DocumentOut:
    content = DocumentBody(**body.model_dump(exclude={"version", "note"}))
    row = await service.edit(session, now, today, actor, document_id, body.version, content)
    return await _out(session, actor, row)


@router.post("/{document_id}/check")
async def check(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, document_id: UUID, body: Command
) -> DocumentOut:
    row = await service.check(session, now, today, actor, document_id, body.version, body.note)
    return await _out(session, actor, row)


@router.post("/{document_id}/send-back")
async def send_back(session: DbSession, now: Now, actor: OfficeActor, document_id: UUID, body: Command) -> DocumentOut:
    row = await service.send_back(session, now, actor, document_id, body.version, body.note)
    return await _out(session, actor, row)


@router.post("/{document_id}/approve")
async def approve(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, document_id: UUID, body: Command
) -> DocumentOut:
    row = await service.approve(session, now, today, actor, document_id, body.version, body.note)
    return await _out(session, actor, row)


@router.post("/{document_id}/revise")
async def revise(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, document_id: UUID, body: Command
) -> DocumentOut:
    """Begin the next revision; `note` says what changes (修改记录)."""
    row = await service.revise(session, now, today, actor, document_id, body.version, body.note)
    return await _out(session, actor, row)


@router.post("/{document_id}/retire")
async def retire(session: DbSession, now: Now, actor: OfficeActor, document_id: UUID, body: Command) -> DocumentOut:
    row = await service.retire(session, now, actor, document_id, body.version, body.note)
    return await _out(session, actor, row)
