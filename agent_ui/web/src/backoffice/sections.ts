/** Where each noun's pages stand: a section is one entry of the menu, its nouns are tabs. */
import { factsOf, type NounName, nounNames } from "./catalogue"
import type { OfficeKey } from "./sectionKeys"
import { SECTION_PATHS } from "./sectionKeys"

const PLACED: Readonly<Record<Exclude<OfficeKey, "moreLists">, readonly NounName[]>> = {
  orderBook: ["orders", "order-holds", "back-orders"],
  deliveries: ["deliveries", "returns", "lots", "carrier-claims", "stock", "stock-moves"],
  receivables: ["invoices", "receipts", "credit-notes", "statements"],
  collection: ["dunnings", "collection-tasks", "extensions", "reports/ageing"],
  advances: ["advances", "refunds", "outlays"],
  problemAccounts: ["problem-cases", "write-offs", "recoveries", "provisions"],
  contracts: ["contracts", "obligations", "archive-loans"],
  credit: ["accounts", "credit-applications"],
  approvals: ["approvals"],
  documents: ["documents"],
  reportRows: ["reports/credit-sales", "reports/instalments-due", "reports/money-received", "reports/on-time-in-full", "reports/promises"],
  budgets: ["budgets", "budget-execution", "budget-changes", "budget-reservations", "budget-actuals", "budget-exceptions", "budget-warnings"],
  expenses: ["expense-requests", "cash-advances", "expense-claims", "expense-invoices", "expense-accounts"],
  distributors: ["distributors", "gradings", "evaluations", "grade-table", "grade-standards", "channel-plans", "visits", "complaints", "risk-notices", "file-loans", "file-changes", "key-accounts"],
  marketingControl: ["marketing-plans", "control-lines"],
  conferences: ["conferences", "conference-invitees", "conference-costs", "conference-receivables"],
  rewards: ["rewards/schemes", "rewards/statements", "rewards/payouts", "rewards/payments", "rewards/violations", "rewards/provisions", "rewards/purchases"],
  franchising: ["franchising/applications", "franchising/support", "franchising/funnel"],
}

/** Shown within another page. */
const WITHIN: readonly NounName[] = ["nightly-runs"]
const known = new Set<NounName>([...Object.values(PLACED).flat(), ...WITHIN])

/** A list that nobody gave a place is still found. */
export const SECTIONS: Readonly<Record<OfficeKey, readonly NounName[]>> = {
  ...PLACED,
  moreLists: nounNames.filter((noun) => factsOf(noun).row !== undefined && !known.has(noun)),
}

const slug = (noun: NounName) => noun.replaceAll("/", "-")

const placed = new Map<NounName, OfficeKey>(Object.entries(SECTIONS).flatMap(([key, nouns]) => nouns.map((noun) => [noun, key as OfficeKey] as const)))

export const sectionOf = (noun: NounName): OfficeKey | undefined => placed.get(noun)

/** The address of a noun's list, or of one thing. */
export function pathOf(noun: NounName, id?: string): string {
  const section = placed.get(noun)
  const base = section === undefined ? "/office-settings" : SECTION_PATHS[section]
  return `${base}/${slug(noun)}${id === undefined ? "" : `/${id}`}`
}

export const nounAt = (nouns: readonly NounName[], part: string | undefined): NounName | undefined => nouns.find((noun) => slug(noun) === part)

/** Names of machines on the timeline → the noun whose page shows them. */
const THINGS: Readonly<Partial<Record<string, NounName>>> = {
  order: "orders",
  delivery: "deliveries",
  return_order: "returns",
  carrier_claim: "carrier-claims",
  invoice: "invoices",
  receipt: "receipts",
  credit_note: "credit-notes",
  dunning: "dunnings",
  extension: "extensions",
  statement: "statements",
  refund: "refunds",
  problem_case: "problem-cases",
  contract: "contracts",
  archive_loan: "archive-loans",
  credit_application: "credit-applications",
  collection_task: "collection-tasks",
  account: "accounts",
  document: "documents",
}

export const nounOfThing = (thing: string): NounName | undefined => THINGS[thing]
