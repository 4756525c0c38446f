"""Follow-ups: opened by a result, moved by fruitless attempts, ended by the next conversation or with the lead.

A lead has at most one that is open. A stronger case (asked to buy, great interest) is not forgotten because
the next attempt reached nobody: only its time moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from callcenter.kit.ids import new_id
from campaigns.followups.models import FollowUp, FollowUpCase, FollowUpState
from campaigns.leads.models import Lead

ENGAGED = (FollowUpCase.ASKED_TO_BUY.value, FollowUpCase.GREAT_INTEREST.value)
"""Cases in which the person knows of us: followed up after the last day, too."""

_UPSERT = text(
    """
    INSERT INTO follow_ups (id, campaign_id, lead_id, customer_id, "case", reason, owner_id, due_at, state,
                            made_by_call, created_at)
    VALUES (:id, :campaign, :lead, :customer, 'not_reached', :reason, NULL, :due, 'due', :call, :now)
    ON CONFLICT (lead_id) WHERE state = 'due'
    DO UPDATE SET due_at = excluded.due_at,
                  reason = CASE WHEN follow_ups."case" = 'not_reached' THEN excluded.reason ELSE follow_ups.reason END
    """
)
_END = text(
    "UPDATE follow_ups SET state = :state, ended_at = :now, ended_by_call = CAST(:call AS uuid)"
    " WHERE lead_id = ANY(CAST(:leads AS uuid[])) AND state = 'due'"
)


async def not_reached(
    session: Session, lead: Lead, reason: str, due_at: datetime, call_id: UUID, now: datetime
) -> None:
    """Case 3 of the source. Where a follow-up is open already, it keeps its case and gets the new time."""
    await session.execute(
        _UPSERT,
        {
            "id": new_id(),
            "campaign": lead.campaign_id,
            "lead": lead.id,
            "customer": lead.customer_id,
            "reason": reason,
            "due": due_at,
            "call": call_id,
            "now": now,
        },
    )


async def end_open(
    session: Session, lead_ids: Sequence[UUID], state: FollowUpState, call_id: UUID | None, now: datetime
) -> None:
    """End what is open for these leads: done by a conversation, or dropped with the lead."""
    if lead_ids:
        await session.execute(
            _END, {"state": state.value, "now": now, "call": call_id, "leads": [str(lead) for lead in lead_ids]}
        )


async def open_case(
    session: Session,
    lead: Lead,
    case: FollowUpCase,
    *,
    reason: str,
    owner_id: UUID | None,
    due_at: datetime,
    call_id: UUID,
    now: datetime,
) -> FollowUp:
    """A new follow-up; the one before it must have been ended."""
    row = FollowUp(
        campaign_id=lead.campaign_id,
        lead_id=lead.id,
        customer_id=lead.customer_id,
        case=case.value,
        reason=reason,
        owner_id=owner_id,
        due_at=due_at,
        made_by_call=call_id,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def get(session: Session, follow_up_id: UUID) -> FollowUp:
    row = await session.get(FollowUp, follow_up_id, with_for_update=True)
    if row is None:
        raise NotFound(what_zh="跟进", what_en="follow-up", id=follow_up_id)
    return row


async def change(
    session: Session,
    follow_up_id: UUID,
    *,
    now: datetime,
    due_at: datetime | None = None,
    owner_id: UUID | None = None,
    drop: bool = False,
    reason: str | None = None,
) -> FollowUp:
    """Move, hand over or drop an open follow-up, with its reason.

    Raises:
        Conflict: it has ended already.
        BadInput: a time in the past; dropped without a reason.
    """
    row = await get(session, follow_up_id)
    if row.state != FollowUpState.DUE.value:
        raise Conflict(why_zh="该跟进已结束,不能再更改。", why_en="This follow-up has ended and cannot be changed.")
    if drop and not (reason or "").strip():
        raise BadInput(
            field="reason",
            problem_zh="未填写放弃跟进的原因",
            problem_en="no reason is given for dropping the follow-up",
        )
    if due_at is not None:
        if due_at <= now:
            raise BadInput(field="due_at", problem_zh="时间已过去", problem_en="the time has passed")
        row.due_at = due_at
        await _move_lead(session, row, due_at)
    if owner_id is not None:
        row.owner_id = owner_id
    if reason is not None:
        row.reason = reason.strip()
    if drop:
        row.state, row.ended_at = FollowUpState.DROPPED.value, now
        await _move_lead(session, row, None)
    await session.flush()
    return row


async def _move_lead(session: Session, row: FollowUp, due_at: datetime | None) -> None:
    """The lead follows its follow-up: that is what is picked."""
    lead = (
        await session.execute(
            select(Lead).where(col(Lead.id) == row.lead_id).with_for_update().execution_options(populate_existing=True)
        )
    ).scalar_one()
    if row.case in ENGAGED:
        lead.follow_up_at = due_at
    lead.rest_until = due_at
    lead.not_before = due_at
    await session.flush()
