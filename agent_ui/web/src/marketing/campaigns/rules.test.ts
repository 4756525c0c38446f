import { describe, expect, it } from "vitest"
import { rulesOf, USUAL, windowProblem } from "./rules"

describe("the rules of a campaign", () => {
  it("are the source's where nothing is stored", () => {
    expect(rulesOf({})).toEqual(USUAL)
  })
  it("are read as stored", () => {
    expect(rulesOf({ days_from: 5, windows: [["09:00", "10:30"]], weekdays: [1, 2], consent: "required" })).toMatchObject({
      days_from: 5,
      days_to: 14,
      windows: [["09:00", "10:30"]],
      weekdays: [1, 2],
      consent: "required",
    })
  })
  it("do not fail on what is no rule", () => {
    expect(rulesOf({ windows: "x", weekdays: 3, days_from: null })).toEqual(USUAL)
  })
})

it.each([
  [[["10:00", "11:00"]], null],
  [[["10:00", "11:00"], ["11:00", "12:00"]], null],
  [[["11:00", "10:00"]], "backwards"],
  [[["10:00", "10:00"]], "backwards"],
  [[["12:00", "13:00"], ["10:00", "12:30"]], "overlap"],
] as const)("windows %o: %s", (windows, problem) => {
  expect(windowProblem(windows)).toBe(problem)
})
