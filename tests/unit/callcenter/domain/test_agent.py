"""The states of an agent: tables, and any sequence of events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.agent import HAS_CALL, AgentEvent, AgentState, may_leave_wrap_up, transition

S, E = AgentState, AgentEvent


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        (S.OFFLINE, E.SIGNED_ON, S.ON_BREAK),
        (S.OFFLINE, E.WENT_READY, None),
        (S.ON_BREAK, E.WENT_READY, S.READY),
        (S.READY, E.CONNECTED, S.TALKING),
        (S.ON_BREAK, E.CONNECTED, None),  # nobody is put through to an agent on break
        (S.WRAP_UP, E.CONNECTED, None),
        (S.READY, E.CUSTOMER_SHOWN, S.PREVIEWING),
        (S.PREVIEWING, E.DIALLED, S.DIALING),
        (S.DIALING, E.CONNECTED, S.TALKING),
        (S.DIALING, E.NOT_REACHED, S.READY),
        (S.TALKING, E.SIGNED_OFF, None),  # nobody walks away from a customer
        (S.TALKING, E.CALL_ENDED, S.WRAP_UP),
        (S.TALKING, E.JOIN_FAILED, S.ON_BREAK),
        (S.WRAP_UP, E.WENT_READY, S.READY),
    ],
)
def test_what_an_agent_may_do_in_which_state(state: AgentState, event: AgentEvent, after: AgentState | None) -> None:
    assert transition(state, event) is after


@given(st.lists(st.sampled_from(list(E)), max_size=60))
def test_a_call_is_entered_through_ready_and_left_through_its_end(events: list[AgentEvent]) -> None:
    state = S.OFFLINE
    for event in events:
        after = transition(state, event)
        if after is None:
            continue
        if after in HAS_CALL and state not in HAS_CALL:
            assert state is S.READY
        if state is S.TALKING:
            assert event in (E.CALL_ENDED, E.JOIN_FAILED)
        state = after


def test_wrap_up_is_left_only_with_a_disposition() -> None:
    assert may_leave_wrap_up(disposition_saved=True)
    assert not may_leave_wrap_up(disposition_saved=False)
