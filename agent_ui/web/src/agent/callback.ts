/** A callback is promised in the customer's own hours: their wall time, their zone. */
import { addDays, instantOf, type Wall, wallAt } from "../ui/time"

export type Quick = "inAnHour" | "thisAfternoon" | "tomorrowMorning" | "tomorrowAfternoon" | "dayAfter"

export interface QuickChoice {
  readonly key: Quick
  /** `2026-03-10T15:00`, at the customer's. */
  readonly wall: string
}

/** `HH:MM` pairs on the customer's clock, start included, end excluded. */
export type Windows = readonly (readonly string[])[]

/** Whether a wall time lies in one of the windows. Without windows everything does; the server has the last word. */
export function inside(wall: string, windows: Windows): boolean {
  const at = wall.slice(11, 16)
  return windows.length === 0 || windows.some(([start = "00:00", end = "24:00"]) => start <= at && at < end)
}

const two = (n: number) => String(n).padStart(2, "0")
export const textOf = (wall: Wall): string =>
  `${String(wall.year)}-${two(wall.month)}-${two(wall.day)}T${two(wall.hour)}:${two(wall.minute)}`

export function parseWall(text: string): Wall | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute] = match.slice(1).map(Number)
  return { year: year ?? 0, month: month ?? 1, day: day ?? 1, hour: hour ?? 0, minute: minute ?? 0, second: 0 }
}

/** The instant (ms) of a wall time at the customer's, or null when it is none. */
export function instantOfText(text: string | null, zone: string): number | null {
  const wall = text === null ? null : parseWall(text)
  return wall === null ? null : instantOf(wall, zone)
}

/** Choices that are still to come and lawful, in the customer's zone; an hour from now is rounded up to five minutes. */
export function quickChoices(nowMs: number, zone: string, legal: Windows): readonly QuickChoice[] {
  const today = wallAt(nowMs, zone)
  const date = textOf(today).slice(0, 10)
  const step = 5 * 60_000
  const soon = wallAt(Math.ceil((nowMs + 3_600_000) / step) * step, zone)
  const choices: QuickChoice[] = []
  if (soon.day === today.day) choices.push({ key: "inAnHour", wall: textOf(soon) })
  if (today.hour < 15) choices.push({ key: "thisAfternoon", wall: `${date}T16:00` })
  choices.push(
    { key: "tomorrowMorning", wall: `${addDays(date, 1)}T10:00` },
    { key: "tomorrowAfternoon", wall: `${addDays(date, 1)}T15:00` },
    { key: "dayAfter", wall: `${addDays(date, 2)}T10:00` },
  )
  return choices.filter(({ wall }) => inside(wall, legal))
}
