/** Holidays, retries and the law's own numbers, as they lie in a campaign's rules. */

type Stored = Readonly<Record<string, unknown>>

export const OUTCOMES = ["no_answer", "busy", "rejected", "machine", "abandoned", "talked", "invalid_number", "congestion", "failed", "cancelled"] as const
export type OutcomeName = (typeof OUTCOMES)[number]

export interface RetryRow {
  readonly hours: number
  readonly other_window: boolean
  readonly close_after: number | null
  readonly counts: boolean
}

export interface Cap {
  readonly most: number
  readonly within_s: number
}

export const HOUR = 3600
const MINUTE = 60
const DAY = 24 * HOUR

const object = (value: unknown): Stored => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Stored) : {})
const number = (value: unknown, usual: number): number => (typeof value === "number" ? value : usual)

/** Hours with at most two decimals: a form is no place for 0.3333333. */
const hours = (seconds: number) => Math.round((seconds / HOUR) * 100) / 100

export function retryOf(rules: Stored, usual: Stored | undefined): Record<OutcomeName, RetryRow> {
  const own = object(rules.retry)
  const fallback = object(usual?.retry)
  return Object.fromEntries(
    OUTCOMES.map((name) => {
      const row = { ...object(fallback[name]), ...object(own[name]) }
      return [name, { hours: hours(number(row.after_s, DAY)), other_window: row.other_window === true, close_after: typeof row.close_after === "number" ? row.close_after : null, counts: row.counts !== false }]
    }),
  ) as Record<OutcomeName, RetryRow>
}

/** Back to what is stored. `before`: seconds that an untouched field of hours stands for, so that rounding changes nothing. */
export function retryBody(rows: Readonly<Record<OutcomeName, RetryRow>>, before: Stored): Record<string, unknown> {
  const old = object(before.retry)
  return Object.fromEntries(
    OUTCOMES.map((name) => {
      const row = rows[name]
      const stood = number(object(old[name]).after_s, -1)
      return [name, { after_s: stood >= 0 && hours(stood) === row.hours ? stood : Math.round(row.hours * HOUR), other_window: row.other_window, close_after: row.close_after ?? null, counts: row.counts }]
    }),
  )
}

/** A preset may only make pauses longer: what the campaign has set beyond it stays. */
export function raised(rows: Readonly<Record<OutcomeName, RetryRow>>, preset: Stored): Record<OutcomeName, RetryRow> {
  const floors = retryOf(preset, undefined)
  return { ...rows, ...Object.fromEntries((["abandoned", "machine"] as const).map((name) => [name, { ...rows[name], hours: Math.max(rows[name].hours, floors[name].hours) }])) }
}

export function capsOf(rules: Stored): readonly Cap[] {
  return Array.isArray(rules.caps)
    ? rules.caps.flatMap((cap: unknown) => {
        const { most, within_s } = object(cap)
        return typeof most === "number" && typeof within_s === "number" ? [{ most, within_s }] : []
      })
    : []
}

export interface Span {
  readonly unit: "minutes" | "hoursN" | "daysN"
  readonly n: number
}

/** Seconds as people say them. */
export function spanOf(seconds: number): Span {
  if (seconds >= 2 * DAY && seconds % DAY === 0) return { unit: "daysN", n: seconds / DAY }
  if (seconds >= HOUR) return { unit: "hoursN", n: hours(seconds) }
  return { unit: "minutes", n: Math.round(seconds / MINUTE) }
}
