"""Sealed recordings: AES-256-GCM in pieces, each with its place in the order and whether it is the last.

    header | piece 0 | piece 1 | … | last piece

The header names the key, so that keys can change while old recordings stay readable. Each file has a key of its own,
derived (HKDF-SHA256) from the named one and 32 random bytes in the header; a piece's nonce is its number and the mark
of the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). So no nonce is used twice
under a key, and a piece that was changed, moved, left out or cut off does not open. The whole header is bound to every
piece. Reading a range opens only the pieces that it touches.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from callcenter.settings import Settings, read_recording_keys

PIECE = 64 * 1024
"""Bytes of sound in one piece."""
_MAGIC = b"CCREC1\x00\x00"
_TAG = 16
_SALT = 32
_FIXED = struct.Struct(">8sB")
LONGEST_HEADER = _FIXED.size + 32 + _SALT


class Unsealable(Exception):
    """The file was changed, is cut off, or its key is not among ours."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Keys by their names; new recordings are sealed with `current`."""

    current: str
    by_id: Mapping[str, bytes]

    @classmethod
    def of(cls, settings: Settings) -> Keys | None:
        if settings.recording_keys is None:
            return None
        found = read_recording_keys(settings.recording_keys.get_secret_value())
        return cls(next(iter(found)), found)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What came of sealing one file. `size` and `sha256` are of the sound itself."""

    key_id: str
    size: int
    sha256: str


def _file_key(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"callcenter recording").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">7xIB", number, last)


class Sealer:
    """Seals one file from pieces of any size: `header`, then what `add` and `finish` return."""

    def __init__(self, keys: Keys) -> None:
        name, salt = keys.current.encode(), os.urandom(_SALT)
        self.header = _FIXED.pack(_MAGIC, len(name)) + name + salt
        self._key_id = keys.current
        self._cipher = _file_key(keys.by_id[keys.current], salt)
        self._held = bytearray()
        self._number = 0
        self._size = 0
        self._sum = hashlib.sha256()

    def add(self, sound: bytes) -> bytes:
        self._sum.update(sound)
        self._size += len(sound)
        self._held += sound
        out = bytearray()
        # The last piece is known as such only at the end, so one is always held back.
        while len(self._held) > PIECE:
            out += self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return bytes(out)

    def finish(self) -> tuple[bytes, Sealed]:
        rest = self._seal(bytes(self._held), last=True)
        return rest, Sealed(self._key_id, self._size, self._sum.hexdigest())

    def _seal(self, piece: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), piece, self.header)
        self._number += 1
        return sealed


Read = Callable[[int, int], Awaitable[bytes]]
"""`await read(first, length)`: bytes of the sealed file; fewer at its end."""


class Opener:
    """Reads any part of a sealed file of which `size` bytes of sound are known to be in it."""

    def __init__(self, read: Read, size: int, header: bytes, cipher: AESGCM) -> None:
        self._read, self._size, self._header, self._cipher = read, size, header, cipher

    @classmethod
    async def of(cls, read: Read, size: int, keys: Keys) -> Opener:
        """Raises Unsealable."""
        begin = await read(0, LONGEST_HEADER)
        if len(begin) < _FIXED.size or not begin.startswith(_MAGIC):
            raise Unsealable("this is no sealed recording")
        length = begin[_FIXED.size - 1]
        end = _FIXED.size + length + _SALT
        if length > 32 or len(begin) < end:
            raise Unsealable("the header is cut off")
        name = begin[_FIXED.size : _FIXED.size + length].decode("ascii", "replace")
        key = keys.by_id.get(name)
        if key is None:
            raise Unsealable(f"sealed with the key '{name}', which is not in RECORDING_KEYS")
        return cls(read, size, begin[:end], _file_key(key, begin[end - _SALT : end]))

    async def part(self, first: int, length: int) -> AsyncIterator[bytes]:
        """The sound from byte `first` on, `length` bytes of it.

        Raises:
            Unsealable: the file is not as it was written.
        """
        until = min(self._size, first + length)
        last_piece = max(0, self._size - 1) // PIECE
        number = first // PIECE
        while number * PIECE < until:
            piece = await self._open(number, last=number == last_piece)
            begin = number * PIECE
            yield piece[max(0, first - begin) : until - begin]
            number += 1

    async def _open(self, number: int, *, last: bool) -> bytes:
        place = len(self._header) + number * (PIECE + _TAG)
        sealed = await self._read(place, PIECE + _TAG)
        try:
            return self._cipher.decrypt(_nonce(number, last=last), sealed, self._header)
        except (InvalidTag, ValueError):
            raise Unsealable(f"piece {number} does not open: the file was changed or is cut off") from None
