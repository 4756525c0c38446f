"""Twilio's words into ours: tables, and the promise that disorder and repetition do no harm."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit.ids import new_id
from callcenter.telephony.twilio import translate
from callcenter.telephony.twilio.addresses import Label, agent_of_identity, endpoint, identity, label, room, webhook
from callcenter.telephony.twilio.translate import Known

CALL = UUID("11111111-2222-3333-4444-555555555555")
NOW = datetime(2026, 3, 9, 2, 0, 0, 700_000, tzinfo=UTC)
SID = "CA" + "0" * 32
E, C = CallEventKind, EndCause


def told(status: str, known: Known | None = None, **form: str) -> list[tuple[CallEventKind, EndCause | None]]:
    events = translate.status_events(CALL, {"CallStatus": status, **form}, known or Known(), NOW, SID)
    return [(event.kind, event.cause) for event in events]


@pytest.mark.parametrize("status", ["queued", "initiated", "", "something-new"])
def test_what_is_not_yet_on_the_line_tells_nothing(status: str) -> None:
    assert told(status) == []


def test_ringing_and_the_answer() -> None:
    assert told("ringing") == [(E.RINGING, None)]
    assert told("in-progress") == [(E.ANSWERED, None)]


ANSWERED = Known(answered_at=NOW - timedelta(seconds=30))


@pytest.mark.parametrize(
    ("status", "form", "known", "cause"),
    [
        ("busy", {"SipResponseCode": "486"}, Known(), C.BUSY),
        ("busy", {}, Known(), C.BUSY),
        ("busy", {"SipResponseCode": "603"}, Known(), C.REJECTED),
        ("failed", {"SipResponseCode": "404"}, Known(), C.INVALID_NUMBER),
        ("failed", {"SipResponseCode": "484"}, Known(), C.INVALID_NUMBER),
        ("failed", {"SipResponseCode": "503"}, Known(), C.CONGESTION),
        ("failed", {"SipResponseCode": "403"}, Known(), C.REJECTED),
        ("failed", {"ErrorCode": "13224"}, Known(), C.INVALID_NUMBER),
        ("failed", {"ErrorCode": "32205"}, Known(), C.REJECTED),
        ("failed", {"SipResponseCode": "nonsense"}, Known(), C.FAILED),
        ("failed", {}, Known(), C.FAILED),
        ("no-answer", {"SipResponseCode": "487"}, Known(), C.NO_ANSWER),
        ("no-answer", {"SipResponseCode": "480"}, Known(), C.NO_ANSWER),
        ("canceled", {}, Known(), C.CANCELLED),
        ("no-answer", {}, Known(hang_up=C.AGENT_HUNG_UP), C.CANCELLED),
        ("completed", {"CallDuration": "0"}, Known(hang_up=C.SYSTEM_HUNG_UP), C.CANCELLED),
        ("completed", {"CallDuration": "30"}, ANSWERED, C.CUSTOMER_HUNG_UP),
        ("completed", {}, Known(answered_at=NOW, hang_up=C.AGENT_HUNG_UP), C.AGENT_HUNG_UP),
        ("completed", {}, Known(answered_at=NOW, message=True), C.SYSTEM_HUNG_UP),
        # The network fails in mid-call: the person had answered, whatever the last word is.
        ("failed", {"SipResponseCode": "503"}, ANSWERED, C.CUSTOMER_HUNG_UP),
    ],
)
def test_every_end_says_why(status: str, form: dict[str, str], known: Known, cause: EndCause) -> None:
    assert told(status, known, **form) == [(E.ENDED, cause)]


def test_a_completed_call_was_answered_even_if_nobody_said_so() -> None:
    form = {"CallStatus": "completed", "CallDuration": "12"}
    answer, end = translate.status_events(CALL, form, Known(), NOW, SID)
    assert (answer.kind, end.kind) == (E.ANSWERED, E.ENDED)
    assert (end.at - answer.at).total_seconds() == 12
    late = translate.answered(CALL, Known(), NOW, SID)
    assert late.sequence == answer.sequence, "the answer's own webhook, when it comes, is the same event"


def test_what_is_at_once_is_dated_by_its_arrival_and_what_is_late_by_its_stamp() -> None:
    assert translate.instant({"Timestamp": "Mon, 09 Mar 2026 02:00:00 +0000"}, NOW) == NOW
    late = translate.instant({"Timestamp": "Mon, 09 Mar 2026 01:59:40 +0000"}, NOW)
    assert late == NOW.replace(microsecond=0) - timedelta(seconds=20)
    assert translate.instant({"Timestamp": "nonsense"}, NOW) == NOW
    assert translate.instant({}, NOW) == NOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 09 Mar 2026 02:00:00 +0000", datetime(2026, 3, 9, 2, tzinfo=UTC)),
        ("2026-03-09T02:00:00Z", datetime(2026, 3, 9, 2, tzinfo=UTC)),
        ("2026-03-09T10:00:00+08:00", datetime(2026, 3, 9, 2, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("soon", None),
    ],
)
def test_dates_are_read(text: str | None, expected: datetime | None) -> None:
    assert translate.stamp(text) == expected


def life(order: tuple[str, ...]) -> list[tuple[int, datetime]]:
    """Sequences and instants of a whole life whose webhooks arrive in this order, a tenth of a second apart."""
    known = {"ringing_at": None, "answered_at": None, "joined_at": None, "ended_at": None}
    found: dict[int, datetime] = {}
    for n, name in enumerate(order):
        at = NOW + timedelta(seconds=n / 10)
        before = Known(**known)  # type: ignore[arg-type]
        if name == "join":
            form = {"SequenceNumber": "7"}
            sequence = translate.conference_sequence(1, form)
            events = [translate.joined_event(CALL, new_id(), sequence, form, before, at)]
        else:
            events = translate.status_events(CALL, {"CallStatus": name}, before, at, SID)
        for event in events:
            key = {E.RINGING: "ringing_at", E.ANSWERED: "answered_at", E.JOINED: "joined_at", E.ENDED: "ended_at"}
            known[key[event.kind]] = known[key[event.kind]] or event.at  # type: ignore[assignment]
            found.setdefault(event.sequence, event.at)
    return sorted(found.items())


@pytest.mark.parametrize("order", list(itertools.permutations(("ringing", "in-progress", "join", "completed"))))
def test_in_whatever_order_webhooks_come_the_events_are_the_same_and_in_time(order: tuple[str, ...]) -> None:
    events = life(order + order)
    assert [sequence for sequence, _ in events] == [translate.RINGING, translate.ANSWERED, 100_007, translate.ENDED]
    assert [at for _, at in events] == sorted(at for _, at in events)


@pytest.mark.parametrize(
    ("answered_by", "verdict"),
    [
        ("human", AnsweredBy.PERSON),
        ("unknown", AnsweredBy.UNKNOWN),
        ("machine_start", AnsweredBy.MACHINE),
        ("machine_end_beep", AnsweredBy.MACHINE),
        ("machine_end_silence", AnsweredBy.MACHINE),
        ("machine_end_other", AnsweredBy.MACHINE),
        ("fax", AnsweredBy.MACHINE),
        ("", AnsweredBy.UNKNOWN),
    ],
)
def test_only_a_machine_is_told_as_a_machine(answered_by: str, verdict: AnsweredBy) -> None:
    assert translate.verdict(answered_by) is verdict
    event = translate.machine_event(CALL, {"AnsweredBy": answered_by}, Known(), NOW, SID)
    assert (event is not None) == (verdict is AnsweredBy.MACHINE)


def test_joins_count_up_and_stay_below_the_end() -> None:
    places = [
        translate.conference_sequence(join, {"SequenceNumber": text})
        for join, text in ((1, "0"), (1, "12"), (1, "99999999"), (2, "0"), (2, "3"), (19_999, "nonsense"))
    ]
    assert places == sorted(places)
    assert places[-1] < translate.ENDED < 2**31
    failed = translate.join_failed_event(CALL, new_id(), 1, NOW).sequence
    assert places[2] < failed < translate.MACHINE
    assert failed < translate.conference_sequence(2, {"SequenceNumber": "0"})


# Names and addresses


def test_names_hold_ids_and_come_back_as_they_went() -> None:
    agent = new_id()
    assert agent_of_identity(f"client:{identity(agent)}") == agent
    assert label(str(Label(True, CALL, 3))) == Label(True, CALL, 3)
    assert label(str(Label(False, agent))) == Label(False, agent)
    assert room(agent) == f"agent-{agent.hex}"
    for foreign in ("", "customer.", "customer.12.1", "agent.zz", "client:somebody", f"customer.{CALL.hex}.1.2"):
        assert label(foreign) is None
        assert agent_of_identity(foreign) is None


@pytest.mark.parametrize(
    ("address", "rung"),
    [
        ("sip:1001@pbx.example.com", "sip:1001@pbx.example.com"),
        ("+861062345678", "+861062345678"),
        ("client:reception", "client:reception"),
        ("", "browser"),
        ("sim:elsewhere", "browser"),
        ("1001", "browser"),
    ],
)
def test_an_agent_without_an_address_of_twilios_is_rung_in_the_browser(address: str, rung: str) -> None:
    expected = f"client:{identity(CALL)}" if rung == "browser" else rung
    assert endpoint(CALL, address) == expected


def test_a_webhooks_address_is_built_from_the_public_one() -> None:
    expected = f"https://calls.example.com/api/carriers/twilio/status?call={CALL}"
    assert webhook("https://calls.example.com/", "status", call=CALL) == expected
