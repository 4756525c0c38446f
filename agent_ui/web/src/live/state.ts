/**
 * How a console's state follows from messages: the twin of agent_ui/live/state.py, rule for rule.
 *
 * `apply(snapshot, later events)` equals a fresh snapshot. What makes it true: a transaction that changes both
 * records the agent's event before the call's, so a call is taken in only when the agent is known to hold it,
 * and a late event of a call that was let go is nobody's.
 */
import type { AgentView, Board, CallView, ServerMessage, SupervisionView } from "./protocol.gen"

export interface ConsoleState {
  readonly epoch: string | null
  readonly seq: number
  readonly agent: AgentView | null
  readonly call: CallView | null
  readonly board: Board | null
  readonly supervisions: Readonly<Record<string, SupervisionView>>
}

export const EMPTY: ConsoleState = { epoch: null, seq: -1, agent: null, call: null, board: null, supervisions: {} }

/** The state after `message`. Messages that carry no state leave it as it is. */
export function apply(state: ConsoleState, message: ServerMessage): ConsoleState {
  switch (message.type) {
    case "snapshot":
      return { epoch: message.epoch, seq: message.seq, agent: message.agent, call: message.call, board: message.board, supervisions: message.supervisions }
    case "agent":
      return withAgent({ ...state, seq: Math.max(state.seq, message.seq) }, message.agent)
    case "call":
      return withCall({ ...state, seq: Math.max(state.seq, message.seq) }, message.call)
    case "supervision": {
      // Told in order, and only ever ended: the last word is the true one.
      const { supervision } = message
      const others = without(state.supervisions, supervision.id)
      return { ...state, seq: Math.max(state.seq, message.seq), supervisions: supervision.ended ? others : { ...others, [supervision.id]: supervision } }
    }
    case "figures":
      return state.board === null ? state : { ...state, board: { ...state.board, campaigns: message.campaigns, carrier: message.carrier } }
    default:
      return state
  }
}

function withAgent(before: ConsoleState, agent: AgentView): ConsoleState {
  let state = before
  const mine = state.agent
  if (mine?.user_id === agent.user_id && agent.version > mine.version) {
    // The own call leaves the screen when the agent no longer holds it.
    const call = state.call !== null && state.call.id === agent.call_id ? state.call : null
    state = { ...state, agent, call }
  }
  if (state.board !== null) {
    const known = state.board.agents[agent.user_id]
    if (known === undefined || agent.version > known.version) {
      const agents = { ...state.board.agents, [agent.user_id]: agent }
      state = { ...state, board: { ...state.board, agents: agent.state === "offline" ? without(agents, agent.user_id) : agents } }
    }
  }
  return state
}

function withCall(before: ConsoleState, call: CallView): ConsoleState {
  let state = before
  if (state.agent !== null && call.card !== null && call.id === state.agent.call_id) {
    const known = state.call
    if (known?.id !== call.id || call.version > known.version) state = { ...state, call }
  }
  if (state.board !== null) {
    const calls = state.board.calls
    const held = calls[call.id]
    if (call.state === "ended") {
      state = { ...state, board: { ...state.board, calls: without(calls, call.id) } }
    } else if (held === undefined || call.version > held.version) {
      state = { ...state, board: { ...state.board, calls: { ...calls, [call.id]: { ...call, card: null } } } }
    }
  }
  return state
}

function without<T>(all: Readonly<Record<string, T>>, id: string): Readonly<Record<string, T>> {
  if (!(id in all)) return all
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== id))
}
