"""The agents' legs: parked in a conference each, all shift, and brought up again when they drop."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, is_connection_loss
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable
from callcenter.telephony.twilio import repository, service
from callcenter.telephony.twilio.api import TwilioApi
from callcenter.telephony.twilio.models import TwilioAgent
from callcenter.telephony.twilio.turnstile import Turnstile

_log = log.get(__name__)

LOOK_REAL_S = 1.0
SILENCE = timedelta(seconds=90)
"""After a request without a reply: a leg that it made would have been heard of, or be over, by then."""
AFTER_FAILURE = timedelta(seconds=30)
_TURN_WITHIN_S = 5.0


class Legs:
    def __init__(self, database: Database, api: TwilioApi, clock: Clock, turnstile: Turnstile) -> None:
        self._database = database
        self._api = api
        self._clock = clock
        self._turnstile = turnstile

    async def want(self, agent_id: UUID, address: str) -> None:
        """The agent's leg is to be up from now on, at this address; rings them if it is not.

        A first try that fails is no error of this command: `keep` goes on trying, after a pause.
        """
        async with self._database.transaction() as session:
            row = await repository.agent(session, agent_id)
            if row is None:
                row = TwilioAgent(agent_id=agent_id, address=address)
                session.add(row)
            if row.address != address:
                row.drop_sid = row.call_sid or row.drop_sid
                row.address, row.call_sid, row.present, row.asked_at = address, None, False, None
            row.wanted, row.down_at = True, None
            up, drop = row.call_sid is not None, row.drop_sid
        try:
            if drop is not None:
                await self._drop(agent_id, drop)
            if not up and await self._turnstile.take(0):
                await self._raise(agent_id)
        except (CarrierRefused, CarrierUnreachable) as error:
            _log.warning("twilio.leg_not_raised", agent_id=str(agent_id), reason=str(error))

    async def unwant(self, agent_id: UUID) -> None:
        async with self._database.transaction() as session:
            row = await repository.agent(session, agent_id)
            if row is None or not row.wanted:
                return
            drop = row.drop_sid = row.call_sid or row.drop_sid
            row.wanted, row.call_sid, row.present, row.asked_at = False, None, False, None
            await service.fail_join(session, agent_id, self._clock.now())
        if drop is not None:
            await self._drop(agent_id, drop)

    async def _drop(self, agent_id: UUID, sid: str) -> None:
        """Hang up a leg; what fails is tried again by `keep`."""
        try:
            await self._api.hang_up(sid)
        except CarrierRefused as refused:
            if refused.code not in ("wrong_state", "unknown_call"):  # it has ended already
                raise
        async with self._database.transaction() as session:
            row = await repository.agent(session, agent_id)
            if row is not None and row.drop_sid == sid:
                row.drop_sid = None

    async def keep(self) -> None:
        """Bring up, for ever, the legs that are wanted and down, and hang up those that are not wanted."""
        while True:
            try:
                await self._look()
            except (CarrierRefused, CarrierUnreachable) as error:
                _log.warning("twilio.leg_not_raised", reason=str(error))
            except Exception as error:
                if is_connection_loss(error):
                    _log.warning("twilio.database_lost", job="legs")
                else:
                    _log.exception("twilio.legs_failed")
            await asyncio.sleep(LOOK_REAL_S)

    async def _look(self) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            to_drop = await repository.legs_to_drop(session)
            waiting = await repository.legs_to_raise(session, now - SILENCE, now - AFTER_FAILURE)
        for agent_id, sid in to_drop:
            await self._drop(agent_id, sid)
        for agent_id in waiting:
            if await self._turnstile.take(_TURN_WITHIN_S):
                await self._raise(agent_id)

    async def _raise(self, agent_id: UUID) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await repository.agent(session, agent_id)
            lately = row is not None and row.asked_at is not None and row.asked_at > now - SILENCE
            if row is None or not row.wanted or row.call_sid is not None or lately:
                return  # another worker was faster
            row.asked_at = now
            address = row.address
        try:
            sid, conference_sid = await self._api.create_leg(agent_id, address)
        except CarrierRefused:
            async with self._database.transaction() as session:
                row = await repository.agent(session, agent_id)
                if row is not None:
                    await service.leg_is_down(session, row, now, failed=True)
            raise
        async with self._database.transaction() as session:
            row = await repository.agent(session, agent_id)
            if row is None:
                return
            if not row.wanted or row.address != address:  # meanwhile
                row.drop_sid = sid
                return
            row.call_sid = row.call_sid or sid  # its first webhook may have been faster than the reply
            row.conference_sid = row.conference_sid or conference_sid
