"""The carrier: commands over ARI, events from its socket, and what is read back after a cut or a restart."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.settings import Settings
from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.asterisk.book import Book, CallRecord
from callcenter.telephony.asterisk.event_socket import REPLACED_PAUSE_S, EventSocket
from callcenter.telephony.asterisk.fanout import FanOut
from callcenter.telephony.asterisk.legs import Leg, Legs
from callcenter.telephony.asterisk.translate import (
    DETECTION,
    EVENTS_WANTED,
    LEG,
    MESSAGE,
    ROOM,
    Channel,
    EndRecord,
    Fact,
    FactKind,
    own_id,
    read_channel,
    read_end_record,
    translate,
)
from callcenter.telephony.plain import Plain
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
_LEG_WITHIN_S = 1.0  # how long a join waits for the agent's telephone
_REMEMBERED_S = 600.0  # how long the end of a call is kept here and in Asterisk
_FORGET_EVERY_S = 30.0
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_SOUND = re.compile(r"sound:[\w/.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """How our Asterisk is reached and named; docs/operations.md says what each has to agree with."""

    url: str
    user: str
    password: str = field(repr=False)
    application: str = "callcenter"
    trunk: str = "trunk"
    context: str = "callcenter"
    prefix: str = "+"
    """What stands before the country code when the trunk is dialled: `+`, `00`, or nothing."""
    message_sound: str = "callcenter/abandoned"

    @classmethod
    def of(cls, settings: Settings) -> AsteriskSettings:
        """From the settings of the installation, which have been found whole."""
        assert settings.asterisk_url is not None
        assert settings.asterisk_password is not None
        return cls(
            url=settings.asterisk_url,
            user=settings.asterisk_user,
            password=settings.asterisk_password.get_secret_value(),
            application=settings.asterisk_application,
            trunk=settings.asterisk_trunk,
            context=settings.asterisk_context,
            prefix=settings.asterisk_prefix,
            message_sound=settings.asterisk_message_sound,
        )


class AsteriskCarrier(Plain):
    """See `callcenter.telephony.port.Carrier` for what each method means and raises."""

    name = "asterisk"
    simulated = False
    calls_per_second: float | None = None

    def __init__(self, settings: AsteriskSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._ari = Ari(settings.url, settings.user, settings.password)
        self._socket = EventSocket(
            self._ari.events_url(settings.application), self._ari.headers, self._hear, self._opened
        )
        self._book = Book()
        self._out = FanOut()
        self._tasks: set[asyncio.Task[None]] = set()
        self._legs = Legs(self._ari, settings.application, self._spawn)
        self._started = False

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
        self._publish(call, news)

    def _publish(self, call: CallRecord, news: Iterable[CarrierEvent]) -> None:
        if call.ended_at is not None:
            if call.agent_id is not None:
                self._legs.left(call.agent_id, call.call_id)
            if call.detect and call.answered_at is not None and call.verdict is None:
                self._spawn(self._stop_listening(call.call_id))
        elif call.agent_id is not None:
            self._legs.took(call.agent_id, call.call_id)
        self._out.tell(news)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except (AriError, CarrierRefused, CarrierUnreachable) as error:
                _log.warning("asterisk.not_done", what=getattr(work, "__qualname__", ""), reason=str(error))
            except Exception:
                _log.exception("asterisk.not_done", what=getattr(work, "__qualname__", ""))

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------------ reading back

    async def _opened(self) -> None:
        """The socket is open (again): hear the trunk's channels, and learn what was missed."""
        application, trunk = self._settings.application, self._settings.trunk
        wanted = {"allowed": [{"type": kind} for kind in (*EVENTS_WANTED, "ApplicationReplaced")]}
        await self._ari.ask("PUT", f"/applications/{application}/eventFilter", body=wanted)
        try:
            source = {"eventSource": f"endpoint:PJSIP/{trunk}"}
            await self._ari.ask("POST", f"/applications/{application}/subscription", source)
        except AriError as error:
            raise CarrierUnreachable(f"Asterisk knows no PJSIP endpoint '{trunk}' (ASTERISK_TRUNK): {error}") from error
        await self._read_back()

    async def _read_back(self) -> None:
        missing = [call for call in self._book.live() if not call.placing]
        channels = [read_channel(one) for one in await self._ari.ask("GET", "/channels")]
        rooms: dict[str, UUID] = {}
        for bridge in await self._ari.ask("GET", "/bridges"):
            agent_id = own_id(bridge["id"], ROOM)
            if agent_id is not None:
                rooms |= dict.fromkeys(bridge["channels"], agent_id)
        ours = [one for one in channels if one.vars.application == self._settings.application]
        legs = [(one, agent_id) for one in ours if (agent_id := own_id(one.id, LEG)) is not None]
        self._legs.read_back(
            (agent_id for one, agent_id in legs if one.id in rooms),
            (agent_id for one, agent_id in legs if one.id not in rooms),
        )
        seen: set[UUID] = set()
        for one in ours:
            call_id = own_id(one.id)
            if call_id is not None:
                seen.add(call_id)
                self._read(call_id, one, rooms.get(one.id))
                if one.vars.message and await self._ari.find(f"/playbacks/{MESSAGE}{call_id}") is None:
                    self._spawn(self.hang_up(call_id, EndCause.SYSTEM_HUNG_UP))
        for call in missing:
            if call.call_id not in seen:
                await self.status(call.call_id)

    def _read(self, call_id: UUID, channel: Channel, room_of: UUID | None) -> CallRecord:
        news = self._book.read_back(call_id, channel, room_of, self._clock.now())
        call = self._book.calls[call_id]
        self._publish(call, news)
        return call

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
            return self._read(call_id, read_channel(found), None).status()
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
        if not _E164.fullmatch(request.to_number):
            raise CarrierRefused("invalid_number", "numbers are E.164, as in +8613800000000")
        if request.ring_timeout_s < SHORTEST_RING_S:
            raise CarrierRefused("not_permitted", f"it must ring for at least {SHORTEST_RING_S:g} s")
        if request.call_id in self._book.calls:
            return reference
        if not self.connected:
            # Asterisk would call the person all the same, and nobody would be there at the answer.
            raise CarrierRefused("too_fast", "not sent: the event socket is shut")
        if request.record:
            _log.warning("asterisk.recording_not_available", call_id=reference)
        detect = request.machine_detection is MachineDetection.ASYNC
        call = self._book.open(request.call_id, request.from_number, detect=detect)
        call.placing = True
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
        number = settings.prefix + request.to_number.removeprefix("+")
        query = {
            "endpoint": f"PJSIP/{number}@{settings.trunk}",
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

    # ------------------------------------------------------------------ the customer

    async def join(self, call_id: UUID, agent_id: UUID) -> None:
        call, leg = await self._answered(call_id), self._legs.get(agent_id)
        if leg is None:
            raise CarrierRefused("unknown_agent")
        if agent_id in (call.agent_id, call.joining):
            return
        if call.message or call.agent_id is not None or call.joining is not None:
            raise CarrierRefused("wrong_state", "the call has its agent, or is hearing the message")
        if leg.customer is not None:
            raise CarrierRefused("wrong_state", "the agent is in another call")
        call.joining, leg.customer = agent_id, call_id
        try:
            if await self._is_up(leg):
                await self._bring_in(call, leg)
                return
        except CarrierRefused:
            call.joining = None
            self._legs.left(agent_id, call_id)
            raise
        self._legs.left(agent_id, call_id)
        _log.warning("asterisk.agent_not_there", agent_id=str(agent_id), call_id=str(call_id))
        self._out.tell(self._book.join_failed(call, agent_id, self._clock.now()))

    @staticmethod
    async def _is_up(leg: Leg) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEG_WITHIN_S):
                await leg.up.wait()
        return leg.up.is_set()

    async def _bring_in(self, call: CallRecord, leg: Leg) -> None:
        try:
            await self._ari.ask("POST", f"/bridges/{leg.room}/addChannel", {"channel": str(call.call_id)})
        except AriError as error:
            if error.status == 404:  # Asterisk was restarted
                await self._legs.unpark(leg.agent_id)
                raise CarrierRefused("unknown_agent", str(error)) from error
            raise CarrierRefused("wrong_state", str(error)) from error
        await self._note(call.call_id, "CC_AGENT", str(leg.agent_id))

    async def hold(self, call_id: UUID) -> None:
        call = await self._joined(call_id)
        if call.held or call.holding:
            return
        call.holding = True
        try:
            await self._do("POST", f"/channels/{call_id}/moh")
            await self._do("POST", f"/bridges/{ROOM}{call.agent_id}/removeChannel", {"channel": str(call_id)})
        except CarrierRefused:
            call.holding = False
            raise
        await self._note(call_id, "CC_HELD", "1")

    async def resume(self, call_id: UUID) -> None:
        call = await self._joined(call_id)
        if not call.held:
            return
        await self._do("DELETE", f"/channels/{call_id}/moh")
        await self._do("POST", f"/bridges/{ROOM}{call.agent_id}/addChannel", {"channel": str(call_id)})
        await self._note(call_id, "CC_HELD", "")

    async def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        call = await self._known(call_id)
        if call.ended_at is not None:
            return
        call.asked = call.asked or cause
        await self._note(call_id, "CC_CAUSE", call.asked.value)
        with suppress(AriError):  # it is gone: its end is told by its own event
            await self._ari.ask("DELETE", f"/channels/{call_id}", {"reason": "normal"})

    async def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        """Plays a recording, then says the caller's number digit by digit.

        The recording is `message` where that is like `sound:custom/name`, else the installation's own:
        Asterisk does not speak the words of a text.
        """
        call = await self._answered(call_id)
        if call.message:
            return
        if call.agent_id is not None or call.joining is not None:
            raise CarrierRefused("wrong_state", "the message is for calls without an agent")
        call.message = True
        sound = message if _SOUND.fullmatch(message) else f"sound:{self._settings.message_sound}"
        digits = re.sub(r"\D", "", call.from_number, flags=re.ASCII)
        media = [sound, *([f"digits:{digits}"] if digits else [])]
        await self._note(call_id, "CC_MESSAGE", "1")
        try:
            await self._do("POST", f"/channels/{call_id}/play/{MESSAGE}{call_id}", {"media": ",".join(media)})
        except CarrierRefused:
            if call.ended_at is None:
                await self.hang_up(call_id)
            raise

    async def _do(self, method: str, path: str, query: dict[str, str] | None = None) -> None:
        try:
            await self._ari.ask(method, path, query)
        except AriError as error:
            raise CarrierRefused("wrong_state", str(error)) from error

    async def _note(self, call_id: UUID, name: str, value: str) -> None:
        """Write on the channel what a later worker has to know. The channel may be gone: then so is the need."""
        with suppress(AriError, CarrierRefused):
            await self._ari.ask("POST", f"/channels/{call_id}/variable", {"variable": name, "value": value})

    async def _known(self, call_id: UUID) -> CallRecord:
        if call_id not in self._book.calls and not (await self.status(call_id)).known:
            raise CarrierRefused("unknown_call")
        return self._book.calls[call_id]

    async def _answered(self, call_id: UUID) -> CallRecord:
        call = await self._known(call_id)
        if call.answered_at is None or call.ended_at is not None:
            raise CarrierRefused("wrong_state", "not answered" if call.ended_at is None else "ended")
        return call

    async def _joined(self, call_id: UUID) -> CallRecord:
        call = await self._answered(call_id)
        if call.agent_id is None:
            raise CarrierRefused("wrong_state", "nobody is joined")
        return call

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

    async def _stop_listening(self, call_id: UUID) -> None:
        with suppress(AriError):
            await self._ari.ask("DELETE", f"/channels/{DETECTION}{call_id}")
