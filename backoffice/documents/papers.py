"""A controlled document on paper: head, text, signatures, log of revisions."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backoffice.documents import service
from backoffice.documents.models import ControlledDocument
from backoffice.kit.duties import Actor
from backoffice.printing.paper import Both, Code, Control, Paper, Revision, Text
from backoffice.printing.who import names
from backoffice.timeline import acts
from callcenter.kit.db import Session


async def document(session: Session, _today: date, _actor: Actor, document_id: UUID) -> Paper:
    row = await acts.get(session, ControlledDocument, document_id, "document")
    return Paper(Both(row.title, row.title), row.number, [Text(row.body)], control=await control(session, row))


async def control(session: Session, row: ControlledDocument) -> Control:
    """Head and foot of a controlled document: for it, and for the paper of a thing that is one."""
    who = await names(session, row.made_by, row.checked_by, row.approved_by)
    log = await service.revisions(session, row.id)
    return Control(
        row.revision,
        Code(row.state),
        row.executing_department,
        row.supervising_department,
        row.verifying_department,
        who[row.made_by],
        row.made_on,
        who[row.checked_by],
        row.checked_on,
        who[row.approved_by],
        row.approved_on,
        [Revision(old.revision, old.approved_on, old.what_changed) for old in log],
    )
