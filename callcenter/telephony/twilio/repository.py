"""Reading, locking and writing: calls, agents' legs, the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit.db import Session
from callcenter.kit.wake import wake
from callcenter.telephony.port import CarrierEvent
from callcenter.telephony.twilio.models import KEEP_CALLS, KEEP_MINUTES, CarrierInbox, Stage, TwilioAgent, TwilioCall

CHANNEL = "carrier_inbox"
UNSURE_MINUTES = 2
"""Events handed over within this time before a start may have died with the worker that took them."""


async def call(session: Session, call_id: UUID) -> TwilioCall | None:
    """The call, locked until the transaction ends and read anew."""
    statement = (
        select(TwilioCall)
        .where(TwilioCall.call_id == call_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def enter(session: Session, row: TwilioCall) -> bool:
    """Write a new call; False when its id is known already."""
    statement = (
        insert(TwilioCall)
        .values(
            call_id=row.call_id,
            to_number=row.to_number,
            from_number=row.from_number,
            stage=row.stage,
            written_at=row.written_at,
            recorded=row.recorded,
            consult_no=0,
            joins=0,
            held=False,
            hold_sequence=-1,
        )
        .on_conflict_do_nothing(index_elements=["call_id"])
        .returning(col(TwilioCall.call_id))
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def open_calls(session: Session) -> int:
    """Calls that are up, or may be."""
    statement = text("SELECT count(*) FROM twilio_calls WHERE ended_at IS NULL AND stage IN ('asked', 'placed')")
    return int((await session.execute(statement)).scalar_one())


async def sid_is_known(session: Session, sid: str) -> bool:
    found = await session.execute(select(TwilioCall.call_id).where(TwilioCall.sid == sid))
    return found.first() is not None


async def call_with(session: Session, agent_id: UUID, other_than: UUID | None = None) -> TwilioCall | None:
    """The call that is with this agent, or on its way to them; locked."""
    statement = (
        select(TwilioCall)
        .where(
            col(TwilioCall.ended_at).is_(None),
            TwilioCall.stage == Stage.PLACED.value,
            (col(TwilioCall.joining_agent) == agent_id) | (col(TwilioCall.joined_agent) == agent_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if other_than is not None:
        statement = statement.where(TwilioCall.call_id != other_than)
    return (await session.execute(statement)).scalars().first()


async def to_hang_up(session: Session, limit: int = 20) -> Sequence[TwilioCall]:
    """Calls whose end was decided and has not been taken by Twilio; locked."""
    statement = (
        select(TwilioCall)
        .where(
            TwilioCall.stage == Stage.PLACED.value,
            col(TwilioCall.hang_up_cause).is_not(None),
            col(TwilioCall.hung_up_at).is_(None),
            col(TwilioCall.ended_at).is_(None),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()


async def to_tidy(session: Session) -> Sequence[UUID]:
    """Calls that are over and whose third party is still with the agent."""
    statement = select(TwilioCall.call_id).where(
        col(TwilioCall.ended_at).is_not(None), col(TwilioCall.consult_state).is_not(None)
    )
    return (await session.execute(statement)).scalars().all()


async def agent(session: Session, agent_id: UUID) -> TwilioAgent | None:
    """The agent's leg, locked."""
    statement = (
        select(TwilioAgent)
        .where(TwilioAgent.agent_id == agent_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def legs_to_raise(session: Session, asked_before: datetime, down_before: datetime) -> Sequence[UUID]:
    """Agents whose leg is wanted and not up; nobody asked for it lately, and it did not just fail."""
    statement = select(TwilioAgent.agent_id).where(
        col(TwilioAgent.wanted),
        col(TwilioAgent.call_sid).is_(None),
        col(TwilioAgent.asked_at).is_(None) | (col(TwilioAgent.asked_at) < asked_before),
        col(TwilioAgent.down_at).is_(None) | (col(TwilioAgent.down_at) < down_before),
    )
    return (await session.execute(statement)).scalars().all()


async def legs_to_drop(session: Session) -> list[tuple[UUID, str]]:
    statement = select(TwilioAgent.agent_id, TwilioAgent.drop_sid).where(col(TwilioAgent.drop_sid).is_not(None))
    return [(agent_id, sid) for agent_id, sid in (await session.execute(statement)).all() if sid is not None]


async def tell(session: Session, event: CarrierEvent, now: datetime, *, again: bool = False) -> bool:
    """Put an event into the inbox and wake the worker with the commit; False when it was there already.

    `again`: hand it over once more, for a reader who may have lost it.
    """
    told = f"{event.call_id}:{event.sequence}"
    statement = insert(CarrierInbox).values(told=told, event=_written(event), received_at=now)
    if again:
        statement = statement.on_conflict_do_update(index_elements=["told"], set_={"handed_at": None})
    else:
        statement = statement.on_conflict_do_nothing(index_elements=["told"])
    fresh = (await session.execute(statement.returning(col(CarrierInbox.id)))).scalar_one_or_none() is not None
    if fresh:
        await wake(session, CHANNEL)
    return fresh


def _written(event: CarrierEvent) -> dict[str, Any]:
    return {
        "call_id": str(event.call_id),
        "kind": event.kind.value,
        "at": event.at.isoformat(),
        "sequence": event.sequence,
        "cause": event.cause,
        "answered_by": event.answered_by,
        "agent_id": str(event.agent_id) if event.agent_id else None,
        "carrier_ref": event.carrier_ref,
    }


async def take(session: Session, limit: int = 200) -> list[CarrierEvent]:
    """The oldest events that nobody has taken, marked as handed over when the transaction commits."""
    statement = text(
        "UPDATE carrier_inbox SET handed_at = clock_timestamp() WHERE id IN ("
        " SELECT id FROM carrier_inbox WHERE handed_at IS NULL ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)"
        " RETURNING id, event"
    )
    rows = (await session.execute(statement, {"limit": limit})).all()
    return [_read(row.event) for row in sorted(rows, key=lambda row: int(row.id))]


def _read(written: dict[str, Any]) -> CarrierEvent:
    return CarrierEvent(
        call_id=UUID(written["call_id"]),
        kind=CallEventKind(written["kind"]),
        at=datetime.fromisoformat(written["at"]),
        sequence=written["sequence"],
        cause=EndCause(written["cause"]) if written["cause"] else None,
        answered_by=AnsweredBy(written["answered_by"]) if written["answered_by"] else None,
        agent_id=UUID(written["agent_id"]) if written["agent_id"] else None,
        carrier_ref=written["carrier_ref"],
    )


async def give_back(session: Session) -> None:
    """Events that a worker took shortly before it may have died are handed over once more."""
    await session.execute(
        text(
            "UPDATE carrier_inbox SET handed_at = NULL"
            " WHERE handed_at > clock_timestamp() - make_interval(mins => :minutes)"
        ),
        {"minutes": UNSURE_MINUTES},
    )


async def forget(session: Session, now: datetime) -> None:
    """Drop what nobody can ask for any more."""
    await session.execute(
        text("DELETE FROM carrier_inbox WHERE handed_at < clock_timestamp() - make_interval(mins => :minutes)"),
        {"minutes": KEEP_MINUTES},
    )
    await session.execute(
        text(
            "DELETE FROM twilio_calls WHERE ended_at < :before OR (stage IN ('refused', 'dropped') AND"
            " written_at < :before)"
        ),
        {"before": now - KEEP_CALLS},
    )
