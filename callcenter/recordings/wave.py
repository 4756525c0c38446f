"""What a WAV file says of itself, and its outline: how loud each channel is over time, for the player."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

POINTS = 400
"""Points of an outline, for each channel."""
_PCM = 1
_ULAW = 7
_HEADER_AT_MOST = 4096
_BYTES: dict[int, int] = {_PCM: 2, _ULAW: 1}


class NoWave(Exception):
    """Not a WAV file that we understand (PCM 16 bit, or µ-law)."""


@dataclass(frozen=True, slots=True)
class Wave:
    """`seconds` of sound in `channels` (1 or 2; the agent left, the customer right)."""

    channels: int
    rate_hz: int
    seconds: float
    outline: list[list[int]]
    """For each channel up to POINTS levels, 0 (silence) to 100 (full)."""


def _ulaw_table() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    code = ~np.arange(256) & 255
    size = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return np.where(code & 128, -size, size).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Format:
    kind: int
    channels: int
    rate_hz: int
    begins: int  # where the samples begin


def _format(head: bytes) -> _Format:
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise NoWave("it does not begin as a WAV file")
    place, found = 12, None
    while place + 8 <= len(head):
        name, length = head[place : place + 4], struct.unpack_from("<I", head, place + 4)[0]
        if name == b"fmt " and place + 24 <= len(head):
            kind, channels, rate = struct.unpack_from("<HHI", head, place + 8)
            bits = struct.unpack_from("<H", head, place + 22)[0]
            if kind not in _BYTES or bits != 8 * _BYTES[kind] or channels not in (1, 2) or not 4000 <= rate <= 96_000:
                raise NoWave(f"format {kind} with {channels} channels, {bits} bit, {rate} Hz")
            found = (kind, channels, rate)
        if name == b"data":
            if found is None:
                break
            return _Format(*found, place + 8)
        place += 8 + length + (length & 1)
    raise NoWave("it has no samples")


class Reader:
    """Reads a file in pieces of any size: `add` each, then `finish`. A recorder that was cut off may have written a
    wrong length: what counts is what is there."""

    _STEP_S = 0.05

    def __init__(self) -> None:
        self._head = b""
        self._format: _Format | None = None
        self._rest = b""
        self._levels: list[np.ndarray[tuple[int], np.dtype[np.float32]]] = []
        self._samples = 0

    def add(self, piece: bytes) -> None:
        if self._format is None:
            self._head += piece
            try:
                self._format = _format(self._head)
            except NoWave:
                if len(self._head) >= _HEADER_AT_MOST:
                    raise
                return
            self._measure(self._head[self._format.begins :])
            self._head = b""
            return
        self._measure(piece)

    def finish(self) -> Wave:
        """Raises NoWave."""
        form = self._format
        if form is None:
            _format(self._head)
            raise NoWave("it has no samples")
        if self._rest:
            self._step(self._rest, form)
        table = np.array(self._levels) if self._levels else np.zeros((1, form.channels), np.float32)
        parts: Iterable[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = np.array_split(
            table, min(POINTS, len(table))
        )
        peaks = np.array([part.max(axis=0) for part in parts])
        # Loudness as the ear has it: -48 dB and less is nothing.
        shown = np.clip((20 * np.log10(np.maximum(peaks, 1.0) / 32768.0) + 48) / 48 * 100, 0, 100)
        outline = [[round(float(level)) for level in shown[:, channel]] for channel in range(form.channels)]
        return Wave(form.channels, form.rate_hz, self._samples / form.rate_hz, outline)

    def _measure(self, piece: bytes) -> None:
        form = self._format
        assert form is not None
        size = max(1, round(form.rate_hz * self._STEP_S)) * form.channels * _BYTES[form.kind]
        data = self._rest + piece
        whole = len(data) - len(data) % size
        for begin in range(0, whole, size):
            self._step(data[begin : begin + size], form)
        self._rest = data[whole:]

    def _step(self, data: bytes, form: _Format) -> None:
        frame = form.channels * _BYTES[form.kind]
        data = data[: len(data) - len(data) % frame]
        if not data:
            return
        if form.kind == _ULAW:
            samples = _ULAW_TABLE[np.frombuffer(data, np.uint8)]
        else:
            samples = np.frombuffer(data, "<i2").astype(np.float32)
        by_channel = samples.reshape(-1, form.channels)
        self._samples += len(by_channel)
        self._levels.append(np.sqrt((by_channel**2).mean(axis=0)))


_ULAW_TABLE = _ulaw_table()
