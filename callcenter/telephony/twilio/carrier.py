"""Twilio as the port has it: the worker's side. The web process hears the webhooks (`router.py`, `service.py`).

What outlives a process is in `twilio_calls` and `twilio_agents`: our id and Twilio's for a call, whether it was ever
asked for, what was told of it. So a call is asked for at most once, whatever dies in between.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, Session, is_connection_loss
from callcenter.settings import Settings
from callcenter.telephony.port import (
    CallStatus,
    CarrierEvent,
    CarrierRefused,
    CarrierUnreachable,
    PlaceCall,
    Recorded,
    Supervising,
)
from callcenter.telephony.twilio import repository, service, translate
from callcenter.telephony.twilio.addresses import Label
from callcenter.telephony.twilio.api import Fetched, TwilioApi, answered_at
from callcenter.telephony.twilio.company import Company, answered
from callcenter.telephony.twilio.inbox import Inbox
from callcenter.telephony.twilio.legs import Legs
from callcenter.telephony.twilio.models import Stage, TwilioAgent, TwilioCall
from callcenter.telephony.twilio.transport import HttpxClient
from callcenter.telephony.twilio.turnstile import Turnstile

_log = log.get(__name__)

SHORTEST_RING_S = 15.0
"""16 CFR 310.4(b)(4)(ii)."""
TURN_WITHIN_S = 5.0
"""How long a call may wait for its turn at the calls per second; the dialler expects news within eight."""
FORGOTTEN_IN_LINE = timedelta(seconds=30)
"""A call that waits longer for its turn was left behind by a worker that died."""
CONSISTENT = timedelta(seconds=60)
"""Twilio's lists and reads may lag behind its calls: before this, "not found" means nothing."""
CLOCKS_APART = timedelta(seconds=10)
JOIN_AGAIN = timedelta(seconds=5)
LOOK_REAL_S = 1.0

_E164 = re.compile(r"\+[1-9]\d{6,14}")


class TwilioCarrier:
    """See `callcenter.telephony.port.Carrier` for what each method means and raises. `transport` is for tests."""

    name = "twilio"
    simulated = False

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._clock = clock
        self._database = database
        self.calls_per_second: float | None = settings.twilio_calls_per_second
        """What the account may begin in a second, agents' legs included."""
        self._numbers = settings.twilio_number_list
        self._max_calls = settings.twilio_max_calls
        self._http = HttpxClient(clock.sleep, transport)
        self._api = TwilioApi(settings, self._http)
        self._turnstile = Turnstile(clock, settings.twilio_calls_per_second)
        self._inbox = Inbox(database, clock)
        self._legs = Legs(database, self._api, clock, self._turnstile)
        self._company = Company(database, self._api, clock)
        self._jobs: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises CarrierUnreachable when the database, through which events come, is away."""
        if self._jobs:
            return
        try:
            await self._inbox.start()
        except Exception as error:
            if is_connection_loss(error):
                raise CarrierUnreachable("the database, through which events come, is away") from error
            raise
        self._jobs = [
            asyncio.create_task(self._legs.keep(), name="twilio-legs"),
            asyncio.create_task(self._finish_hang_ups(), name="twilio-hang-ups"),
        ]

    async def close(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        self._jobs = []
        await self._inbox.close()
        await self._http.close()

    def events(self) -> AsyncIterator[CarrierEvent]:
        return self._inbox.subscribe()

    @property
    def connected(self) -> bool:
        return self._inbox.open

    # Placing

    async def place(self, request: PlaceCall) -> str:
        """Returns Twilio's SID. The row is there before the request, and the request is made once."""
        self._check(request)
        if not self.connected:
            raise CarrierRefused("too_fast", "not sent: the event channel is shut")
        known = await self._enter(request)
        if known is not None:
            return known
        if not await self._turnstile.take(TURN_WITHIN_S):
            await self._refuse(request.call_id)
            raise CarrierRefused("too_fast", f"more than {TURN_WITHIN_S:g} s until its turn", ours=True)
        if not await self._ask(request.call_id):
            raise CarrierRefused("wrong_state", "taken back while it waited for its turn")
        try:
            sid = await self._api.create_call(request)
        except CarrierRefused:
            await self._refuse(request.call_id)
            raise
        await self._placed(request.call_id, sid)
        return sid

    def _check(self, request: PlaceCall) -> None:
        if not _E164.fullmatch(request.to_number) or not _E164.fullmatch(request.from_number):
            raise CarrierRefused("invalid_number", "numbers are E.164: + and 7 to 15 digits")
        if request.from_number not in self._numbers:
            raise CarrierRefused("not_permitted", "the caller number is not in TWILIO_NUMBERS")
        if request.ring_timeout_s < SHORTEST_RING_S:
            raise CarrierRefused("not_permitted", f"ring_timeout_s is at least {SHORTEST_RING_S:g} s")

    async def _enter(self, request: PlaceCall) -> str | None:
        """Write the call down; its SID when it was placed before."""
        new = TwilioCall(
            call_id=request.call_id,
            to_number=request.to_number,
            from_number=request.from_number,
            written_at=self._clock.now(),
            recorded=request.record,
        )
        async with self._database.transaction() as session:
            row = await repository.call(session, request.call_id)
            match Stage(row.stage) if row is not None else None:
                case Stage.PLACED:
                    assert row is not None
                    return row.sid
                case Stage.ASKED:
                    raise CarrierUnreachable("asked for before, and no reply came")
                case Stage.WAITING:
                    raise CarrierRefused("wrong_state", "it waits for its turn already")
                case Stage.DROPPED:
                    raise CarrierRefused("wrong_state", "taken back before it was placed")
            if self._max_calls and await repository.open_calls(session) >= self._max_calls:
                raise CarrierRefused("too_fast", f"{self._max_calls} calls are up already", ours=True)
            if row is not None:  # refused before
                row.stage, row.written_at = Stage.WAITING.value, self._clock.now()
            elif not await repository.enter(session, new):
                raise CarrierRefused("wrong_state", "it waits for its turn already")
        return None

    async def _ask(self, call_id: UUID) -> bool:
        """From here on the call may ring. False when it was taken back."""
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is None or row.stage != Stage.WAITING.value:
                return False
            row.stage, row.asked_at = Stage.ASKED.value, self._clock.now()
        return True

    async def _refuse(self, call_id: UUID) -> None:
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is not None and row.stage in (Stage.WAITING.value, Stage.ASKED.value):
                row.stage = Stage.REFUSED.value

    async def _placed(self, call_id: UUID, sid: str) -> None:
        try:
            async with self._database.transaction() as session:
                row = await repository.call(session, call_id)
                if row is not None and row.sid is None:
                    row.sid, row.stage = sid, Stage.PLACED.value
        except Exception as error:
            if not is_connection_loss(error):
                raise
            # The call's first webhook tells the SID, or `status` finds it.
            _log.warning("twilio.database_lost", job="place")

    # Agents

    async def park_agent(self, agent_id: UUID, address: str) -> None:
        await self._legs.want(agent_id, address)

    async def unpark_agent(self, agent_id: UUID) -> None:
        await self._legs.unwant(agent_id)

    async def join(self, call_id: UUID, agent_id: UUID) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            leg = await repository.agent(session, agent_id)  # locked before the call, as everywhere
            row = await answered(session, call_id)
            asked = await self._begin_join(session, row, leg, agent_id, now)
            sid, conference, who = row.sid, leg.conference_sid if leg else None, Label(True, call_id, row.joins)
        if not asked:
            return
        assert sid is not None
        if asked == "again" and conference is not None and await self._api.is_in_conference(conference, sid):
            await self._found_joined(call_id, agent_id, conference)
            return
        try:
            await self._api.move_to_conference(sid, agent_id, who)
        except CarrierRefused:
            async with self._database.transaction() as session:
                row_now = await repository.call(session, call_id)
                if row_now is not None and row_now.joins == who.join:
                    row_now.joining_agent = row_now.join_asked_at = None
            raise

    async def _begin_join(
        self, session: Session, row: TwilioCall, leg: TwilioAgent | None, agent_id: UUID, now: datetime
    ) -> str | None:
        """Write the join down. `first` or `again`; None when there is nothing to ask for."""
        if leg is None or not leg.wanted or (leg.call_sid is None and leg.down_at is not None):
            raise CarrierRefused("unknown_agent", "the agent's leg is not parked")
        if row.joined_agent == agent_id:
            told = translate.joined_event(
                row.call_id, agent_id, row.joins * translate.PER_JOIN, {}, service.known(row), row.joined_at or now
            )
            await repository.tell(session, told, now, again=True)  # a reader who asks again may have lost it
            return None
        if row.message_at is not None:
            raise CarrierRefused("wrong_state", "the message for a call without an agent is being played")
        if row.joined_agent is not None or row.joining_agent not in (None, agent_id):
            raise CarrierRefused("wrong_state", "the call is with another agent")
        if await repository.call_with(session, agent_id, other_than=row.call_id) is not None:
            raise CarrierRefused("wrong_state", "the agent is in another call")
        if row.joining_agent == agent_id:
            if row.join_asked_at is not None and now - row.join_asked_at < JOIN_AGAIN:
                return None
            row.join_asked_at = now
            return "again"
        row.joining_agent, row.join_asked_at, row.entered = agent_id, now, None
        row.joins += 1
        return "first"

    async def _found_joined(self, call_id: UUID, agent_id: UUID, conference_sid: str) -> None:
        """The customer is in the conference, and the webhook that said so was lost."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            leg, row = await repository.agent(session, agent_id), await repository.call(session, call_id)
            if leg is None or row is None or row.joining_agent != agent_id:
                return
            row.entered, row.conference_sid = row.joins, conference_sid
            if leg.present:
                await service.join_now(session, row, leg, {}, now)

    # What is asked for a call

    async def hold(self, call_id: UUID) -> None:
        await self._set_hold(call_id, True)

    async def resume(self, call_id: UUID) -> None:
        await self._set_hold(call_id, False)

    async def _set_hold(self, call_id: UUID, held: bool) -> None:
        async with self._database.transaction() as session:
            row = await answered(session, call_id)
            if row.joined_agent is None or row.conference_sid is None or row.sid is None:
                raise CarrierRefused("wrong_state", "no agent is joined to the call")
            conference, sid = row.conference_sid, row.sid
        await self._api.set_hold(conference, sid, held)

    async def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is None:
                raise CarrierRefused("unknown_call")
            if row.ended_at is not None:
                return
            row.hang_up_cause = row.hang_up_cause or cause.value
            if row.stage not in (Stage.ASKED.value, Stage.PLACED.value):
                row.stage = Stage.DROPPED.value
                ended = CarrierEvent(call_id, CallEventKind.ENDED, now, translate.ENDED, cause=EndCause.CANCELLED)
                await service.record(session, row, [ended], now)
                return
            sid = row.sid
        if sid is not None:  # else as soon as the SID is known: `_finish_hang_ups`
            await self._hang_up(call_id, sid)

    async def _hang_up(self, call_id: UUID, sid: str) -> None:
        try:
            await self._api.hang_up(sid)
        except CarrierRefused as refused:
            if refused.code not in ("wrong_state", "unknown_call"):  # ended meanwhile
                raise
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is not None:
                row.hung_up_at = self._clock.now()

    async def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await answered(session, call_id)
            if row.message_at is not None:
                return
            if row.joined_agent is not None:
                raise CarrierRefused("wrong_state", "the message is for calls without an agent")
            if row.joining_agent is not None:
                await service.give_up_join(session, row, now)
            row.message_at = now
            sid = row.sid
        assert sid is not None
        await self._api.say_and_hang_up(sid, message)

    async def _finish_hang_ups(self) -> None:
        """Ends that were decided before the SID was known, or whose request failed. Ending twice does no harm."""
        while True:
            try:
                async with self._database.transaction() as session:
                    waiting = [(row.call_id, row.sid) for row in await repository.to_hang_up(session)]
                for call_id, sid in waiting:
                    assert sid is not None
                    await self._hang_up(call_id, sid)
                await self._company.tidy()
            except (CarrierRefused, CarrierUnreachable) as error:
                _log.warning("twilio.not_hung_up", reason=str(error))
            except Exception as error:
                if is_connection_loss(error):
                    _log.warning("twilio.database_lost", job="hang_ups")
                else:
                    _log.exception("twilio.hang_ups_failed")
            await asyncio.sleep(LOOK_REAL_S)

    # What is known

    async def status(self, call_id: UUID) -> CallStatus:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            if row is None:
                return CallStatus(call_id, known=False)
            forgotten = row.stage == Stage.WAITING.value and now - row.written_at > FORGOTTEN_IN_LINE
            if forgotten or row.stage == Stage.REFUSED.value:
                row.stage = Stage.DROPPED.value  # so that it cannot be placed after we said that it is unknown
            stage = Stage(row.stage)
        match stage:
            case Stage.WAITING:
                return CallStatus(call_id, known=True)
            case Stage.ASKED:
                found = await self._look_for(row)
            case Stage.PLACED:
                found = await self._fetch(row)
            case _:
                return self._merged(row)
        assert row.asked_at is not None
        if found is None and row.ended_at is None and now - row.asked_at > CONSISTENT:
            return CallStatus(call_id, known=False)
        return await self._learn(call_id, found, now)

    async def _fetch(self, row: TwilioCall) -> Fetched | None:
        assert row.sid is not None
        try:
            return await self._api.fetch_call(row.sid)
        except CarrierRefused as refused:
            if refused.code == "unknown_call":
                return None
            raise CarrierUnreachable(str(refused)) from refused

    async def _look_for(self, row: TwilioCall) -> Fetched | None:
        """The call that a request without a reply made, if it made one: there is no other way to ask for it.

        The dialler never has two calls to one number at once, so a call to the number that began when we asked, and
        that is no other call's, is ours.
        """
        assert row.asked_at is not None
        try:
            found = await self._api.calls_to(row.to_number)
        except CarrierRefused as refused:
            raise CarrierUnreachable(str(refused)) from refused
        earliest, latest = row.asked_at - CLOCKS_APART, row.asked_at + CONSISTENT
        async with self._database.transaction() as session:
            mine = await repository.call(session, row.call_id)
            if mine is None or mine.stage != Stage.ASKED.value:
                return next((one for one in found if mine is not None and one.sid == mine.sid), None)
            for one in found:
                began = one.created_at is not None and earliest <= one.created_at <= latest
                if began and not await repository.sid_is_known(session, one.sid):
                    mine.sid, mine.stage = one.sid, Stage.PLACED.value
                    return one
        return None

    async def _learn(self, call_id: UUID, found: Fetched | None, now: datetime) -> CallStatus:
        """Add to the row what Twilio's memory has more, so that both say the same from now on."""
        async with self._database.transaction() as session:
            row = await repository.call(session, call_id)
            assert row is not None
            if found is not None:
                taken_back = row.hang_up_cause is not None and found.duration_s == 0
                if row.answered_at is None and not taken_back:
                    row.answered_at = answered_at(found, now)
                if found.status in translate.FINAL and row.ended_at is None:
                    cause = translate.end_cause(found.status, {}, row.answered_at is not None, service.known(row))
                    row.ended_at, row.cause = found.ended_at or now, cause.value
            return self._merged(row)

    async def probe(self) -> None:
        status = await self._api.account_status()
        if status != "active":
            raise CarrierRefused("no_account", f"the account is {status}")

    # Another than the agent, and recordings

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        await self._company.supervise(call_id, supervisor_id, how)

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        await self._company.stop_supervising(call_id, supervisor_id)

    async def release(self, call_id: UUID) -> None:
        await self._company.release(call_id)

    async def transfer(self, call_id: UUID, number: str) -> None:
        await self._company.transfer(call_id, number)

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        await self._company.consult(call_id, to)

    async def complete_transfer(self, call_id: UUID) -> None:
        await self._company.complete_transfer(call_id)

    async def end_consultation(self, call_id: UUID) -> None:
        await self._company.end_consultation(call_id)

    async def announce(self, call_id: UUID, message: str) -> None:
        await self._company.announce(call_id, message)

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        await self._company.send_digits(call_id, digits)

    async def pause_recording(self, call_id: UUID) -> None:
        await self._company.set_paused(call_id, True)

    async def resume_recording(self, call_id: UUID) -> None:
        await self._company.set_paused(call_id, False)

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        return await self._company.recordings(call_id)

    def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        return self._company.fetch(ref)

    async def forget_recording(self, ref: str) -> None:
        await self._company.forget(ref)

    @staticmethod
    def _merged(row: TwilioCall) -> CallStatus:
        known = row.stage in (Stage.ASKED.value, Stage.PLACED.value) or row.ended_at is not None
        verdict = AnsweredBy(row.answered_by) if row.answered_by else None
        return CallStatus(
            row.call_id,
            known=known,
            ended=row.ended_at is not None,
            answered_at=row.answered_at,
            joined_agent=row.joined_agent,
            ended_at=row.ended_at,
            cause=EndCause(row.cause) if row.cause else None,
            joined_at=row.joined_at,
            answered_by=verdict,
            held=row.held and row.ended_at is None,
        )
