"""Writing, checking, approving and revising controlled documents."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.documents.models import ControlledDocument, DocumentRevision
from backoffice.documents.rules import DOCUMENT
from backoffice.documents.schemas import DocumentBody
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import SameHands
from backoffice.numbering.service import next_number
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

_PREFIX = "DOC"


async def make(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    body: DocumentBody,
    *,
    thing: str | None = None,
    thing_id: UUID | None = None,
) -> ControlledDocument:
    """A new document in draft, numbered at once."""
    row = ControlledDocument(
        number=await next_number(session, _PREFIX, today),
        **body.model_dump(),
        thing=thing,
        thing_id=thing_id,
        made_by=actor.user_id,
        made_on=today,
    )
    await acts.born(session, now, actor, row, DOCUMENT)
    return row


async def _take(session: Session, document_id: UUID, version: int) -> ControlledDocument:
    return await acts.take(session, ControlledDocument, document_id, "document", version)


async def edit(
    session: Session, now: datetime, today: date, actor: Actor, document_id: UUID, version: int, body: DocumentBody
) -> ControlledDocument:
    """Change a draft; whoever last wrote it counts as its maker."""
    row = await _take(session, document_id, version)
    sets = body.model_dump() | {"made_by": actor.user_id, "made_on": today}
    detail = {"fields": sorted(body.model_fields_set)}
    await acts.move(session, now, actor, row, DOCUMENT, "edit", detail=detail, sets=sets)
    return row


async def check(
    session: Session, now: datetime, today: date, actor: Actor, document_id: UUID, version: int, note: str
) -> ControlledDocument:
    row = await _take(session, document_id, version)
    if actor.user_id == row.made_by:
        raise SameHands(("编制", "make"), ("审核", "check a document"))
    sets = {"checked_by": actor.user_id, "checked_on": today}
    await acts.move(session, now, actor, row, DOCUMENT, "check", note=note, sets=sets)
    return row


async def send_back(
    session: Session, now: datetime, actor: Actor, document_id: UUID, version: int, note: str
) -> ControlledDocument:
    row = await _take(session, document_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="退回必须写明原因", problem_en="sending back needs a reason")
    sets = {"checked_by": None, "checked_on": None}
    await acts.move(session, now, actor, row, DOCUMENT, "send_back", note=note, sets=sets)
    return row


async def approve(
    session: Session, now: datetime, today: date, actor: Actor, document_id: UUID, version: int, note: str
) -> ControlledDocument:
    """Puts the revision in force and logs it."""
    row = await _take(session, document_id, version)
    if actor.user_id == row.made_by:
        raise SameHands(("编制", "make"), ("批准", "approve a document"))
    if actor.user_id == row.checked_by:
        raise SameHands(("审核", "check"), ("批准", "approve a document"))
    sets = {"approved_by": actor.user_id, "approved_on": today}
    detail = {"revision": row.revision}
    await acts.move(session, now, actor, row, DOCUMENT, "approve", note=note, detail=detail, sets=sets)
    assert row.checked_by is not None
    assert row.checked_on is not None
    session.add(
        DocumentRevision(
            document_id=row.id,
            revision=row.revision,
            title=row.title,
            body=row.body,
            made_by=row.made_by,
            made_on=row.made_on,
            checked_by=row.checked_by,
            checked_on=row.checked_on,
            approved_by=actor.user_id,
            approved_on=today,
            logged_at=now,
        )
    )
    await session.flush()
    return row


async def revise(
    session: Session, now: datetime, today: date, actor: Actor, document_id: UUID, version: int, what: str
) -> ControlledDocument:
    """Begin the next revision: the signatures of the old one stay in the log and no longer on the head."""
    row = await _take(session, document_id, version)
    if not what.strip():
        raise BadInput(field="note", problem_zh="修订必须写明修改内容", problem_en="a revision says what changes")
    signatures = dict.fromkeys(("checked_by", "checked_on", "approved_by", "approved_on"))
    new = {"revision": row.revision + 1, "made_by": actor.user_id, "made_on": today}
    await acts.move(session, now, actor, row, DOCUMENT, "revise", note=what, sets=signatures | new)
    for old in await revisions(session, row.id):
        if old.revision == row.revision - 1:
            old.what_changed = what
    await session.flush()
    return row


async def retire(
    session: Session, now: datetime, actor: Actor, document_id: UUID, version: int, note: str
) -> ControlledDocument:
    row = await _take(session, document_id, version)
    await acts.move(session, now, actor, row, DOCUMENT, "retire", note=note)
    return row


async def revisions(session: Session, document_id: UUID) -> list[DocumentRevision]:
    rows = await session.scalars(
        select(DocumentRevision)
        .where(col(DocumentRevision.document_id) == document_id)
        .order_by(col(DocumentRevision.revision))
    )
    return list(rows)
