import { describe, expect, it } from "vitest"
import { holdSpans, lanePath, stagePoints } from "./outline"

const BEGAN = "2026-03-09T02:00:00Z"
const at = (seconds: number) => new Date(Date.parse(BEGAN) + seconds * 1000).toISOString()

describe("the outline of a recording", () => {
  it("marks the stages where they were reached, and leaves out what lies outside", () => {
    const marks = [
      { what: "felt_need", at: at(-1) },
      { what: "rational_need", at: at(25) },
      { what: "held", at: at(30) },
      { what: "trust", at: at(100) },
      { what: "trust", at: at(101) },
    ]
    expect(stagePoints(marks, BEGAN, 100)).toEqual([
      { what: "rational_need", seconds: 25, share: 0.25 },
      { what: "trust", seconds: 100, share: 1 },
    ])
  })
  it("shades the holds; one that was not resumed lasts to the end", () => {
    const marks = [
      { what: "held", at: at(10) },
      { what: "trust", at: at(12) },
      { what: "resumed", at: at(20) },
      { what: "held", at: at(90) },
    ]
    expect(holdSpans(marks, BEGAN, 100)).toEqual([
      { from: 0.1, to: 0.2 },
      { from: 0.9, to: 1 },
    ])
  })
  it("knows nothing of a recording without length", () => {
    expect(stagePoints([{ what: "trust", at: at(0) }], BEGAN, 0)).toEqual([])
    expect(holdSpans([{ what: "held", at: at(0) }], BEGAN, 0)).toEqual([])
    expect(lanePath([], 100, 20)).toBe("")
  })
  it("draws silence as a thin line and a loud moment to the edge", () => {
    expect(lanePath([0, 100], 100, 20)).toBe("M0.0,9.9L50.0,1.0L50.0,19.0L0.0,10.1Z")
  })
})
