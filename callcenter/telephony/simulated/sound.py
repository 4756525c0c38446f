"""What a recorded call of the simulated network sounds like: two voices taking turns, the agent left, the customer
right. WAV, µ-law, 4 kHz, two channels: eight kilobytes a second, so that a shift of recordings stays small.

The same call always sounds the same, byte for byte; nothing of it is kept.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from uuid import UUID

import numpy as np

RATE_HZ = 4000
CHANNELS = 2
_HEADER = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI")
_PIECE_S = 4.0
_TURN_S = (1.2, 6.5)
_PAUSE_S = (0.15, 0.9)
_SYLLABLE_HZ = 4.2
_VOICES = ((185.0, 0.35), (128.0, 0.28))
"""Pitch in Hz and loudness of the agent and the customer."""


def size_of(seconds: float) -> int:
    """Bytes of the file for a call of so many seconds."""
    return _HEADER.size + CHANNELS * round(max(0.0, seconds) * RATE_HZ)


def recording(call_id: UUID, seconds: float, quiet: tuple[tuple[float, float], ...] = ()) -> Iterator[bytes]:
    """The file in pieces. `quiet`: from and to seconds in which nobody is heard (on hold, or the recording paused)."""
    frames = round(max(0.0, seconds) * RATE_HZ)
    yield _header(frames)
    draw = random.Random(call_id.int)
    turns = _turns(draw, seconds)
    step = round(_PIECE_S * RATE_HZ)
    for begin in range(0, frames, step):
        at = np.arange(begin, min(frames, begin + step)) / RATE_HZ
        both = np.zeros((len(at), CHANNELS), np.float64)
        for first, last, who in turns:
            if last >= at[0] and first <= at[-1]:
                both[:, who] += _voice(at, first, last, *_VOICES[who])
        for first, last in quiet:
            both[(at >= first) & (at < last)] = 0.0
        yield _ulaw(both).tobytes()


def _header(frames: int) -> bytes:
    data = frames * CHANNELS
    return _HEADER.pack(
        *(b"RIFF", _HEADER.size - 8 + data, b"WAVE"),
        *(b"fmt ", 18, 7, CHANNELS, RATE_HZ, RATE_HZ * CHANNELS, CHANNELS, 8, 0),
        *(b"fact", 4, frames),
        *(b"data", data),
    )


def _turns(draw: random.Random, seconds: float) -> list[tuple[float, float, int]]:
    """Who speaks from when to when; the agent begins."""
    found, at, who = [], 0.3, 0
    while at < seconds:
        until = min(seconds, at + draw.uniform(*_TURN_S))
        found.append((at, until, who))
        at, who = until + draw.uniform(*_PAUSE_S), 1 - who
    return found


def _voice(
    at: np.ndarray[tuple[int], np.dtype[np.float64]], first: float, last: float, pitch_hz: float, loud: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A hum with overtones that swells with syllables and falls a little in pitch towards the end of the turn."""
    t = at - first
    heard = (t >= 0) & (at < last)
    tone = 2 * np.pi * pitch_hz * t * (1 - 0.012 * t)
    hum = np.sin(tone) + 0.6 * np.sin(2 * tone) + 0.45 * np.sin(3 * tone + 0.7) + 0.2 * np.sin(5 * tone)
    swell = np.clip(0.55 + 0.6 * np.sin(2 * np.pi * _SYLLABLE_HZ * t + np.sin(1.7 * t)), 0, 1)
    return np.where(heard, loud * hum * swell / 2.25, 0.0)


def _ulaw(
    samples: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """ITU-T G.711 µ-law of samples in -1…1."""
    size = np.minimum(np.abs(samples) * 32767, 32635).astype(np.int64) + 132
    exponent = np.maximum(0, np.floor(np.log2(size)).astype(np.int64) - 7)
    sign = np.where(samples < 0, 128, 0)
    code: np.ndarray[tuple[int, int], np.dtype[np.int64]] = ~(sign | exponent << 4 | size >> (exponent + 3) & 15) & 255
    return code.astype(np.uint8)
