"""What a carrier answers that does not offer transfer, supervision or recordings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from callcenter.telephony.port import CallStatus, CarrierRefused, Recorded, Supervising

_NO_CALL = UUID(int=0)


def _not_offered() -> CarrierRefused:
    return CarrierRefused("wrong_state", "this carrier does not offer it")


class Plain:
    """A base class: each word refuses."""

    async def probe(self) -> None:
        """A question about a call that never was: for a carrier whose `status` goes to the far end."""
        await self.status(_NO_CALL)

    async def status(self, call_id: UUID) -> CallStatus:
        raise NotImplementedError

    async def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        raise _not_offered()

    async def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        return

    async def release(self, call_id: UUID) -> None:
        raise _not_offered()

    async def transfer(self, call_id: UUID, number: str) -> None:
        raise _not_offered()

    async def consult(self, call_id: UUID, to: UUID | str) -> None:
        raise _not_offered()

    async def complete_transfer(self, call_id: UUID) -> None:
        raise _not_offered()

    async def end_consultation(self, call_id: UUID) -> None:
        return

    async def announce(self, call_id: UUID, message: str) -> None:
        raise _not_offered()

    async def send_digits(self, call_id: UUID, digits: str) -> None:
        raise _not_offered()

    async def pause_recording(self, call_id: UUID) -> None:
        raise _not_offered()

    async def resume_recording(self, call_id: UUID) -> None:
        raise _not_offered()

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        return []

    def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        raise CarrierRefused("unknown_recording")

    async def forget_recording(self, ref: str) -> None:
        return
