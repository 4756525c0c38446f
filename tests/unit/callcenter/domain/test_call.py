"""The life of a call: tables, and any order of events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.call import (
    LIVE_STATES,
    AnsweredBy,
    CallEventKind,
    CallState,
    EndCause,
    EndFacts,
    Outcome,
    counts_as_abandoned,
    outcome,
    transition,
)

S, E = CallState, CallEventKind


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        (S.RESERVED, E.DIAL, S.LAUNCHING),
        (S.RESERVED, E.ANSWERED, None),  # nothing was dialled, so nobody can answer
        (S.LAUNCHING, E.RINGING, S.RINGING),
        (S.LAUNCHING, E.ANSWERED, S.WAITING),  # the ringing was told late, or never
        (S.RINGING, E.ANSWERED, S.WAITING),
        (S.RINGING, E.RINGING, None),
        (S.WAITING, E.RINGING, None),  # late news never moves a call back
        (S.WAITING, E.AGENT_CLAIMED, S.CONNECTING),
        (S.CONNECTING, E.AGENT_CLAIMED, None),  # two agents for one person: never
        (S.CONNECTING, E.JOINED, S.CONNECTED),
        (S.CONNECTING, E.JOIN_FAILED, S.WAITING),
        (S.CONNECTED, E.JOIN_FAILED, None),
        (S.CONNECTED, E.HELD, S.HELD),
        (S.HELD, E.RESUMED, S.CONNECTED),
        (S.ENDED, E.ANSWERED, None),
        (S.ENDED, E.ENDED, None),
    ],
)
def test_an_event_moves_a_call_only_forward(state: CallState, event: CallEventKind, after: CallState | None) -> None:
    assert transition(state, event) is after


@pytest.mark.parametrize("state", LIVE_STATES)
def test_every_live_call_can_end(state: CallState) -> None:
    assert transition(state, E.ENDED) is S.ENDED


@given(st.lists(st.sampled_from(list(E)), max_size=40))
def test_no_order_of_events_revives_an_ended_call(events: list[CallEventKind]) -> None:
    state, ended = S.LAUNCHING, False
    for event in events:
        after = transition(state, event)
        assert not (ended and after is not None)
        state = after or state
        ended = ended or state is S.ENDED


P, M, U = AnsweredBy.PERSON, AnsweredBy.MACHINE, AnsweredBy.UNKNOWN


@pytest.mark.parametrize(
    ("answered", "joined", "by", "cause", "expected"),
    [
        (False, False, U, EndCause.BUSY, Outcome.BUSY),
        (False, False, U, EndCause.NO_ANSWER, Outcome.NO_ANSWER),
        (False, False, U, EndCause.REJECTED, Outcome.REJECTED),
        (False, False, U, EndCause.CUSTOMER_HUNG_UP, Outcome.REJECTED),
        (False, False, U, EndCause.INVALID_NUMBER, Outcome.INVALID_NUMBER),
        (False, False, U, EndCause.CONGESTION, Outcome.CONGESTION),
        (False, False, U, EndCause.CANCELLED, Outcome.CANCELLED),
        (False, False, U, EndCause.AGENT_HUNG_UP, Outcome.CANCELLED),
        (False, False, U, EndCause.LOST, Outcome.FAILED),
        (False, False, U, EndCause.SKIPPED, Outcome.SKIPPED),
        (True, False, U, EndCause.CUSTOMER_HUNG_UP, Outcome.ABANDONED),  # gave up before the two seconds were over
        (True, False, P, EndCause.SYSTEM_HUNG_UP, Outcome.ABANDONED),  # heard the message
        (True, True, U, EndCause.CUSTOMER_HUNG_UP, Outcome.TALKED),
        (True, True, P, EndCause.AGENT_HUNG_UP, Outcome.TALKED),
        (True, True, M, EndCause.SYSTEM_HUNG_UP, Outcome.MACHINE),
        (True, False, M, EndCause.SYSTEM_HUNG_UP, Outcome.MACHINE),
    ],
)
def test_what_became_of_the_attempt(
    answered: bool, joined: bool, by: AnsweredBy, cause: EndCause, expected: Outcome
) -> None:
    assert outcome(EndFacts(answered, joined, by, cause)) is expected


@pytest.mark.parametrize(
    ("answered", "joined", "by", "wait_s", "abandoned"),
    [
        (False, False, U, None, False),
        (True, False, U, None, True),
        (True, False, M, None, False),
        (True, True, U, 1.999, False),
        (True, True, U, 2.0, False),  # within two seconds includes the second one
        (True, True, U, 2.001, True),  # an agent who came too late does not undo the silence
        (True, True, M, 9.0, False),
    ],
)
def test_who_counts_as_abandoned(
    answered: bool, joined: bool, by: AnsweredBy, wait_s: float | None, abandoned: bool
) -> None:
    facts = EndFacts(answered, joined, by, EndCause.CUSTOMER_HUNG_UP)
    assert counts_as_abandoned(facts, wait_s, 2.0) is abandoned
