"""What is sealed opens only whole, unchanged and with its key; any part can be read alone."""

from __future__ import annotations

import base64
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callcenter.recordings.seal import PIECE, Keys, Opener, Sealer, Unsealable
from callcenter.settings import read_recording_keys
from tests.clients import settings_for_tests

KEYS = Keys("b", {"b": os.urandom(32), "a": os.urandom(32)})


def seal(sound: bytes, keys: Keys = KEYS, step: int = 40_000) -> bytes:
    sealer = Sealer(keys)
    out = sealer.header
    for begin in range(0, len(sound), step):
        out += sealer.add(sound[begin : begin + step])
    rest, sealed = sealer.finish()
    assert sealed.size == len(sound)
    assert sealed.key_id == keys.current
    return out + rest


async def read(file: bytes, size: int, first: int = 0, length: int | None = None, keys: Keys = KEYS) -> bytes:
    async def store(begin: int, wanted: int) -> bytes:
        return file[begin : begin + wanted]

    opener = await Opener.of(store, size, keys)
    return b"".join([piece async for piece in opener.part(first, size if length is None else length)])


SOUND = os.urandom(PIECE * 2 + 1000)
SEALED = seal(SOUND)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
async def test_what_was_sealed_is_what_is_opened(size: int) -> None:
    sound = os.urandom(size)
    assert await read(seal(sound), size) == sound


@given(first=st.integers(0, len(SOUND) - 1), length=st.integers(1, len(SOUND)))
async def test_any_part_can_be_read_alone(first: int, length: int) -> None:
    assert await read(SEALED, len(SOUND), first, length) == SOUND[first : first + length]


async def test_an_older_key_still_opens_and_a_foreign_one_does_not() -> None:
    old = seal(SOUND, Keys("a", KEYS.by_id))
    assert await read(old, len(SOUND)) == SOUND
    with pytest.raises(Unsealable, match="'a', which is not in RECORDING_KEYS"):
        await read(old, len(SOUND), keys=Keys("b", {"b": KEYS.by_id["b"]}))
    with pytest.raises(Unsealable, match="does not open"):
        await read(old, len(SOUND), keys=Keys("a", {"a": os.urandom(32)}))


def changed(file: bytes, at: int) -> bytes:
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


HEAD = len(Sealer(KEYS).header)
SPOILT = {
    "a bit of the sound": changed(SEALED, HEAD + 100),
    "a bit of the salt": changed(SEALED, HEAD - 1),
    "two pieces swapped": SEALED[:HEAD]
    + SEALED[HEAD + PIECE + 16 : HEAD + 2 * (PIECE + 16)]
    + SEALED[HEAD : HEAD + PIECE + 16]
    + SEALED[HEAD + 2 * (PIECE + 16) :],
    "the end cut off": SEALED[:-1],
    "a whole piece cut off": SEALED[: HEAD + 2 * (PIECE + 16)],
    "not ours at all": b"RIFF" + bytes(1000),
    "nothing": b"",
}


@pytest.mark.parametrize("spoilt", SPOILT, ids=str)
async def test_a_file_that_is_not_as_it_was_written_does_not_open(spoilt: str) -> None:
    with pytest.raises(Unsealable):
        await read(SPOILT[spoilt], len(SOUND))


async def test_a_cut_file_does_not_pass_for_a_shorter_one() -> None:
    shorter = 2 * PIECE
    with pytest.raises(Unsealable):
        await read(SEALED[: HEAD + 2 * (PIECE + 16)], shorter)


def test_the_same_sound_never_looks_the_same() -> None:
    assert seal(SOUND)[HEAD:] != SEALED[HEAD:]
    assert SOUND[:64] not in SEALED


GOOD = base64.b64encode(random.Random(7).randbytes(32)).decode()  # the same in both test processes: it is in the names


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no key"),
        (GOOD, "written as name:base64"),
        (f"a b:{GOOD}", "written as name:base64"),
        ("k:%%%", "no base64"),
        ("k:" + base64.b64encode(b"short").decode(), "has 5 bytes and needs 32"),
        ("k:" + base64.b64encode(bytes(32)).decode(), "not random"),
        (f"k:{GOOD},k:{GOOD}", "there twice"),
    ],
)
def test_a_bad_key_is_refused_in_words_that_do_not_tell_it(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        read_recording_keys(text)
    assert GOOD not in str(refused.value)


def test_storage_without_a_key_does_not_start() -> None:
    with pytest.raises(ValidationError, match="RECORDING_STORE=disk needs RECORDING_KEYS"):
        settings_for_tests(recording_store="disk")
    with pytest.raises(ValidationError, match="needs RECORDING_S3_BUCKET"):
        settings_for_tests(recording_store="s3", recording_keys=f"k:{GOOD}")
    fine = settings_for_tests(recording_store="disk", recording_keys=f"new:{GOOD}")
    assert GOOD not in repr(fine)
