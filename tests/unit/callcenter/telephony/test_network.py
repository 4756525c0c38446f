"""The simulated network's people, machines, limits and memory, in virtual time."""

from __future__ import annotations

import contextlib
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit.clock import ManualClock
from callcenter.kit.ids import new_id
from callcenter.telephony.port import CarrierEvent, CarrierRefused, MachineDetection, PlaceCall
from callcenter.telephony.simulated import Fate, Line, NetworkProfile, SimulatedNetwork
from callcenter.telephony.simulated.fate import NEVER_S, draw_fate

E = CallEventKind
CALM = NetworkProfile.everybody_answers()
ORDINARY = NetworkProfile()
NUMBER = "+8613800000001"
OURS = "+861062345678"
Make = Callable[..., SimulatedNetwork]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))


@pytest.fixture
async def make(clock: ManualClock) -> AsyncIterator[Make]:
    made: list[SimulatedNetwork] = []

    def one(profile: NetworkProfile = CALM, seed: int = 1) -> SimulatedNetwork:
        network = SimulatedNetwork(clock, seed, profile)
        network.start()
        made.append(network)
        return network

    yield one
    for network in made:
        await network.close()


def request(number: str = NUMBER, **more: object) -> PlaceCall:
    return PlaceCall(new_id(), number, OURS, **more)  # type: ignore[arg-type]


def listening(network: SimulatedNetwork) -> list[CarrierEvent]:
    heard: list[CarrierEvent] = []
    network.listen(heard.append)
    return heard


# What is drawn


def _fates(profile: NetworkProfile, count: int = 20_000, seed: int = 3) -> list[Fate]:
    return [draw_fate(profile, seed, f"+86138{i:08d}", 0)[0] for i in range(count)]


@pytest.fixture(scope="module")
def fates() -> list[Fate]:
    return _fates(ORDINARY)


@pytest.mark.parametrize("line", list(Line))
def test_calls_meet_what_the_profile_says(fates: list[Fate], line: Line) -> None:
    met = sum(fate.line is line for fate in fates) / len(fates)
    expected = getattr(ORDINARY, f"p_line_{line}")
    assert met == pytest.approx(expected, abs=4 * (expected * (1 - expected) / len(fates)) ** 0.5)


@pytest.mark.parametrize(
    ("what", "line", "value", "low", "high"),
    [
        ("people pick up after", Line.PERSON, "ring_s", 9, 12),
        ("machines pick up after", Line.MACHINE, "ring_s", 18, 20),
        ("people bear silence for", Line.PERSON, "silence_s", 4, 7),
        ("a machine's line lasts", Line.MACHINE, "machine_line_s", 30, 55),
        ("the verdict comes after", Line.MACHINE, "verdict_s", 3.5, 4.5),
    ],
)
def test_times_are_those_of_life(fates: list[Fate], what: str, line: Line, value: str, low: float, high: float) -> None:
    mean = statistics.fmean(getattr(fate, value) for fate in fates if fate.line is line)
    assert low <= mean <= high, what


def test_talks_are_short_refusals_or_long_talks(fates: list[Fate]) -> None:
    talks = [fate.talk_s for fate in fates if fate.line is Line.PERSON]
    short = [talk for talk in talks if talk < 60]
    long = [talk for talk in talks if talk >= 60]
    assert len(short) / len(talks) == pytest.approx(0.45, abs=0.03)
    tenths = statistics.quantiles(short, n=10)
    assert tenths[0] == pytest.approx(24, abs=2)
    assert tenths[-1] == pytest.approx(40, abs=2)
    tenths = statistics.quantiles(long, n=10)
    assert tenths[0] > 6 * 60
    assert tenths[-1] < 14 * 60
    assert max(talks) <= ORDINARY.talk_longest_s


def test_some_people_are_gone_within_two_seconds_of_silence(fates: list[Fate]) -> None:
    silences = [fate.silence_s for fate in fates if fate.line is Line.PERSON]
    assert 0.05 < sum(silence < 2 for silence in silences) / len(silences) < 0.15


def test_the_verdict_is_sometimes_wrong(fates: list[Fate]) -> None:
    people = [fate.verdict_machine for fate in fates if fate.line is Line.PERSON]
    machines = [fate.verdict_machine for fate in fates if fate.line is Line.MACHINE]
    assert statistics.fmean(people) == pytest.approx(0.03, abs=0.01)
    assert statistics.fmean(machines) == pytest.approx(0.95, abs=0.02)


def test_an_invalid_number_stays_invalid_and_others_change() -> None:
    invalid, others = 0, 0
    for i in range(2000):
        lines = {draw_fate(ORDINARY, 3, f"+86138{i:08d}", attempt)[0].line for attempt in range(6)}
        if Line.INVALID_NUMBER in lines:
            assert lines == {Line.INVALID_NUMBER}
            invalid += 1
        others += len(lines) > 1
    assert invalid > 10
    assert others > 1500


async def test_the_same_seed_meets_the_same_people_in_whatever_order(make: Make) -> None:
    numbers = [f"+86138{i:08d}" for i in range(200)]

    def met(order: list[str], seed: int) -> Counter[str]:
        network = make(ORDINARY, seed)
        for number in order:
            network.place(request(number))
        return Counter(network.figures()["met"])

    assert met(numbers, 5) == met(numbers[::-1], 5)
    assert draw_fate(ORDINARY, 5, numbers[0], 1)[0] == draw_fate(ORDINARY, 5, numbers[0], 1)[0]
    assert draw_fate(ORDINARY, 5, numbers[0], 1)[0] != draw_fate(ORDINARY, 6, numbers[0], 1)[0]
    assert draw_fate(ORDINARY, 5, numbers[0], 1)[0] != draw_fate(ORDINARY, 5, numbers[0], 2)[0]


async def test_a_whole_hour_repeats_with_its_seed(clock: ManualClock, make: Make) -> None:
    async def hour() -> list[tuple[str, float, int]]:
        network = make(ORDINARY, 11)
        heard, begun = listening(network), clock.now()
        numbers = {}
        for i in range(60):
            one = request(f"+86139{i:08d}", machine_detection=MachineDetection.ASYNC)
            numbers[one.call_id] = one.to_number
            network.place(one)
            await clock.advance(5)
        await clock.advance(3600)
        # To a microsecond: datetimes hold no more, so additions of fractions may differ by one.
        return [
            (f"{numbers[e.call_id]} {e.kind} {e.cause}", round((e.at - begun).total_seconds(), 4), e.sequence)
            for e in heard
        ]

    assert await hour() == await hour()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"p_line_person": 0.5}, "sum to"),
        ({"p_event_late": 1.5}, "p_event_late"),
        ({"ring_person_median_s": -1.0}, "ring_person_median_s"),
    ],
)
def test_an_impossible_profile_says_which_value(change: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(ORDINARY, **change)  # type: ignore[arg-type]


# One call, second by second


def _script(network: SimulatedNetwork, **fate: object) -> None:
    network.script(NUMBER, Fate(**{"line": Line.PERSON, "setup_s": 1, "ring_s": 3, **fate}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fate", "timeout_s", "told"),
    [
        ({"silence_s": 2}, 15, [("ringing", 1), ("answered", 4), ("ended customer_hung_up", 6)]),
        ({"ring_s": 15.5}, 15, [("ringing", 1), ("ended no_answer", 16)]),
        ({"ring_s": 15.5, "silence_s": 1}, 20, [("ringing", 1), ("answered", 16.5), ("ended customer_hung_up", 17.5)]),
        ({"line": Line.REJECTED}, 15, [("ringing", 1), ("ended rejected", 4)]),
        ({"line": Line.REJECTED, "ring_s": 16}, 15, [("ringing", 1), ("ended no_answer", 16)]),
        ({"line": Line.NO_ANSWER, "ring_s": NEVER_S}, 25, [("ringing", 1), ("ended no_answer", 26)]),
        ({"line": Line.BUSY}, 15, [("ended busy", 1)]),
        ({"line": Line.INVALID_NUMBER}, 15, [("ended invalid_number", 1)]),
        ({"line": Line.CONGESTION}, 15, [("ended congestion", 1)]),
        ({"line": Line.FAILED}, 15, [("ended failed", 1)]),
        (
            {"line": Line.MACHINE, "machine_line_s": 30, "verdict_machine": True},
            15,
            [("ringing", 1), ("answered", 4), ("machine", 8), ("ended customer_hung_up", 34)],
        ),
        (
            {"line": Line.MACHINE, "machine_line_s": 30},  # missed by detection
            15,
            [("ringing", 1), ("answered", 4), ("ended customer_hung_up", 34)],
        ),
        (
            {"silence_s": 9, "verdict_machine": True},  # a person taken for a machine
            15,
            [("ringing", 1), ("answered", 4), ("machine", 8), ("ended customer_hung_up", 13)],
        ),
        (
            {"silence_s": 3, "verdict_machine": True},  # gone before the verdict
            15,
            [("ringing", 1), ("answered", 4), ("ended customer_hung_up", 7)],
        ),
    ],
)
async def test_what_becomes_of_a_call_left_alone(
    clock: ManualClock, make: Make, fate: dict[str, object], timeout_s: float, told: list[tuple[str, float]]
) -> None:
    network = make()
    heard, begun = listening(network), clock.now()
    _script(network, **fate)
    network.place(request(ring_timeout_s=timeout_s, machine_detection=MachineDetection.ASYNC))
    await clock.advance(120)
    assert [
        (f"{e.kind} {e.cause}" if e.cause else str(e.kind), round((e.at - begun).total_seconds(), 3)) for e in heard
    ] == told


async def _talking(clock: ManualClock, network: SimulatedNetwork) -> tuple[PlaceCall, object]:
    one, agent_id = request(), new_id()
    network.park_agent(agent_id, "sim:1")
    network.place(one)
    await clock.advance(4)
    network.join(one.call_id, agent_id)
    await clock.advance(0.15)
    return one, agent_id


async def test_a_join_takes_20_to_150_milliseconds(clock: ManualClock, make: Make) -> None:
    network = make()
    waits = []
    for i in range(50):
        one, agent_id = request(f"+86138{i:08d}"), new_id()
        network.script(one.to_number, Fate(Line.PERSON, ring_s=3))
        network.park_agent(agent_id, "sim:1")
        network.place(one)
        await clock.advance(4)
        asked = clock.now()
        network.join(one.call_id, agent_id)
        await clock.advance(0.2)
        joined_at = network.status(one.call_id).joined_at
        assert joined_at is not None
        waits.append((joined_at - asked).total_seconds())
    assert 0.02 <= min(waits) < 0.05 < 0.12 < max(waits) <= 0.151


async def test_a_joined_person_is_patient_no_longer_and_leaves_when_the_talk_is_over(
    clock: ManualClock, make: Make
) -> None:
    network = make()
    _script(network, silence_s=1, talk_s=30)
    one, _ = await _talking(clock, network)
    await clock.advance(29)
    assert not network.status(one.call_id).ended
    await clock.advance(1)
    assert network.status(one.call_id).cause is EndCause.CUSTOMER_HUNG_UP


async def test_a_person_held_too_long_hangs_up_and_one_resumed_in_time_does_not(clock: ManualClock, make: Make) -> None:
    network = make()
    _script(network, hold_s=60)
    one, _ = await _talking(clock, network)
    network.hold(one.call_id)
    await clock.advance(59)
    assert network.status(one.call_id).held
    network.resume(one.call_id)
    await clock.advance(300)
    assert not network.status(one.call_id).ended
    network.hold(one.call_id)
    await clock.advance(61)
    assert network.status(one.call_id).cause is EndCause.CUSTOMER_HUNG_UP


async def test_a_customer_whose_agent_is_unparked_waits_in_silence(clock: ManualClock, make: Make) -> None:
    network = make()
    _script(network, silence_s=5)
    one, agent_id = await _talking(clock, network)
    network.unpark_agent(agent_id)  # type: ignore[arg-type]
    assert network.status(one.call_id).joined_agent is None
    await clock.advance(5)
    last = network.status(one.call_id)
    assert (last.cause, last.joined_agent) == (EndCause.CUSTOMER_HUNG_UP, agent_id)


async def test_an_agent_in_a_call_gets_no_second_one(clock: ManualClock, make: Make) -> None:
    network = make()
    _script(network)
    one, agent_id = await _talking(clock, network)
    two = request("+8613800000002")
    network.script(two.to_number, Fate(Line.PERSON, ring_s=1))
    network.place(two)
    await clock.advance(3)
    with pytest.raises(CarrierRefused, match="another call"):
        network.join(two.call_id, agent_id)  # type: ignore[arg-type]
    network.hang_up(one.call_id)
    network.join(two.call_id, agent_id)  # type: ignore[arg-type]
    await clock.advance(0.2)
    assert network.status(two.call_id).joined_agent == agent_id


async def test_a_join_that_fails_is_told_and_may_be_tried_again(clock: ManualClock, make: Make) -> None:
    network = make(replace(CALM, p_join_fails=1.0))
    heard = listening(network)
    _script(network)
    one, agent_id = await _talking(clock, network)
    assert heard[-1].kind is E.JOIN_FAILED
    assert heard[-1].agent_id == agent_id
    network.join(one.call_id, agent_id)  # type: ignore[arg-type]


async def test_the_message_beats_a_join_under_way(clock: ManualClock, make: Make) -> None:
    network = make()
    heard = listening(network)
    _script(network)
    one, agent_id = request(), new_id()
    network.park_agent(agent_id, "sim:1")
    network.place(one)
    await clock.advance(4)
    network.join(one.call_id, agent_id)
    network.play_message_and_hang_up(one.call_id, "abandoned")
    await clock.advance(CALM.message_s)
    assert [e.kind for e in heard] == [E.RINGING, E.ANSWERED, E.JOIN_FAILED, E.ENDED]
    assert heard[-1].cause is EndCause.SYSTEM_HUNG_UP


async def test_some_do_not_hear_the_message_to_the_end(clock: ManualClock, make: Make) -> None:
    network = make()
    _script(network, message_s=2)
    one = request()
    network.place(one)
    await clock.advance(4)
    network.play_message_and_hang_up(one.call_id, "abandoned")
    await clock.advance(2)
    assert network.status(one.call_id).cause is EndCause.CUSTOMER_HUNG_UP


async def test_status_keeps_the_verdict(clock: ManualClock, make: Make) -> None:
    network = make()
    _script(network, line=Line.MACHINE, verdict_machine=True)
    one = request(machine_detection=MachineDetection.ASYNC)
    network.place(one)
    await clock.advance(8)
    assert network.status(one.call_id).answered_by is AnsweredBy.MACHINE
    network.hang_up(one.call_id)
    assert network.status(one.call_id).answered_by is AnsweredBy.MACHINE


# Limits


async def test_more_calls_a_second_than_allowed_are_refused_and_never_known(clock: ManualClock, make: Make) -> None:
    network = make(replace(CALM, max_calls_per_s=5.0))

    def place(count: int) -> int:
        accepted = 0
        for i in range(count):
            with contextlib.suppress(CarrierRefused):
                network.place(request(f"+86138{i:08d}"))
                accepted += 1
        return accepted

    assert place(8) == 5
    await clock.advance(0.4)
    assert place(8) == 2
    await clock.advance(60)
    assert place(8) == 5
    assert network.figures()["refused"] == {"too_fast": 3 + 6 + 3}


async def test_more_calls_at_once_than_allowed_are_refused(make: Make) -> None:
    network = make(replace(CALM, max_live_calls=2))
    calls = [request(f"+86138{i:08d}") for i in range(3)]
    network.place(calls[0])
    network.place(calls[1])
    with pytest.raises(CarrierRefused, match="too_fast"):
        network.place(calls[2])
    network.place(calls[0])  # known already: no new call
    network.hang_up(calls[0].call_id)
    network.place(calls[2])


@pytest.mark.parametrize("number", ["13800000000", "+0138", "", "+86 138 0000 0000", "+8613800000001x", "tel:+861"])
async def test_only_e164_is_called(make: Make, number: str) -> None:
    network = make()
    with pytest.raises(CarrierRefused, match="invalid_number"):
        network.place(request(number))
    assert network.figures()["live_total"] == 0


async def test_it_rings_fifteen_seconds_at_least(make: Make) -> None:
    with pytest.raises(CarrierRefused, match="not_permitted"):
        make().place(request(ring_timeout_s=14.9))


# Memory


async def test_ended_calls_are_known_for_an_hour_and_then_forgotten(clock: ManualClock, make: Make) -> None:
    network = make()
    one = request()
    network.place(one)
    network.hang_up(one.call_id)
    await clock.advance(3600)
    assert network.status(one.call_id).known
    await clock.advance(600)
    assert not network.status(one.call_id).known
    assert network.figures()["remembered_ended"] == 0


async def test_memory_of_numbers_is_bounded(make: Make) -> None:
    network = make(replace(CALM, remember_numbers=10))
    for i in range(50):
        network.place(request(f"+86138{i:08d}"))
    assert len(network._attempts) == 10


# The event channel


async def test_without_a_listener_events_are_dropped_and_counted(clock: ManualClock, make: Make) -> None:
    network = make()
    _script(network, silence_s=2)
    network.place(request())
    await clock.advance(60)
    assert listening(network) == []
    assert network.figures()["events"] == {"unheard": 3}


async def test_events_can_be_kept_for_a_listener_who_comes_in_time(clock: ManualClock, make: Make) -> None:
    network = make(replace(CALM, keep_events_s=10.0))
    _script(network, silence_s=2)  # ringing at 1, answered at 4, ended at 6
    network.place(request())
    await clock.advance(13)
    assert [e.kind for e in listening(network)] == [E.ANSWERED, E.ENDED]


async def test_a_listener_who_stops_hears_nothing_more(clock: ManualClock, make: Make) -> None:
    network = make()
    heard: list[CarrierEvent] = []
    stop = network.listen(heard.append)
    _script(network)
    network.place(request())
    await clock.advance(2)
    stop()
    await clock.advance(60)
    assert [e.kind for e in heard] == [E.RINGING]


async def test_faults_have_their_rates(clock: ManualClock, make: Make) -> None:
    network = make(replace(CALM, p_event_late=0.1, p_event_doubled=0.05, p_event_swapped=0.02, p_event_lost=0.01))
    heard = listening(network)
    for i in range(1500):
        network.place(request(f"+86138{i:08d}"))
    await clock.advance(300)
    figures = network.figures()
    told = 3 * 1500 - figures["ended"]["no_answer"]  # who rings too long is not answered
    counts = figures["events"]
    assert counts["late"] / told == pytest.approx(0.1, abs=0.02)
    assert counts["doubled"] / told == pytest.approx(0.05, abs=0.015)
    assert counts["swapped"] / told == pytest.approx(0.02 * 2 / 3, abs=0.01)  # an end has nothing after it
    assert counts["lost"] / told == pytest.approx(0.01, abs=0.006)
    assert len(heard) == told + counts["doubled"] - counts["lost"]


async def test_a_swapped_answer_does_not_wait_long(clock: ManualClock, make: Make) -> None:
    network = make(replace(CALM, p_event_swapped=1.0))
    heard: list[tuple[CallEventKind, float]] = []
    network.listen(lambda e: heard.append((e.kind, round((clock.now() - e.at).total_seconds(), 3))))
    _script(network, silence_s=5)
    network.place(request())
    await clock.advance(60)
    # Ringing is held back and told after the answer (which cannot be held back as well).
    assert [kind for kind, _ in heard] == [E.ANSWERED, E.RINGING, E.ENDED]
    assert heard[0][1] == 0


async def test_an_answer_held_back_is_told_after_half_a_second(clock: ManualClock, make: Make) -> None:
    network = make(replace(CALM, p_event_swapped=1.0))
    delays: dict[CallEventKind, float] = {}
    network.listen(lambda e: delays.update({e.kind: round((clock.now() - e.at).total_seconds(), 3)}))
    _script(network)
    one, _ = await _talking(clock, network)  # ringing held, answered told; joined held
    await clock.advance(5)
    assert delays[E.JOINED] == CALM.event_swap_window_s
    assert not network.status(one.call_id).ended


async def test_figures_can_be_written_as_json(clock: ManualClock, make: Make) -> None:
    network = make(ORDINARY)
    for i in range(50):
        network.place(request(f"+86138{i:08d}"))
    await clock.advance(20)
    figures = orjson.loads(orjson.dumps(network.figures()))
    assert figures["totals"]["placed"] == 50
    assert sum(figures["met"].values()) == 50
    assert figures["live_total"] + sum(figures["ended"].values()) == 50
    assert sum(figures["live"].values()) == figures["live_total"]
