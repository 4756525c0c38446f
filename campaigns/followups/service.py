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
from campaigns.followups.history import note
from campaigns.followups.models import EndedBecause, FollowUp, FollowUpCase, FollowUpState, Happened
from campaigns.leads.models import Lead
from campaigns.rhythm import service as rhythm
from campaigns.rhythm.rules import Grade, Standing, tried_enough

ENGAGED = tuple(case.value for case in FollowUpCase if case is not FollowUpCase.NOT_REACHED)
"""Cases in which the person knows of us: followed up after the last day, too."""

_UPSERT = text(
    """
    WITH one AS (
      INSERT INTO follow_ups (id, campaign_id, lead_id, customer_id, "case", reason, owner_id, due_at, state,
                              made_by_call, created_at)
      VALUES (:id, :campaign, :lead, :customer, 'not_reached', :reason, NULL, :due, 'due', :call, :now)
      ON CONFLICT (lead_id) WHERE state = 'due'
      DO UPDATE SET due_at = excluded.due_at, tries = follow_ups.tries + 1,
                    reason = CASE WHEN follow_ups."case" = 'not_reached' THEN excluded.reason
                                  ELSE follow_ups.reason END
      RETURNING id, grade, tries)
    , noted AS (
      INSERT INTO follow_up_events (follow_up_id, at, what, call_id, due_at, note)
      SELECT id, :now, CASE WHEN id = :id THEN 'opened' ELSE 'tried' END, :call, :due, :reason FROM one)
    SELECT grade, tries FROM one
    """
)
_END = text(
    """
    WITH ended AS (
      UPDATE follow_ups SET state = :state, ended_at = :now, ended_by_call = CAST(:call AS uuid),
             ended_because = :because
      WHERE lead_id = ANY(CAST(:leads AS uuid[])) AND state = 'due' RETURNING id)
    INSERT INTO follow_up_events (follow_up_id, at, what, call_id, note)
    SELECT id, :now, :state, CAST(:call AS uuid), :because FROM ended
    """
)
_STANDING = text("SELECT grade, round FROM follow_ups WHERE lead_id = :lead AND state = 'due' AND grade IS NOT NULL")


async def not_reached(
    session: Session, lead: Lead, reason: str, due_at: datetime, call_id: UUID, now: datetime
) -> bool:
    """Case 3 of the source. Where a follow-up is open already, it keeps its case and gets the new time.

    Returns whether it was tried as often as its grade allows: the caller closes the lead.
    """
    found = await session.execute(
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
    row = found.one()
    return row.grade is not None and tried_enough(await rhythm.pace(session, Grade(row.grade)), row.tries)


async def end_open(
    session: Session,
    lead_ids: Sequence[UUID],
    state: FollowUpState,
    call_id: UUID | None,
    now: datetime,
    because: EndedBecause | None = None,
) -> None:
    """End what is open for these leads: done by a conversation, or dropped with the lead."""
    if lead_ids:
        usual = EndedBecause.TALKED if state is FollowUpState.DONE else EndedBecause.LEAD_CLOSED
        given = {"state": state.value, "now": now, "call": call_id, "because": (because or usual).value}
        await session.execute(_END, given | {"leads": [str(lead) for lead in lead_ids]})


async def standing(session: Session, lead_id: UUID) -> Standing | None:
    """Where the lead stands in the rhythm: its open follow-up's grade and round."""
    row = (await session.execute(_STANDING, {"lead": lead_id})).one_or_none()
    return None if row is None else Standing(Grade(row.grade), row.round)


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
    as_of: Standing | None = None,
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
        grade=None if as_of is None else as_of.grade.value,
        round=1 if as_of is None else as_of.round,
    )
    session.add(row)
    await session.flush()
    await note(session, row.id, Happened.OPENED, now, by=owner_id, call_id=call_id, due_at=due_at, note=reason)
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
    by: UUID | None = None,
    due_at: datetime | None = None,
    owner_id: UUID | None = None,
    grade: Grade | None = None,
    drop: bool = False,
    reason: str | None = None,
) -> FollowUp:
    """Move, hand over, grade anew or drop an open follow-up, with its reason.

    Raises:
        Conflict: it has ended already.
        BadInput: a time in the past; dropped without a reason; a grade where nobody was talked with.
    """
    row = await get(session, follow_up_id)
    if row.state != FollowUpState.DUE.value:
        raise Conflict(why_zh="该跟进已结束，不能再更改。", why_en="This follow-up has ended and cannot be changed.")
    if drop and not (reason or "").strip():
        raise BadInput(
            field="reason",
            problem_zh="未填写放弃跟进的原因",
            problem_en="no reason is given for dropping the follow-up",
        )
    why = "" if reason is None else reason.strip()
    if grade is not None and grade.value != row.grade:
        await _grade(session, row, grade, now, by)
    if due_at is not None and due_at != row.due_at:
        if due_at <= now:
            raise BadInput(field="due_at", problem_zh="时间已过去", problem_en="the time has passed")
        row.due_at = due_at
        await _move_lead(session, row, due_at)
        await note(session, row.id, Happened.MOVED, now, by=by, due_at=due_at, note=why)
    if owner_id is not None and owner_id != row.owner_id:
        row.owner_id = owner_id
        await note(session, row.id, Happened.HANDED_OVER, now, by=by, note=why)
    if reason is not None:
        row.reason = why
    if drop:
        row.state, row.ended_at, row.ended_because = FollowUpState.DROPPED.value, now, EndedBecause.BY_HAND.value
        await _move_lead(session, row, None)
        await note(session, row.id, Happened.DROPPED, now, by=by, note=why)
    await session.flush()
    return row


async def _grade(session: Session, row: FollowUp, grade: Grade, now: datetime, by: UUID | None) -> None:
    if row.case == FollowUpCase.NOT_REACHED.value:
        raise BadInput(
            field="grade",
            problem_zh="尚未与客户谈过话，不能分级",
            problem_en="nobody has talked with this person yet: there is nothing to grade",
        )
    row.grade, row.round = grade.value, 1
    await note(session, row.id, Happened.GRADED, now, by=by, note=grade.value)


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
