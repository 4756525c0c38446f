import { describe, expect, it } from "vitest"
import type { AgentView, Board, CallView, Card, ServerMessage, SupervisionView } from "./protocol.gen"
import { apply, type ConsoleState, EMPTY } from "./state"

const agent = (change: Partial<AgentView> = {}): AgentView => ({
  user_id: "a1",
  name: "李娜",
  queue_id: "q",
  state: "ready",
  state_since: "2026-03-09T07:00:00Z",
  reason: null,
  call_id: null,
  next_state: null,
  next_reason: null,
  wrap_up_until: null,
  present: true,
  version: 1,
  ...change,
})

const card = { lead_id: "l1" } as unknown as Card

const call = (change: Partial<CallView> = {}): CallView => ({
  id: "c1",
  queue_id: "q",
  state: "connected",
  mode: "predictive",
  attempt_no: 1,
  customer_name: "王女士",
  masked_phone: "138****0000",
  agent_id: "a1",
  created_at: "2026-03-09T07:00:00Z",
  launched_at: null,
  ringing_at: null,
  answered_at: null,
  connected_at: null,
  held_at: null,
  ended_at: null,
  hold_s: 0,
  outcome: null,
  cause: null,
  abandoned: false,
  stage: null,
  disposition: null,
  consult: null,
  recording_paused_at: null,
  transferred_at: null,
  agent_lost_at: null,
  card,
  version: 1,
  ...change,
})

const well: Board["carrier"] = { circuit: "closed", trouble: null, since: null, next_look_at: null, in_doubt: 0, zh: "", en: "" }
const board = (change: Partial<Board> = {}): Board => ({ agents: {}, calls: {}, campaigns: {}, carrier: well, ...change })
const snapshot = (change: Partial<Extract<ServerMessage, { type: "snapshot" }>> = {}): ServerMessage => ({
  type: "snapshot",
  epoch: "e",
  seq: 10,
  why: "start",
  agent: null,
  call: null,
  board: null,
  supervisions: {},
  ...change,
})
const play = (from: ConsoleState, ...messages: readonly ServerMessage[]) => messages.reduce(apply, from)

describe("an agent's own console", () => {
  const start = play(EMPTY, snapshot({ agent: agent() }))

  it("takes a call in when the agent is known to hold it", () => {
    const after = play(start, { type: "agent", seq: 11, agent: agent({ state: "talking", call_id: "c1", version: 2 }) }, { type: "call", seq: 12, call: call() })
    expect(after.call?.id).toBe("c1")
    expect(after.seq).toBe(12)
  })

  it("ignores a call that is nobody's", () => {
    expect(play(start, { type: "call", seq: 11, call: call() }).call).toBeNull()
  })

  it("ignores a call without its card", () => {
    const talking: ServerMessage = { type: "agent", seq: 11, agent: agent({ state: "talking", call_id: "c1", version: 2 }) }
    expect(play(start, talking, { type: "call", seq: 12, call: call({ card: null }) }).call).toBeNull()
  })

  it("lets the call go with the agent, and ignores its late event", () => {
    const after = play(
      start,
      { type: "agent", seq: 11, agent: agent({ state: "talking", call_id: "c1", version: 2 }) },
      { type: "call", seq: 12, call: call() },
      { type: "agent", seq: 13, agent: agent({ state: "ready", version: 3 }) },
      { type: "call", seq: 14, call: call({ version: 9, state: "ended" }) },
    )
    expect(after.call).toBeNull()
    expect(after.agent?.state).toBe("ready")
  })

  it("never goes back to an older version", () => {
    const after = play(
      start,
      { type: "agent", seq: 11, agent: agent({ state: "talking", call_id: "c1", version: 5 }) },
      { type: "call", seq: 12, call: call({ version: 4, state: "held" }) },
      { type: "call", seq: 13, call: call({ version: 3 }) },
      { type: "agent", seq: 14, agent: agent({ version: 4 }) },
    )
    expect(after.call?.state).toBe("held")
    expect(after.agent?.state).toBe("talking")
  })
})

describe("a supervisor's board", () => {
  const start = play(EMPTY, snapshot({ board: board({ agents: { a1: agent() } }) }))

  it("drops an agent who signed off, and a call that ended", () => {
    const after = play(
      start,
      { type: "call", seq: 11, call: call() },
      { type: "call", seq: 12, call: call({ state: "ended", version: 2 }) },
      { type: "agent", seq: 13, agent: agent({ state: "offline", version: 2 }) },
    )
    expect(after.board).toEqual(board())
  })

  it("keeps no card of a call", () => {
    expect(play(start, { type: "call", seq: 11, call: call() }).board?.calls.c1?.card).toBeNull()
  })

  it("equals a fresh snapshot after the same events", () => {
    const applied = play(
      start,
      { type: "agent", seq: 11, agent: agent({ state: "talking", call_id: "c1", version: 2 }) },
      { type: "call", seq: 12, call: call() },
      { type: "agent", seq: 12, agent: agent({ version: 1 }) },
      { type: "call", seq: 13, call: call({ version: 2, state: "held" }) },
    )
    const fresh = play(
      EMPTY,
      snapshot({
        seq: 13,
        board: board({
          agents: { a1: agent({ state: "talking", call_id: "c1", version: 2 }) },
          calls: { c1: call({ version: 2, state: "held", card: null }) },
        }),
      }),
    )
    expect(applied).toEqual(fresh)
  })

  it("replaces the figures whole", () => {
    const ill: Board["carrier"] = { ...well, circuit: "open", trouble: "down" }
    const after = play(start, { type: "figures", campaigns: {}, carrier: ill })
    expect(after.board?.campaigns).toEqual({})
    expect(after.board?.carrier).toEqual(ill)
    expect(after.seq).toBe(10)
  })

  it("is left alone by messages that carry no state", () => {
    expect(play(start, { type: "in_step" }, { type: "done", id: "1" })).toBe(start)
  })
})

describe("supervision", () => {
  const supervision = (change: Partial<SupervisionView> = {}): SupervisionView => ({
    id: "s1",
    call_id: "c1",
    supervisor_id: "u9",
    supervisor_name: "王主管",
    agent_id: "a1",
    how: "listen",
    began_at: "2026-03-09T07:00:00Z",
    heard: false,
    ended: false,
    trouble: null,
    ...change,
  })
  const told = (change: Partial<SupervisionView>, seq = 11): ServerMessage => ({ type: "supervision", seq, supervision: supervision(change) })
  it("is shown while it lasts, and told twice is told once", () => {
    let state = apply(EMPTY, snapshot())
    state = apply(apply(state, told({})), told({}))
    expect(Object.keys(state.supervisions)).toEqual(["s1"])
    state = apply(state, told({ heard: true }, 12))
    expect(state.supervisions.s1?.heard).toBe(true)
    state = apply(apply(state, told({ ended: true }, 13)), told({ ended: true }, 13))
    expect(state.supervisions).toEqual({})
    expect(state.seq).toBe(13)
  })
  it("is as the snapshot says", () => {
    const state = apply(apply(EMPTY, snapshot()), told({}))
    expect(apply(state, snapshot({ seq: 20, supervisions: { s2: supervision({ id: "s2" }) } })).supervisions).toEqual({ s2: supervision({ id: "s2" }) })
  })
})
