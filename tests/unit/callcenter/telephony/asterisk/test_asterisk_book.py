"""What Asterisk says, in our words, and each fact told once: without an Asterisk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.settings import Settings
from callcenter.telephony.asterisk.book import Book
from callcenter.telephony.asterisk.translate import (
    FactKind,
    end_cause,
    own_id,
    read_end_record,
    translate,
    verdict,
)

E = CallEventKind
CALL = UUID("0fb7d559-e244-4fb4-b788-3b24f64bfc47")
AGENT = UUID("6691f2a9-f689-4e0e-b923-11becbdc0aa8")
START = datetime(2026, 11, 25, 4, 50, 40, tzinfo=UTC)


def message(kind: str, after_s: float, state: str = "Up", answered: bool = False, **more: Any) -> dict[str, Any]:
    """As ARI writes it, with what we read."""
    carried = {
        "CC_APP": "callcenter",
        "CC_ANSWERED": "",
        "CC_AGENT": "",
        "CC_HELD": "",
        "CC_MESSAGE": "",
        "CC_CAUSE": "",
    }
    if answered:
        carried["CC_ANSWERED"] = f"{(START + timedelta(seconds=3)).timestamp():.3f}"
    at = (START + timedelta(seconds=after_s)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    channel = {
        "id": str(CALL),
        "state": state,
        "creationtime": "2026-11-25T04:50:40.000+0000",
        "channelvars": carried,
    }
    return {"type": kind, "timestamp": at, "channel": channel, **more}


RINGS = message("ChannelStateChange", 1, "Ringing")
ANSWERS = message("StasisStart", 3.1, answered=True, args=[])
ENTERS = message("ChannelEnteredBridge", 3.2, answered=True, bridge={"id": f"room-{AGENT}"})
GONE = message("ChannelDestroyed", 9, answered=True, cause=16)


def told(*messages: dict[str, Any], book: Book | None = None) -> list[tuple[E, EndCause | None]]:
    book = book or Book()
    events = []
    for one in messages:
        fact = translate(one)
        assert fact is not None
        events += book.hear(fact)
    assert [e.sequence for e in events] == sorted({e.sequence for e in events}), "the numbers count up"
    return [(event.kind, event.cause) for event in events]


def test_a_call_from_ringing_to_the_end() -> None:
    ended = (E.ENDED, EndCause.CUSTOMER_HUNG_UP)
    assert told(RINGS, ANSWERS, ENTERS, GONE) == [(E.RINGING, None), (E.ANSWERED, None), (E.JOINED, None), ended]


def test_every_fact_is_told_once_whatever_the_order_and_the_end_is_last() -> None:
    for order in permutations((RINGS, ANSWERS, ENTERS, GONE)):
        kinds = [kind for kind, _ in told(*order, *order)]
        assert len(kinds) == len(set(kinds))
        assert kinds[-1] is E.ENDED
        assert E.ANSWERED in kinds, "even the end says that it was answered"


def test_numbers_go_on_in_another_process() -> None:
    first, second = Book(), Book()
    before = [e for one in (RINGS, ANSWERS) if (fact := translate(one)) for e in first.hear(fact)]
    fact = translate(GONE)
    assert fact is not None
    assert second.hear(fact)[-1].sequence > before[-1].sequence


def test_an_agents_line_that_drops_is_told_once_and_so_is_its_return() -> None:
    book = Book()
    told(RINGS, ANSWERS, ENTERS, book=book)
    at = START + timedelta(seconds=5)
    assert book.agent_back(AGENT, at) is None
    for kind, tell in ((E.AGENT_LOST, book.agent_lost), (E.AGENT_BACK, book.agent_back)):
        news = tell(AGENT, at)
        assert news is not None
        assert [(event.kind, event.call_id, event.agent_id) for event in news[1]] == [(kind, CALL, AGENT)]
        assert tell(AGENT, at) is None
    assert book.agent_lost(CALL, at) is None, "nobody's customer waits for somebody else"


@pytest.mark.parametrize(
    ("q850", "answered", "asked", "cause"),
    [
        (17, False, None, EndCause.BUSY),
        (19, False, None, EndCause.NO_ANSWER),
        (18, False, None, EndCause.NO_ANSWER),
        (1, False, None, EndCause.INVALID_NUMBER),
        (28, False, None, EndCause.INVALID_NUMBER),
        (21, False, None, EndCause.REJECTED),
        (34, False, None, EndCause.CONGESTION),
        (38, False, None, EndCause.FAILED),
        (0, False, None, EndCause.FAILED),
        (999, False, None, EndCause.FAILED),
        (0, True, None, EndCause.CUSTOMER_HUNG_UP),
        (16, True, None, EndCause.CUSTOMER_HUNG_UP),
        (38, True, None, EndCause.FAILED),
        (16, True, EndCause.AGENT_HUNG_UP, EndCause.AGENT_HUNG_UP),
        (17, False, EndCause.AGENT_HUNG_UP, EndCause.CANCELLED),
    ],
)
def test_the_cause_says_why_it_ended(q850: int, answered: bool, asked: EndCause | None, cause: EndCause) -> None:
    assert end_cause(q850, answered=answered, asked=asked) is cause


@pytest.mark.parametrize(
    ("status", "cause", "found"),
    [
        ("HUMAN", "HUMAN-800-800", AnsweredBy.PERSON),
        ("MACHINE", "LONGGREETING-1500-1500", AnsweredBy.MACHINE),
        ("MACHINE", "MAXWORDS-3-3", AnsweredBy.MACHINE),
        ("MACHINE", "INITIALSILENCE-2500-2500", AnsweredBy.UNKNOWN),
        ("NOTSURE", "TOOLONG-5000", AnsweredBy.UNKNOWN),
        ("HANGUP", "", AnsweredBy.UNKNOWN),
        ("", "", AnsweredBy.UNKNOWN),
    ],
)
def test_only_who_speaks_like_a_machine_is_one(status: str, cause: str, found: AnsweredBy) -> None:
    assert verdict(status, cause) is found


@pytest.mark.parametrize(
    "other",
    [
        {"type": "ChannelVarset", "timestamp": "2026-11-25T04:50:40.000+0000"},
        message("ChannelStateChange", 1, "Up"),
        message("ChannelEnteredBridge", 1, bridge={"id": "somebody-elses"}),
        {**RINGS, "channel": {**RINGS["channel"], "id": "1795582240.17"}},
        {**RINGS, "type": "PlaybackFinished", "playback": {"id": "not-ours"}},
    ],
)
def test_what_is_not_ours_tells_nothing(other: dict[str, Any]) -> None:
    assert translate(other) is None


def test_a_replaced_application_is_noticed() -> None:
    fact = translate({"type": "ApplicationReplaced", "application": "callcenter"})
    assert fact is not None
    assert fact.kind is FactKind.REPLACED


def test_names_of_one_length_only() -> None:
    assert own_id(str(CALL)) == CALL
    assert own_id(f"leg-{AGENT}", "leg-") == AGENT
    for foreign in ("", str(CALL)[:-1], f"{CALL};2", f"leg-{AGENT}"):
        assert own_id(foreign) is None


def test_the_record_of_an_ended_call() -> None:
    left = read_end_record(f"1795582246.057:0:1795582245.051:{AGENT}:agent_hung_up")
    assert left is not None
    book = Book()
    assert [e.kind for e in book.found_ended(CALL, left, START)] == [E.ANSWERED, E.ENDED]
    status = book.calls[CALL].status()
    assert (status.cause, status.joined_agent) == (EndCause.AGENT_HUNG_UP, AGENT)
    assert status.answered_at == datetime.fromtimestamp(1795582245.051, UTC)
    assert read_end_record("") is None


def test_without_a_record_a_call_that_vanished_is_lost_unless_we_ended_it() -> None:
    for asked, cause in ((None, EndCause.LOST), (EndCause.SYSTEM_HUNG_UP, EndCause.CANCELLED)):
        book = Book()
        book.open(CALL).asked = asked
        assert [e.cause for e in book.found_ended(CALL, None, START)] == [cause]
        assert book.found_ended(CALL, None, START) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"asterisk_url": ""}, "ASTERISK_URL"),
        ({"asterisk_password": ""}, "ASTERISK_PASSWORD"),
        ({"asterisk_url": "http://user:secret@pbx/ari"}, "without a user"),
        ({"asterisk_url": "pbx:8088"}, "written as in"),
        ({"clock_speed": 5}, "real people"),
        ({"asterisk_trunk": "a b"}, "asterisk_trunk"),
        ({"asterisk_prefix": "011"}, "asterisk_prefix"),
    ],
)
def test_settings_that_are_not_whole_are_refused(changed: dict[str, Any], said: str) -> None:
    whole: dict[str, Any] = {"carrier": "asterisk", "asterisk_url": "http://pbx:8088/ari", "asterisk_password": "x"}
    assert Settings(_env_file=None, **whole).asterisk_url  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match=said):
        Settings(_env_file=None, **whole | changed)  # type: ignore[call-arg]
