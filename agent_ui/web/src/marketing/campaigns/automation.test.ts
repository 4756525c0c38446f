import { describe, expect, it } from "vitest"
import { conditionText, dateOfNumber, numberOfDate, shown, timeOf } from "./automation"

const t = (key: string) => key.split(".").at(-1) ?? ""

describe("conditions of campaign rules in words", () => {
  it("reads times, dates and weekdays from their numbers", () => {
    expect([timeOf(0), timeOf(615), timeOf(1439)]).toEqual(["00:00", "10:15", "23:59"])
    expect([dateOfNumber(20260309), numberOfDate("2026-03-09")]).toEqual(["2026-03-09", 20260309])
    expect([shown("weekday", 7, t), shown("progress", 92.456, t)]).toEqual(["7", "92.46"])
  })
  it("names what is compared, how, and with what", () => {
    expect(conditionText({ metric: "minute_of_day", comparison: "at_least", value: 720 }, t)).toBe("minute_of_day at_least 12:00")
    expect(conditionText({ metric: "agents", comparison: "at_most", value: 2 }, t)).toBe("agents at_most 2")
  })
})
