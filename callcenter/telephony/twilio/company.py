"""Others than the agent in a call, with Twilio: supervisors, third parties, the next agent; and recordings.

Whoever has a leg of their own is moved with it, into the conference of the agent who talks, and home again: nobody is
rung a second time. As with joins, what is asked for is written down first, and told once, by whoever hears of it first:
our request's answer or the webhook.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, Session
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, Recorded, Supervising
from callcenter.telephony.twilio import repository, service
from callcenter.telephony.twilio.addresses import Label
from callcenter.telephony.twilio.api import TwilioApi
from callcenter.telephony.twilio.models import TwilioAgent, TwilioCall
from callcenter.telephony.twilio.transport import Missing, NoAnswer, NotSent

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_DIGITS = re.compile(r"[0-9*#A-D]{1,32}")
_THIRD = "third"
Ask = Callable[[], Awaitable[None]]
_GONE = ("unknown_call", "wrong_state")


def _e164(number: str) -> None:
    if not _E164.fullmatch(number):
        raise CarrierRefused("invalid_number", "numbers are E.164: + and 7 to 15 digits")


async def answered(session: Session, call_id: UUID) -> TwilioCall:
    """The call, locked, if somebody has answered it and it is not over."""
    row = await repository.call(session, call_id)
    if row is None:
        raise CarrierRefused("unknown_call")
    if row.ended_at is not None:
        raise CarrierRefused("wrong_state", "the call has ended")
    if row.answered_at is None or row.sid is None:
        raise CarrierRefused("wrong_state", "nobody has answered yet")
    return row


class Company:
    """The words of the port that concern others than customer and agent."""

    def __init__(self, database: Database, api: TwilioApi, clock: Clock) -> None:
        self._database = database
        self._api = api
        self._clock = clock

    async def _in_talk(self, session: Session, call_id: UUID) -> tuple[TwilioCall, UUID, str, str]:
        """(call, agent, conference, the call's SID) of a call with an agent."""
        row = await answered(session, call_id)
        if row.joined_agent is None or row.conference_sid is None or row.sid is None:
            raise CarrierRefused("wrong_state", "no agent is joined to the call")
        return row, row.joined_agent, row.conference_sid, row.sid

    async def _free_leg(self, session: Session, agent_id: UUID, call_id: UUID) -> tuple[TwilioAgent, str]:
        """The leg, locked, and its SID, of somebody who is to be moved into the call, or is there already."""
        leg = await repository.agent(session, agent_id)
        if leg is None or not leg.wanted or leg.call_sid is None or not (leg.present or leg.away_call == call_id):
            raise CarrierRefused("unknown_agent", "their sound is not up (yet)")
        if leg.away_call not in (None, call_id) or await repository.call_with(session, agent_id) is not None:
            raise CarrierRefused("wrong_state", "they are in another call")
        return leg, leg.call_sid

    async def _go_home(self, agent_id: UUID, sid: str | None) -> None:
        """Move a leg back into the conference of its own."""
        if sid is not None:
            try:
                await self._api.move_to_conference(sid, agent_id, Label(False, agent_id))
            except CarrierRefused as refused:
                if refused.code not in _GONE:  # the leg has ended: it is rung again as any that drops
                    raise
        async with self._database.transaction() as session:
            leg = await repository.agent(session, agent_id)
            if leg is not None:
                leg.away_call = leg.away_how = None

    # Supervisors

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        async with self._database.transaction() as session:
            leg, sid = await self._free_leg(session, supervisor_id, call_id)
            _, agent_id, conference, _ = await self._in_talk(session, call_id)
            agent = await session.get(TwilioAgent, agent_id)
            if agent is None or agent.call_sid is None:
                raise CarrierRefused("wrong_state", "the agent's leg is down")
            before, coached = leg.away_how, agent.call_sid
            if leg.away_call is None:
                leg.away_call, leg.away_from, leg.present = call_id, leg.conference_sid, False
        if before == how.value:
            return
        try:
            if before is None:
                await self._api.enter_to_supervise(sid, supervisor_id, agent_id, how, coached)
            else:
                await self._api.set_supervising(conference, sid, how, coached)
            if Supervising.TAKE_OVER.value in (before, how.value):
                await self._api.set_muted(conference, coached, how is Supervising.TAKE_OVER)
        except CarrierRefused as refused:
            if before is None:
                await self._go_home(supervisor_id, sid)
            if refused.code == "unknown_call":
                raise CarrierRefused("unknown_agent", "their sound is not there yet") from refused
            raise
        async with self._database.transaction() as session:
            now_leg = await repository.agent(session, supervisor_id)
            if now_leg is not None and now_leg.away_call == call_id:
                now_leg.away_how = how.value

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        async with self._database.transaction() as session:
            leg = await repository.agent(session, supervisor_id)
            if leg is None or leg.away_call != call_id or leg.away_how == _THIRD:
                return
            sid, muted_agent = leg.call_sid, leg.away_how == Supervising.TAKE_OVER.value
            row = await repository.call(session, call_id)
            agent_id = row.joined_agent if row is not None else None
            agent = await session.get(TwilioAgent, agent_id) if muted_agent and agent_id is not None else None
            silent = (agent.conference_sid, agent.call_sid) if agent is not None else (None, None)
        if silent[0] is not None and silent[1] is not None:
            try:
                await self._api.set_muted(silent[0], silent[1], False)
            except CarrierRefused as refused:
                if refused.code not in _GONE:
                    raise
        await self._go_home(supervisor_id, sid)

    # The next agent, and somebody outside

    async def release(self, call_id: UUID) -> None:
        async with self._database.transaction() as session:
            row, _, _, sid = await self._in_talk(session, call_id)
            row.leaving = "release"
        await self._leave(call_id, lambda: self._api.play_music(sid, call_id))

    async def transfer(self, call_id: UUID, number: str) -> None:
        _e164(number)
        async with self._database.transaction() as session:
            row, _, _, sid = await self._in_talk(session, call_id)
            row.leaving, caller = "transfer", row.from_number
        await self._leave(call_id, lambda: self._api.connect(sid, number, caller))

    async def _leave(self, call_id: UUID, ask: Ask) -> None:
        """Take the customer out of the agent's conference, for what `leaving` says."""
        try:
            await ask()
        except CarrierRefused:
            async with self._database.transaction() as session:
                row = await repository.call(session, call_id)
                if row is not None:
                    row.leaving = None
            raise
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is not None:
                await service.left(session, row, self._clock.now())

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        if isinstance(to, str):
            _e164(to)
        async with self._database.transaction() as session:
            leg = sid = None
            if isinstance(to, UUID):  # locked before the call, as everywhere
                leg, sid = await self._free_leg(session, to, call_id)
            row, agent_id, conference, customer = await self._in_talk(session, call_id)
            if row.consult_state is not None:
                raise CarrierRefused("wrong_state", "somebody is being consulted")
            row.consult_no += 1
            row.consult_state, row.consult_sid = "asked", sid
            row.consult_agent = to if isinstance(to, UUID) else None
            which, held, caller = row.consult_no, row.held, row.from_number
            if leg is not None:
                leg.away_call, leg.away_how, leg.away_from, leg.present = call_id, _THIRD, leg.conference_sid, False
        try:
            if not held:
                await self._api.set_hold(conference, customer, True)
            if sid is not None:
                await self._api.move_to_conference(sid, agent_id, Label(False, call_id, which, _THIRD))
                return
            assert isinstance(to, str)
            made = await self._api.call_third(agent_id, call_id, to, caller, which)
        except CarrierRefused:
            await self._forget_third(call_id, which)
            raise
        async with self._database.transaction() as session:
            row_now = await repository.call(session, call_id)
            if row_now is not None and row_now.consult_no == which and row_now.consult_state is not None:
                row_now.consult_sid = made

    async def _forget_third(self, call_id: UUID, which: int) -> None:
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is None or row.consult_no != which:
                return
            agent_id, sid = row.consult_agent, row.consult_sid
            row.consult_state = row.consult_sid = row.consult_agent = None
        if agent_id is not None:
            await self._go_home(agent_id, sid)

    async def complete_transfer(self, call_id: UUID) -> None:
        async with self._database.transaction() as session:
            row, _, _, sid = await self._in_talk(session, call_id)
            if row.consult_state != "there" or row.consult_sid is None:
                raise CarrierRefused("wrong_state", "nobody is being consulted, or they are not there yet")
            third, agent_id = row.consult_sid, row.consult_agent
            # From here on their leaving the agent's conference is no end of the consultation.
            row.consult_state = row.consult_sid = row.consult_agent = None
            row.leaving = "release" if agent_id is not None else "transfer"
        if agent_id is not None:
            await self._leave(call_id, lambda: self._api.play_music(sid, call_id))
            await self._go_home(agent_id, third)
            return

        async def both() -> None:
            await self._api.leave_among_themselves(third, call_id)
            await self._api.leave_among_themselves(sid, call_id)

        await self._leave(call_id, both)

    async def end_consultation(self, call_id: UUID) -> None:
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is None:
                raise CarrierRefused("unknown_call")
            if row.consult_state is None:
                return
            which, agent_id, sid = row.consult_no, row.consult_agent, row.consult_sid
        if agent_id is not None:
            await self._go_home(agent_id, sid)
        elif sid is not None:
            try:
                await self._api.hang_up(sid)
            except CarrierRefused as refused:
                if refused.code not in _GONE:
                    raise
        async with self._database.transaction() as session:
            await service.note_third(session, call_id, which, False, True, self._clock.now())

    async def tidy(self) -> None:
        """Third parties of calls that are over: the customer hung up while somebody was consulted."""
        async with self._database.transaction() as session:
            waiting = await repository.to_tidy(session)
        for call_id in waiting:
            await self.end_consultation(call_id)

    # During a talk

    async def announce(self, call_id: UUID, message: str) -> None:
        async with self._database.transaction() as session:
            _, _, conference, _ = await self._in_talk(session, call_id)
        await self._api.announce(conference, message)

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        if not _DIGITS.fullmatch(digits):
            raise CarrierRefused("invalid_number", "keys are 0-9, *, # and A-D, at most 32 of them")
        async with self._database.transaction() as session:
            _, _, conference, sid = await self._in_talk(session, call_id)
        await self._api.press_keys(conference, sid, digits)

    # Recordings

    async def set_paused(self, call_id: UUID, paused: bool) -> None:
        async with self._database.transaction() as session:
            row = await answered(session, call_id)
            recorded, sid = row.recorded, row.sid
        if not recorded or sid is None:
            raise CarrierRefused("wrong_state", "the call is not being recorded")
        try:
            await self._api.pause_recording(sid, paused)
        except CarrierRefused as refused:
            if refused.code == "unknown_call":
                raise CarrierRefused("wrong_state", "the call is not being recorded") from refused
            raise

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            sid = row.sid if row is not None and row.recorded else None
            fallback = (row.answered_at or row.written_at) if row is not None else self._clock.now()
        if sid is None:
            return []
        return [
            Recorded(
                ref=one.sid,
                call_id=call_id,
                began_at=one.began_at or fallback,
                ended_at=(one.began_at or fallback) + timedelta(seconds=one.duration_s),
                channels=one.channels,
                ready=one.status == "completed",
            )
            for one in await self._api.recordings(sid)
            if one.status not in ("absent", "failed", "deleted")
        ]

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        try:
            async for piece in self._api.fetch_media(ref):
                yield piece
        except Missing:
            raise CarrierRefused("unknown_recording") from None
        except NotSent as error:
            raise CarrierRefused("too_fast", f"not sent: {error}") from error
        except NoAnswer as error:
            raise CarrierUnreachable(f"no whole recording: {error}") from error

    async def forget(self, ref: str) -> None:
        try:
            await self._api.delete_recording(ref)
        except CarrierRefused as refused:
            if refused.code != "unknown_call":
                raise
