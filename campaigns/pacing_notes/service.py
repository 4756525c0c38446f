"""Writing, reading and forgetting notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.pacing import Decision, describe
from callcenter.pacing.reasons import HeldBack, Reason
from campaigns.pacing_notes.models import PacingNote
from campaigns.pacing_notes.rules import Why
from campaigns.pacing_notes.schemas import PacingNoteRow

KEPT = timedelta(days=90)


async def write(
    session: Session, campaign_id: UUID, mode: str, notes: Sequence[tuple[Why, Decision, datetime]]
) -> None:
    for why, decision, at in notes:
        figures = asdict(decision.reason)
        held_back = figures.pop("held_back")
        session.add(
            PacingNote(
                campaign_id=campaign_id,
                at=at,
                why=why.value,
                mode=mode,
                launch=decision.launch,
                held_back=HeldBack(held_back).value,
                figures=figures,
            )
        )
    await session.flush()


async def page(
    session: Session,
    campaign_id: UUID,
    since: datetime,
    until: datetime,
    *,
    why: Why | None,
    limit: int,
    offset: int,
) -> tuple[list[PacingNoteRow], int]:
    """The newest first."""
    conditions: list[Any] = [
        col(PacingNote.campaign_id) == campaign_id,
        col(PacingNote.at) >= since,
        col(PacingNote.at) < until,
    ]
    if why is not None:
        conditions.append(col(PacingNote.why) == why.value)
    total = (await session.execute(select(func.count()).select_from(PacingNote).where(*conditions))).scalar_one()
    found = await session.execute(
        select(PacingNote)
        .where(*conditions)
        .order_by(col(PacingNote.at).desc(), col(PacingNote.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [_row(note) for note in found.scalars()], total


def _row(note: PacingNote) -> PacingNoteRow:
    # A figure that a later version no longer has is left out; one it has beyond is 0.
    known = {name: value for name, value in note.figures.items() if name in Reason.__dataclass_fields__}
    reason = Reason(HeldBack(note.held_back), **known)
    return PacingNoteRow(
        id=note.id or 0,
        at=note.at,
        why=Why(note.why),
        mode=note.mode,
        launch=note.launch,
        held_back=note.held_back,
        zh=describe(reason, "zh"),
        en=describe(reason, "en"),
        figures=note.figures,
    )


async def purge(session: Session, now: datetime) -> None:
    """Forget notes older than KEPT."""
    await session.execute(text("DELETE FROM pacing_notes WHERE at < :before"), {"before": now - KEPT})
