/** Conditions of rules in words: times of day, weekdays and dates are numbers on the wire. */
import type { Schemas } from "../../api/client"
import type { Translate } from "../../i18n"

export type Condition = Schemas["AutomationRow"]["conditions"][number]
export type Metric = Condition["metric"]

export const METRICS: readonly Metric[] = ["progress", "leads_open", "leads_untried", "attempts_today", "orders_today", "abandoned_today", "agents", "minute_of_day", "weekday", "date"]
export const COMPARISONS: readonly Condition["comparison"][] = ["at_least", "at_most", "is"]
const CLOCKS: ReadonlySet<Metric> = new Set<Metric>(["minute_of_day", "weekday", "date"])
const PER_HOUR = 60

const two = (n: number) => String(n).padStart(2, "0")

/** 615 → 10:15 */
export const timeOf = (minutes: number) => `${two(Math.floor(minutes / PER_HOUR))}:${two(Math.round(minutes) % PER_HOUR)}`

/** 20260309 → 2026-03-09 */
export function dateOfNumber(value: number): string {
  const text = String(Math.round(value)).padStart(8, "0")
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}

/** 2026-03-09 → 20260309 */
export const numberOfDate = (day: string) => Number(day.replaceAll("-", ""))

/** A figure as people read it. */
export function shown(metric: Metric, value: number, t: Translate): string {
  if (metric === "minute_of_day") return timeOf(value)
  if (metric === "date") return dateOfNumber(value)
  if (metric === "weekday" && Number.isInteger(value) && value >= 1 && value <= 7) return t(`control.weekday.${String(value) as "1"}`)
  return String(Math.round(value * 100) / 100)
}

export function comparisonWord(metric: Metric, comparison: Condition["comparison"], t: Translate): string {
  return t(`steer.rule.${CLOCKS.has(metric) ? "clock" : "comparison"}.${comparison}`)
}

export function conditionText(one: Condition, t: Translate): string {
  return `${t(`steer.rule.metric.${one.metric}`)} ${comparisonWord(one.metric, one.comparison, t)} ${shown(one.metric, one.value, t)}`
}
