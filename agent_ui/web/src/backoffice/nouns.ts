/**
 * What the catalogue does not say of a noun: which columns a clerk wants and in which order, which filters are
 * tabs, what belongs beside a document, and what can be begun from it. A new noun needs a few lines here, a place
 * in sections.ts, and nothing else.
 */
import { nowMs } from "../live/clock"
import { dateOf } from "../ui/time"
import { factsOf, type Field, machineOf, type NounName, numberOf, rowsOf, type Thing } from "./catalogue"
import { CHANNEL_NOUNS } from "./nounsChannel"
import { CONTROL_NOUNS } from "./nounsControl"
import type { Noun, View } from "./nounTypes"

const today = () => dateOf(nowMs())
const view = (word: string, filters: View["filters"]): View => ({ word, filters })
const states = (name: string, ...values: string[]): View[] => values.map((value) => view(value, { [name]: [value] }))
/** M8-7: only what has not been delivered can still be changed. */
const hasOpenLines = (order: Thing) => rowsOf(order.lines).some((line) => openOf(line) > 0)
const openOf = (thing: Thing) => numberOf(thing.open)

const owes = (invoice: Thing) => numberOf(invoice.outstanding_fen) > 0

const OPEN_INVOICES = ["issued", "partly_paid", "overdue"] as const

export const NOUN: Partial<Record<NounName, Noun>> = {
  orders: {
    machine: "order",
    columns: ["number", "customer", "source", "payment", "total_fen", "open_fen", "delivered_percent", "invoiced_percent", "requested_on", "promised_on", "created_at", "status"],
    choices: { status: ["submitted", "on_hold", "to_deliver_and_bill", "to_deliver", "to_bill", "completed", "cancelled"], source: ["call", "reply_slip", "phone_in", "office"], payment: ["cash_on_delivery", "prepaid", "credit"] },
    views: states("status", "submitted", "on_hold", "to_deliver_and_bill", "to_deliver", "to_bill", "completed"),
    makers: ["SUP"],
    verbs: { change: ["reduce", "change-price"] },
    more: { release: { states: ["submitted", "confirmed"], duties: ["CRED", "FIN", "CMO", "SM", "GM"] } },
    when: {
      cancel: (order) => numberOf(order.delivered_fen) === 0,
      "close-short": hasOpenLines,
      reduce: hasOpenLines,
      "change-price": hasOpenLines,
      release: (order) => rowsOf(order.holds).some((hold) => hold.status === "held" || hold.status === "release_expired"),
    },
    starts: {
      confirm: (order) => ({ promised_on: order.promised_on ?? order.requested_on }),
      release: (order) => ({ hold_id: rowsOf(order.holds).find((hold) => hold.status !== "lifted" && hold.status !== "released")?.id }),
    },
    begins: [
      {
        noun: "deliveries",
        duties: ["SUP"],
        when: (order) => order.state === "confirmed" && rowsOf(order.lines).some((line) => openOf(line) > 0),
        with: (order) => ({
          order_id: order.id,
          wanted_on: today(),
          lines: rowsOf(order.lines).filter((line) => openOf(line) > 0).map((line) => ({ order_line_id: line.line_id, quantity: line.open })),
        }),
      },
      {
        noun: "receipts",
        duties: ["CASH"],
        when: (order) => order.state !== "cancelled",
        with: (order) => ({ customer_id: order.customer_id, order_id: order.id, amount_fen: order.wanted_fen, received_on: today(), payer_name: order.customer, method: "transfer", purpose: order.payment === "prepaid" ? "prepayment" : "payment" }),
      },
    ],
    related: [
      { noun: "deliveries", by: "order_id" },
      { noun: "invoices", by: "order_id" },
      { noun: "receipts", by: "order_id" },
    ],
    hide: ["delivered", "wanted"],
  },
  "order-holds": {
    columns: ["number", "customer", "kind", "detail", "short_fen", "age_days", "placed_at", "released_at", "release_reason", "release_until", "release_fen", "status"],
    choices: { status: ["held", "released", "release_expired", "lifted"], kind: ["credit", "cash", "overdue", "case", "price"] },
    views: states("status", "held", "release_expired", "released", "lifted"),
    opens: { noun: "orders", by: "order_id" },
  },
  "back-orders": { columns: ["number", "customer", "sku", "name", "ordered", "delivered", "open", "open_fen", "promised_on"], opens: { noun: "orders", by: "order_id" } },
  deliveries: {
    machine: "delivery",
    columns: ["number", "order_number", "customer", "value_fen", "pieces", "accepted", "wanted_on", "shipped_on", "signed_on", "days_unsigned", "on_time_in_full", "carrier", "waybill", "region", "state"],
    views: states("state", "draft", "approved", "finance_cleared", "picking", "shipped", "signed", "signed_with_difference"),
    verbs: { customer_refused: ["refused"], refuse_clearance: ["reject"], sign_with_difference: [] },
    starts: {
      ship: (delivery) => ({ lots: rowsOf(delivery.lines).map((line) => ({ order_line_id: line.order_line_id, quantity: line.quantity })) }),
      sign: (delivery) => ({ signer: delivery.customer, lines: rowsOf(delivery.lines).map((line) => ({ order_line_id: line.order_line_id, accepted: line.quantity, damaged: 0, short: 0 })) }),
    },
    begins: [
      {
        noun: "returns",
        duties: ["SUP", "REP"],
        when: (delivery) => delivery.signed_on !== null,
        with: (delivery) => ({ delivery_id: delivery.id, lines: rowsOf(delivery.lines).map((line) => ({ order_line_id: line.order_line_id, quantity: line.accepted })) }),
      },
    ],
    related: [
      { noun: "invoices", by: "order_id", of: "order_id" },
      { noun: "returns", by: "delivery_id" },
      { noun: "carrier-claims", by: "delivery_id" },
    ],
  },
  returns: {
    machine: "return_order",
    columns: ["number", "order_number", "customer", "pieces", "good", "value_fen", "reason", "received_on", "state"],
    views: states("state", "requested", "approved", "received", "inspected"),
    starts: { inspect: (back) => ({ lines: rowsOf(back.lines).map((line) => ({ order_line_id: line.order_line_id, good: line.quantity })) }) },
  },
  "carrier-claims": { machine: "carrier_claim", columns: ["number", "waybill", "carrier", "damaged", "short", "amount_fen", "settled_fen", "opened_on", "state"], views: states("state", "open"), starts: { settle: (claim) => ({ settled_fen: claim.amount_fen }) } },
  lots: { columns: ["lot", "name", "quantity", "region", "customer", "number", "shipped_on"] },
  invoices: {
    machine: "invoice",
    columns: ["number", "customer", "invoice_on", "due_on", "total_fen", "paid_fen", "credited_fen", "written_off_fen", "outstanding_fen", "overdue_fen", "status"],
    views: [view("to_issue", { status: ["draft"] }), view("unpaid", { status: OPEN_INVOICES }), ...states("status", "overdue", "disputed", "problem", "paid")],
    makers: ["SUP", "FIN"],
    when: { dispute: owes, "mark-quasi-bad": owes },
    rows: { allocations: { columns: ["source_number", "amount_fen", "allocated_on", "reversed_on", "reverse_reason"] } },
    begins: [
      { noun: "extensions", duties: ["REP"], when: (invoice) => numberOf(invoice.outstanding_fen) > 0, with: (invoice) => ({ invoice_id: invoice.id }) },
      { noun: "credit-notes", duties: ["SUP", "FIN"], when: (invoice) => numberOf(invoice.outstanding_fen) > 0, with: (invoice) => ({ customer_id: invoice.customer_id, invoice_id: invoice.id }) },
      { noun: "problem-cases", duties: ["REP", "SM"], when: (invoice) => numberOf(invoice.outstanding_fen) > 0, with: (invoice) => ({ invoice_id: invoice.id, occurred_on: today() }) },
    ],
    related: [
      { noun: "extensions", by: "invoice_id" },
      { noun: "collection-tasks", by: "invoice_id" },
      { noun: "problem-cases", by: "invoice_id" },
    ],
  },
  receipts: {
    machine: "receipt",
    columns: ["number", "customer", "received_on", "reported_on", "late_days", "method", "purpose", "payer_name", "amount_fen", "allocated_fen", "refunded_fen", "balance_fen", "state"],
    views: [view("to_confirm", { state: ["recorded"] }), ...states("state", "confirmed", "bounced")],
    makers: ["CASH"],
    more: { "set-off": { states: ["confirmed"], duties: ["FIN"] } },
    when: { "set-off": (receipt) => numberOf(receipt.balance_fen) > 0 },
    begins: [
      { noun: "refunds", duties: ["SM"], when: (receipt) => receipt.state === "confirmed" && numberOf(receipt.balance_fen) > 0, with: (receipt) => ({ receipt_id: receipt.id, amount_fen: receipt.balance_fen }) },
    ],
    rows: { allocations: { columns: ["invoice_number", "amount_fen", "allocated_on", "reversed_on", "reverse_reason"] } },
    related: [{ noun: "refunds", by: "receipt_id" }],
  },
  "credit-notes": { machine: "credit_note", columns: ["number", "customer", "invoice_number", "kind", "amount_fen", "allocated_fen", "balance_fen", "reason", "issued_on", "state"], views: states("state", "draft", "issued"), makers: ["SUP", "FIN"] },
  statements: { machine: "statement", columns: ["number", "customer", "from_on", "to_on", "opening_fen", "debit_fen", "credit_fen", "closing_fen", "customer_fen", "difference_reason", "state"], views: states("state", "draft", "sent", "differing", "confirmed"), makers: ["FIN"], verbs: { differ: [] }, starts: { confirm: (statement) => ({ customer_fen: statement.closing_fen }) } },
  dunnings: {
    machine: "dunning",
    columns: ["number", "customer", "level", "made_on", "sent_on", "channel", "asked_fen", "outstanding_fen", "promised_on", "promised_fen", "promise", "status"],
    choices: { status: ["draft", "sent", "answered", "resolved", "escalated", "cancelled"], promise: ["none", "open", "kept", "broken"], level: ["1", "2", "3"] },
    views: [...states("status", "draft", "sent", "answered"), view("promise_open", { promise: ["open"] }), view("promise_broken", { promise: ["broken"] })],
    when: { send: (letter) => letter.status !== "resolved", answer: (letter) => letter.status !== "resolved", escalate: (letter) => letter.status !== "resolved" },
    starts: { answer: (letter) => ({ promised_fen: letter.outstanding_fen }) },
  },
  extensions: { machine: "extension", columns: ["number", "customer", "asked_on", "old_due_on", "new_due_on", "amount_fen", "outstanding_fen", "reason", "status"], choices: { status: ["draft", "submitted", "approved", "active", "kept", "broken", "rejected"] }, views: states("status", "submitted", "active", "broken"), makers: ["REP"] },
  "collection-tasks": { machine: "collection_task", columns: ["customer", "kind", "made_on", "due_on", "answered_on", "late", "reason", "measure", "promised_on", "state"], choices: { kind: ["uncollected", "under_collection", "legal"] }, views: [...states("state", "open", "answered"), view("late", { late: ["true"] })] },
  "reports/ageing": { columns: ["customer", "not_due_fen", "b1_fen", "b2_fen", "b3_fen", "b4_fen", "total_fen"], opens: { noun: "accounts", by: "customer_id" } },
  advances: { columns: ["number", "customer", "purpose", "received_on", "amount_fen", "allocated_fen", "refunded_fen", "balance_fen", "age_days", "status"], choices: { status: ["received_unconfirmed", "confirmed", "partly_allocated", "fully_allocated", "refunding", "refunded", "dormant"] }, views: states("status", "received_unconfirmed", "confirmed", "partly_allocated", "dormant"), opens: { noun: "receipts", by: "id" } },
  refunds: { machine: "refund", columns: ["number", "customer", "amount_fen", "payee_name", "reason", "paid_on", "state"], views: states("state", "submitted", "approved") },
  "problem-cases": {
    machine: "problem_case",
    columns: ["number", "customer", "invoice_number", "kind", "amount_fen", "outstanding_fen", "occurred_on", "discovered_on", "report_due", "reported_on", "report_late", "plan_due", "plan_late", "state"],
    views: [...states("state", "detected", "reported", "verified", "planned", "decided", "executing"), view("report_late", { report_late: ["true"] })],
    makers: ["REP", "SM"],
    verbs: { recover_after: ["recover"] },
    starts: {
      report: (found) => ({ cause: found.cause, history: rowsOf(found.history), opinion: found.opinion }),
      plan: (found) => ({ plan: found.plan }),
      "propose-loss": (found) => ({ amount_fen: found.outstanding_fen }),
    },
    related: [
      { noun: "write-offs", by: "case_id" },
      { noun: "recoveries", by: "case_id" },
    ],
  },
  "write-offs": { columns: ["number", "customer", "amount_fen", "memo_fen", "evidence", "from_provision_fen", "to_expense_fen", "proposed_on", "written_off_on", "status"], choices: { status: ["pending", "rejected", "written_off", "partly_recovered", "recovered"], evidence: [] }, views: states("status", "pending", "written_off"), opens: { noun: "problem-cases", by: "case_id" } },
  recoveries: { columns: ["number", "amount_fen", "recovered_on", "back_fen", "back_due", "back_on", "late"], opens: { noun: "problem-cases", by: "case_id" } },
  provisions: { columns: ["as_of", "before_fen", "required_fen", "charge_fen"], makers: ["FIN"] },
  contracts: {
    machine: "contract",
    columns: ["number", "revision", "kind", "title", "customer", "amount_fen", "ordered_fen", "capped", "terms_days", "start_on", "end_on", "days_left", "region", "standard_form", "state"],
    views: states("state", "draft", "proposed", "first_checked", "under_review", "approved", "sealed", "effective"),
    makers: ["REP"],
    verbs: { first_check: ["check"], final_check: ["check"], change_text: ["edit"], amend: ["amend", "terminate"] },
    starts: {
      amend: (contract) => Object.fromEntries(["title", "body", "terms_days", "delivery_terms", "end_on", "amount_fen", "capped", "region"].map((name) => [name, contract[name]])),
      edit: (contract) => Object.fromEntries(["kind", "title", "body", "lines", "terms_days", "start_on", "end_on", "delivery_terms", "region", "capped", "standard_form"].map((name) => [name, contract[name]])),
      seal: () => ({ signed_on: today() }),
    },
    begins: [
      { noun: "obligations", duties: ["CADM", "LEGAL"], with: (contract) => ({ contract_id: contract.id }) },
      { noun: "archive-loans", duties: ["REP", "SUP", "SM", "FIN", "LEGAL"], when: (contract) => contract.state === "effective", with: (contract) => ({ contract_id: contract.id }) },
    ],
    related: [
      { noun: "obligations", by: "contract_id" },
      { noun: "archive-loans", by: "contract_id" },
    ],
  },
  obligations: { columns: ["number", "what", "due_on", "done_on", "status"], choices: { status: ["open", "lapsed", "done"] }, views: states("status", "open", "lapsed"), opens: { noun: "contracts", by: "contract_id" } },
  "archive-loans": { machine: "archive_loan", columns: ["number", "unit", "purpose", "lent_on", "due_on", "back_on", "overdue", "state"], views: [...states("state", "requested", "approved", "lent"), view("overdue", { overdue: ["true"] })] },
  "credit-applications": { machine: "credit_application", columns: ["number", "customer", "before_fen", "limit_fen", "terms_days", "reason", "asked_on", "recorded_on", "state"], views: states("state", "submitted", "approved"), makers: ["REP"] },
  accounts: {
    columns: ["customer", "grade", "cash_only", "limit_in_force_fen", "terms_days", "outstanding_fen", "overdue_fen", "balance_fen", "in_case", "group", "region", "rep"],
    choices: { grade: ["AAA", "AA", "A"] },
    views: [view("in_case", { in_case: ["true"] }), view("cash_only", { cash_only: ["true"] })],
    begins: [
      { noun: "credit-applications", duties: ["REP"], with: (account) => ({ customer_id: account.id, limit_fen: account.credit_limit_fen, terms_days: account.terms_days }) },
      { noun: "statements", duties: ["FIN"], with: (account) => ({ customer_id: account.id, to_on: today() }) },
      { noun: "receipts", duties: ["CASH"], with: (account) => ({ customer_id: account.id, payer_name: account.legal_name, received_on: today(), method: "transfer" }) },
    ],
    more: { change: { states: [], duties: ["CRED"] } },
    starts: { change: (account) => Object.fromEntries(["legal_name", "grade", "cash_only", "credit_limit_fen", "group_id", "terms_days", "partial_policy", "region", "rep_id"].map((name) => [name, account[name]])) },
    related: [
      { noun: "orders", by: "customer_id", of: "id" },
      { noun: "invoices", by: "customer_id", of: "id" },
      { noun: "receipts", by: "customer_id", of: "id" },
      { noun: "dunnings", by: "customer_id", of: "id" },
      { noun: "contracts", by: "customer_id", of: "id" },
      { noun: "problem-cases", by: "customer_id", of: "id" },
    ],
  },
  approvals: { machine: "approval", columns: ["title", "kind", "amount_fen", "maker", "made_at", "step", "ended_at", "state"], views: states("state", "pending", "approved", "rejected", "withdrawn", "voided") },
  documents: {
    machine: "document",
    columns: ["number", "title", "revision", "executing_department", "supervising_department", "verifying_department", "made_on", "checked_on", "approved_on", "state"],
    views: states("state", "draft", "checked", "in_force", "obsolete"),
    makers: ["HRADM", "SUP", "REP", "SM", "FIN", "MKT", "LEGAL", "CADM"],
    starts: { edit: (paper) => Object.fromEntries(["title", "body", "executing_department", "supervising_department", "verifying_department"].map((name) => [name, paper[name]])) },
    hide: ["thing_id", "body"],
    rows: { revisions: { columns: ["revision", "title", "what_changed", "made_by", "made_on", "checked_by", "checked_on", "approved_by", "approved_on"] } },
  },
  "nightly-runs": { columns: ["job", "day", "state", "tries", "at", "worker", "made", "failure"] },
  ...CONTROL_NOUNS,
  ...CHANNEL_NOUNS,
}

export const nounOf = (name: NounName): Noun => NOUN[name] ?? {}

export const hasList = (name: NounName): boolean => factsOf(name).row !== undefined
export const hasDocument = (name: NounName): boolean => factsOf(name).document !== undefined

export function columnsOf(name: NounName): readonly Field[] {
  const row = factsOf(name).row ?? []
  const wanted = nounOf(name).columns
  if (wanted === undefined) return row.filter((field) => field.kind !== "id" && field.name !== "version" && field.kind !== "rows" && field.kind !== "other")
  return wanted.flatMap((column) => row.filter((field) => field.name === column))
}

/** The members of a filter's closed list; undefined for free text. */
export function membersOf(name: NounName, filter: string): readonly string[] | undefined {
  const noun = nounOf(name)
  const given = noun.choices?.[filter]
  if (given !== undefined && given.length > 0) return given
  const field = factsOf(name).row?.find((one) => one.name === filter)
  if (field?.values !== undefined) return field.values
  if (field?.kind === "yes") return ["true", "false"]
  if (filter === "state" && noun.machine !== undefined) return machineOf(noun.machine).states
  return undefined
}

/** The verbs whose forms this person may fill in for `thing` now. `commands` are the machine's. */
export function verbsFor(name: NounName, commands: readonly string[], thing: Thing, duties: readonly string[]): string[] {
  const noun = nounOf(name)
  const forms = factsOf(name).commands ?? {}
  const named = commands.flatMap((command) => noun.verbs?.[command] ?? [command.replaceAll("_", "-")])
  const more = Object.entries(noun.more ?? {})
    .filter(([, rule]) => (rule.states.length === 0 || rule.states.includes(String(thing.state))) && rule.duties.some((duty) => duties.includes(duty)))
    .map(([verb]) => verb)
  return [...new Set([...named, ...more])].filter((verb) => verb in forms && (noun.when?.[verb]?.(thing) ?? true))
}
