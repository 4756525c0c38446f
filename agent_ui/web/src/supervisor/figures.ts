/** What the live floor shows, as functions of what the server tells. */
import { PITCH_TO_S } from "../agent/pitch"
import type { AgentState, AgentView, CallView, CampaignFigures } from "../live/protocol.gen"

export interface Tally {
  readonly attempts: number
  readonly answered: number
  readonly connected: number
  readonly orders: number
  readonly ordersFen: number
  readonly ringing: number
  readonly waiting: number
  readonly talking: number
  readonly callableNow: number
  readonly callableToday: number
  readonly expiringToday: number
  readonly callbacksOverdue: number
  readonly followUpsDue: number
  readonly answerRate: number | null
  /** Mean over all talks; the campaigns' means weighed by their talks. */
  readonly talkMeanS: number | null
  /** The campaign that is nearest to its own limit: a limit holds per campaign and is never averaged away. */
  readonly tightest: CampaignFigures | null
}

const pressure = (f: CampaignFigures) => (f.abandonment_rate ?? 0) / f.abandonment_limit

export function tally(all: readonly CampaignFigures[]): Tally {
  const sum = (value: (f: CampaignFigures) => number) => all.reduce((total, f) => total + value(f), 0)
  const answered = sum((f) => f.answered)
  const attempts = sum((f) => f.attempts)
  // The server's rate is of attempts that are over; what it divided by follows from it.
  const tried = sum((f) => (f.answer_rate === null ? 0 : f.answer_rate > 0 ? f.answered / f.answer_rate : f.attempts))
  const measured = all.filter((f) => f.talk_s_mean !== null && f.connected > 0)
  const talks = measured.reduce((total, f) => total + f.connected, 0)
  return {
    attempts,
    answered,
    connected: sum((f) => f.connected),
    orders: sum((f) => f.orders),
    ordersFen: sum((f) => f.orders_fen),
    ringing: sum((f) => f.ringing),
    waiting: sum((f) => f.waiting),
    talking: sum((f) => f.talking),
    callableNow: sum((f) => f.callable_now),
    callableToday: sum((f) => f.callable_today),
    expiringToday: sum((f) => f.expiring_today),
    callbacksOverdue: sum((f) => f.callbacks_overdue),
    followUpsDue: sum((f) => f.follow_ups_due),
    answerRate: tried === 0 ? null : answered / tried,
    talkMeanS: talks === 0 ? null : measured.reduce((total, f) => total + (f.talk_s_mean ?? 0) * f.connected, 0) / talks,
    tightest: [...all].sort((a, b) => pressure(b) - pressure(a) || a.name.localeCompare(b.name))[0] ?? null,
  }
}

/**
 * Why nobody is being called in an open campaign; null while calls go out. The server's own reason comes first
 * (it judged every lead); then a dialler that does not answer; then what the pacer says holds it back.
 */
export function idleReason(f: CampaignFigures): string | null {
  if (f.why_idle !== null) return f.why_idle
  if (!f.carrier_connected) return f.pacing === null ? "worker_away" : "carrier_away"
  if (f.pacing === null || f.pacing.launch > 0 || f.ringing > 0) return null
  return f.pacing.held_back_by
}

export type LimitTone = "within" | "near" | "over"
const NEAR = 0.8

export function limitTone(rate: number | null, limit: number): LimitTone {
  if (rate === null) return "within"
  if (rate > limit) return "over"
  return rate >= limit * NEAR ? "near" : "within"
}

const LONG_BREAK_S = 900
const LONG_WAIT_S = 180

export type Past = "wrap" | "talk" | "break" | "idle"

/** What about an agent is past its measure now, if anything. */
export function pastOf(agent: AgentView, nowS: number): Past | null {
  const seconds = nowS - Date.parse(agent.state_since) / 1000
  switch (agent.state) {
    case "wrap_up":
      return agent.wrap_up_until !== null && nowS > Date.parse(agent.wrap_up_until) / 1000 ? "wrap" : null
    case "talking":
      return seconds > PITCH_TO_S ? "talk" : null
    case "on_break":
      return seconds > LONG_BREAK_S ? "break" : null
    case "ready":
      return seconds > LONG_WAIT_S ? "idle" : null
    default:
      return null
  }
}

export const STATE_ORDER: readonly AgentState[] = ["ready", "previewing", "dialing", "talking", "wrap_up", "on_break", "offline"]

export function countStates(agents: readonly AgentView[]): readonly (readonly [AgentState, number])[] {
  return STATE_ORDER.map((state) => [state, agents.filter((agent) => agent.state === state).length] as const).filter(([, n]) => n > 0)
}

/** By state, and in a state the longest first. */
export function sortAgents(agents: readonly AgentView[]): readonly AgentView[] {
  return [...agents].sort(
    (a, b) =>
      STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) ||
      a.state_since.localeCompare(b.state_since) ||
      a.name.localeCompare(b.name),
  )
}

const CALL_ORDER = ["waiting", "connecting", "held", "connected", "ringing", "launching", "reserved", "ended"] as const

/** Since when a call is in its state. */
export function callSince(call: CallView): string {
  switch (call.state) {
    case "held":
      return call.held_at ?? call.created_at
    case "connected":
      return call.connected_at ?? call.created_at
    case "waiting":
    case "connecting":
      return call.answered_at ?? call.created_at
    case "ringing":
      return call.ringing_at ?? call.created_at
    default:
      return call.launched_at ?? call.created_at
  }
}

/** Who waits for an agent comes first. */
export function sortCalls(calls: readonly CallView[]): readonly CallView[] {
  return [...calls].sort(
    (a, b) => CALL_ORDER.indexOf(a.state) - CALL_ORDER.indexOf(b.state) || callSince(a).localeCompare(callSince(b)) || a.id.localeCompare(b.id),
  )
}

export const percent = (share: number | null, digits = 1): string => (share === null ? "–" : `${(share * 100).toFixed(digits)}%`)
