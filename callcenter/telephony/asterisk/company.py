"""Others than the agent in a call: supervisors, third parties, the next agent.

A supervisor who listens or whispers has a snoop channel on the agent's leg in their own room; one who speaks is in
the agent's room with their leg, and the agent's leg is muted for a take-over. When a leg of either comes back, it is
put up again. A consulted agent comes into the room with their own leg, somebody outside with a channel of the trunk.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from callcenter.kit.clock import Clock
from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.asterisk.book import Book, CallRecord
from callcenter.telephony.asterisk.legs import Leg, Legs
from callcenter.telephony.asterisk.settings import AsteriskSettings
from callcenter.telephony.asterisk.translate import (
    LEG,
    OUTSIDE,
    ROOM,
    THIRD,
    Fact,
    FactKind,
    ear_name,
    own_id,
    whose_ear,
)
from callcenter.telephony.port import CarrierEvent, CarrierRefused, CarrierUnreachable, Supervising

_THIRD_RINGS_S = 30
_SPEAKING = (Supervising.BARGE, Supervising.TAKE_OVER)

Spawn = Callable[[Coroutine[Any, Any, None]], object]
Tell = Callable[[CallRecord, list[CarrierEvent]], None]


@dataclass(slots=True)
class _Place:
    """`ear`: the snoop channel, while there is one."""

    call_id: UUID
    agent_id: UUID
    how: Supervising
    ear: str = ""


class Company:
    """`tell` publishes what the book made of something."""

    def __init__(
        self, ari: Ari, settings: AsteriskSettings, book: Book, legs: Legs, clock: Clock, spawn: Spawn, tell: Tell
    ) -> None:
        self._ari = ari
        self._settings = settings
        self._book = book
        self._legs = legs
        self._clock = clock
        self._spawn = spawn
        self._tell = tell
        self._places: dict[UUID, _Place] = {}  # by supervisor
        self._worn: set[str] = set()  # ears that are in their supervisor's room

    def hear(self, fact: Fact) -> None:
        match fact.kind:
            case FactKind.EAR_UP:
                self._spawn(self._put_on(fact.subject, fact.name))
            case FactKind.THIRD_UP:
                self._spawn(self._third_is_there(fact.subject))
            case FactKind.THIRD_GONE:
                self._third_is_gone(fact.subject)
            case _:
                pass

    async def _bring(self, channel: str, room: str) -> None:
        await self._ari.ask("POST", f"/bridges/{room}/addChannel", {"channel": channel})

    async def _try(self, method: str, path: str, query: dict[str, str] | None = None) -> None:
        """What may be gone already."""
        with suppress(AriError, CarrierRefused, CarrierUnreachable):
            await self._ari.ask(method, path, query)

    async def _home(self, agent_id: UUID) -> None:
        await self._try("POST", f"/bridges/{ROOM}{agent_id}/addChannel", {"channel": f"{LEG}{agent_id}"})

    # ------------------------------------------------------------------ supervisors

    async def supervise(self, call: CallRecord, supervisor_id: UUID, how: Supervising) -> None:
        assert call.agent_id is not None
        leg = self._leg(supervisor_id)
        place = self._places.get(supervisor_id)
        if (leg.customer is not None and leg.customer != call.call_id) or (
            place is not None and (place.call_id, place.agent_id) != (call.call_id, call.agent_id)
        ):
            raise CarrierRefused("wrong_state", "the supervisor is in another call")
        if place is None:
            place, before = _Place(call.call_id, call.agent_id, how), None
        else:
            before, place.how = place.how, how
        if before is how:
            return
        self._places[supervisor_id] = place
        try:
            await self._put(supervisor_id, place, before)
        except AriError as error:
            await self.stop(call.call_id, supervisor_id)
            raise CarrierRefused("wrong_state", str(error)) from error

    def _leg(self, agent_id: UUID) -> Leg:
        leg = self._legs.get(agent_id)
        if leg is None or not leg.up.is_set():
            raise CarrierRefused("unknown_agent", "their sound is not up")
        return leg

    async def _put(self, supervisor_id: UUID, place: _Place, before: Supervising | None) -> None:
        """First what is heard least: in between nobody is heard by more people than asked for.

        `before`: None where it is not known what there is.
        """
        agent, supervisor = f"{LEG}{place.agent_id}", f"{LEG}{supervisor_id}"
        if place.how is Supervising.TAKE_OVER:
            await self._ari.ask("POST", f"/channels/{agent}/mute", {"direction": "in"})
        if place.how in _SPEAKING:
            await self._take_off(place)
            await self._bring(supervisor, f"{ROOM}{place.agent_id}")
        else:
            if before is None or before in _SPEAKING:
                await self._bring(supervisor, f"{ROOM}{supervisor_id}")
            await self._listen(supervisor_id, place)
        if place.how is not Supervising.TAKE_OVER and before in (None, Supervising.TAKE_OVER):
            await self._ari.ask("DELETE", f"/channels/{agent}/mute", {"direction": "in"})

    async def _listen(self, supervisor_id: UUID, place: _Place) -> None:
        old, place.ear = place.ear, ear_name(supervisor_id, secrets.randbelow(10_000))
        query = {"spy": "both", "app": self._settings.application, "appArgs": "ear"}
        if place.how is Supervising.WHISPER:
            query["whisper"] = "out"
        await self._ari.ask("POST", f"/channels/{LEG}{place.agent_id}/snoop/{place.ear}", query)
        await self._remove(old)

    async def _put_on(self, supervisor_id: UUID, ear: str) -> None:
        """The copy of the agent's sound is there: into the supervisor's room, unless it is an old one."""
        if self._is_of(supervisor_id) == ear:
            await self._bring(ear, f"{ROOM}{supervisor_id}")
            # A copy inherits no variables: whose it is, for a worker that takes over.
            mine = {"variable": "CC_APP", "value": self._settings.application}
            await self._try("POST", f"/channels/{ear}/variable", mine)
        self._worn.add(ear)
        if self._is_of(supervisor_id) != ear:
            await self._remove(ear)

    def _is_of(self, supervisor_id: UUID) -> str:
        place = self._places.get(supervisor_id)
        return "" if place is None else place.ear

    async def _take_off(self, place: _Place) -> None:
        ear, place.ear = place.ear, ""
        await self._remove(ear)

    async def _remove(self, ear: str) -> None:
        """One that is not in its room yet is removed by `_put_on`, for Asterisk does not like it hung up on its way."""
        if ear in self._worn:
            self._worn.discard(ear)
            await self._try("DELETE", f"/channels/{ear}")

    async def stop(self, call_id: UUID, supervisor_id: UUID) -> None:
        place = self._places.get(supervisor_id)
        if place is None or place.call_id != call_id:
            return
        del self._places[supervisor_id]
        await self._take_off(place)
        if place.how in _SPEAKING:
            await self._home(supervisor_id)
        if place.how is Supervising.TAKE_OVER:
            await self._try("DELETE", f"/channels/{LEG}{place.agent_id}/mute", {"direction": "in"})

    def leg_is_up(self, agent_id: UUID) -> None:
        """A leg came back: whoever is in a call with it, or through it, is put there again."""
        for supervisor_id, place in self._places.items():
            leg = self._legs.get(supervisor_id)
            if agent_id in (supervisor_id, place.agent_id) and leg is not None and leg.up.is_set():
                self._spawn(self._put(supervisor_id, place, None))
        for call in self._book.live():
            if call.consulting and call.consulted == agent_id and call.agent_id is not None:
                self._spawn(self._bring(f"{LEG}{agent_id}", f"{ROOM}{call.agent_id}"))

    def left(self, call_id: UUID) -> None:
        """The call has ended, or left its agent: nobody is in it beside."""
        for supervisor_id, place in list(self._places.items()):
            if place.call_id == call_id:
                self._spawn(self.stop(call_id, supervisor_id))

    # ------------------------------------------------------------------ third parties

    async def consult(self, call: CallRecord, to: UUID | str, hold: Callable[[], Awaitable[None]]) -> None:
        """`hold` holds the customer, once it is sure that the third party can be asked."""
        assert call.agent_id is not None
        if call.consulted is not None:
            raise CarrierRefused("wrong_state", "somebody is being consulted")
        if isinstance(to, str):
            self._settings.dialled(to)
        leg = self._leg(to) if isinstance(to, UUID) else None
        if leg is not None and (leg.customer is not None or leg.agent_id in self._places or to == call.agent_id):
            raise CarrierRefused("wrong_state", "they are in another call")
        call.consulted = to
        try:
            await hold()
            await self._note(call.call_id, str(to))
            if leg is not None:
                leg.customer = call.call_id
                await self._bring(leg.channel, f"{ROOM}{call.agent_id}")
                self._tell(call, self._book.consulted(call, self._clock.now()))
            else:
                await self._dial(call, str(to))
        except (AriError, CarrierRefused) as error:
            call.consulted = None
            await self._note(call.call_id, "")
            if leg is not None:
                self._legs.left(leg.agent_id, call.call_id)
            if isinstance(error, CarrierRefused):
                raise
            raise CarrierRefused("wrong_state", str(error)) from error

    async def _note(self, call_id: UUID, consulted: str) -> None:
        await self._try("POST", f"/channels/{call_id}/variable", {"variable": "CC_CONSULT", "value": consulted})

    async def _dial(self, call: CallRecord, number: str) -> None:
        settings = self._settings
        query = {
            "endpoint": f"PJSIP/{settings.dialled(number)}@{settings.trunk}",
            "app": settings.application,
            "appArgs": "third",
            "timeout": str(_THIRD_RINGS_S),
            "callerId": call.from_number,
        }
        body = {"variables": {"CC_APP": settings.application}}
        await self._ari.ask("POST", f"/channels/{THIRD}{call.call_id}", query, body)

    async def _third_is_there(self, call_id: UUID) -> None:
        call = self._book.calls.get(call_id)
        if call is None or call.ended_at is not None or call.agent_id is None or call.consulted is None:
            await self._try("DELETE", f"/channels/{THIRD}{call_id}")
            return
        await self._bring(f"{THIRD}{call_id}", f"{ROOM}{call.agent_id}")
        self._tell(call, self._book.consulted(call, self._clock.now()))

    def _third_is_gone(self, call_id: UUID) -> None:
        call = self._book.calls.get(call_id)
        if call is not None and call.ended_at is None and isinstance(call.consulted, str):
            self._over(call)
        self._spawn(self.close_outside(call_id))

    def _over(self, call: CallRecord) -> None:
        self._tell(call, self._book.consult_ended(call, self._clock.now()))
        self._spawn(self._note(call.call_id, ""))

    async def end_consultation(self, call: CallRecord) -> None:
        consulted = call.consulted
        if consulted is not None:
            self._over(call)
            await self.let_go(call.call_id, consulted)

    async def let_go(self, call_id: UUID, consulted: UUID | str) -> None:
        """The third party out of the agent's room."""
        if isinstance(consulted, UUID):
            self._legs.left(consulted, call_id)
            await self._home(consulted)
        else:
            await self._try("DELETE", f"/channels/{THIRD}{call_id}")

    async def hand_over(self, call: CallRecord) -> bool:
        """The third party takes the customer; whether they are somebody outside, who has the customer now."""
        consulted = call.consulted
        if isinstance(consulted, UUID):
            call.consulted, call.consulting = None, False
            await self._note(call.call_id, "")
            await self.let_go(call.call_id, consulted)
            return False
        await self._try("POST", f"/bridges/{OUTSIDE}{call.call_id}", {"type": "mixing"})
        await self._try("DELETE", f"/channels/{call.call_id}/moh")
        for channel in (f"{THIRD}{call.call_id}", str(call.call_id)):
            await self._bring(channel, f"{OUTSIDE}{call.call_id}")
        return True

    async def close_outside(self, call_id: UUID) -> None:
        """One of the two is gone: so is the other. Does nothing where there is no such bridge."""
        if await self._ari.find(f"/bridges/{OUTSIDE}{call_id}") is None:
            return
        for path in (f"/channels/{call_id}", f"/channels/{THIRD}{call_id}", f"/bridges/{OUTSIDE}{call_id}"):
            await self._try("DELETE", path)

    # ------------------------------------------------------------------ reading back

    async def read_back(self, where: Mapping[str, str], *, first: bool) -> None:
        """After a cut or a start: adopt the third parties of living calls, and put away what nobody asked for.

        `where`: every channel of ours, and the bridge it is in (empty: in none). Supervisors of a dead worker's calls
        are sent home; they are asked for again.
        """
        asked = {call.call_id: call for call in self._book.live() if call.consulted is not None}
        for call in asked.values():
            self._adopt(call, where)
        guests = {f"{LEG}{call.consulted}" for call in asked.values()}
        guests |= {f"{LEG}{one}" for one, place in self._places.items() if place.how in _SPEAKING}
        muted = {place.agent_id for place in self._places.values() if place.how is Supervising.TAKE_OVER}
        for name, room in where.items():
            supervisor_id, third = whose_ear(name), own_id(name, THIRD)
            if supervisor_id is not None:
                if not room or self._is_of(supervisor_id) != name:
                    # Beside: Asterisk goes on listing some that are gone, and refuses to touch them.
                    self._spawn(self._put_on(supervisor_id, name))
            elif third is not None and third not in asked and not room.startswith(OUTSIDE):
                await self._try("DELETE", f"/channels/{name}")
            elif (agent_id := own_id(name, LEG)) is not None:
                if room and room != f"{ROOM}{agent_id}" and name not in guests:
                    await self._home(agent_id)
                if first and agent_id not in muted:
                    await self._try("DELETE", f"/channels/{name}/mute", {"direction": "in"})
        for bridge in {room for room in where.values() if room.startswith(OUTSIDE)}:
            call_id = own_id(bridge, OUTSIDE)
            if call_id is not None and list(where.values()).count(bridge) < 2:
                await self.close_outside(call_id)

    def _adopt(self, call: CallRecord, where: Mapping[str, str]) -> None:
        outside = not isinstance(call.consulted, UUID)
        name = f"{THIRD}{call.call_id}" if outside else f"{LEG}{call.consulted}"
        if where.get(name) == f"{ROOM}{call.agent_id}":
            self._tell(call, self._book.consulted(call, self._clock.now()))
        elif name not in where:
            self._over(call)
        elif not outside:
            self._spawn(self._bring(name, f"{ROOM}{call.agent_id}"))
