"""Which of the two encodings a list is written in, by a strict chain. PURE (reads the file it is given).

Guessing libraries called short GBK files Big5 or Korean. The strict chain UTF-8 → GB18030 is right, with one
addition: a UTF-8 file with one damaged byte is often *valid* GB18030 and would come out as garbage without any
error. So a file that was plainly UTF-8 up to its bad byte is refused, and never read as GB18030.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from crm_sync.imports.errors import NotAList, Utf16, WrongEncoding

Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]

_CHUNK = 1 << 20
_PLAINLY_UTF8 = 4
"""So many three-byte characters before the first bad byte do not happen by chance in a GB18030 file."""


def detect(path: Path, *, name: str, forced: Literal["utf-8", "gb18030"] | None = None) -> Encoding:
    """The encoding of a text file. `forced` is what a person chose, and then nothing else is tried.

    Raises WrongEncoding (naming the first bad byte and its line), Utf16, or NotAList for binary data.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Utf16(byte=f"{head[0]:02X}", line=1)
    bom = head[:3] == codecs.BOM_UTF8
    _no_nul(path, name)
    failures: list[tuple[str, int]] = []
    if forced != "gb18030" or bom:
        bad = _first_bad(path, "utf-8")
        if bad is None:
            return "utf-8-sig" if bom else "utf-8"
        failures.append(("UTF-8", bad))
        if forced == "utf-8" or bom or _three_byte_characters(path, bad) >= _PLAINLY_UTF8:
            raise _refusal(path, *failures[0])
    bad = _first_bad(path, "gb18030")
    if bad is None:
        return "gb18030"
    failures.append(("GB18030", bad))
    raise _refusal(path, *max(failures, key=lambda failure: failure[1]))  # the reading that got further


def _no_nul(path: Path, name: str) -> None:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                raise NotAList(name=name, what="0x00")


def _first_bad(path: Path, encoding: str) -> int | None:
    """Offset of the first byte that is not valid, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            # Bytes of a character cut in two by the chunk's edge are held by the decoder, and counted in `start`.
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - held + error.start
            if not chunk:
                return None
            offset += len(chunk)


def _three_byte_characters(path: Path, end: int) -> int:
    with path.open("rb") as stream:
        text = stream.read(min(end, _CHUNK)).decode("utf-8", "ignore")
    return sum("\u0800" <= c <= "\uffff" for c in text)


def _refusal(path: Path, encoding: str, offset: int) -> WrongEncoding:
    line, position = 1, 0
    with path.open("rb") as stream:
        while position < offset:
            chunk = stream.read(min(_CHUNK, offset - position))
            line += chunk.count(b"\n")
            position += len(chunk)
        byte = stream.read(1)
    return WrongEncoding(encoding=encoding, byte=byte.hex().upper() or "EOF", line=line, position=offset + 1)
