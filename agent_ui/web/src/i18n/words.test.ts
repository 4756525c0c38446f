import { describe, expect, it } from "vitest"
import { ENUMS } from "../live/protocol.gen"
import { words } from "."
import { commonWords } from "./common"
import { supervisorWords } from "./supervisor"
import { type Pair, pairs, type Words } from "./pairs"

const ALL = words as unknown as Words
const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()
const CHINESE = /[\u3400-\u9fff]/

describe("the words of both languages", () => {
  const all = [...pairs(ALL)]

  it("are there in both languages", () => {
    expect(all.length).toBeGreaterThan(300)
    expect(all.filter(([, [zh, en]]) => zh.trim() === "" || en.trim() === "").map(([path]) => path)).toEqual([])
  })

  it("fill in the same blanks", () => {
    expect(all.filter(([, [zh, en]]) => blanks(zh).join() !== blanks(en).join()).map(([path]) => path)).toEqual([])
  })

  it("are not Chinese on the English side, but for the switch to Chinese", () => {
    expect(all.filter(([, [, en]]) => CHINESE.test(en)).map(([path]) => path)).toEqual(["header.switchLanguage"])
  })

  it("write Chinese punctuation full width", () => {
    const half = /[\u3400-\u9fff][,;:?!]|[,;:?!][\u3400-\u9fff]/
    expect(all.filter(([, [zh]]) => half.test(zh)).map(([path]) => path)).toEqual([])
  })

  const group: Record<string, { readonly words: Readonly<Record<string, Pair>>; readonly members: readonly string[] }> = {
    AgentState: { words: commonWords.agentState, members: ENUMS.AgentState },
    BreakReason: { words: commonWords.breakReason, members: ENUMS.BreakReason },
    CallState: { words: commonWords.callState, members: ENUMS.CallState },
    HistoryKind: { words: commonWords.history, members: ENUMS.HistoryKind },
    Outcome: { words: commonWords.outcome, members: ENUMS.Outcome },
    PaymentMode: { words: commonWords.payment, members: ENUMS.PaymentMode },
    Role: { words: commonWords.role, members: ENUMS.Role },
    Stage: { words: commonWords.stage, members: ENUMS.Stage },
    Supervising: { words: supervisorWords.supervise.now, members: ENUMS.Supervising },
  }

  it("name every closed list of the protocol", () => {
    expect(Object.keys(group).sort()).toEqual(Object.keys(ENUMS).sort())
  })

  it.each(Object.entries(group))("name every member of %s", (_, { words, members }) => {
    expect(members.filter((member) => !(member in words))).toEqual([])
  })
})
