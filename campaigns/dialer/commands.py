"""Carrying out what agents asked for: rows of `call_commands`, each asked of the carrier once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from callcenter.calls import repository as call_rows
from callcenter.calls import service as calls
from callcenter.calls.models import CallCommand, CommandKind
from callcenter.domain.call import EndCause
from callcenter.kit.db import Session
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable
from campaigns.dialer import launching
from campaigns.dialer.answering import Desks
from campaigns.dialer.launching import Hands


class Commands:
    def __init__(self, hands: Hands, desks: Desks) -> None:
        self._hands = hands
        self._desks = desks
        self._placing: set[asyncio.Task[None]] = set()

    async def carry_out_some(self) -> bool:
        """Carry out what waits; whether there was any."""
        async with self._hands.database.transaction() as session:
            waiting = await call_rows.open_commands(session)
            for command in waiting:
                command.error = await self._carry_out(session, command)
                command.done_at = self._hands.clock.now()
            return bool(waiting)

    async def _carry_out(self, session: Session, command: CallCommand) -> str | None:
        """Returns why it was not done."""
        try:
            if CommandKind(command.kind) is CommandKind.DIAL:
                await self._dial(session, command)
            else:
                await self._ask(command)
        except (CarrierRefused, CarrierUnreachable) as error:
            if command.kind == CommandKind.CONSULT.value:
                await self._note(session, command.call_id, consult=None)
            return str(error)
        match CommandKind(command.kind):
            case CommandKind.PAUSE_RECORDING:
                await self._note(session, command.call_id, recording_paused_at=self._hands.clock.now())
            case CommandKind.RESUME_RECORDING:
                await self._note(session, command.call_id, recording_paused_at=None)
            case _:
                pass
        return None

    def _ask(self, command: CallCommand) -> Coroutine[Any, Any, None]:
        carrier, call_id, detail = self._hands.carrier, command.call_id, command.detail
        match CommandKind(command.kind):
            case CommandKind.HANG_UP:
                return carrier.hang_up(call_id, EndCause.AGENT_HUNG_UP)
            case CommandKind.HOLD:
                return carrier.hold(call_id)
            case CommandKind.RESUME:
                return carrier.resume(call_id)
            case CommandKind.RELEASE:
                return carrier.release(call_id)
            case CommandKind.TRANSFER:
                return carrier.transfer(call_id, detail["number"])
            case CommandKind.CONSULT:
                agent_id = detail.get("agent_id")
                return carrier.consult(call_id, UUID(agent_id) if agent_id else detail["number"])
            case CommandKind.COMPLETE:
                return carrier.complete_transfer(call_id)
            case CommandKind.END_CONSULT:
                return carrier.end_consultation(call_id)
            case CommandKind.DIGITS:
                return carrier.send_digits(call_id, detail["digits"])
            case CommandKind.ANNOUNCE:
                return carrier.announce(call_id, detail["message"])
            case CommandKind.PAUSE_RECORDING:
                return carrier.pause_recording(call_id)
            case CommandKind.RESUME_RECORDING:
                return carrier.resume_recording(call_id)
            case CommandKind.DIAL:
                raise ValueError("dialled elsewhere")

    async def _dial(self, session: Session, command: CallCommand) -> None:
        call = await calls.get(session, command.call_id)
        desk = await self._desks.get(session, call.queue_id)
        request = launching.request_for(self._hands, desk.campaign, call.id, call.to_number, call.from_number)
        task = asyncio.create_task(launching.place(self._hands, desk.campaign, desk.rules, request))
        self._placing.add(task)
        task.add_done_callback(self._placing.discard)

    @staticmethod
    async def _note(session: Session, call_id: UUID, **values: object) -> None:
        call = await call_rows.lock(session, call_id)
        if call is None or any(getattr(call, name) == value for name, value in values.items()):
            return
        for name, value in values.items():
            setattr(call, name, value)
        await calls.told(session, call)
