/** The calling rules of a campaign as its form holds them. What the form does not show is kept as it is. */

export type StoredRules = Readonly<Record<string, unknown>>

export interface Rules {
  readonly days_from: number
  readonly days_to: number
  readonly windows: readonly (readonly [start: string, end: string])[]
  readonly weekdays: readonly number[]
  readonly preset: string
  readonly legal_windows: readonly (readonly [start: string, end: string])[]
  readonly attempts_max: number
  readonly attempts_total: number
  readonly min_gap_s: number
  readonly consent: "not_refused" | "required"
  readonly follow_up_days: number
  readonly callback_days_max: number
}

/** The source's own, 7.3.1 三.2: used for a new campaign and for what is missing. */
export const USUAL: Rules = {
  days_from: 7,
  days_to: 14,
  windows: [
    ["10:00", "11:00"],
    ["12:00", "13:00"],
    ["15:00", "17:00"],
  ],
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  preset: "CN",
  legal_windows: [["08:00", "21:00"]],
  attempts_max: 5,
  attempts_total: 12,
  min_gap_s: 300,
  consent: "not_refused",
  follow_up_days: 14,
  callback_days_max: 30,
}

const number = (value: unknown, usual: number): number => (typeof value === "number" ? value : usual)

function windows(value: unknown, usual: Rules["windows"]): Rules["windows"] {
  if (!Array.isArray(value)) return usual
  return value.flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return []
    const [start, end] = pair as unknown[]
    return typeof start === "string" && typeof end === "string" ? [[start, end] as const] : []
  })
}

export function rulesOf(stored: StoredRules): Rules {
  return {
    days_from: number(stored.days_from, USUAL.days_from),
    days_to: number(stored.days_to, USUAL.days_to),
    windows: windows(stored.windows, USUAL.windows),
    weekdays: Array.isArray(stored.weekdays) ? stored.weekdays.filter((day): day is number => typeof day === "number") : USUAL.weekdays,
    preset: typeof stored.preset === "string" ? stored.preset : USUAL.preset,
    legal_windows: windows(stored.legal_windows, USUAL.legal_windows),
    attempts_max: number(stored.attempts_max, USUAL.attempts_max),
    attempts_total: number(stored.attempts_total, USUAL.attempts_total),
    min_gap_s: number(stored.min_gap_s, USUAL.min_gap_s),
    consent: stored.consent === "required" ? "required" : "not_refused",
    follow_up_days: number(stored.follow_up_days, USUAL.follow_up_days),
    callback_days_max: number(stored.callback_days_max, USUAL.callback_days_max),
  }
}

export type WindowProblem = "backwards" | "overlap" | null

/** What is wrong with the windows, before the server is asked. */
export function windowProblem(all: Rules["windows"]): WindowProblem {
  if (all.some(([start, end]) => end <= start)) return "backwards"
  const sorted = [...all].sort(([a], [b]) => a.localeCompare(b))
  return sorted.some(([start], i) => i > 0 && start < (sorted[i - 1]?.[1] ?? "")) ? "overlap" : null
}
