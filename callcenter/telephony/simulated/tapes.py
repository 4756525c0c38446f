"""What is known of the recorded calls: when they began and ended, and when nothing was to be kept.

No sound is stored: a call always sounds the same (`sound.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callcenter.telephony.port import CarrierRefused, Recorded
from callcenter.telephony.simulated import sound

_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class _Tape:
    began_at: datetime
    ended_at: datetime
    quiet: tuple[tuple[float, float], ...]


class Tapes:
    def __init__(self) -> None:
        self._tapes: OrderedDict[UUID, _Tape] = OrderedDict()

    def keep(
        self, call_id: UUID, began: datetime, ended: datetime, quiet: Sequence[tuple[datetime, datetime | None]]
    ) -> None:
        """`quiet`: when the recording was paused, until the end where it was not resumed."""

        def at(instant: datetime | None) -> float:
            return ((instant or ended) - began).total_seconds()

        self._tapes[call_id] = _Tape(began, ended, tuple((at(first), at(last)) for first, last in quiet))
        while len(self._tapes) > _KEPT:
            self._tapes.popitem(last=False)

    def of(self, call_id: UUID) -> list[Recorded]:
        tape = self._tapes.get(call_id)
        return [] if tape is None else [Recorded(str(call_id), call_id, tape.began_at, tape.ended_at)]

    def fetch(self, ref: str) -> Iterator[bytes]:
        try:
            tape = self._tapes[UUID(ref)]
        except (KeyError, ValueError):
            raise CarrierRefused("unknown_recording") from None
        return sound.recording(UUID(ref), (tape.ended_at - tape.began_at).total_seconds(), tape.quiet)

    def forget(self, ref: str) -> None:
        with suppress(ValueError):
            self._tapes.pop(UUID(ref), None)
