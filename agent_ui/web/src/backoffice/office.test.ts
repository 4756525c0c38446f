import { describe, expect, it } from "vitest"
import { ourWords } from "../i18n/officeNouns"
import { addressOf, changed, nextSort, questionOf, wishOf } from "./address"
import { withArticles } from "./articles"
import { bandsOf, draftsOf, wrongOf } from "./bands"
import { addAmounts, fillOldestFirst } from "./allocation"
import { commandsFor, factsOf, type Field, type MachineFacts, type MachineName, machineOf, nounNames, serverWords } from "./catalogue"
import { monthsOf } from "./days"
import { share } from "./figures"
import { FORWARD, waitingFor, WATCHES } from "./forward"
import { columnsOf, hasList, membersOf, NOUN, nounOf, verbsFor } from "./nouns"
import { CHANNEL_NOUNS } from "./nounsChannel"
import { CONTROL_NOUNS } from "./nounsControl"
import { MACHINES } from "./office.gen"
import { SECTIONS } from "./sections"
import { bodyOf, hasField, pathOfField, startOf } from "./values"
import { known } from "./words"

const CHINESE = /[\u3400-\u9fff]/
const shown = Object.values(SECTIONS).flat()
/** A list without a place of its own shows the server's names until somebody writes its descriptor. */
const described = shown.filter((noun) => !SECTIONS.moreLists.includes(noun))

describe("the words of the back office", () => {
  it("name every field, form and list that a page shows", () => {
    const missing = new Set<string>()
    const look = (noun: string, fields: readonly Field[], hidden: readonly string[] = []) => {
      for (const field of fields) {
        if (["id", "version", "commands", "timeline", "thing_id", "delta"].includes(field.name) || hidden.includes(field.name)) continue
        if (!known(field.name) && !(`${noun}.${field.name}` in ourWords)) missing.add(`${noun}: ${field.name}`)
        for (const value of field.values ?? []) if (!known(value) && !(`${field.name}.${value}` in ourWords) && !/^[A-Z]+$/.test(value)) missing.add(`${noun}: ${field.name} = ${value}`)
        if (field.of !== undefined) look(noun, field.of, hidden)
      }
    }
    for (const noun of described) {
      const facts = factsOf(noun)
      const hidden = nounOf(noun).hide ?? []
      look(noun, columnsOf(noun))
      look(noun, facts.document ?? [], hidden)
      look(noun, facts.make ?? [])
      for (const [verb, fields] of Object.entries(facts.commands ?? {})) {
        look(noun, fields)
        const code = verb.replaceAll("-", "_")
        if (!known(code) && !(`${noun}.${code}` in ourWords)) missing.add(`${noun}: ${verb}`)
      }
      if (facts.word !== undefined && !known(facts.word)) missing.add(facts.word)
      for (const view of nounOf(noun).views ?? []) if (!known(view.word)) missing.add(`${noun}: tab ${view.word}`)
    }
    expect([...missing]).toEqual([])
  })

  it("name every state and command of every machine", () => {
    const codes = (Object.keys(MACHINES) as MachineName[]).flatMap((name) => [name, ...machineOf(name).states, ...machineOf(name).moves.map((move) => move.command)])
    expect(codes.filter((code) => !known(code))).toEqual([])
  })

  it("are in both languages, and not Chinese in English", () => {
    const all = { ...serverWords, ...ourWords }
    expect(Object.entries(all).filter(([, [zh, en]]) => zh === "" || en === "" || CHINESE.test(en)).map(([code]) => code)).toEqual([])
  })
})

describe("the descriptors", () => {
  it("speak only of columns, filters and lists that the server has", () => {
    const wrong: string[] = []
    for (const name of nounNames) {
      const noun = nounOf(name)
      const row = (factsOf(name).row ?? []).map((field) => field.name)
      const filters = factsOf(name).filters ?? []
      for (const column of noun.columns ?? []) if (!row.includes(column)) wrong.push(`${name}: column ${column}`)
      for (const view of noun.views ?? []) {
        for (const [filter, values] of Object.entries(view.filters)) {
          if (!filters.includes(filter)) wrong.push(`${name}: filter ${filter}`)
          const members = membersOf(name, filter)
          for (const value of values) if (members !== undefined && !members.includes(value)) wrong.push(`${name}: ${filter}:${value}`)
        }
      }
      for (const related of noun.related ?? []) if (!(factsOf(related.noun).filters ?? []).includes(related.by)) wrong.push(`${name}: related ${related.noun} by ${related.by}`)
      for (const begin of noun.begins ?? []) if (factsOf(begin.noun).make === undefined) wrong.push(`${name}: begins ${begin.noun}`)
    }
    for (const watch of WATCHES) {
      for (const filter of Object.keys(watch.filters)) if (!(factsOf(watch.noun).filters ?? []).includes(filter)) wrong.push(`watch ${watch.word}: ${filter}`)
    }
    expect(wrong).toEqual([])
  })

  it("lead every command that a duty may give to a form", () => {
    const lost: string[] = []
    for (const [name, noun] of Object.entries(NOUN)) {
      if (noun.machine === undefined || name === "approvals" || name in CONTROL_NOUNS || name in CHANNEL_NOUNS) continue
      const forms = factsOf(name as (typeof nounNames)[number]).commands ?? {}
      for (const move of machineOf(noun.machine).moves) {
        if (move.duties.length === 0) continue
        for (const verb of noun.verbs?.[move.command] ?? [move.command.replaceAll("_", "-")]) if (!(verb in forms)) lost.push(`${name}: ${move.command}`)
      }
    }
    expect([...new Set(lost)]).toEqual([])
  })

  it("have a place for every list of the server, once", () => {
    expect(nounNames.filter((name) => hasList(name) && name !== "nightly-runs" && !shown.includes(name))).toEqual([])
    expect(shown.length).toBe(new Set(shown).size)
  })
})

describe("commands", () => {
  const machine: MachineFacts = {
    states: ["a", "b"],
    moves: [
      { command: "go", from: ["a"], to: "b", duties: ["SUP", "SM"] },
      { command: "fall", from: ["a", "b"], to: "b", duties: [] },
      { command: "stop", from: ["b"], to: "a", duties: ["SM"] },
    ],
  }
  it("are those of the state and of one's duties, never the house's own", () => {
    expect(commandsFor(machine, "a", ["SUP"])).toEqual(["go"])
    expect(commandsFor(machine, "b", ["SUP"])).toEqual([])
    expect(commandsFor(machine, "b", ["SM", "SUP"])).toEqual(["stop"])
  })

  it("need a hold to be released", () => {
    const held = { state: "submitted", holds: [{ status: "held" }] }
    expect(verbsFor("orders", [], held, ["CRED"])).toEqual(["release"])
    expect(verbsFor("orders", [], { ...held, holds: [{ status: "lifted" }] }, ["CRED"])).toEqual([])
    expect(verbsFor("orders", [], held, ["WH"])).toEqual([])
  })

  it("become somebody's work list", () => {
    const work = waitingFor(["WH"])
    expect(work.find(({ noun }) => noun === "deliveries")?.states).toEqual(expect.arrayContaining(["finance_cleared", "picking"]))
    expect(work.some(({ noun }) => noun === "invoices")).toBe(false)
    expect(FORWARD.has("cancel")).toBe(false)
  })
})

describe("the address of a list", () => {
  it("says what is shown, and comes back the same", () => {
    const wish = wishOf(new URLSearchParams("q=HK&filter=status%3Aon_hold&filter=status%3Asubmitted&from=2026-03-01&sort=-total_fen&page=3&size=100"))
    expect(wish.filters).toEqual({ status: ["on_hold", "submitted"] })
    expect(wishOf(addressOf(wish))).toEqual(wish)
    expect(questionOf(wish)).toContain("limit=100&offset=200")
    expect(questionOf(wish, false)).not.toContain("limit")
  })

  it("takes nothing on trust", () => {
    expect(wishOf(new URLSearchParams("page=-4&size=7&filter=none"))).toMatchObject({ page: 1, size: 50, filters: {} })
  })

  it("begins at the first page when anything is asked for anew", () => {
    expect(changed(wishOf(new URLSearchParams("page=4")), { q: "a" }).page).toBe(1)
  })

  it("turns a heading up, down and off", () => {
    expect(["", "due_on", "-due_on", "other"].map((sort) => nextSort(sort, "due_on"))).toEqual(["due_on", "-due_on", "", "due_on"])
  })
})

describe("a form", () => {
  const fields: readonly Field[] = [
    { name: "note", kind: "long" },
    { name: "lines", kind: "rows", required: true, of: [{ name: "quantity", kind: "integer" }, { name: "short", kind: "integer", default: 0 }] },
  ]
  it("starts with the defaults and sends no empty field", () => {
    expect(startOf(fields)).toEqual({ lines: [{ short: 0 }] })
    expect(bodyOf(fields, { note: "", lines: [{ quantity: 0 }, {}] })).toEqual({ lines: [{ quantity: 0 }] })
  })
  it("knows the field that a refusal names", () => {
    expect(pathOfField("lines.0.quantity")).toEqual(["lines", 0, "quantity"])
    expect(hasField(fields, ["lines", 0, "quantity"])).toBe(true)
    expect(hasField(fields, ["lines", 0, "price"])).toBe(false)
    expect(hasField(fields, ["customer_id"])).toBe(false)
  })
})

describe("an allocation", () => {
  const invoices = [{ id: "1", outstanding_fen: 18_000 }, { id: "2", outstanding_fen: 20_000 }, { id: "3", outstanding_fen: 500 }]
  it("pays the oldest first, and never more than there is (M5-2)", () => {
    expect(fillOldestFirst(30_000, invoices)).toEqual({ 1: 18_000, 2: 12_000 })
    expect(fillOldestFirst(100_000, invoices)).toEqual({ 1: 18_000, 2: 20_000, 3: 500 })
    expect(fillOldestFirst(0, invoices)).toEqual({})
    expect(addAmounts(fillOldestFirst(30_000, invoices))).toBe(30_000)
  })
})

it("a delivery's line names the article of the order's line", () => {
  const order = { lines: [{ line_id: "a", sku: "HK-030", name: "礼盒" }] }
  expect(withArticles([{ order_line_id: "a", quantity: 2 }, { order_line_id: "b" }], order)).toEqual([{ sku: "HK-030", name: "礼盒", order_line_id: "a", quantity: 2 }, { order_line_id: "b" }])
})

it("a finished order offers no change of what was delivered (M8-7)", () => {
  const done = { state: "confirmed", delivered_fen: 100, lines: [{ open: 0 }], holds: [] }
  expect(verbsFor("orders", ["cancel", "change", "close_short"], done, ["SUP"])).toEqual([])
  expect(verbsFor("orders", ["cancel", "change", "close_short"], { ...done, lines: [{ open: 1 }] }, ["SUP"])).toEqual(["reduce", "change-price", "close-short"])
})

it("a share of nothing is no number", () => {
  expect([share(1, 2), share(2, 3), share(0, 5), share(0, 0)]).toEqual(["50%", "67%", "0%", "–"])
})

describe("bands of amounts", () => {
  const bands = [
    { over_fen: 200_000, up_to_fen: null, steps: [["SM"], ["FIN", "LEGAL"], ["GM"]] },
    { over_fen: -1, up_to_fen: 200_000, steps: [["SM"]] },
  ]
  it("come back as they were, in the order of the amounts", () => {
    expect(bandsOf(draftsOf(bands))).toEqual([bands[1], bands[0]])
    expect(bandsOf(draftsOf([]))).toEqual([{ over_fen: -1, up_to_fen: null, steps: [[]] }])
  })
  it("neither overlap nor leave a gap, whatever is removed", () => {
    expect(bandsOf(draftsOf(bands).slice(1))).toEqual([{ ...bands[0], over_fen: -1 }])
    expect(wrongOf(draftsOf(bands))).toBeNull()
    const [low, high] = draftsOf(bands)
    if (low === undefined || high === undefined) throw new Error("two bands")
    expect(wrongOf([low, { ...low, upTo: 200_000 }, high])).toBe("limit")
    expect(wrongOf([{ ...low, upTo: null }, high])).toBe("limit")
    expect(wrongOf(draftsOf([]))).toBe("step")
  })
})

it("a year has its days, each under its weekday", () => {
  const months = monthsOf(2026)
  const days = months.flat(2).filter((day) => day !== null)
  expect([days.length, days[0], days.at(-1)]).toEqual([365, "2026-01-01", "2026-12-31"])
  expect(months[0]?.[0]?.[3]).toBe("2026-01-01") // a Thursday
  expect(monthsOf(2028).flat(2).filter((day) => day !== null)).toHaveLength(366)
})
