"""When the circuit around the carrier opens and closes: each rule as a row, and any history against a plain reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callcenter.telephony.health import rules
from callcenter.telephony.health.rules import Breaker, Circuit, Seen, Told, Trouble

BEGIN = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
FINE, SILENT, NOT_SENT, TOO_FAST = Told.FINE, Told.SILENT, Told.NOT_SENT, Told.TOO_FAST


def after(*told: Told | float, gap_s: float = 1.0) -> Breaker:
    """The breaker after requests; a number is a fine answer that took so many seconds."""
    breaker = Breaker()
    for n, one in enumerate(told):
        at = BEGIN + timedelta(seconds=n * gap_s)
        seen = Seen(at, FINE, one) if isinstance(one, int | float) else Seen(at, one)
        breaker = rules.hear(breaker, seen)
    return breaker


@pytest.mark.parametrize(
    ("told", "gap_s", "trouble"),
    [
        ([SILENT, SILENT], 1, None),
        ([SILENT, SILENT, SILENT], 1, Trouble.SILENT),
        ([SILENT, SILENT, FINE, SILENT], 1, None),
        ([SILENT, FINE] * 5, 1, Trouble.SILENT),
        ([SILENT, FINE, FINE] * 5, 1, None),
        ([SILENT, SILENT, SILENT], 16, None),  # the first is out of the window
        ([NOT_SENT, NOT_SENT, NOT_SENT], 1, Trouble.DOWN),
        ([NOT_SENT, FINE, NOT_SENT, NOT_SENT], 1, None),
        ([Told.SHUT_OUT], 1, Trouble.SHUT_OUT),
        ([FINE, SILENT, SILENT, Told.SHUT_OUT], 1, Trouble.SHUT_OUT),
        ([TOO_FAST] * 4, 1, None),
        ([TOO_FAST, FINE] * 5, 1, Trouble.REFUSING),
        ([TOO_FAST] * 5, 10, None),
        ([2.0] * 5, 1, Trouble.SLOW),
        ([1.99] * 50, 0.1, None),
        ([2.0, 0.1, 0.1] * 5, 1, None),
        ([FINE] * 100, 0.1, None),
    ],
)
def test_each_rule(told: list[Told | float], gap_s: float, trouble: Trouble | None) -> None:
    breaker = after(*told, gap_s=gap_s)
    assert breaker.trouble is trouble
    assert breaker.circuit is (Circuit.CLOSED if trouble is None else Circuit.OPEN)


def test_a_shut_event_channel_is_trouble_after_two_seconds() -> None:
    breaker = rules.channel(Breaker(), False, BEGIN)
    breaker = rules.channel(breaker, False, BEGIN + timedelta(seconds=1.9))
    assert breaker.circuit is Circuit.CLOSED
    breaker = rules.channel(breaker, False, BEGIN + timedelta(seconds=2))
    assert (breaker.circuit, breaker.trouble) == (Circuit.OPEN, Trouble.DOWN)
    # An answer to the question is not enough while we would not hear of a call.
    at = BEGIN + timedelta(seconds=8)
    assert rules.answered(breaker, Seen(at, FINE)).circuit is Circuit.OPEN
    breaker = rules.channel(breaker, True, at)
    assert rules.answered(breaker, Seen(at, FINE)).circuit is Circuit.HALF_OPEN


def test_questions_come_after_5_10_20_40_and_then_every_60_seconds() -> None:
    breaker, pauses = after(SILENT, SILENT, SILENT, gap_s=0), []
    now = BEGIN
    for _ in range(6):
        assert breaker.next_look is not None
        pauses.append((breaker.next_look - now).total_seconds())
        now = breaker.next_look
        assert not rules.asks_now(breaker, now - timedelta(milliseconds=1))
        assert rules.asks_now(breaker, now)
        breaker = rules.answered(breaker, Seen(now, SILENT))
    assert pauses == [5, 10, 20, 40, 60, 60]


def test_half_open_lets_three_calls_through_and_closes_when_all_were_answered_well() -> None:
    breaker = rules.answered(after(SILENT, SILENT, SILENT), Seen(BEGIN, FINE))
    for _ in range(3):
        allowed = rules.let_through(breaker)
        assert allowed is not None
        breaker = allowed
    assert rules.let_through(breaker) is None
    for _ in range(3):
        breaker = rules.hear(breaker, Seen(BEGIN, FINE), is_trial=True)
    assert breaker == Breaker()


def test_a_trial_that_was_never_asked_for_gives_its_place_back() -> None:
    breaker = rules.answered(after(SILENT, SILENT, SILENT), Seen(BEGIN, FINE))
    allowed = rules.let_through(breaker)
    assert allowed is not None
    assert rules.room(rules.nothing_learned(allowed)) == rules.TRIALS


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("circuit", [Circuit.OPEN, Circuit.HALF_OPEN])
def test_every_trouble_has_words_in_both_languages(trouble: Trouble, circuit: Circuit) -> None:
    assert rules.describe(circuit, trouble, "zh") != rules.describe(circuit, trouble, "en") != ""
    assert rules.describe(Circuit.CLOSED, trouble, "en") == ""


class AnyHistory(RuleBasedStateMachine):
    """Requests, trials, cuts and questions in any order, beside a reading that keeps everything it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.breaker = Breaker()
        self.since_reset: list[Seen] = []
        self.out = 0  # trial calls that have no answer yet

    def become(self, breaker: Breaker) -> None:
        before, self.breaker = self.breaker, breaker
        if before.circuit is not breaker.circuit:
            self.since_reset = []
            self.out = 0
        if before.circuit is Circuit.OPEN:
            assert breaker.since == before.since
        if before.circuit is Circuit.CLOSED and breaker.circuit is Circuit.OPEN:
            assert breaker.since == self.now
        assert not (before.circuit is Circuit.CLOSED and breaker.circuit is Circuit.HALF_OPEN)
        assert not (before.circuit is Circuit.OPEN and breaker.circuit is Circuit.CLOSED)

    @rule(seconds=st.sampled_from([0.1, 1.0, 4.0, 31.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(told=st.sampled_from(list(Told)), took=st.sampled_from([0.1, 2.5]))
    def a_request_ends(self, told: Told, took: float) -> None:
        seen = Seen(self.now, told, took)
        self.since_reset.append(seen)
        self.become(rules.hear(self.breaker, seen))

    @rule(is_open=st.booleans())
    def the_channel(self, is_open: bool) -> None:
        self.become(rules.channel(self.breaker, is_open, self.now))

    @rule(well=st.booleans())
    def the_question(self, well: bool) -> None:
        if rules.asks_now(self.breaker, self.now):
            self.become(rules.answered(self.breaker, Seen(self.now, FINE if well else SILENT)))

    @rule()
    def a_call_is_wanted(self) -> None:
        allowed = rules.let_through(self.breaker)
        assert (allowed is None) == (self.breaker.circuit is Circuit.OPEN or rules.room(self.breaker) == 0)
        if allowed is not None:
            if allowed.circuit is Circuit.HALF_OPEN:
                self.out += 1
            self.become(allowed)

    @precondition(lambda self: self.out > 0)
    @rule(told=st.sampled_from(list(Told)))
    def a_trial_ends(self, told: Told) -> None:
        self.out -= 1
        self.become(rules.hear(self.breaker, Seen(self.now, told), is_trial=True))
        assert told is FINE or self.breaker.circuit is Circuit.OPEN

    @invariant()
    def never_more_than_three_trials(self) -> None:
        assert self.out <= rules.TRIALS
        assert 0 <= self.breaker.good <= self.breaker.begun <= rules.TRIALS

    @invariant()
    def what_is_shown_is_whole(self) -> None:
        ill = self.breaker.circuit is not Circuit.CLOSED
        assert ill == (self.breaker.trouble is not None) == (self.breaker.since is not None)
        assert (self.breaker.next_look is not None) == (self.breaker.circuit is Circuit.OPEN)

    @invariant()
    def closed_only_while_no_rule_holds(self) -> None:
        """The plain reading: count what was seen in the window, with nothing forgotten on the way."""
        if self.breaker.circuit is not Circuit.CLOSED or not self.since_reset:
            return
        last = self.since_reset[-1].at
        window = [one for one in self.since_reset if last - one.at <= timedelta(seconds=30)]
        assert Told.SHUT_OUT not in [one.told for one in window]
        assert sum(1 for one in window if one.told is TOO_FAST) < 5
        assert [one.told for one in window[-3:]] not in ([SILENT] * 3, [NOT_SENT] * 3)
        for is_ill in (lambda one: one.told is SILENT, lambda one: one.told is FINE and one.took_s >= 2):
            ill = sum(1 for one in window if is_ill(one))
            assert ill < 5 or ill < len(window) / 2

    def teardown(self) -> None:
        """Whatever happened, a network that is well again is used again: within a minute and three calls."""
        self.become(rules.channel(self.breaker, True, self.now))
        if self.breaker.circuit is Circuit.OPEN:
            self.now += timedelta(seconds=60)
            assert rules.asks_now(self.breaker, self.now)
            self.become(rules.answered(self.breaker, Seen(self.now, FINE)))
        while self.breaker.circuit is Circuit.HALF_OPEN:
            if self.out == 0:
                allowed = rules.let_through(self.breaker)
                assert allowed is not None
                self.breaker = allowed
                self.out = 1
            self.out -= 1
            self.become(rules.hear(self.breaker, Seen(self.now, FINE), is_trial=True))
        assert self.breaker.circuit is Circuit.CLOSED


AnyHistory.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyHistory = AnyHistory.TestCase
