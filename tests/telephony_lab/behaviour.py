"""What the people in the lab do, by the last two digits of their number (customers.xml), and what they say."""

from __future__ import annotations

import math
import random
from enum import IntEnum
from pathlib import Path

RATE_HZ = 8000
HUM_HZ = 1000


class Behaviour(IntEnum):
    STAYS_SILENT = 0  # answers after 0.3 s, says nothing, stays
    HANGS_UP_LATER = 1  # answers, hangs up after 1.8 s
    HANGS_UP_SOON = 2  # answers, hangs up after 1 s
    NEVER_ANSWERS = 3  # rings
    BUSY = 4  # 486
    REJECTS = 5  # rings, then 603
    UNKNOWN_NUMBER = 6  # 404
    CONGESTED = 7  # 503
    MACHINE = 8  # answers with a greeting of 4.5 s, stays
    SAYS_HELLO = 9  # answers, says half a second of something, stays
    HANGS_UP_AT_ANSWER = 10
    TALKS_ON = 11  # answers, talks without end, stays
    HUMS = 12  # answers, hums one tone without end, stays


def number(n: int, behaviour: Behaviour) -> str:
    """The `n`-th number (below a million) whose owner behaves so, E.164."""
    return f"+86139{n:06d}{behaviour:02d}"


def _ulaw(sample: float) -> int:
    """ITU-T G.711 µ-law of a sample in -32768…32767."""
    sign, magnitude = (0x80 if sample < 0 else 0), min(abs(int(sample)), 32635) + 132
    exponent = max(0, magnitude.bit_length() - 8)
    return ~(sign | exponent << 4 | magnitude >> (exponent + 3) & 15) & 255


def _voice(seconds: float, chance: random.Random) -> bytes:
    """Noise that rises and falls: loud enough to count as speech."""
    return bytes(
        _ulaw(chance.uniform(-9000, 9000) * (0.6 + 0.4 * math.sin(n / 300))) for n in range(round(seconds * RATE_HZ))
    )


def _hum(seconds: float) -> bytes:
    return bytes(_ulaw(8000 * math.sin(2 * math.pi * HUM_HZ * n / RATE_HZ)) for n in range(round(seconds * RATE_HZ)))


def _silence(seconds: float) -> bytes:
    return b"\xff" * round(seconds * RATE_HZ)


def write_sounds(folder: Path) -> None:
    """The files that customers.xml plays: raw µ-law, 8 kHz."""
    chance = random.Random(1)
    (folder / "hello.ulaw").write_bytes(_silence(0.3) + _voice(0.5, chance) + _silence(4))
    (folder / "talk.ulaw").write_bytes(_voice(2.0, chance) + _silence(0.5))
    (folder / "hum.ulaw").write_bytes(_hum(2.0))
    (folder / "greeting.ulaw").write_bytes(_silence(0.2) + _voice(4.5, chance) + _silence(4))
