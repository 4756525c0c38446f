"""Supervisors in calls: the open rows of `supervisions` say who is to be where, and this sees to it that it is so.

Nothing here has to be remembered: after a start every open row is asked for again, which for the carrier is no change.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from callcenter.calls import company
from callcenter.calls import repository as call_rows
from callcenter.kit import log
from callcenter.kit.db import is_connection_loss
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, Supervising
from campaigns.dialer.launching import Hands

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class _Place:
    row_id: UUID
    call_id: UUID
    how: Supervising


class Hearing:
    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._are: dict[UUID, _Place] = {}  # by supervisor, as the carrier was last asked

    async def look(self) -> None:
        """Let supervisors into the calls they are to be in, and out of those they are not. One at a time each."""
        async with self._hands.database.transaction() as session:
            rows = await call_rows.open_supervisions(session)
            wanted = {row.supervisor_id: _Place(row.id, row.call_id, Supervising(row.how)) for row in rows}
        for supervisor_id, place in list(self._are.items()):
            new = wanted.get(supervisor_id)
            if new is None or new.call_id != place.call_id:
                await self._leave(supervisor_id, place)
        await asyncio.gather(*(self._enter(one, place) for one, place in wanted.items() if self._are.get(one) != place))

    async def _leave(self, supervisor_id: UUID, place: _Place) -> None:
        try:
            await self._hands.carrier.stop_supervising(place.call_id, supervisor_id)
        except CarrierRefused as refused:
            if refused.code == "too_fast":
                return  # asked again at the next look
        except CarrierUnreachable as error:
            _log.warning("carrier.not_done", what="stop_supervising", reason=str(error))
            return
        del self._are[supervisor_id]

    async def _enter(self, supervisor_id: UUID, place: _Place) -> None:
        trouble: str | None = None
        try:
            await self._hands.carrier.supervise(place.call_id, supervisor_id, place.how)
            self._are[supervisor_id] = place
        except (CarrierRefused, CarrierUnreachable) as error:
            trouble = str(error)
        try:
            async with self._hands.database.transaction() as session:
                await company.note_heard(session, place.row_id, trouble, self._hands.clock.now())
        except Exception as error:
            if not is_connection_loss(error):
                raise
            _log.warning("dialer.database_lost", job="supervise")

    def forget(self) -> None:
        """The carrier was away: what it was asked for may be gone."""
        self._are.clear()
