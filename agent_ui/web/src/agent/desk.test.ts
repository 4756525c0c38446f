import { describe, expect, it } from "vitest"
import { inside, instantOfText, quickChoices } from "./callback"
import { fullAddress } from "./draft"
import { type Disposition, type Draft, grouped, groupOf, lacks, totalFen } from "./dispositions"
import { conflict, DEFAULT_KEYS, hit, type Stroke } from "./keys"
import { pitchPhase, talkSeconds } from "./pitch"

const of = (code: string, change: Partial<Disposition> = {}): Disposition => ({
  code,
  name_zh: code,
  name_en: code,
  person: true,
  right_party: true,
  sale: false,
  refusal: false,
  do_not_call: false,
  callback: false,
  follow_up_case: null,
  closes_lead: null,
  ...change,
})

describe("dispositions", () => {
  it.each([
    [of("order", { sale: true, closes_lead: "sold" }), "sale"],
    [of("callback", { callback: true }), "follow"],
    [of("asked", { follow_up_case: "asked_to_buy" }), "follow"],
    [of("considering"), "follow"],
    [of("not_now", { closes_lead: "not_interested" }), "refused"],
    [of("never", { refusal: true, do_not_call: true }), "refused"],
    [of("other", { right_party: false }), "unreached"],
    [of("machine", { person: false, right_party: false, follow_up_case: "not_reached" }), "unreached"],
  ] as const)("%o belongs to %s", (disposition, group) => {
    expect(groupOf(disposition)).toBe(group)
  })

  it("run their digits through all groups, ten at most", () => {
    const many = Array.from({ length: 12 }, (_, i) => of(`d${i}`))
    const digits = grouped(many).flatMap(({ choices }) => choices.map(({ digit }) => digit))
    expect(digits).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", null, null])
  })
})

describe("what a result still lacks", () => {
  const items = [
    { id: "i1", sku: "A", name: "A", unit: "盒", price_fen: 39_800 },
    { id: "i2", sku: "B", name: "B", unit: "盒", price_fen: 100 },
  ]
  const draft: Draft = {
    code: null,
    note: "",
    callback: null,
    order: { quantities: {}, recipient: "王", address: "青岛", payment: "prepaid", note: "" },
  }
  const order = { ...draft.order, quantities: { i1: 2, i2: 3, gone: 9 } }

  it("adds up what the brochure has, and nothing else", () => {
    expect(totalFen(order, items)).toBe(79_900)
  })

  it.each([
    ["nothing chosen", draft, undefined, null, ["resultNeeded"]],
    ["plain", draft, of("x"), null, []],
    ["callback without a time", draft, of("x", { callback: true }), null, ["callbackNeeded"]],
    ["callback in the past", draft, of("x", { callback: true }), 999, ["callbackPast"]],
    ["callback to come", draft, of("x", { callback: true }), 1001, []],
    ["sale without an item", draft, of("x", { sale: true }), null, ["orderNeedsItem"]],
    ["sale", { ...draft, order }, of("x", { sale: true }), null, []],
    ["sale to nowhere", { ...draft, order: { ...order, address: " ", recipient: "" } }, of("x", { sale: true }), null, ["recipientNeeded", "addressNeeded"]],
  ] as const)("%s", (_, given, disposition, callbackMs, expected) => {
    expect(lacks(given, disposition, items, callbackMs, 1000)).toEqual(expected)
  })
})

it.each([
  [{ province: "山东", city: "青岛", address: "香港中路 66 号" }, "山东青岛香港中路 66 号"],
  [{ province: "山东", city: "青岛", address: "山东省青岛市香港中路 66 号" }, "山东省青岛市香港中路 66 号"],
  [{ province: "北京", city: "北京", address: "长安街 1 号" }, "北京长安街 1 号"],
  [{ province: null, city: null, address: null }, ""],
  [undefined, ""],
])("the delivery address of %o is '%s'", (customer, address) => {
  expect(fullAddress(customer)).toBe(address)
})

describe("quick callback choices", () => {
  const legal = [["08:00", "21:00"]]
  const keys = (iso: string, zone = "Asia/Shanghai") => quickChoices(Date.parse(iso), zone, legal).map(({ key, wall }) => `${key} ${wall}`)

  it("in the morning", () => {
    expect(keys("2026-03-09T02:12:00Z")).toEqual([
      "inAnHour 2026-03-09T11:15",
      "thisAfternoon 2026-03-09T16:00",
      "tomorrowMorning 2026-03-10T10:00",
      "tomorrowAfternoon 2026-03-10T15:00",
      "dayAfter 2026-03-11T10:00",
    ])
  })

  it("offer nothing outside the legal hours: an hour from 20:30 is too late", () => {
    expect(keys("2026-03-09T12:30:00Z")[0]).toBe("tomorrowMorning 2026-03-10T10:00")
  })

  it("are the customer's hours, not ours", () => {
    expect(keys("2026-03-09T02:12:00Z", "Asia/Urumqi")[0]).toBe("inAnHour 2026-03-09T09:15")
    expect(instantOfText("2026-03-09T09:15", "Asia/Urumqi")).toBe(Date.parse("2026-03-09T03:15:00Z"))
  })

  it("a window's start is inside, its end is not", () => {
    expect(inside("2026-03-09T08:00", legal)).toBe(true)
    expect(inside("2026-03-09T21:00", legal)).toBe(false)
  })
})

describe("shortcuts", () => {
  const stroke = (change: Partial<Stroke> = {}): Stroke => ({
    key: "r",
    keyCode: 82,
    isComposing: false,
    repeat: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    target: { tagName: "BODY", isContentEditable: false, role: null, inDialog: false },
    ...change,
  })
  const target = (tagName: string, change: Partial<NonNullable<Stroke["target"]>> = {}) => ({ tagName, isContentEditable: false, role: null, inDialog: false, ...change })

  it("fire outside fields, in either case", () => {
    expect(hit(stroke(), DEFAULT_KEYS)).toEqual({ action: "ready" })
    expect(hit(stroke({ key: "R" }), DEFAULT_KEYS)).toEqual({ action: "ready" })
    expect(hit(stroke({ key: "3" }), DEFAULT_KEYS)).toEqual({ digit: "3" })
  })

  it.each([
    ["while an input method composes", { isComposing: true }],
    ["for the key of an input method", { keyCode: 229 }],
    ["when a key is held down", { repeat: true }],
    ["with Ctrl", { ctrlKey: true }],
    ["with Alt", { altKey: true }],
    ["in an input", { target: target("INPUT") }],
    ["in a text area", { target: target("TEXTAREA") }],
    ["in editable text", { target: target("DIV", { isContentEditable: true }) }],
    ["in a combobox", { target: target("DIV", { role: "combobox" }) }],
    ["in a dialog", { target: target("BUTTON", { inDialog: true }) }],
  ])("never fire %s", (_, change) => {
    expect(hit(stroke(change), DEFAULT_KEYS)).toBeNull()
    expect(hit(stroke({ key: "Enter", ...change }), DEFAULT_KEYS)).toBeNull()
  })

  it("leave Enter to a button that has the focus", () => {
    expect(hit(stroke({ key: "Enter", target: target("BUTTON") }), DEFAULT_KEYS)).toBeNull()
    expect(hit(stroke({ key: "Enter" }), DEFAULT_KEYS)).toEqual({ action: "saveReady" })
  })

  it("say who has a key already", () => {
    expect(conflict("h", "ready", DEFAULT_KEYS)).toBe("hold")
    expect(conflict("5", "ready", DEFAULT_KEYS)).toBe("reserved")
    expect(conflict("r", "ready", DEFAULT_KEYS)).toBeNull()
    expect(conflict("k", "ready", DEFAULT_KEYS)).toBeNull()
  })

  it("are all different by default", () => {
    expect(new Set(Object.values(DEFAULT_KEYS)).size).toBe(Object.keys(DEFAULT_KEYS).length)
  })
})

describe("the pitch clock", () => {
  it.each([
    [0, "early"],
    [599, "early"],
    [600, "good"],
    [900, "good"],
    [901, "long"],
  ] as const)("%d s is %s", (seconds, phase) => {
    expect(pitchPhase(seconds)).toBe(phase)
  })

  it("stops on hold and leaves the held time out", () => {
    const call = { connected_at: "2026-03-09T07:00:00Z", held_at: null, ended_at: null, hold_s: 30 }
    const now = Date.parse("2026-03-09T07:05:00Z")
    expect(talkSeconds(call, now)).toBe(270)
    expect(talkSeconds({ ...call, held_at: "2026-03-09T07:04:00Z" }, now)).toBe(210)
    expect(talkSeconds({ ...call, ended_at: "2026-03-09T07:02:00Z" }, now)).toBe(90)
    expect(talkSeconds({ ...call, connected_at: null }, now)).toBe(0)
  })
})
