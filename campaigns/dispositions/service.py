"""Saving the result of a call: once, and with everything that follows from it in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from callcenter.calls import service as calls
from callcenter.calls.models import Call
from callcenter.domain.call import CallState
from callcenter.kit.db import Session
from callcenter.kit.errors import Conflict, NotFound
from campaigns.dispositions import heard
from campaigns.dispositions.defaults import default_dispositions
from campaigns.dispositions.models import CallResult, Disposition
from campaigns.dispositions.rules import UnknownDisposition, check_demands
from campaigns.followups import service as followups
from campaigns.followups.models import EndedBecause, FollowUpCase, FollowUpState
from campaigns.leads import repository as lead_rows
from campaigns.leads import service as leads
from campaigns.leads.models import ClosedReason, Lead, LeadState
from campaigns.leads.zones import possible_zones
from campaigns.rhythm import service as rhythm
from campaigns.rhythm.rules import Grade, Planned, after_talk
from campaigns.schedule.rules import CallingRules
from crm_sync.customers.models import Customer, NumberState
from crm_sync.customers.numbers import numbers_of
from crm_sync.do_not_call import service as do_not_call
from crm_sync.do_not_call.models import DoNotCallSource

_NOT_YET = (CallState.RESERVED.value, CallState.LAUNCHING.value, CallState.RINGING.value)
EVERYWHERE = (ClosedReason.REFUSED, ClosedReason.DO_NOT_CALL, ClosedReason.WRONG_NUMBER)
"""Closing reasons that hold for the person, not for this campaign only."""


async def seed_defaults(session: Session) -> int:
    """Write the default table where there is none. Returns how many lines were added."""
    if (await session.execute(select(Disposition.code).limit(1))).first() is not None:
        return 0
    rows = default_dispositions()
    session.add_all(rows)
    await session.flush()
    return len(rows)


async def active(session: Session) -> Sequence[Disposition]:
    """What an agent may choose, in its order."""
    statement = select(Disposition).where(col(Disposition.active)).order_by(col(Disposition.position), Disposition.code)
    return (await session.execute(statement)).scalars().all()


async def save(
    session: Session,
    *,
    call: Call,
    agent_id: UUID | None,
    code: str,
    note: str,
    callback_at: datetime | None,
    order_id: UUID | None,
    now: datetime,
    rules: CallingRules,
    saved_by: UUID | None = None,
) -> CallResult:
    """Save the result of `call` (locked by the caller). Saving the same result again is harmless.

    `saved_by`: who saves it in place of the agent who talked; promises and follow-ups stay the agent's.

    Raises:
        UnknownDisposition: naming the valid ones.
        BadInput: the code needs an order or a time that is missing, or the time is not permitted.
        Conflict: another result is saved already, or nobody has answered the call.
    """
    found = await session.get(Disposition, code)
    if found is None or not found.active:
        raise UnknownDisposition(
            field="code", given=code[:40], valid=", ".join(row.code for row in await active(session))
        )
    note = note.strip()
    before = await session.get(CallResult, call.id)
    if before is not None:
        return _same_or_conflict(before, code, note, callback_at, order_id)
    if call.state in _NOT_YET:
        raise Conflict(why_zh="通话尚未接通，不能保存结果。", why_en="Nobody has answered this call yet.")
    customer = await session.get_one(Customer, call.customer_id)
    check_demands(
        found,
        callback_at=callback_at,
        order_id=order_id,
        now=now,
        rules=rules,
        timezone=customer.timezone,
        possible_zones=possible_zones(customer.phone, timezone_known=customer.timezone_known),
    )
    result = await _write(session, call, found, saved_by or agent_id, note, callback_at, order_id, now)
    # Whoever is about to call this number decides before us or after us, never at the same time.
    await lead_rows.lock_number(session, call.to_number)
    lead = await lead_rows.lock(session, call.subject_id)
    if lead is None:
        raise NotFound(what_zh="线索", what_en="lead", id=call.subject_id)
    # Somebody else answers there: another number of the person may be right.
    more_numbers = found.closes_lead == ClosedReason.WRONG_NUMBER.value and await leads.another_number(
        session, lead, call.to_number, NumberState.WRONG_PERSON, now, rules
    )
    await _refuse(session, found, call, customer, saved_by or agent_id, now, more_numbers=more_numbers)
    if more_numbers:
        await _next_number(session, found, call, lead, now, rules)
    else:
        await _follow(session, found, call, lead, agent_id, note, callback_at, now, rules)
    await calls.dispose(session, call, code, note, now)
    await heard.told(session, call, found, note, now)
    return result


def _same_or_conflict(
    before: CallResult, code: str, note: str, callback_at: datetime | None, order_id: UUID | None
) -> CallResult:
    if (before.code, before.note, before.callback_at, before.order_id) == (code, note, callback_at, order_id):
        return before
    raise Conflict(
        code="already_disposed",
        why_zh=f"该通话的结果已保存为“{before.code}”，不能再改。",
        why_en=f"The result of this call is already saved as '{before.code}'.",
    )


async def _write(
    session: Session,
    call: Call,
    found: Disposition,
    agent_id: UUID | None,
    note: str,
    callback_at: datetime | None,
    order_id: UUID | None,
    now: datetime,
) -> CallResult:
    values: dict[str, Any] = {
        "call_id": call.id,
        "lead_id": call.subject_id,
        "campaign_id": call.queue_id,
        "customer_id": call.customer_id,
        "code": found.code,
        "note": note,
        "callback_at": callback_at,
        "order_id": order_id,
        # The flags as they were: editing the table later must not rewrite what was reported.
        "detail": {
            name: getattr(found, name)
            for name in ("person", "right_party", "sale", "refusal", "do_not_call", "callback")
        },
        "by": agent_id,
        "saved_at": now,
    }
    written = await session.execute(
        insert(CallResult).values(**values).on_conflict_do_nothing().returning(col(CallResult.call_id))
    )
    result = await session.get_one(CallResult, call.id)
    if written.first() is None:
        return _same_or_conflict(result, found.code, note, callback_at, order_id)
    return result


async def _refuse(
    session: Session,
    found: Disposition,
    call: Call,
    customer: Customer,
    agent_id: UUID | None,
    now: datetime,
    *,
    more_numbers: bool,
) -> None:
    """A refusal, and a wrong number, hold everywhere at once: list, consent, every open lead of the person."""
    if found.do_not_call or found.refusal:
        # The person refuses, not the telephone: none of their numbers is called again.
        mine = (await numbers_of(session, [customer.id]))[customer.id]
        own = [one.phone for one in mine if one.state is not NumberState.WRONG_PERSON and one.phone != call.to_number]
        for phone in [call.to_number, *own]:
            await do_not_call.add(session, phone, DoNotCallSource.CALL, found.code, now, by=agent_id, call_id=call.id)
    reason = ClosedReason(found.closes_lead) if found.closes_lead else None
    if found.do_not_call and reason is None:
        reason = ClosedReason.DO_NOT_CALL
    if reason in EVERYWHERE and not (reason is ClosedReason.WRONG_NUMBER and more_numbers):
        opened = await lead_rows.lock_open_of_customer(session, customer.id)
        others = [lead for lead in opened if lead.id != call.subject_id]
        await leads.close(session, others, reason, now)


async def _follow(
    session: Session,
    found: Disposition,
    call: Call,
    lead: Lead,
    agent_id: UUID | None,
    note: str,
    callback_at: datetime | None,
    now: datetime,
    rules: CallingRules,
) -> None:
    """What becomes of the lead itself."""
    if lead.call_id == call.id:
        lead.call_id = None
    lead.version += 1
    lead.last_outcome = found.code
    talked = found.right_party
    case = FollowUpCase(found.follow_up_case) if found.follow_up_case else None
    planned: Planned | None = None
    if talked:
        lead.fruitless = 0
        because = EndedBecause.TALKED
        if case is not None and found.grade is not None:
            before = await followups.standing(session, lead.id)
            paces = await rhythm.paces(session)
            planned = after_talk(paces, Grade(found.grade), before, found.retry_after_s)
            if planned is None:
                because = EndedBecause.ROUNDS_USED_UP
        await followups.end_open(session, [lead.id], FollowUpState.DONE, call.id, now, because)
    if lead.state != LeadState.OPEN.value:
        await session.flush()
        return
    closes = ClosedReason(found.closes_lead) if found.closes_lead else None
    if found.do_not_call and closes is None:
        closes = ClosedReason.DO_NOT_CALL
    if closes is None and talked and found.grade is not None and planned is None:
        closes = ClosedReason.NOT_INTERESTED  # called as often as the last grade allows
    if closes is not None:
        await leads.close(session, [lead], closes, now)
        return
    rest = found.retry_after_s or rules.retry_for("talked").after_s if planned is None else planned.rest_s
    later = now + timedelta(seconds=rest)
    await _plan(session, lead, case, agent_id, talked, callback_at, later)
    due = await leads.settle(session, lead, now, rules, ignore_call=call.id)
    if due is None or case is None:
        return
    if case is FollowUpCase.NOT_REACHED:
        if await followups.not_reached(session, lead, found.code, due, call.id, now):
            await leads.close_tried_enough(session, lead, call.id, now)
    else:
        await followups.open_case(
            session,
            lead,
            case,
            reason=note,
            owner_id=agent_id,
            due_at=due,
            call_id=call.id,
            now=now,
            as_of=None if planned is None else planned.standing,
        )


async def _next_number(
    session: Session, found: Disposition, call: Call, lead: Lead, now: datetime, rules: CallingRules
) -> None:
    """The lead goes on with another number of the person (`leads.another_number` said when)."""
    if lead.call_id == call.id:
        lead.call_id = None
    lead.version += 1
    lead.last_outcome = found.code
    await session.flush()
    if lead.state == LeadState.OPEN.value:
        await leads.settle(session, lead, now, rules, ignore_call=call.id)


async def _plan(
    session: Session,
    lead: Lead,
    case: FollowUpCase | None,
    agent_id: UUID | None,
    talked: bool,
    callback_at: datetime | None,
    later: datetime,
) -> None:
    """Write on the lead when it is to be called again, and by which right."""
    if callback_at is not None:
        lead.callback_at, lead.callback_agent_id = callback_at, agent_id
        lead.rest_until = None
    elif talked:
        # The conversation replaced whatever had been promised before.
        lead.callback_at = lead.callback_agent_id = None
        lead.rest_until = later
        lead.follow_up_at = later if case is not None and case is not FollowUpCase.NOT_REACHED else None
    elif lead.callback_at is not None:
        lead.callback_at = later
    else:
        lead.rest_until = later
        if lead.follow_up_at is not None:
            lead.follow_up_at = later
    await session.flush()
