"""How a console's state follows from messages: the same few lines in Python (robots, tests) and TypeScript.

`apply(snapshot, later events) == fresh snapshot`, for every action: a test holds it to that. What makes it
true: a transaction that changes both records the agent's event before the call's, so a call is taken in only
when the agent is known to hold it, and a late event of a call that was let go is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from agent_ui.live.protocol import (
    AgentChanged,
    AgentView,
    Board,
    CallChanged,
    CallView,
    FiguresChanged,
    ServerMessage,
    Snapshot,
    SupervisionChanged,
    SupervisionView,
)
from callcenter.domain.agent import AgentState
from callcenter.domain.call import CallState


@dataclass(frozen=True, slots=True)
class ConsoleState:
    """What one console knows. `agent` and `call` are the signed-in agent's own; `board` a supervisor's."""

    epoch: str | None = None
    seq: int = -1
    agent: AgentView | None = None
    call: CallView | None = None
    board: Board | None = None
    supervisions: Mapping[UUID, SupervisionView] = field(default_factory=dict)


def apply(state: ConsoleState, message: ServerMessage) -> ConsoleState:
    """The state after `message`. Messages that carry no state leave it as it is."""
    match message:
        case Snapshot():
            return ConsoleState(
                message.epoch, message.seq, message.agent, message.call, message.board, dict(message.supervisions)
            )
        case AgentChanged(seq=seq, agent=agent):
            return _with_agent(replace(state, seq=max(state.seq, seq)), agent)
        case CallChanged(seq=seq, call=call):
            return _with_call(replace(state, seq=max(state.seq, seq)), call)
        case SupervisionChanged(seq=seq, supervision=supervision):
            # Told in order, and only ever ended: the last word is the true one.
            others = {key: one for key, one in state.supervisions.items() if key != supervision.id}
            shown = others if supervision.ended else {**others, supervision.id: supervision}
            return replace(state, seq=max(state.seq, seq), supervisions=shown)
        case FiguresChanged(campaigns=campaigns, carrier=carrier) if state.board is not None:
            return replace(state, board=state.board.model_copy(update={"campaigns": campaigns, "carrier": carrier}))
        case _:
            return state


def _with_agent(state: ConsoleState, agent: AgentView) -> ConsoleState:
    mine = state.agent
    if mine is not None and mine.user_id == agent.user_id and agent.version > mine.version:
        # The own call leaves the screen when the agent no longer holds it.
        call = state.call if state.call is not None and state.call.id == agent.call_id else None
        state = replace(state, agent=agent, call=call)
    if state.board is not None:
        known = state.board.agents.get(agent.user_id)
        if known is None or agent.version > known.version:
            agents = {**state.board.agents, agent.user_id: agent}
            if agent.state is AgentState.OFFLINE:
                del agents[agent.user_id]
            state = replace(state, board=state.board.model_copy(update={"agents": agents}))
    return state


def _with_call(state: ConsoleState, call: CallView) -> ConsoleState:
    mine = state.agent
    if mine is not None and call.card is not None and call.id == mine.call_id:
        known = state.call
        if known is None or known.id != call.id or call.version > known.version:
            state = replace(state, call=call)
    if state.board is not None:
        shown = call.model_copy(update={"card": None})
        calls = dict(state.board.calls)
        held = calls.get(call.id)
        if shown.state is CallState.ENDED:
            calls.pop(call.id, None)
        elif held is None or shown.version > held.version:
            calls[call.id] = shown
        state = replace(state, board=state.board.model_copy(update={"calls": calls}))
    return state
