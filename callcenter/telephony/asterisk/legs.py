"""The agents' own sound: for each a mixing bridge (their room), and a channel to their telephone that stays in it.

A leg that drops is dialled again, with pauses that grow, as long as the agent is parked. Meanwhile a customer in
the room hears music.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from callcenter.kit import log
from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.asterisk.translate import LEG, ROOM
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable

_log = log.get(__name__)

_RING_S = 30
_AGAIN_S = (0.5, 1.0, 2.0, 5.0, 10.0)
_ADDRESS = re.compile(r"(PJSIP|Local)/[\w.@+:/-]+", re.ASCII)

Spawn = Callable[[Coroutine[Any, Any, None]], object]


@dataclass(slots=True)
class Leg:
    agent_id: UUID
    address: str
    up: asyncio.Event = field(default_factory=asyncio.Event)
    customer: UUID | None = None  # in the room, or held
    failures: int = 0
    dialling: bool = False

    @property
    def channel(self) -> str:
        return f"{LEG}{self.agent_id}"

    @property
    def room(self) -> str:
        return f"{ROOM}{self.agent_id}"


class Legs:
    def __init__(
        self,
        ari: Ari,
        application: str,
        spawn: Spawn,
        is_up: Callable[[UUID], None],
        is_gone: Callable[[UUID], None],
    ) -> None:
        """`is_up` is told of each leg that came (back) into its room, `is_gone` of each that dropped."""
        self._is_up = is_up
        self._is_gone = is_gone
        self._ari = ari
        self._application = application
        self._spawn = spawn
        self._legs: dict[UUID, Leg] = {}
        # Found after a restart, and not parked by this process yet: in their room, or anywhere else.
        self._unclaimed: set[UUID] = set()
        self._elsewhere: set[UUID] = set()
        self._last_parked = monotonic()

    def get(self, agent_id: UUID) -> Leg | None:
        return self._legs.get(agent_id)

    async def park(self, agent_id: UUID, address: str) -> None:
        """Make the room and have the telephone dialled; does not wait until it is answered.

        An address that cannot be dialled is no error here, so that one agent's telephone does not keep others from
        being parked: joins to it fail, and the log says why.
        """
        leg = self._legs.get(agent_id)
        if leg is not None and leg.address == address:
            return
        if leg is not None:
            await self.unpark(agent_id)
        self._last_parked = monotonic()
        await self._make_room(f"{ROOM}{agent_id}")
        leg = self._legs[agent_id] = Leg(agent_id, address)
        if agent_id in self._unclaimed:
            self._unclaimed.discard(agent_id)
            leg.up.set()
        elif agent_id in self._elsewhere:
            self._elsewhere.discard(agent_id)
            self._spawn(self._enter(leg))
        else:
            await self._dial(leg)

    async def _make_room(self, room: str) -> None:
        try:
            await self._ari.ask("POST", f"/bridges/{room}", {"type": "mixing"})
        except AriError as error:
            if error.status != 409:  # there already
                raise

    async def unpark(self, agent_id: UUID) -> None:
        leg = self._legs.pop(agent_id, None) or Leg(agent_id, "")
        self._forget(agent_id)
        leg.up.clear()
        for path in (f"/channels/{leg.channel}", f"/bridges/{leg.room}"):
            with suppress(AriError):  # gone already
                await self._ari.ask("DELETE", path)

    async def _dial(self, leg: Leg) -> None:
        address = leg.address or f"PJSIP/{leg.agent_id}"
        if not _ADDRESS.fullmatch(address):
            _log.error("asterisk.agent_address_unusable", agent_id=str(leg.agent_id), wanted="PJSIP/… or Local/…")
            return
        query = {
            "endpoint": address,
            "app": self._application,
            "appArgs": "leg",
            "timeout": str(_RING_S),
        }
        leg.dialling = True
        try:
            await self._ari.ask("POST", f"/channels/{leg.channel}", query, {"variables": {"CC_APP": self._application}})
        except AriError as error:
            leg.dialling = False
            # 409 also for an unknown endpoint: only reading tells them apart.
            if await self._ari.find(f"/channels/{leg.channel}") is None:
                _log.warning("asterisk.agent_not_dialled", agent_id=str(leg.agent_id), reason=str(error))
                self._spawn(self._again(leg))
        except (CarrierRefused, CarrierUnreachable):
            leg.dialling = False
            self._spawn(self._again(leg))

    async def _again(self, leg: Leg) -> None:
        if leg.failures >= 0:
            await asyncio.sleep(_AGAIN_S[min(leg.failures, len(_AGAIN_S) - 1)])
        leg.failures += 1
        if self._legs.get(leg.agent_id) is leg and not leg.up.is_set() and not leg.dialling:
            await self._dial(leg)

    def answered(self, agent_id: UUID) -> None:
        """The agent's telephone is there: into the room with it. Nobody's yet: when they are parked."""
        leg = self._legs.get(agent_id)
        if leg is None:
            self._elsewhere.add(agent_id)
            return
        leg.dialling, leg.failures = False, 0
        self._spawn(self._enter(leg))

    async def _enter(self, leg: Leg) -> None:
        await self._make_room(leg.room)  # Asterisk may have been restarted since
        await self._ari.ask("POST", f"/bridges/{leg.room}/addChannel", {"channel": leg.channel})
        if leg.customer is not None:
            with suppress(AriError):  # no music: the customer is only about to come
                await self._ari.ask("DELETE", f"/bridges/{leg.room}/moh")
        leg.up.set()
        self._is_up(leg.agent_id)

    def registered(self, agent_id: UUID) -> None:
        """The agent's telephone said that it is there (a page was reloaded): ring it now.

        A leg that still counts as up belongs to the page before, whose connection is gone: Asterisk would notice in
        half a minute only. Telephones that register again without having been away keep theirs.
        """
        leg = self._legs.get(agent_id)
        if leg is None or leg.address or leg.dialling:
            return
        if leg.up.is_set():
            self._spawn(self._replace(leg))
        else:
            leg.failures = 0
            self._spawn(self._dial(leg))

    async def _replace(self, leg: Leg) -> None:
        leg.failures = -1  # no pause before the next try, which follows the old channel's end
        with suppress(AriError):
            await self._ari.ask("DELETE", f"/channels/{leg.channel}")

    def gone(self, agent_id: UUID) -> None:
        self._forget(agent_id)
        leg = self._legs.get(agent_id)
        if leg is None:
            return
        was_up = leg.up.is_set()
        leg.up.clear()
        leg.dialling = False
        if was_up:
            _log.warning("asterisk.agent_dropped", agent_id=str(agent_id), with_customer=leg.customer is not None)
            self._is_gone(agent_id)
        self._spawn(self._drop(leg))

    async def _drop(self, leg: Leg) -> None:
        if leg.customer is not None:
            with suppress(AriError, CarrierRefused, CarrierUnreachable):
                await self._ari.ask("POST", f"/bridges/{leg.room}/moh")
        await self._again(leg)

    def took(self, agent_id: UUID, call_id: UUID) -> None:
        leg = self._legs.get(agent_id)
        if leg is not None:
            leg.customer = call_id

    def left(self, agent_id: UUID, call_id: UUID) -> None:
        leg = self._legs.get(agent_id)
        if leg is not None and leg.customer == call_id:
            leg.customer = None

    def read_back(self, up: Collection[UUID], dialling: Collection[UUID], elsewhere: Collection[UUID]) -> None:
        """What is there after the event socket was away. A leg that is missing is dialled.

        `up`: in a room; `elsewhere`: answered, and then nobody was there any more to bring them into it.
        """
        for leg in self._legs.values():
            leg.dialling = leg.agent_id in dialling
            if leg.agent_id in up:
                leg.up.set()
                continue
            if leg.up.is_set():
                leg.up.clear()
                self._is_gone(leg.agent_id)
            if leg.agent_id in elsewhere:
                self._spawn(self._enter(leg))
            elif not leg.dialling:
                self._spawn(self._again(leg))
        self._unclaimed |= set(up) - self._legs.keys()
        self._elsewhere |= set(elsewhere) - self._legs.keys()

    def _forget(self, agent_id: UUID) -> None:
        self._unclaimed.discard(agent_id)
        self._elsewhere.discard(agent_id)

    def parked_since(self, seconds: float) -> bool:
        """Whether somebody was parked in the last so many seconds of the machine's clock (or this just began)."""
        return monotonic() - self._last_parked < seconds

    async def send_home(self) -> None:
        """Hang up the legs that nobody has claimed: their agents left while no worker was there to see it."""
        for agent_id in (self._unclaimed | self._elsewhere) - self._legs.keys():
            _log.info("asterisk.leg_nobody_claims", agent_id=str(agent_id))
            await self.unpark(agent_id)
