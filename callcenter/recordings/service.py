"""What happens to a recording: expected when its call ends, stored, heard, kept longer, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from callcenter.calls.models import Call
from callcenter.kit.db import Session
from callcenter.kit.errors import Conflict, NotFound
from callcenter.people.audit import audit
from callcenter.people.models import User
from callcenter.recordings import repository
from callcenter.recordings.models import Announcement, CallMark, Recording, RecordingPolicy, RecordingState
from callcenter.recordings.rules import next_try
from callcenter.recordings.schemas import Policies, Policy, PolicyBody, PolicyRow
from callcenter.recordings.seal import Sealed
from callcenter.recordings.wave import Wave

FIRST_TRY_S = 5.0
"""Carriers finish a file some seconds after the call."""
LEASE = timedelta(minutes=15)
"""How long one try may take before another worker may take it up."""


async def mark(session: Session, call_id: UUID, what: str, now: datetime) -> None:
    """Note a moment of a call, the first time it is reached."""
    statement = insert(CallMark).values(call_id=call_id, what=what, at=now)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["call_id", "what"]))


async def expect(session: Session, call: Call, now: datetime) -> None:
    """A recorded call is over: its file is to be fetched. Asked twice, it is expected once."""
    if call.connected_at is None:
        return
    statement = insert(Recording).values(
        call_id=call.id,
        queue_id=call.queue_id,
        agent_id=call.agent_id,
        carrier=call.carrier,
        carrier_ref="",
        state=RecordingState.EXPECTED.value,
        began_at=call.connected_at,
        expected_at=now,
        try_at=now + timedelta(seconds=FIRST_TRY_S),
        tries=0,
        outline=[],
        id=call.id,  # the first file of a call: so that it is expected once, whoever asks
    )
    await session.execute(statement.on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the carrier's, as it names it."""

    ref: str
    began_at: datetime


async def take_up(session: Session, now: datetime) -> Recording | None:
    """The next recording to try for, leased to the caller; None when nothing is due."""
    row = await repository.claim_to_fetch(session, now)
    if row is None:
        return None
    row.tries += 1
    row.try_at = now + LEASE
    await session.flush()
    return row


async def not_there(session: Session, recording_id: UUID, why: str, now: datetime) -> None:
    """The try brought nothing: another one later, or the end of trying."""
    row = await repository.lock(session, recording_id)
    if row is None or row.state != RecordingState.EXPECTED.value:
        return
    row.trouble = why[:200]
    row.try_at = next_try(row.tries, row.expected_at, now)
    if row.try_at is None:
        row.state = RecordingState.ABSENT.value
    await session.flush()


async def found_pieces(session: Session, recording_id: UUID, pieces: Sequence[Piece], now: datetime) -> None:
    """The carrier has these files of the call: the first one is this row's, the others get rows of their own."""
    row = await repository.lock(session, recording_id)
    if row is None or row.state != RecordingState.EXPECTED.value or row.carrier_ref:
        return
    row.carrier_ref, row.began_at = pieces[0].ref, pieces[0].began_at
    await session.flush()
    for piece in pieces[1:]:
        session.add(
            Recording(
                call_id=row.call_id,
                queue_id=row.queue_id,
                agent_id=row.agent_id,
                carrier=row.carrier,
                carrier_ref=piece.ref,
                began_at=piece.began_at,
                expected_at=row.expected_at,
                try_at=now,
            )
        )
    await session.flush()


async def stored(
    session: Session, recording_id: UUID, sealed: Sealed, wave: Wave, store: str, name: str, now: datetime
) -> bool:
    """The file is in our store. False when the row is no longer waiting for it."""
    row = await repository.lock(session, recording_id)
    if row is None or row.state != RecordingState.EXPECTED.value:
        return False
    row.state, row.try_at, row.trouble = RecordingState.STORED.value, None, None
    row.channels, row.seconds, row.outline = wave.channels, round(wave.seconds, 2), wave.outline
    row.size, row.sha256, row.key_id = sealed.size, sealed.sha256, sealed.key_id
    row.store, row.name, row.stored_at = store, name, now
    await session.flush()
    return True


async def deleted(session: Session, row: Recording, user: User | None, why: str, now: datetime) -> None:
    """The file is gone; the row and the audit record stay and say so."""
    row.state, row.deleted_at, row.deleted_why = RecordingState.DELETED.value, now, why
    row.outline = []
    await session.flush()
    detail = {"why": "retention" if user is None else "request", "sha256": row.sha256, "size": row.size}
    await audit(session, now, user, "recording_deleted", "recording", str(row.id), detail)


async def get(session: Session, recording_id: UUID) -> Recording:
    row = await session.get(Recording, recording_id)
    if row is None:
        raise NotFound(what_zh="录音", what_en="recording", id=recording_id)
    return row


async def keep(session: Session, recording_id: UUID, why: str | None, user: User, now: datetime) -> Recording:
    """Keep it beyond its time, for a reason in words; None: no longer."""
    row = await repository.lock(session, recording_id)
    if row is None:
        raise NotFound(what_zh="录音", what_en="recording", id=recording_id)
    if row.state != RecordingState.STORED.value:
        raise Conflict(why_zh="只有已入库的录音才能延长保存。", why_en="Only a stored recording can be kept longer.")
    row.kept_for = why
    await session.flush()
    action = "recording_kept" if why is not None else "recording_released"
    await audit(session, now, user, action, "recording", str(row.id), {})
    return row


# ------------------------------------------------------------------ a campaign's rules


async def policy(session: Session, queue_id: UUID, usual_days: int) -> Policy:
    row = await session.get(RecordingPolicy, queue_id)
    if row is None:
        return Policy(
            queue_id=queue_id,
            retention_days=usual_days,
            agents_may_listen=False,
            announcement=Announcement.AGENT_SAYS,
            announcement_text="",
            own=False,
        )
    return Policy(**{name: getattr(row, name) for name in Policy.model_fields if name != "own"}, own=True)


async def policies(session: Session, usual_days: int, store: Literal["off", "disk", "s3"]) -> Policies:
    """Every campaign's rules, and what holds for those without."""
    return Policies(
        rows=[
            PolicyRow(**row.model_dump(exclude={"changed_by"}), own=True, changed_by=name)
            for row, name in await repository.policies(session)
        ],
        usual_days=usual_days,
        usual_announcement=Announcement.AGENT_SAYS,
        usual_text=ANNOUNCEMENT,
        store=store,
    )


async def set_policy(session: Session, queue_id: UUID, wanted: PolicyBody, user: User, now: datetime) -> None:
    values = wanted.model_dump(mode="json") | {"changed_at": now, "changed_by": user.id}
    statement = insert(RecordingPolicy).values(queue_id=queue_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["queue_id"], set_=values))
    detail = wanted.model_dump(mode="json", exclude={"announcement_text"})
    await audit(session, now, user, "recording_policy_changed", "campaign", str(queue_id), detail)


ANNOUNCEMENT = "您好，为保证服务质量，本次通话将被录音。"
"""What is said where a campaign has no words of its own."""


async def announcement(session: Session, queue_id: UUID) -> str | None:
    """What is played to a customer who is joined to an agent; None where nothing is played."""
    row = await session.get(RecordingPolicy, queue_id)
    if row is None or row.announcement != Announcement.PLAYED.value:
        return None
    return row.announcement_text or ANNOUNCEMENT


async def agents_may(session: Session, queue_id: UUID) -> bool:
    statement = select(RecordingPolicy.agents_may_listen).where(col(RecordingPolicy.queue_id) == queue_id)
    return bool((await session.execute(statement)).scalar_one_or_none())
