"""The call log: filtered lists of calls, for screens and for export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from callcenter.calls.models import Call, CallEvent
from callcenter.calls.schemas import CallDetail, CallEventRow, CallFilter, CallRow
from callcenter.domain.call import CallState
from callcenter.kit.db import Session
from callcenter.kit.errors import NotFound
from callcenter.kit.paging import Page
from callcenter.people.models import User

EXPORT_ROWS = 100_000


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    equal: list[tuple[Any, Any]] = [
        (Call.queue_id, wanted.queue_id),
        (Call.agent_id, wanted.agent_id),
        (Call.customer_id, wanted.customer_id),
        (Call.outcome, wanted.outcome),
        (Call.disposition, wanted.disposition),
        (Call.stage, wanted.stage),
        (Call.abandoned, wanted.abandoned),
    ]
    conditions = [col(column) == value for column, value in equal if value is not None]
    if wanted.live is not None:
        ended = col(Call.state) == CallState.ENDED.value
        conditions.append(~ended if wanted.live else ended)
    if wanted.since is not None:
        conditions.append(col(Call.created_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(Call.created_at) < wanted.until)
    if wanted.talk_at_least_s is not None:
        conditions.append(col(Call.talk_s) >= wanted.talk_at_least_s)
    if wanted.talk_at_most_s is not None:
        conditions.append(col(Call.talk_s) <= wanted.talk_at_most_s)
    return conditions


def _row(call: Call, agent_name: str | None) -> dict[str, Any]:
    customer = call.card.get("customer", {})
    return {
        **{name: getattr(call, name) for name in CallDetail.model_fields if hasattr(call, name)},
        "customer_name": customer.get("name", ""),
        "masked_phone": customer.get("masked_phone", ""),
        "agent_name": agent_name,
    }


async def rows(session: Session, wanted: CallFilter, *, limit: int, offset: int = 0) -> Sequence[CallRow]:
    """Calls that match, newest first."""
    statement = (
        select(Call, col(User.name))
        .outerjoin(User, col(User.id) == col(Call.agent_id))
        .where(*_conditions(wanted))
        .order_by(col(Call.created_at).desc(), col(Call.id))
        .limit(limit)
        .offset(offset)
    )
    found = (await session.execute(statement)).all()
    return [CallRow.model_validate(_row(call, name)) for call, name in found]


async def page(session: Session, wanted: CallFilter, *, limit: int, offset: int) -> Page[CallRow]:
    total = (await session.execute(select(func.count()).select_from(Call).where(*_conditions(wanted)))).scalar_one()
    return Page[CallRow](rows=list(await rows(session, wanted, limit=limit, offset=offset)), total=total)


async def detail(session: Session, call_id: UUID) -> CallDetail:
    """One call with everything the carrier told about it."""
    joined = select(Call, col(User.name)).outerjoin(User, col(User.id) == col(Call.agent_id))
    statement = joined.where(col(Call.id) == call_id)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound(what_zh="通话", what_en="call", id=call_id)
    told = select(CallEvent).where(col(CallEvent.call_id) == call_id).order_by(col(CallEvent.id))
    events = [CallEventRow.model_validate(e) for e in (await session.execute(told)).scalars()]
    return CallDetail.model_validate({**_row(found[0], found[1]), "events": events})
