/**
 * Instants become words here: in the company's zone, or the customer's, never the browser's, because a screen
 * in another city must show the same hour.
 */

let companyZone = "Asia/Shanghai"
let locale = "zh-CN"

export function setCompanyZone(zone: string): void {
  companyZone = zone
}

export function setTimeLocale(language: "zh" | "en"): void {
  locale = language === "zh" ? "zh-CN" : "en-GB"
}

export function getCompanyZone(): string {
  return companyZone
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`
  let found = formats.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: "h23" })
    formats.set(key, found)
  }
  return found
}

export interface Wall {
  readonly year: number
  /** 1..12 */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const fields = new Map<string, Intl.DateTimeFormat>()

/** What a clock on the wall of `zone` shows at `ms`. */
export function wallAt(ms: number, zone: string = companyZone): Wall {
  let parts = fields.get(zone)
  if (parts === undefined) {
    parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
    fields.set(zone, parts)
  }
  const value: Record<string, number> = {}
  for (const part of parts.formatToParts(ms)) value[part.type] = Number(part.value)
  return {
    year: value.year ?? 0,
    month: value.month ?? 0,
    day: value.day ?? 0,
    hour: value.hour ?? 0,
    minute: value.minute ?? 0,
    second: value.second ?? 0,
  }
}

const asUtc = (wall: Wall) => Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)

/**
 * The instant (ms) at which a clock in `zone` shows `wall`. An hour that the zone skips is read as the same
 * distance after the jump; of an hour that comes twice, the first is meant.
 */
export function instantOf(wall: Wall, zone: string = companyZone): number {
  const wanted = asUtc(wall)
  // The offset a day before and after: one of the two holds at the wanted time.
  const day = 86_400_000
  const before = asUtc(wallAt(wanted - day, zone)) - (wanted - day)
  const after = asUtc(wallAt(wanted + day, zone)) - (wanted + day)
  for (const offset of [before, after]) {
    const instant = wanted - offset
    if (asUtc(wallAt(instant, zone)) === wanted) return instant
  }
  return wanted - before
}

type Instant = string | number

const ms = (instant: Instant) => (typeof instant === "number" ? instant : Date.parse(instant))

/** `15:04` */
export const clockTime = (at: Instant, zone: string = companyZone) =>
  format(zone, { hour: "2-digit", minute: "2-digit" }).format(ms(at))

/** `15:04:09` */
export const clockSeconds = (at: Instant, zone: string = companyZone) =>
  format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms(at))

/** `3月9日 15:04` / `9 Mar, 15:04` */
export const dayAndTime = (at: Instant, zone: string = companyZone) =>
  format(zone, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(ms(at))

/** `2026/03/09 15:04:09` */
export const fullTime = (at: Instant, zone: string = companyZone) =>
  format(zone, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(ms(at))

/** A calendar date `2026-03-02` → `3月2日周一` / `Mon, 2 Mar`. No zone: a date is a date. */
export const calendarDay = (date: string) =>
  format("UTC", { month: "short", day: "numeric", weekday: "short" }).format(Date.parse(`${date}T00:00:00Z`))

/** A calendar date with its year. */
export const calendarDate = (date: string) =>
  format("UTC", { year: "numeric", month: "2-digit", day: "2-digit" }).format(Date.parse(`${date}T00:00:00Z`))

/** Today's date in `zone`, `2026-03-09`. */
export function dateOf(at: Instant, zone: string = companyZone): string {
  const { year, month, day } = wallAt(ms(at), zone)
  return `${String(year)}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** Seconds → `4:09`, `1:04:09`. Negative is shown as 0:00. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const h = Math.floor(whole / 3600)
  const m = Math.floor((whole % 3600) / 60)
  const s = String(whole % 60).padStart(2, "0")
  return h > 0 ? `${String(h)}:${String(m).padStart(2, "0")}:${s}` : `${String(m)}:${s}`
}
