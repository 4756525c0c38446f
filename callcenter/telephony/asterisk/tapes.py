"""Recordings: two copies of the customer's channel, one for each direction, joined into two channels when fetched.

A snoop channel for what the customer says and one for what they hear, each recorded by Asterisk into a WAV of its own.
They begin together, are paused together and end with the customer's channel, also while no worker is there.
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from uuid import UUID

import numpy as np

from callcenter.kit import log
from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.asterisk.translate import TAPE_IN, TAPE_OUT
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, Recorded

_log = log.get(__name__)

RATE_HZ = 8000
_SAMPLE = 2  # bytes
_PIECE = 64_000  # bytes of one direction read at once: four seconds
_UP_WITHIN_S = 3.0
_HEADER = struct.Struct("<4sI4s 4sIHHIIHH 4sI")
_BOTH = (TAPE_OUT, TAPE_IN)
"""Left (what the customer hears: the agent), right (the customer)."""
_REF = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Tapes:
    def __init__(self, ari: Ari, application: str) -> None:
        self._ari = ari
        self._application = application
        self._waiting: dict[UUID, tuple[asyncio.Event, int]] = {}

    def up(self, call_id: UUID) -> None:
        """One of the two copies is there."""
        found = self._waiting.get(call_id)
        if found is None:
            return
        there, count = found
        self._waiting[call_id] = (there, count + 1)
        if count + 1 == len(_BOTH):
            there.set()

    async def begin(self, call_id: UUID) -> None:
        """The talk begins: record it from here to its end."""
        there = asyncio.Event()
        self._waiting[call_id] = (there, 0)
        try:
            for prefix, spy in ((TAPE_OUT, "out"), (TAPE_IN, "in")):
                query = {"spy": spy, "app": self._application, "appArgs": "tape"}
                await self._ari.ask("POST", f"/channels/{call_id}/snoop/{prefix}{call_id}", query)
            async with asyncio.timeout(_UP_WITHIN_S):
                await there.wait()
            await asyncio.gather(*(self._record(f"{prefix}{call_id}") for prefix in _BOTH))
        except TimeoutError:
            _log.error("asterisk.not_recorded", call_id=str(call_id), reason="the copies do not come up")
        finally:
            del self._waiting[call_id]

    async def _record(self, name: str) -> None:
        query = {"name": name, "format": "wav", "ifExists": "overwrite", "beep": "false"}
        await self._ari.ask("POST", f"/channels/{name}/record", query)

    async def end(self, call_id: UUID) -> None:
        """Where the customer's channel lives on without us."""
        for prefix in _BOTH:
            with suppress(AriError, CarrierRefused, CarrierUnreachable):
                await self._ari.ask("DELETE", f"/channels/{prefix}{call_id}")

    async def pause(self, call_id: UUID, *, paused: bool) -> None:
        method = "POST" if paused else "DELETE"
        try:
            for prefix in _BOTH:
                await self._ari.ask(method, f"/recordings/live/{prefix}{call_id}/pause")
        except AriError as error:
            raise CarrierRefused("wrong_state", f"the call is not being recorded: {error}") from error

    async def of(self, call_id: UUID, began_at: datetime) -> list[Recorded]:
        """`began_at`: as well as it is known."""
        live = await self._ari.find(f"/recordings/live/{TAPE_IN}{call_id}")
        if live is None and await self._ari.find(f"/recordings/stored/{TAPE_IN}{call_id}") is None:
            return []
        return [Recorded(str(call_id), call_id, began_at, channels=2, ready=live is None)]

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        if not _REF.fullmatch(ref):
            raise CarrierRefused("unknown_recording")
        try:
            async with AsyncExitStack() as files:
                sides = []
                for prefix in _BOTH:
                    file = self._ari.download(f"/recordings/stored/{prefix}{ref}/file", _PIECE)
                    sides.append(_Side(*await files.enter_async_context(file)))
                async for piece in _both(*sides):
                    yield piece
        except AriError as error:
            raise CarrierRefused("unknown_recording", str(error)) from error

    async def forget(self, ref: str) -> None:
        if not _REF.fullmatch(ref):
            return
        for prefix in _BOTH:
            with suppress(AriError):
                await self._ari.ask("DELETE", f"/recordings/stored/{prefix}{ref}")


class _Side:
    """The samples of a WAV file of one channel, as Asterisk writes it: a header of fixed size, then samples."""

    _HEADER_BYTES = 44

    def __init__(self, length: int, pieces: AsyncIterator[bytes]) -> None:
        self.size = max(0, length - self._HEADER_BYTES)
        self._pieces = pieces
        self._kept = b""
        self._skip = self._HEADER_BYTES

    async def read(self, size: int) -> bytes:
        """The next `size` bytes; silence beyond the end."""
        while len(self._kept) < size:
            piece = await anext(self._pieces, None)
            if piece is None:
                break
            cut = min(self._skip, len(piece))
            self._skip -= cut
            self._kept += piece[cut:]
        found, self._kept = self._kept[:size], self._kept[size:]
        return found.ljust(size, b"\0")


async def _both(left: _Side, right: _Side) -> AsyncIterator[bytes]:
    """Two files of one channel into one of two, the shorter one filled up with silence."""
    total = max(left.size, right.size)
    total -= total % _SAMPLE
    yield _HEADER.pack(
        *(b"RIFF", 2 * total + _HEADER.size - 8, b"WAVE"),
        *(b"fmt ", 16, 1, 2, RATE_HZ, RATE_HZ * 2 * _SAMPLE, 2 * _SAMPLE, 8 * _SAMPLE),
        *(b"data", 2 * total),
    )
    for begin in range(0, total, _PIECE):
        size = min(_PIECE, total - begin)
        yield _woven(await left.read(size), await right.read(size))


def _woven(left: bytes, right: bytes) -> bytes:
    both = np.empty((len(left) // _SAMPLE, 2), "<i2")
    both[:, 0], both[:, 1] = np.frombuffer(left, "<i2"), np.frombuffer(right, "<i2")
    return both.tobytes()
