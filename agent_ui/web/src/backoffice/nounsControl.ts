/** Nouns of budgets, expenses and distributors. Columns are the server's, in its order, unless said otherwise. */
import type { Duty, MachineName, NounName } from "./catalogue"
import type { Noun, View } from "./nounTypes"

const ANYBODY: readonly Duty[] = ["REP", "SUP", "SM", "MKT", "FIN", "CASH", "CMO", "CADM", "LEGAL", "HRADM", "PROD", "WH", "QC", "TSUP", "CRED"]
const tabs = (...values: string[]): View[] => values.map((value) => ({ word: value, filters: { state: [value] } }))
const plain = (machine: MachineName, makers: readonly Duty[], ...states: string[]): Noun => ({ machine, makers, views: tabs(...states) })

export const CONTROL_NOUNS: Partial<Record<NounName, Noun>> = {
  outlays: plain("outlay", ["SUP", "SM", "MKT", "REP"], "draft", "submitted", "approved", "paid"),
  budgets: {
    ...plain("budget", ["SUP", "SM", "MKT", "FIN"], "draft", "unit_reviewed", "consolidated", "committee_approved", "issued"),
    verbs: { issue: ["issue-budget"] },
    starts: {
      edit: (budget) => ({ annual_fen: budget.annual_fen, months: budget.months, actions: budget.actions }),
      revise: (budget) => ({ annual_fen: budget.annual_fen, months: budget.months, actions: budget.actions }),
    },
  },
  "budget-changes": plain("budget_change", ["SUP", "SM", "MKT", "FIN"], "draft", "submitted", "finance_opinion", "approved", "carried_out"),
  "expense-requests": {
    ...plain("expense_request", ANYBODY, "draft", "submitted", "approved", "used"),
    begins: [
      { noun: "cash-advances", duties: ANYBODY, when: (request) => request.state === "approved", with: (request) => ({ request_id: request.id, amount_fen: request.amount_fen }) },
      { noun: "expense-claims", duties: ANYBODY, when: (request) => request.state === "approved", with: (request) => ({ request_id: request.id }) },
    ],
    related: [
      { noun: "cash-advances", by: "request_id" },
      { noun: "expense-claims", by: "request_id" },
    ],
  },
  "cash-advances": plain("cash_advance", [], "requested", "approved", "paid"),
  "expense-claims": {
    ...plain("expense_claim", ANYBODY, "draft", "submitted", "dept_approved", "finance_checked", "approved"),
    related: [{ noun: "expense-invoices", by: "claim_id" }],
  },
  "expense-invoices": { opens: { noun: "expense-claims", by: "claim_id" } },
  distributors: {
    ...plain("distributor_record", ["REP", "SM"], "prospect", "matched", "contracted_draft", "reviewed", "filed", "active", "suspended"),
    rows: { findings: { columns: ["zh", "en", "met"] } },
    begins: [
      { noun: "visits", duties: ["REP", "SM"], with: (dealer) => ({ distributor_id: dealer.id }) },
      { noun: "complaints", duties: ["REP", "SUP", "SM"], with: (dealer) => ({ distributor_id: dealer.id }) },
      { noun: "file-changes", duties: ["REP", "SM"], with: (dealer) => ({ distributor_id: dealer.id }) },
      { noun: "file-loans", duties: ANYBODY, with: (dealer) => ({ distributor_id: dealer.id }) },
      { noun: "risk-notices", duties: ["REP", "FIN"], with: (dealer) => ({ distributor_id: dealer.id }) },
    ],
    related: [
      { noun: "visits", by: "distributor_id" },
      { noun: "complaints", by: "distributor_id" },
      { noun: "file-changes", by: "distributor_id" },
      { noun: "file-loans", by: "distributor_id" },
      { noun: "orders", by: "customer_id", of: "customer_id" },
    ],
  },
  gradings: {
    ...plain("grade_review", ["SUP", "SM", "MKT"], "draft", "submitted", "approved"),
    more: { depart: { states: ["draft"], duties: ["SUP", "SM", "MKT"] }, recompute: { states: ["draft"], duties: ["SUP", "SM", "MKT"] } },
    rows: {
      lines: {
        verb: "depart",
        fixed: (line) => ({ line_id: line.id }),
        starts: (line) => ({ grade: line.grade }),
        columns: ["customer", "region", "sales_fen", "share_basis_points", "cumulative_basis_points", "old_grade", "computed", "grade", "reason"],
      },
    },
  },
  "grade-standards": plain("grade_standard", ["SM", "MKT", "CMO"], "draft", "submitted", "approved"),
  "channel-plans": plain("channel_plan", ["SM", "CMO", "MKT"], "draft", "issued"),
  complaints: plain("complaint", ["REP", "SUP", "SM"], "received", "classified", "escalated", "solved"),
  "risk-notices": plain("risk_notice", ["REP", "FIN"], "reported"),
  "file-loans": plain("file_loan", ANYBODY, "requested", "approved", "lent"),
  "file-changes": plain("file_change", ["REP", "SM"], "reported", "collected"),
  "key-accounts": plain("key_account", ["REP", "SM"], "draft", "submitted", "approved"),
  evaluations: { makers: ["SM", "CMO"] },
  visits: { makers: ["REP", "SM"], opens: { noun: "distributors", by: "distributor_id" } },
  "stock-moves": { makers: ["WH"] },
}
