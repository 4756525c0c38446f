"""What a webhook tells: facts of calls and legs, and events for the worker, in one transaction.

A webhook about a call that we did not place changes nothing, also when it is genuine: another installation may use
the same account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit import log
from callcenter.kit.db import Session
from callcenter.telephony.health import refused
from callcenter.telephony.health.models import Disbelief
from callcenter.telephony.port import CarrierEvent
from callcenter.telephony.twilio import repository, translate, twiml
from callcenter.telephony.twilio.addresses import Label, agent_of_identity, label
from callcenter.telephony.twilio.models import Stage, TwilioAgent, TwilioCall

_log = log.get(__name__)
Form = Mapping[str, str]
SHORTEST_LEG = timedelta(seconds=10)


def known(row: TwilioCall) -> translate.Known:
    return translate.Known(
        ringing_at=row.ringing_at,
        answered_at=row.answered_at,
        joined_at=row.joined_at,
        ended_at=row.ended_at,
        hang_up=EndCause(row.hang_up_cause) if row.hang_up_cause else None,
        message=row.message_at is not None,
    )


async def _ours(session: Session, call_id: UUID, form: Form, now: datetime) -> TwilioCall | None:
    """The call that a webhook is about; learns its SID when the reply to our request was lost."""
    row, sid = await repository.call(session, call_id), form.get("CallSid")
    if row is None or not sid or (row.sid is not None and row.sid != sid):
        _log.warning("twilio.unknown_call", call_id=str(call_id))
        await refused.note(session, Disbelief.UNKNOWN_CALL, now)
        return None
    if row.sid is None:
        if row.stage != Stage.ASKED.value or await repository.sid_is_known(session, sid):
            _log.warning("twilio.unknown_call", call_id=str(call_id))
            await refused.note(session, Disbelief.UNKNOWN_CALL, now)
            return None
        row.sid, row.stage = sid, Stage.PLACED.value
    return row


async def record(session: Session, row: TwilioCall, events: list[CarrierEvent], now: datetime) -> None:
    """Keep the facts of `events` and tell them to the worker."""
    for event in events:
        match event.kind:
            case CallEventKind.RINGING:
                row.ringing_at = row.ringing_at or event.at
            case CallEventKind.ANSWERED:
                row.answered_at = row.answered_at or event.at
            case CallEventKind.MACHINE:
                row.answered_by = event.answered_by.value if event.answered_by else None
            case CallEventKind.JOINED:
                row.joined_at = row.joined_at or event.at
            case CallEventKind.ENDED if row.ended_at is None:
                row.ended_at, row.cause = event.at, event.cause.value if event.cause else None
        if not await repository.tell(session, event, now):
            await refused.note(session, Disbelief.REPEATED, now)
    await session.flush()


async def note_status(session: Session, call_id: UUID, form: Form, now: datetime) -> None:
    """A customer's leg rings, is answered, ends."""
    row = await _ours(session, call_id, form, now)
    if row is not None:
        await record(session, row, translate.status_events(call_id, form, known(row), now, row.sid), now)


async def note_answer(session: Session, call_id: UUID, form: Form, now: datetime) -> str:
    """A customer answered, and Twilio asks what to do: the quickest news of an answer there is. Returns TwiML."""
    row = await _ours(session, call_id, form, now)
    if row is None or row.ended_at is not None:
        return twiml.hang_up()
    await record(session, row, [translate.answered(call_id, known(row), now, row.sid)], now)
    return twiml.hang_up() if row.hang_up_cause else twiml.wait()


async def note_machine(session: Session, call_id: UUID, form: Form, now: datetime) -> None:
    row = await _ours(session, call_id, form, now)
    if row is None:
        return
    event = translate.machine_event(call_id, form, known(row), now, row.sid)
    row.answered_by = row.answered_by or translate.verdict(form.get("AnsweredBy", "")).value
    await record(session, row, [event] if event else [], now)


async def answer_browser(session: Session, form: Form, public_url: str) -> str:
    """An agent's browser dials in (after a reload): into their conference, when they are on duty. Returns TwiML."""
    agent_id = agent_of_identity(form.get("From", ""))
    row = await repository.agent(session, agent_id) if agent_id else None
    if agent_id is None or row is None or not row.wanted:
        return twiml.hang_up()
    return twiml.conference(public_url, agent_id, Label(False, agent_id))


async def note_leg(session: Session, agent_id: UUID, form: Form, now: datetime) -> None:
    """An agent's leg rings, is answered, ends."""
    row, sid = await repository.agent(session, agent_id), form.get("CallSid")
    if row is None or not sid:
        return
    if row.call_sid is None and row.asked_at is not None and form.get("CallStatus") not in translate.FINAL:
        row.call_sid = sid  # the reply to our request is still on its way, or lost
    if row.call_sid == sid and form.get("CallStatus") in translate.FINAL:
        await leg_is_down(session, row, now, failed=form.get("CallStatus") != "completed")
    await session.flush()


async def leg_is_down(session: Session, row: TwilioAgent, now: datetime, *, failed: bool) -> None:
    """The agent is no longer in their conference. `failed`: ringing them again at once would not help."""
    # A telephone that answers and hangs up is not rung again and again.
    failed = failed or (row.asked_at is not None and now - row.asked_at < SHORTEST_LEG)
    row.call_sid, row.present, row.asked_at = None, False, None
    row.away_call = row.away_how = None
    row.down_at = now if failed else None
    await fail_join(session, row.agent_id, now)


async def fail_join(session: Session, agent_id: UUID, now: datetime) -> None:
    """A customer on the way to this agent does not arrive."""
    call = await repository.call_with(session, agent_id)
    if call is not None and call.joining_agent == agent_id:
        await give_up_join(session, call, now)


async def give_up_join(session: Session, call: TwilioCall, now: datetime) -> None:
    """Precondition: `call` is being joined."""
    assert call.joining_agent is not None
    event = translate.join_failed_event(call.call_id, call.joining_agent, call.joins, now)
    call.joining_agent = call.join_asked_at = call.entered = None
    await record(session, call, [event], now)


async def note_conference(session: Session, agent_id: UUID, form: Form, now: datetime) -> None:
    """Somebody enters or leaves an agent's conference, or is held."""
    # Locked in one order everywhere: the agent, then the call.
    leg = await repository.agent(session, agent_id)
    if leg is None:
        return
    what, who = form.get("StatusCallbackEvent", ""), label(form.get("ParticipantLabel", ""))
    if what == "conference-end":
        if leg.conference_sid == form.get("ConferenceSid"):
            leg.conference_sid, leg.present, leg.heard = None, False, -1
    elif who is not None and who.customer:
        await _customer(session, leg, who, what, form, now)
    elif who is not None and who.other == "third":
        await note_third(session, who.id, who.join, what == "participant-join", what == "participant-leave", now)
    elif who is not None and who.other:
        return  # a supervisor: what they do was asked for
    elif who is not None and who.id == agent_id:
        await _agent(session, leg, what, form, now)
    await session.flush()


async def _agent(session: Session, leg: TwilioAgent, what: str, form: Form, now: datetime) -> None:
    sid, sequence = form.get("CallSid"), translate.conference_sequence(0, form)
    if form.get("ConferenceSid") == leg.conference_sid and sequence <= leg.heard:
        return
    if what == "participant-leave" and (leg.away_call is not None or form.get("ConferenceSid") == leg.away_from):
        leg.present = leg.present and leg.away_call is None
        return  # moved by us, to supervise or to be consulted
    leg.conference_sid, leg.heard = form.get("ConferenceSid"), sequence
    if what == "participant-leave" and leg.call_sid in (sid, None):
        await _wait_or_talk(session, leg, form, now, there=False)
    if what == "participant-leave" and leg.call_sid == sid:
        await leg_is_down(session, leg, now, failed=False)
    if what != "participant-join" or not leg.wanted:
        return
    leg.call_sid, leg.present, leg.down_at = sid, True, None
    await _wait_or_talk(session, leg, form, now, there=True)
    call = await repository.call_with(session, leg.agent_id)
    if call is not None and call.joining_agent == leg.agent_id and call.entered == call.joins:
        await join_now(session, call, leg, form, now)


async def _wait_or_talk(session: Session, leg: TwilioAgent, form: Form, now: datetime, *, there: bool) -> None:
    """The agent whom a customer is joined to is gone, or there again: the customer waits, or talks on."""
    call = await repository.call_with(session, leg.agent_id)
    if call is None or call.joined_agent != leg.agent_id:
        return
    sequence = translate.conference_sequence(call.joins, form)
    kind = CallEventKind.AGENT_BACK if there else CallEventKind.AGENT_LOST
    await record(session, call, [CarrierEvent(call.call_id, kind, now, sequence, agent_id=leg.agent_id)], now)


async def _customer(session: Session, leg: TwilioAgent, who: Label, what: str, form: Form, now: datetime) -> None:
    call = await repository.call(session, who.id)
    if call is None or call.sid != form.get("CallSid") or who.join != call.joins:
        return  # not ours, or of a join that was given up
    match what:
        case "participant-join" if call.joining_agent == leg.agent_id:
            call.entered, call.conference_sid = who.join, form.get("ConferenceSid")
            if leg.present:
                await join_now(session, call, leg, form, now)
        case "participant-leave" if call.leaving is not None:
            await left(session, call, now)
        case "participant-hold" | "participant-unhold":
            held, sequence = what == "participant-hold", translate.conference_sequence(who.join, form)
            if sequence > call.hold_sequence:
                call.held, call.hold_sequence = held, sequence
            await record(session, call, [translate.hold_event(who.id, held, sequence, form, known(call), now)], now)


async def left(session: Session, call: TwilioCall, now: datetime) -> None:
    """The customer is out of the agent's conference because we asked for it: told once, whoever hears it first."""
    leaving, call.leaving = call.leaving, None
    if leaving == "release" and call.joined_agent is not None and call.ended_at is None:
        event = translate.released_event(call.call_id, call.joins, now)
        call.joined_agent = call.conference_sid = None
        call.held = False
        await record(session, call, [event], now)
    elif leaving == "transfer" and call.ended_at is None:
        ended = CarrierEvent(call.call_id, CallEventKind.ENDED, now, translate.ENDED, cause=EndCause.TRANSFERRED)
        await record(session, call, [ended], now)


async def note_third(session: Session, call_id: UUID, which: int, came: bool, gone: bool, now: datetime) -> None:
    """Somebody who is consulted about the call is there, or is not, or not any more."""
    call = await repository.call(session, call_id)
    if call is None or call.consult_no != which or call.consult_state is None:
        return
    if came and call.consult_state == "asked":
        call.consult_state = "there"
        if call.ended_at is None:
            await record(session, call, [translate.consult_event(call_id, call.joins, which, True, now)], now)
    elif gone:
        call.consult_state = call.consult_sid = call.consult_agent = None
        if call.ended_at is None:
            await record(session, call, [translate.consult_event(call_id, call.joins, which, False, now)], now)
    await session.flush()


async def join_now(session: Session, call: TwilioCall, leg: TwilioAgent, form: Form, now: datetime) -> None:
    """Both are in the conference: they hear each other."""
    sequence = translate.conference_sequence(call.joins, form)
    call.joined_agent, call.joining_agent, call.join_asked_at = leg.agent_id, None, None
    call.held = False
    event = translate.joined_event(call.call_id, leg.agent_id, sequence, form, known(call), now)
    await record(session, call, [event], now)
