"""The carrier: commands over ARI, events from its socket, and what is read back after a cut or a restart."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.telephony.asterisk.ari import AriError
from callcenter.telephony.asterisk.book import CallRecord
from callcenter.telephony.asterisk.commands import Commands
from callcenter.telephony.asterisk.event_socket import REPLACED_PAUSE_S, EventSocket
from callcenter.telephony.asterisk.settings import AsteriskSettings
from callcenter.telephony.asterisk.translate import (
    DETECTION,
    EVENTS_WANTED,
    LEG,
    MESSAGE,
    OUTSIDE,
    ROOM,
    TAPE_IN,
    Channel,
    EndRecord,
    Fact,
    FactKind,
    own_id,
    read_channel,
    read_end_record,
    translate,
)
from callcenter.telephony.port import (
    CallStatus,
    CarrierEvent,
    CarrierRefused,
    CarrierUnreachable,
    MachineDetection,
    PlaceCall,
)

_log = log.get(__name__)

SHORTEST_RING_S = 15.0  # 16 CFR 310.4(b)(4)(ii): four rings or fifteen seconds
_START_WITHIN_S = 10.0
_REMEMBERED_S = 600.0  # how long the end of a call is kept here and in Asterisk
_FORGET_EVERY_S = 30.0
_CLAIMED_WITHIN_S = 30.0  # after a start every agent on duty has been parked by then


class AsteriskCarrier(Commands):
    """See `callcenter.telephony.port.Carrier` for what each method means and raises."""

    name = "asterisk"
    simulated = False
    calls_per_second: float | None = None

    def __init__(self, settings: AsteriskSettings, clock: Clock) -> None:
        super().__init__(settings, clock)
        self._socket = EventSocket(
            self._ari.events_url(settings.application), self._ari.headers, self._hear, self._opened
        )
        self._started = False
        self._read_before = False

    # ------------------------------------------------------------------ the event channel

    async def start(self) -> None:
        """Raises CarrierUnreachable when Asterisk cannot be reached within ten seconds."""
        if self._started:
            return
        self._started = True
        self._ari.open()
        self._socket.start()
        try:
            async with asyncio.timeout(_START_WITHIN_S):
                await self._socket.is_open.wait()
        except TimeoutError:
            reason = self._socket.refused
            await self.close()
            raise CarrierUnreachable(f"no Asterisk at {self._settings.url}: {reason}") from None
        self._spawn(self._forget())

    async def close(self) -> None:
        await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._ari.close()
        self._started = False

    def events(self) -> AsyncIterator[CarrierEvent]:
        """Every iterator gets every event from this call on."""
        return self._out.subscribe()

    @property
    def connected(self) -> bool:
        return self._socket.is_open.is_set()

    def _hear(self, message: dict[str, Any]) -> None:
        fact = translate(message)
        if fact is None:
            return
        match fact.kind:
            case FactKind.REPLACED:
                _log.error(
                    "asterisk.application_replaced",
                    application=self._settings.application,
                    mend="two workers share one application; give each its own ASTERISK_APPLICATION",
                    again_in_s=REPLACED_PAUSE_S,
                )
                self._socket.replaced()
            case FactKind.LEG_UP:
                self._legs.answered(fact.subject)
            case FactKind.LEG_GONE:
                self._legs.gone(fact.subject)
            case FactKind.REGISTERED:
                self._legs.registered(fact.subject)
            case FactKind.EAR_UP | FactKind.THIRD_UP | FactKind.THIRD_GONE:
                self._company.hear(fact)
            case FactKind.TAPE_UP:
                self._tapes.up(fact.subject)
            case FactKind.LISTENING:
                self._spawn(self._detect(fact.subject))
            case FactKind.MESSAGE_OVER:
                self._spawn(self.hang_up(fact.subject, EndCause.SYSTEM_HUNG_UP))
            case _:
                self._hear_of_a_call(fact)

    def _hear_of_a_call(self, fact: Fact) -> None:
        known = self._book.calls.get(fact.subject)
        if known is None and fact.vars.application != self._settings.application:
            return  # another worker's call on the same trunk
        news = self._book.hear(fact)
        call = self._book.calls[fact.subject]
        if fact.kind is FactKind.ANSWERED and news and call.detect:
            self._spawn(self._listen(call.call_id))
        if fact.kind is FactKind.VERDICT:
            self._spawn(self._stop_listening(call.call_id))
        if fact.kind is FactKind.GONE and call.cause is EndCause.TRANSFERRED:
            self._spawn(self._company.close_outside(call.call_id))
        self._publish(call, news)

    # ------------------------------------------------------------------ reading back

    async def _opened(self) -> None:
        """The socket is open (again): hear the trunk's channels, and learn what was missed."""
        application, trunk = self._settings.application, self._settings.trunk
        wanted = {"allowed": [{"type": kind} for kind in (*EVENTS_WANTED, "ApplicationReplaced")]}
        await self._ari.ask("PUT", f"/applications/{application}/eventFilter", body=wanted)
        if await self._ari.find(f"/endpoints/PJSIP/{trunk}") is None:
            raise CarrierUnreachable(f"Asterisk knows no PJSIP endpoint '{trunk}' (ASTERISK_TRUNK)")
        # All of them: also the browsers that register.
        await self._ari.ask("POST", f"/applications/{application}/subscription", {"eventSource": "endpoint:PJSIP"})
        await self._read_back()

    async def _read_back(self) -> None:
        missing = [call for call in self._book.live() if not call.placing]
        channels = [read_channel(one) for one in await self._ari.ask("GET", "/channels")]
        bridges = await self._ari.ask("GET", "/bridges")
        rooms: dict[str, str] = {channel: one["id"] for one in bridges for channel in one["channels"]}
        ours = [one for one in channels if one.vars.application == self._settings.application]
        legs = [(one, agent_id) for one in ours if (agent_id := own_id(one.id, LEG)) is not None]
        self._legs.read_back(
            up={agent_id for one, agent_id in legs if one.id in rooms},
            dialling={agent_id for one, agent_id in legs if one.id not in rooms and not one.up},
            elsewhere={agent_id for one, agent_id in legs if one.id not in rooms and one.up},
        )
        if not self._read_before:
            self._spawn(self._send_home())
        taped = {call_id for one in channels if (call_id := own_id(one.id, TAPE_IN)) is not None}
        seen: set[UUID] = set()
        for one in ours:
            call_id = own_id(one.id)
            if call_id is not None:
                seen.add(call_id)
                call = self._book.open(call_id)
                call.tape = call.tape or call_id in taped
                self._read(one, call, rooms.get(one.id, ""))
                if one.vars.message and await self._ari.find(f"/playbacks/{MESSAGE}{call_id}") is None:
                    self._spawn(self.hang_up(call_id, EndCause.SYSTEM_HUNG_UP))
        await self._company.read_back({one.id: rooms.get(one.id, "") for one in ours}, first=not self._read_before)
        self._read_before = True
        for call in missing:
            if call.call_id not in seen:
                await self.status(call.call_id)

    async def _send_home(self) -> None:
        await asyncio.sleep(_CLAIMED_WITHIN_S)
        if self._legs.parked_since(_CLAIMED_WITHIN_S):  # a busy machine takes its time to park hundreds
            self._spawn(self._send_home())
        else:
            await self._legs.send_home()

    def _read(self, channel: Channel, call: CallRecord, room: str | None) -> None:
        """Take in a channel that was read; `room`: the bridge it is in (empty: in none), None where nobody looked."""
        outside = room is not None and room.startswith(OUTSIDE)
        room_of, now = own_id(room or "", ROOM), self._clock.now()
        self._publish(
            call,
            self._book.read_back(call.call_id, channel, room_of, now, outside=outside, looked=room is not None),
        )

    async def status(self, call_id: UUID) -> CallStatus:
        """Asks Asterisk, except for the end of a call, which Asterisk forgets and this process remembers.

        Of a call that ended before this process began, the record left by the dialplan tells. That is gone after a
        restart of Asterisk itself: then the call is unknown, and is closed as lost.
        """
        call = self._book.calls.get(call_id)
        if call is not None and (call.placing or call.ended_at is not None):
            return call.status()
        found = await self._ari.find(f"/channels/{call_id}")
        if found is not None:
            call = self._book.open(call_id)
            self._read(read_channel(found), call, None)
            leg = None if call.agent_id is None else self._legs.get(call.agent_id)
            return call.status() if leg is None else replace(call.status(), agent_there=leg.up.is_set())
        call = self._book.calls.get(call_id)
        if call is not None and call.ended_at is not None:
            return call.status()  # its end was heard while we asked
        record = await self._end_record(call_id)
        if record is None and (call is None or not call.placed):
            self._book.calls.pop(call_id, None)
            return CallStatus(call_id, known=False)
        news = self._book.found_ended(call_id, record, self._clock.now())
        closed = self._book.calls[call_id]
        if call is not None:
            self._publish(closed, news)
        return closed.status()

    async def probe(self) -> None:
        """Its answer says that Asterisk is well; whether the telephone company is, only calls tell."""
        try:
            await self._ari.ask("GET", "/asterisk/ping")
        except AriError as error:
            if error.status in (401, 403):
                raise CarrierRefused("no_account", "ARI does not take our user or password") from error
            raise CarrierUnreachable(str(error)) from error

    async def _end_record(self, call_id: UUID) -> EndRecord | None:
        found = await self._ari.find("/asterisk/variable", {"variable": f"CC_END_{call_id.hex}"})
        return None if found is None else read_end_record(found["value"])

    async def _forget(self) -> None:
        """The ends of calls are dropped after a while, here and in Asterisk."""
        while True:
            await asyncio.sleep(_FORGET_EVERY_S)
            for call_id in self._book.ended_before(self._clock.now() - timedelta(seconds=_REMEMBERED_S)):
                with suppress(AriError, CarrierRefused, CarrierUnreachable):
                    await self._ari.ask("POST", "/asterisk/variable", {"variable": f"CC_END_{call_id.hex}"})
                    del self._book.calls[call_id]

    # ------------------------------------------------------------------ placing

    async def place(self, request: PlaceCall) -> str:
        reference = str(request.call_id)
        self._settings.dialled(request.to_number)
        if request.ring_timeout_s < SHORTEST_RING_S:
            raise CarrierRefused("not_permitted", f"it must ring for at least {SHORTEST_RING_S:g} s")
        if request.call_id in self._book.calls:
            return reference
        if not self.connected:
            # Asterisk would call the person all the same, and nobody would be there at the answer.
            raise CarrierRefused("too_fast", "not sent: the event socket is shut")
        detect = request.machine_detection is MachineDetection.ASYNC
        call = self._book.open(request.call_id, request.from_number, detect=detect)
        call.placing, call.record = True, request.record
        try:
            await self._originate(request)
            call.placed = True
        except CarrierRefused:
            self._book.calls.pop(request.call_id, None)
            raise
        finally:
            call.placing = False
        return reference

    async def _originate(self, request: PlaceCall) -> None:
        settings = self._settings
        query = {
            "endpoint": f"PJSIP/{settings.dialled(request.to_number)}@{settings.trunk}",
            "context": settings.context,
            "extension": "answered",
            "priority": "1",
            "timeout": str(math.ceil(request.ring_timeout_s)),
            "callerId": request.from_number,
        }
        variables = {
            "CC_APP": settings.application,
            "CC_ID": request.call_id.hex,
            "CC_FROM": request.from_number,
            "CC_RECORD": "1" if request.record else "",
            "CHANNEL(hangup_handler_push)": f"{settings.context}-ended,s,1",
        }
        try:
            await self._ari.ask("POST", f"/channels/{request.call_id}", query, {"variables": variables})
        except AriError as error:
            # "Already exists" is also said of an endpoint that does not: only reading tells whether it was placed.
            if await self._ari.find(f"/channels/{request.call_id}") is not None:
                return
            if await self._end_record(request.call_id) is not None:
                return
            _log.error("asterisk.not_placed", call_id=str(request.call_id), reason=str(error))
            code = "wrong_state" if error.status == 400 else "too_fast"
            raise CarrierRefused(code, f"Asterisk did not place it: {error}") from error

    # ------------------------------------------------------------------ agents

    async def park_agent(self, agent_id: UUID, address: str) -> None:
        try:
            await self._legs.park(agent_id, address)
        except AriError as error:
            raise CarrierUnreachable(str(error)) from error

    async def unpark_agent(self, agent_id: UUID) -> None:
        await self._legs.unpark(agent_id)

    # ------------------------------------------------------------------ machine detection

    async def _listen(self, call_id: UUID) -> None:
        """A copy of the customer's sound, for AMD(), while the call itself goes on."""
        query = {"spy": "in", "app": self._settings.application, "appArgs": "listen"}
        await self._ari.ask("POST", f"/channels/{call_id}/snoop/{DETECTION}{call_id}", query)

    async def _detect(self, call_id: UUID) -> None:
        ear = f"/channels/{DETECTION}{call_id}"
        # A copy inherits no variables; the dialplan comes back to the application named in this one.
        back = {"variable": "CC_APP", "value": self._settings.application}
        await self._ari.ask("POST", f"{ear}/variable", back)
        where = {"context": self._settings.context, "extension": "amd", "priority": "1"}
        await self._ari.ask("POST", f"{ear}/continue", where)
