"""Who may hear, how long it is kept, which part is asked for; and what a WAV file says of itself."""

from __future__ import annotations

import io
import struct
import wave
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.recordings import tickets
from callcenter.recordings.rules import GIVE_UP, Part, deletion_due, may_hear, next_try, part_of
from callcenter.recordings.wave import NoWave, Reader, Wave
from callcenter.telephony.simulated import sound

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("leads", "own", "agents_may", "allowed"),
    [
        (True, False, False, True),
        (True, True, True, True),
        (False, True, True, True),
        (False, True, False, False),
        (False, False, True, False),
    ],
)
def test_who_may_hear(*, leads: bool, own: bool, agents_may: bool, allowed: bool) -> None:
    assert may_hear(leads=leads, own=own, agents_may=agents_may).allowed is allowed


def test_it_is_deleted_when_its_time_is_over_and_not_before() -> None:
    assert not deletion_due(NOW, 30, NOW + timedelta(days=30, seconds=-1), kept_for=None)
    assert deletion_due(NOW, 30, NOW + timedelta(days=30), kept_for=None)
    assert not deletion_due(NOW, 30, NOW + timedelta(days=3000), kept_for="complaint 12")


def test_the_carrier_is_asked_with_growing_pauses_and_at_last_no_more() -> None:
    pauses = [(at - NOW).total_seconds() for n in range(1, 8) if (at := next_try(n, NOW, NOW)) is not None]
    assert pauses == sorted(pauses)
    assert pauses[0] >= 5
    assert next_try(9, NOW, NOW + GIVE_UP) is None


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-", Part(0, 100)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=10-19", Part(10, 10)),
        ("bytes=90-500", Part(90, 10)),
        ("bytes=-5", Part(95, 5)),
        ("bytes=-500", Part(0, 100)),
        ("bytes=0-1,5-6", None),
        ("items=0-5", None),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("bytes=٣-", None),
    ],
)
def test_the_part_that_is_asked_for(header: str | None, part: Part | None) -> None:
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_part_behind_the_end_does_not_exist(header: str) -> None:
    with pytest.raises(ValueError, match=r"behind|nothing"):
        part_of(header, 100)


def test_a_ticket_is_good_for_its_person_its_recording_and_its_hour() -> None:
    recording, person, other = UUID(int=1), UUID(int=2), UUID(int=3)
    ticket = tickets.give("secret", recording, person, NOW)
    soon, late = NOW + timedelta(minutes=59), NOW + timedelta(minutes=61)
    assert tickets.is_good("secret", ticket, recording, person, soon)
    assert not tickets.is_good("secret", ticket, recording, person, late)
    assert not tickets.is_good("secret", ticket, other, person, soon)
    assert not tickets.is_good("secret", ticket, recording, other, soon)
    assert not tickets.is_good("other secret", ticket, recording, person, soon)
    stretched = f"{int(ticket.split('.')[0]) + 9999}.{ticket.split('.')[1]}"
    for forged in (stretched, "", ".", "x", "1.", "²." + ticket.split(".")[1]):
        assert not tickets.is_good("secret", forged, recording, person, soon)


def pcm(frames: list[tuple[int, ...]], rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(len(frames[0]))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"".join(struct.pack(f"<{len(frame)}h", *frame) for frame in frames))
    return file.getvalue()


def read(file: bytes, step: int = 999) -> Wave:
    reader = Reader()
    for begin in range(0, len(file), step):
        reader.add(file[begin : begin + step])
    return reader.finish()


def test_the_outline_shows_who_speaks_when() -> None:
    loud, still = [(9000, 0)] * 8000, [(0, 9000)] * 8000
    found = read(pcm(loud + still))
    assert (found.channels, found.rate_hz, found.seconds) == (2, 8000, 2.0)
    agent, customer = found.outline
    half = len(agent) // 2
    assert min(agent[: half - 1]) > 60
    assert max(agent[half + 1 :]) == 0
    assert min(customer[half + 1 :]) > 60
    assert max(customer[: half - 1]) == 0


def test_a_simulated_call_has_two_voices_and_is_always_the_same() -> None:
    call_id, quiet = UUID(int=77), ((5.0, 8.0),)
    file = b"".join(sound.recording(call_id, 20.0, quiet))
    assert len(file) == sound.size_of(20.0)
    assert file == b"".join(sound.recording(call_id, 20.0, quiet))
    assert file != b"".join(sound.recording(UUID(int=78), 20.0, quiet))
    found = read(file)
    assert found.channels == 2
    assert found.seconds == 20.0
    for channel in found.outline:
        assert max(channel) > 40
        at = len(channel) / 20.0
        assert max(channel[round(5.2 * at) : round(7.8 * at)]) == 0


@pytest.mark.parametrize(
    "file", [b"", b"RIFF", b"ID3" + bytes(5000), pcm([(1,)])[:40], b"RIFF\0\0\0\0WAVEdata\0\0\0\0"]
)
def test_what_is_no_wav_is_not_taken_for_one(file: bytes) -> None:
    with pytest.raises(NoWave):
        read(file)
