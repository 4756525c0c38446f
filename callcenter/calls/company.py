"""Others than the agent in a call: supervisors, third parties, the next agent. And what is done during a talk.

As with every command, what is asked for is a row, and the worker carries it out. Supervision is different in one
thing: its open rows say who is to be in which call *now*, and the worker sees to it that it is so, also after it died.
"""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from callcenter.calls import repository
from callcenter.calls.models import Call, CommandKind, Consulting, Supervision
from callcenter.domain.call import CallState
from callcenter.kit import outbox
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict
from callcenter.telephony.port import Supervising

TOPIC = "supervision"
DIGITS = re.compile(r"[0-9*#A-D]{1,32}")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_TALKING = (CallState.CONNECTED.value, CallState.HELD.value)


def _in_talk(call: Call) -> None:
    if call.state not in _TALKING:
        raise Conflict(why_zh="该通话当前没有坐席在通话。", why_en="No agent is talking in this call now.")


# ------------------------------------------------------------------ supervisors


def payload(row: Supervision) -> dict[str, object]:
    """As events and snapshots carry it."""
    return {
        "id": row.id,
        "call_id": row.call_id,
        "supervisor_id": row.supervisor_id,
        "agent_id": row.agent_id,
        "how": row.how,
        "began_at": row.began_at,
        "heard_from": row.heard_from,
        "ended_at": row.ended_at,
        "trouble": row.trouble,
    }


async def _told(session: Session, row: Supervision) -> None:
    await session.flush()
    await outbox.record(session, TOPIC, row.id, payload(row))


async def supervise(session: Session, call: Call, supervisor_id: UUID, how: Supervising, now: datetime) -> Supervision:
    """The supervisor is to be in this call, so; where else they were, they leave. `call` is locked.

    Raises:
        Conflict: no agent is talking in the call, or the supervisor is its agent.
    """
    _in_talk(call)
    if call.agent_id == supervisor_id:
        raise Conflict(why_zh="不能监听自己的通话。", why_en="Nobody supervises their own call.")
    now_in = await repository.open_supervision_of(session, supervisor_id)
    if now_in is not None:
        if now_in.call_id == call.id and now_in.how == how.value:
            return now_in
        await _end(session, now_in, now)
    row = Supervision(call_id=call.id, supervisor_id=supervisor_id, agent_id=call.agent_id, how=how.value, began_at=now)
    session.add(row)
    await _told(session, row)
    await repository.wake_worker(session)
    return row


async def stop_supervising(session: Session, supervisor_id: UUID, now: datetime) -> Supervision | None:
    """The supervisor leaves the call they are in; None where they are in none."""
    row = await repository.open_supervision_of(session, supervisor_id)
    if row is not None:
        await _end(session, row, now)
        await repository.wake_worker(session)
    return row


async def _end(session: Session, row: Supervision, now: datetime) -> None:
    row.ended_at = max(now, row.began_at)
    await _told(session, row)


async def leave_all(session: Session, call_id: UUID, now: datetime) -> None:
    """The call has ended, or left its agent: nobody is in it beside."""
    for row in await repository.open_supervisions_of_call(session, call_id):
        await _end(session, row, now)


async def note_heard(session: Session, supervision_id: UUID, trouble: str | None, now: datetime) -> None:
    """What came of the carrier being asked."""
    row = await session.get(Supervision, supervision_id, with_for_update=True)
    if row is None or (row.trouble == trouble and (row.heard_from is not None) == (trouble is None)):
        return
    row.trouble = trouble
    row.heard_from = now if trouble is None else row.heard_from
    await _told(session, row)


# ------------------------------------------------------------------ transfers


def _outside(number: str, allowed: frozenset[str]) -> str:
    if not _NUMBER.fullmatch(number):
        raise BadInput(
            field="number",
            problem_zh="不是有效的国际格式号码(例如 +862012345678)",
            problem_en="it is not a number in international form, as in +862012345678",
        )
    if number not in allowed:
        raise Conflict(
            code="number_not_allowed",
            why_zh="该号码不在允许转接的号码之中(TRANSFER_NUMBERS)。",
            why_en="This number is not among those that calls may be transferred to (TRANSFER_NUMBERS).",
        )
    return number


def _not_consulting(call: Call) -> None:
    if call.consult is not None:
        raise Conflict(
            why_zh="正在咨询第三方:请先完成或取消。", why_en="Somebody is being consulted: complete or end that first."
        )


async def ask_transfer_inside(
    session: Session, call: Call, by: UUID, now: datetime, *, queue_id: UUID | None, agent_id: UUID | None
) -> None:
    """Blind: to the agents of a queue (None: of the call's own), or to one agent. `call` is locked."""
    _in_talk(call)
    _not_consulting(call)
    if agent_id is not None and agent_id == call.agent_id:
        raise Conflict(why_zh="不能转接给自己。", why_en="A call cannot be transferred to the one who has it.")
    call.agents_of, call.wanted_agent_id = queue_id or call.agents_of, agent_id
    detail = {"queue_id": str(queue_id) if queue_id else None, "agent_id": str(agent_id) if agent_id else None}
    await repository.ask(session, call.id, CommandKind.RELEASE, now, by, detail)


async def ask_transfer_outside(
    session: Session, call: Call, by: UUID, now: datetime, *, number: str, allowed: frozenset[str]
) -> None:
    """Blind: to a number outside, one of those allowed; the call ends for us."""
    _in_talk(call)
    _not_consulting(call)
    detail = {"number": _outside(number, allowed)}
    await repository.ask(session, call.id, CommandKind.TRANSFER, now, by, detail)


async def ask_consult(
    session: Session,
    call: Call,
    by: UUID,
    now: datetime,
    *,
    agent_id: UUID | None = None,
    number: str = "",
    allowed: frozenset[str] = frozenset(),
) -> None:
    """Hold the customer and bring an agent, or somebody outside, to the agent. `call` is locked.

    An agent who is asked has to be kept from other calls by whoever calls this (a break).
    """
    _in_talk(call)
    _not_consulting(call)
    if agent_id is not None and agent_id == call.agent_id:
        raise Conflict(why_zh="不能咨询自己。", why_en="Nobody consults themselves.")
    to = {"agent_id": str(agent_id)} if agent_id is not None else {"number": _outside(number, allowed)}
    call.consult, call.wanted_agent_id = Consulting.ASKED.value, agent_id
    await repository.ask(session, call.id, CommandKind.CONSULT, now, by, to)


async def ask_complete(session: Session, call: Call, by: UUID, now: datetime) -> None:
    """The third party takes the customer."""
    if call.consult != Consulting.THERE.value:
        raise Conflict(why_zh="第三方尚未接通。", why_en="The third party is not there yet.")
    await repository.ask(session, call.id, CommandKind.COMPLETE, now, by)


async def ask_end_consult(session: Session, call: Call, by: UUID, now: datetime) -> None:
    if call.consult is not None:
        await repository.ask(session, call.id, CommandKind.END_CONSULT, now, by)


# ------------------------------------------------------------------ during a talk


async def ask_digits(session: Session, call: Call, by: UUID, digits: str, now: datetime) -> None:
    _in_talk(call)
    if not DIGITS.fullmatch(digits):
        raise BadInput(
            field="digits",
            problem_zh="只能是 0-9、*、#、A-D,最多 32 个",
            problem_en="only 0-9, *, # and A-D, at most 32 of them",
        )
    await repository.ask(session, call.id, CommandKind.DIGITS, now, by, {"digits": digits})


async def ask_announce(session: Session, call: Call, message: str, now: datetime) -> None:
    """Play a sentence to customer and agent (that the call is recorded, say)."""
    _in_talk(call)
    await repository.ask(session, call.id, CommandKind.ANNOUNCE, now, None, {"message": message})


async def ask_pause_recording(session: Session, call: Call, by: UUID, now: datetime) -> None:
    _in_talk(call)
    await repository.ask(session, call.id, CommandKind.PAUSE_RECORDING, now, by)


async def ask_resume_recording(session: Session, call: Call, by: UUID, now: datetime) -> None:
    _in_talk(call)
    await repository.ask(session, call.id, CommandKind.RESUME_RECORDING, now, by)
