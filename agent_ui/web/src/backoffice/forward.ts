import { type Duty, factsOf, type MachineFacts, machineOf, type NounName, nounNames } from "./catalogue"
import { nounOf } from "./nouns"

/** Commands that end or refuse something: drawn so, and nobody's daily task. */
export const HARSH: ReadonlySet<string> = new Set(["cancel", "reject", "refused", "bounce", "drop", "terminate", "breach", "retire", "close_short"])

/** The usual way forward: what a document waits for, and the button of its page. */
export const FORWARD: ReadonlySet<string> = new Set([
  "confirm", "approve", "clear", "pick", "ship", "sign", "take_back", "issue", "submit", "pay", "check", "send", "propose", "first_check", "final_check", "seal", "register",
  "record", "verify", "decide", "execute", "receive", "inspect", "credit", "set_off", "report", "plan", "answer", "settle", "settle_dispute", "explain", "lend", "close",
])

export interface Waiting {
  readonly noun: NounName
  readonly states: readonly string[]
}

const statesFor = (machine: MachineFacts, duties: readonly Duty[]): string[] => {
  const found = machine.moves.filter((move) => FORWARD.has(move.command) && move.duties.some((duty) => (duties as readonly string[]).includes(duty)))
  return [...new Set(found.flatMap((move) => move.from))]
}

/** Which lists, in which states, wait for somebody with these duties: read off the machines. */
export function waitingFor(duties: readonly Duty[]): readonly Waiting[] {
  return nounNames.flatMap((noun) => {
    const machine = nounOf(noun).machine
    if (machine === undefined || noun === "approvals" || factsOf(noun).filters?.includes("state") !== true) return []
    const states = statesFor(machineOf(machine), duties)
    return states.length === 0 ? [] : [{ noun, states }]
  })
}

export interface Watch {
  /** Code of the heading's word. */
  readonly word: string
  readonly noun: NounName
  readonly filters: Readonly<Record<string, readonly string[]>>
  readonly duties: readonly Duty[]
  readonly sort?: string
}

/** What runs late or is held, for those who can do something about it. */
export const WATCHES: readonly Watch[] = [
  { word: "watch.holds", noun: "order-holds", filters: { status: ["held", "release_expired"] }, duties: ["CRED", "FIN", "SM", "CMO", "GM", "SUP"] },
  { word: "watch.promises", noun: "dunnings", filters: { promise: ["open"] }, duties: ["REP", "FIN", "SM", "SUP"], sort: "promised_on" },
  { word: "watch.broken", noun: "dunnings", filters: { promise: ["broken"] }, duties: ["REP", "FIN", "SM"] },
  { word: "watch.collection", noun: "collection-tasks", filters: { late: ["true"], state: ["open"] }, duties: ["REP", "SM", "FIN", "LEGAL"], sort: "due_on" },
  { word: "watch.reports", noun: "problem-cases", filters: { report_late: ["true"], state: ["detected", "returned_for_correction"] }, duties: ["REP", "SM", "GM"], sort: "report_due" },
  { word: "watch.plans", noun: "problem-cases", filters: { plan_late: ["true"], state: ["verified"] }, duties: ["LEGAL", "GM"], sort: "plan_due" },
  { word: "watch.unsigned", noun: "deliveries", filters: { state: ["shipped"] }, duties: ["SUP", "WH"], sort: "shipped_on" },
  { word: "watch.loans", noun: "archive-loans", filters: { overdue: ["true"] }, duties: ["CADM"] },
  { word: "watch.obligations", noun: "obligations", filters: { status: ["lapsed"] }, duties: ["CADM", "LEGAL", "REP", "SM"] },
  { word: "watch.nightly", noun: "nightly-runs", filters: { state: ["failed"] }, duties: ["FIN"] },
]
