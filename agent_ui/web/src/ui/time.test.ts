import { describe, expect, it } from "vitest"
import { addDays, dateOf, daysBetween, duration, instantOf, wallAt } from "./time"

const iso = (ms: number) => new Date(ms).toISOString()
const wall = (year: number, month: number, day: number, hour: number, minute = 0) => ({ year, month, day, hour, minute, second: 0 })

describe("wall time and instants", () => {
  it.each([
    ["Asia/Shanghai", wall(2026, 3, 9, 15), "2026-03-09T07:00:00.000Z"],
    ["Asia/Urumqi", wall(2026, 3, 9, 15), "2026-03-09T09:00:00.000Z"],
    ["Europe/Berlin", wall(2026, 3, 29, 1, 59), "2026-03-29T00:59:00.000Z"],
    ["Europe/Berlin", wall(2026, 3, 29, 3), "2026-03-29T01:00:00.000Z"],
    // 02:30 does not exist on that day: as far after the jump.
    ["Europe/Berlin", wall(2026, 3, 29, 2, 30), "2026-03-29T01:30:00.000Z"],
    // 02:30 comes twice: the first is meant.
    ["Europe/Berlin", wall(2026, 10, 25, 2, 30), "2026-10-25T00:30:00.000Z"],
    ["America/New_York", wall(2026, 12, 31, 23, 59), "2027-01-01T04:59:00.000Z"],
  ])("%s %o is %s", (zone, at, expected) => {
    expect(iso(instantOf(at, zone))).toBe(expected)
  })

  it("goes there and back", () => {
    for (const zone of ["Asia/Shanghai", "Europe/London", "America/St_Johns", "Pacific/Apia"]) {
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 13 * 3_600_000) {
        const back = instantOf(wallAt(ms, zone), zone)
        // The doubled hour of autumn is the only one that may come back an hour earlier.
        expect([0, 3_600_000]).toContain(ms - back)
      }
    }
  })
})

describe("dates", () => {
  it("are the zone's, not the browser's", () => {
    expect(dateOf("2026-03-09T17:30:00Z", "Asia/Shanghai")).toBe("2026-03-10")
    expect(dateOf("2026-03-09T17:30:00Z", "America/New_York")).toBe("2026-03-09")
  })
  it("count days", () => {
    expect(addDays("2026-02-27", 2)).toBe("2026-03-01")
    expect(daysBetween("2026-02-27", "2026-03-06")).toBe(7)
  })
})

it.each([
  [-3, "0:00"],
  [9, "0:09"],
  [249.9, "4:09"],
  [3849, "1:04:09"],
])("duration %d → %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})
