import { describe, expect, it } from "vitest"
import type { Schemas } from "../api/client"
import { OUTCOMES, raised, retryBody, retryOf, spanOf } from "./campaigns/retry"
import { changeOf } from "./CustomerEdit"
import { flagsOf } from "./ResultEdit"

const CUSTOMER = {
  id: "c", version: 3, name: "王建国", masked_phone: "+86139****5670", gender: "m", birth_year: 1962, province: "山东", city: "济南", address: "人民路1号",
  postcode: "250000", email: "wang@example.com", company: null, occupation: "退休", income_band: null, interests: null, timezone: "Asia/Shanghai", consent: "given", consent_source: "门店",
} as unknown as Schemas["CustomerOut"]
const SAME = {
  name: "王建国", gender: "m" as const, birth_year: 1962, province: "山东", city: "济南", address: "人民路1号", postcode: "250000", email: "wang@example.com", company: "", occupation: "退休",
  income_band: "", interests: "", timezone: "Asia/Shanghai", consent: "given" as const, consent_source: "门店", phone: "",
}

describe("what is sent of a customer", () => {
  it.each([
    [{}, {}],
    [{ name: " 王建国 " }, {}],
    [{ city: "青岛" }, { city: "青岛" }],
    [{ company: "康元" }, { company: "康元" }],
    [{ occupation: "" }, { occupation: "" }],
    [{ email: "" }, { email: null }],
    [{ gender: null, birth_year: null }, { gender: null, birth_year: null }],
    [{ phone: " 13812345671 " }, { phone: "13812345671" }],
    [{ consent: "refused" as const }, { consent: "refused" }],
    [{ consent_source: "来信" }, { consent_source: "来信" }],
  ])("%o: only %o and the version", (changed, sent) => {
    expect(changeOf(CUSTOMER, { ...SAME, ...changed })).toEqual({ version: 3, ...sent })
  })
})

const RESULT = { code: "x", name_zh: "甲", name_en: "A", position: 1, active: true, person: true, right_party: true, sale: false, refusal: false, do_not_call: false, callback: false }

describe("what is sent of a result", () => {
  it.each([
    [{ rest_hours: 1.5 }, { retry_after_s: 5400 }],
    [{ rest_hours: 0 }, { retry_after_s: 0 }],
    [{ rest_hours: null }, { retry_after_s: null }],
    [{}, { retry_after_s: null, follow_up_case: null, closes_lead: null }],
    [{ refusal: true }, { do_not_call: true }],
    [{ do_not_call: true }, { do_not_call: true, refusal: false }],
    [{ person: false }, { right_party: false }],
  ])("%o: %o", (given, sent) => {
    const flags = flagsOf({ ...RESULT, ...given })
    expect(flags).toMatchObject(sent)
    expect(flags).not.toHaveProperty("code")
    expect(flags).not.toHaveProperty("rest_hours")
  })
})

describe("retries", () => {
  it("are the usual ones where the campaign has none of its own, and a day where nobody says anything", () => {
    const rows = retryOf({ retry: { busy: { after_s: 600 } } }, { retry: { busy: { after_s: 60, other_window: true }, talked: { after_s: 7200, counts: false } } })
    expect(rows.busy).toEqual({ hours: 0.17, other_window: true, close_after: null, counts: true })
    expect(rows.talked).toEqual({ hours: 2, other_window: false, close_after: null, counts: false })
    expect(rows.failed.hours).toBe(24)
  })
  it("keep the seconds of a field that nobody touched, and take the hours of one that was", () => {
    const before = { retry: { busy: { after_s: 601 }, no_answer: { after_s: 3600 } } }
    const rows = retryOf(before, undefined)
    const body = retryBody({ ...rows, no_answer: { ...rows.no_answer, hours: 1.5, close_after: 3 } }, before)
    expect(body.busy).toEqual({ after_s: 601, other_window: false, close_after: null, counts: true })
    expect(body.no_answer).toEqual({ after_s: 5400, other_window: false, close_after: 3, counts: true })
    expect(Object.keys(body)).toEqual([...OUTCOMES])
  })
  it("are raised by a preset and never lowered", () => {
    const rows = retryOf({ retry: { abandoned: { after_s: 3600 }, machine: { after_s: 360_000 } } }, undefined)
    const after = raised(rows, { retry: { abandoned: { after_s: 259_200 }, machine: { after_s: 3600 } } })
    expect([after.abandoned.hours, after.machine.hours, after.busy.hours]).toEqual([72, 100, rows.busy.hours])
  })
  it.each([
    [90, { unit: "minutes", n: 2 }],
    [3599, { unit: "minutes", n: 60 }],
    [3600, { unit: "hoursN", n: 1 }],
    [86_400, { unit: "hoursN", n: 24 }],
    [172_800, { unit: "daysN", n: 2 }],
    [180_000, { unit: "hoursN", n: 50 }],
  ])("%d s are said as %o", (seconds, span) => {
    expect(spanOf(seconds)).toEqual(span)
  })
})
