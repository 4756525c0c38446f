"""What is asked for an answered call: the customer joined, held, handed over, recorded, hung up on."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.asterisk.book import Book, CallRecord
from callcenter.telephony.asterisk.company import Company
from callcenter.telephony.asterisk.fanout import FanOut
from callcenter.telephony.asterisk.legs import Leg, Legs
from callcenter.telephony.asterisk.settings import AsteriskSettings
from callcenter.telephony.asterisk.tapes import Tapes
from callcenter.telephony.asterisk.translate import DETECTION, MESSAGE, ROOM
from callcenter.telephony.port import (
    CallStatus,
    CarrierEvent,
    CarrierRefused,
    CarrierUnreachable,
    Recorded,
    Supervising,
)

_log = log.get(__name__)

_LEG_WITHIN_S = 1.0  # how long a join waits for the agent's telephone
_SOUND = re.compile(r"sound:[\w/.-]+", re.ASCII)
_DIGITS = re.compile(r"[0-9*#A-D]{1,32}", re.ASCII)


class Commands(ABC):
    """The half of the carrier that commands; the other half (carrier.py) hears. They share the book.

    See `callcenter.telephony.port.Carrier` for what each method means and raises.
    """

    def __init__(self, settings: AsteriskSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._ari = Ari(settings.url, settings.user, settings.password)
        self._book = Book()
        self._out = FanOut()
        self._tasks: set[asyncio.Task[None]] = set()
        self._legs = Legs(self._ari, settings.application, self._spawn, self._leg_is_up, self._leg_is_gone)
        self._company = Company(self._ari, settings, self._book, self._legs, clock, self._spawn, self._publish)
        self._tapes = Tapes(self._ari, settings.application)

    @abstractmethod
    async def status(self, call_id: UUID) -> CallStatus: ...

    # ------------------------------------------------------------------ news

    def _leg_is_up(self, agent_id: UUID) -> None:
        self._company.leg_is_up(agent_id)
        news = self._book.agent_back(agent_id, self._clock.now())
        if news is not None:
            self._publish(*news)

    def _leg_is_gone(self, agent_id: UUID) -> None:
        news = self._book.agent_lost(agent_id, self._clock.now())
        if news is not None:
            self._publish(*news)

    def _publish(self, call: CallRecord, news: Iterable[CarrierEvent]) -> None:
        news = list(news)
        if call.ended_at is not None:
            if call.agent_id is not None:
                self._legs.left(call.agent_id, call.call_id)
            if call.detect and call.answered_at is not None and call.verdict is None:
                self._spawn(self._stop_listening(call.call_id))
        elif call.agent_id is not None:
            self._legs.took(call.agent_id, call.call_id)
        for event in news:
            self._follow(call, event)
        self._out.tell(news)

    def _follow(self, call: CallRecord, event: CarrierEvent) -> None:
        """What a change of the call brings with it for others than customer and agent."""
        match event.kind:
            case CallEventKind.JOINED if call.record and not call.tape:
                call.tape = True
                self._spawn(self._tapes.begin(call.call_id))
            case CallEventKind.RELEASED:
                self._company.left(call.call_id)
            case CallEventKind.ENDED:
                self._company.left(call.call_id)
                if call.consulted is not None and event.cause is not EndCause.TRANSFERRED:
                    self._spawn(self._company.let_go(call.call_id, call.consulted))
                if event.cause is EndCause.TRANSFERRED:
                    self._spawn(self._tapes.end(call.call_id))
            case _:
                pass

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

    async def _stop_listening(self, call_id: UUID) -> None:
        with suppress(AriError):
            await self._ari.ask("DELETE", f"/channels/{DETECTION}{call_id}")

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
            if call.music:
                await self._ari.ask("DELETE", f"/channels/{call.call_id}/moh")
            await self._ari.ask("POST", f"/bridges/{leg.room}/addChannel", {"channel": str(call.call_id)})
        except AriError as error:
            if error.status == 404:  # Asterisk was restarted
                await self._legs.unpark(leg.agent_id)
                raise CarrierRefused("unknown_agent", str(error)) from error
            raise CarrierRefused("wrong_state", str(error)) from error
        await self._note(call.call_id, "CC_AGENT", str(leg.agent_id))
        if call.music:
            call.music = False
            await self._note(call.call_id, "CC_HELD", "")

    async def hold(self, call_id: UUID) -> None:
        await self._hold(await self._joined(call_id))

    async def _hold(self, call: CallRecord) -> None:
        if call.held or call.holding:
            return
        call.holding = True
        try:
            await self._take_out(call, "1")
        except CarrierRefused:
            call.holding = False
            raise

    async def _take_out(self, call: CallRecord, why: str) -> None:
        """Out of the agent's room, to music. Noted first: a worker that takes over has to know whose music it is."""
        await self._note(call.call_id, "CC_HELD", why)
        try:
            await self._do("POST", f"/channels/{call.call_id}/moh")
            await self._do("POST", f"/bridges/{ROOM}{call.agent_id}/removeChannel", {"channel": str(call.call_id)})
        except CarrierRefused:
            await self._note(call.call_id, "CC_HELD", "")
            raise

    async def resume(self, call_id: UUID) -> None:
        call = await self._joined(call_id)
        if call.consulted is not None:
            raise CarrierRefused("wrong_state", "somebody is being consulted")
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
        sound = _sound(message, self._settings.message_sound)
        digits = re.sub(r"\D", "", call.from_number, flags=re.ASCII)
        media = [sound, *([f"digits:{digits}"] if digits else [])]
        await self._note(call_id, "CC_MESSAGE", "1")
        try:
            if call.music:
                await self._do("DELETE", f"/channels/{call_id}/moh")
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

    # ------------------------------------------------------------------ others than the agent

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        await self._company.supervise(await self._joined(call_id), supervisor_id, how)

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        await self._company.stop(call_id, supervisor_id)

    async def release(self, call_id: UUID) -> None:
        call = await self._joined(call_id)
        if call.consulted is not None:
            raise CarrierRefused("wrong_state", "somebody is being consulted")
        await self._release(call)

    async def _release(self, call: CallRecord) -> None:
        agent_id = call.agent_id
        if agent_id is None or call.releasing:
            return
        if call.held:
            await self._note(call.call_id, "CC_HELD", "released")
            self._publish(call, self._book.released(call, self._clock.now()))
        else:
            call.releasing = True
            try:
                await self._take_out(call, "released")
            except CarrierRefused:
                call.releasing = False
                raise
        self._legs.left(agent_id, call.call_id)

    async def transfer(self, call_id: UUID, number: str) -> None:
        dialled = self._settings.dialled(number)
        call = await self._joined(call_id)
        if call.consulted is not None:
            raise CarrierRefused("wrong_state", "somebody is being consulted")
        await self._note(call_id, "CC_CAUSE", EndCause.TRANSFERRED.value)
        if call.held:
            await self._do("DELETE", f"/channels/{call_id}/moh")
        where = {"context": f"{self._settings.context}-transfer", "extension": dialled, "priority": "1"}
        try:
            await self._do("POST", f"/channels/{call_id}/continue", where)
        except CarrierRefused:
            await self._note(call_id, "CC_CAUSE", "")
            raise
        self._publish(call, self._book.transferred(call, self._clock.now()))

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        call = await self._joined(call_id)
        await self._company.consult(call, to, lambda: self._hold(call))

    async def complete_transfer(self, call_id: UUID) -> None:
        call = await self._joined(call_id)
        if not call.consulting:
            raise CarrierRefused("wrong_state", "nobody is there to be consulted")
        outside = not isinstance(call.consulted, UUID)
        if outside:
            await self._note(call_id, "CC_CAUSE", EndCause.TRANSFERRED.value)
        try:
            await self._company.hand_over(call)
        except AriError as error:
            await self._note(call_id, "CC_CAUSE", "")
            raise CarrierRefused("wrong_state", str(error)) from error
        if outside:
            self._publish(call, self._book.transferred(call, self._clock.now()))
        else:
            await self._release(call)

    async def end_consultation(self, call_id: UUID) -> None:
        await self._company.end_consultation(await self._joined(call_id))

    async def announce(self, call_id: UUID, message: str) -> None:
        """Plays `message` where that is like `sound:custom/name`, else the installation's recording of it."""
        call = await self._joined(call_id)
        if call.held or call.holding:
            raise CarrierRefused("wrong_state", "the customer is held, and would not hear it")
        media = {"media": _sound(message, self._settings.announce_sound)}
        await self._do("POST", f"/bridges/{ROOM}{call.agent_id}/play", media)

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        if not _DIGITS.fullmatch(digits):
            raise CarrierRefused("invalid_number", "digits are 0-9 * # A-D, at most 32")
        await self._joined(call_id)
        await self._do("POST", f"/channels/{call_id}/dtmf", {"dtmf": digits})

    # ------------------------------------------------------------------ recordings

    async def pause_recording(self, call_id: UUID) -> None:
        await self._tapes.pause((await self._answered(call_id)).call_id, paused=True)

    async def resume_recording(self, call_id: UUID) -> None:
        await self._tapes.pause((await self._answered(call_id)).call_id, paused=False)

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        call = self._book.calls.get(call_id)
        known = None if call is None else call.joined_at or call.answered_at
        return await self._tapes.of(call_id, known or self._clock.now())

    def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        return self._tapes.fetch(ref)

    async def forget_recording(self, ref: str) -> None:
        await self._tapes.forget(ref)


def _sound(message: str, instead: str) -> str:
    """Asterisk speaks no text: a recording named by the message, or the installation's own."""
    return message if _SOUND.fullmatch(message) else f"sound:{instead}"
