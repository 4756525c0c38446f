/** Nouns of marketing control, conferences, rewards and franchising. Columns are the server's, unless said otherwise. */
import type { Duty, MachineName, NounName } from "./catalogue"
import type { Noun, View } from "./nounTypes"

const tabs = (...values: string[]): View[] => values.map((value) => ({ word: value, filters: { state: [value] } }))
const plain = (machine: MachineName, makers: readonly Duty[], ...states: string[]): Noun => ({ machine, makers, views: tabs(...states) })

const FILLABLE = ["planned", "plan_approved", "preparing", "ready", "live", "closing", "settled"] as const
const PLANNABLE = ["planned", "plan_approved", "preparing", "ready"] as const
const FILLERS: readonly Duty[] = ["MKT", "HRADM", "SM", "REP", "CMO"]
/** The responsibilities of the source: all of them stand in the form, to be struck where a contract lacks one. */
const RESPONSIBILITIES = {
  costs: ["fit_out", "fixed_assets", "rent", "property_management", "property_insurance", "taxes", "advertising", "promotion"],
  unified: ["name_and_brand", "scope", "service_standard", "advertising", "information_system"],
  legal: ["representative", "liability"],
}

export const CHANNEL_NOUNS: Partial<Record<NounName, Noun>> = {
  conferences: {
    ...plain("conference", ["MKT"], "planned", "plan_approved", "preparing", "ready", "live", "closing", "settled"),
    more: {
      edit: { states: PLANNABLE, duties: ["MKT"] },
      "set-costs": { states: PLANNABLE, duties: ["MKT"] },
      "set-slots": { states: PLANNABLE, duties: ["MKT"] },
      "set-lines": { states: PLANNABLE, duties: ["MKT"] },
      "fill-task": { states: FILLABLE, duties: FILLERS },
      "fill-item": { states: FILLABLE, duties: FILLERS },
      "fill-role": { states: FILLABLE, duties: ["HRADM", "CMO"] },
      "fill-zone": { states: FILLABLE, duties: FILLERS },
      "hand-over": { states: [...PLANNABLE, "live"], duties: ["REP", "SM", "MKT"] },
    },
    starts: {
      edit: (plan) => Object.fromEntries(["product", "held_on", "city", "target_count", "seats", "theme"].map((name) => [name, plan[name]])),
      "set-costs": (plan) => ({ costs: (plan.costs as { id: string; planned_fen: number }[]).map((cost) => ({ cost_id: cost.id, planned_fen: cost.planned_fen })) }),
      "set-slots": (plan) => ({ slots: plan.slots }),
    },
    rows: {
      lines: { group: "part", verb: "fill-task", when: (line) => line.is_task === true && line.done_on === null, fixed: (line) => ({ part: line.part, seq: line.seq, done: true }), columns: ["seq", "text", "duty", "done_on"] },
      items: { verb: "fill-item", fixed: (item) => ({ seq: item.seq }), starts: (item) => ({ quantity: item.quantity, item_note: item.note, responsible_id: item.responsible_id, ready: item.ready_on !== null }) },
      roles: { verb: "fill-role", fixed: (role) => ({ seq: role.seq }), starts: (role) => ({ person_id: role.person_id }), columns: ["seq", "name", "duty", "duties", "person"] },
      zones: { group: "zone", verb: "fill-zone", fixed: (task) => ({ seq: task.seq }), starts: (task) => ({ measured_cm: task.measured_cm, done: true }) },
      costs: { columns: ["category", "cost_item", "planned_fen", "requested_fen", "spent_fen", "balance_fen"] },
    },
    begins: [{ noun: "conference-invitees", duties: ["REP", "SM", "MKT"], when: (plan) => [...PLANNABLE, "live"].includes(String(plan.state)), with: (plan) => ({ conference_id: plan.id, kind: "distributor" }) }],
    related: [{ noun: "conference-invitees", by: "conference_id" }],
    hide: ["document_id"],
  },
  "conference-invitees": {
    ...plain("conference_invitee", ["REP", "SM", "MKT"], "candidate", "contacted", "negotiated", "invited", "confirmed", "declined", "attended", "signed_on_spot", "watching"),
    columns: ["invitee_name", "organisation", "kind", "number", "represented_by", "rounds", "leads_signing", "invited_on", "confirmed_on", "answer_late", "signed_on", "state"],
  },
  "conference-costs": { opens: { noun: "conferences", by: "conference_id" } },
  "marketing-plans": {
    ...plain("marketing_plan", ["MKT", "SM"], "draft", "submitted", "approved", "plan_in_effect"),
    starts: {
      edit: (plan) => Object.fromEntries(["title", "years", "lines", "expense_ratio_bp", "reason"].map((name) => [name, plan[name]])),
      revise: (plan) => Object.fromEntries(["title", "years", "lines", "expense_ratio_bp"].map((name) => [name, plan[name]])),
    },
    more: { edit: { states: ["draft", "submitted", "approved"], duties: ["MKT", "SM"] }, revise: { states: ["plan_in_effect"], duties: ["MKT", "SM"] } },
    related: [{ noun: "control-lines", by: "plan_id" }],
  },
  "control-lines": { ...plain("control_line", [], "on_watch", "off_track", "gap_explained", "action_open", "action_done", "verified"), hide: ["plan_id"] },
  "rewards/schemes": {
    ...plain("reward_scheme", ["SM", "CMO", "FIN"], "draft", "submitted", "approved", "active", "closed", "calculated", "payout_approved"),
    columns: ["number", "title", "year", "from_on", "to_on", "dealers", "purchase_fen", "exclusive_fen", "growth_fen", "payment_fen", "state"],
    starts: { edit: (scheme) => Object.fromEntries(["title", "year", "from_on", "to_on", "purchase_pay_on", "exclusive_pay_on", "growth_pay_on", "rows"].map((name) => [name, scheme[name]])) },
    related: [
      { noun: "rewards/statements", by: "scheme_id" },
      { noun: "rewards/violations", by: "scheme_id" },
    ],
    hide: ["rows"],
  },
  "rewards/statements": {
    ...plain("reward_statement", [], "calculated", "confirmed", "disputed"),
    columns: ["customer", "number", "region", "city", "city_class", "exclusive", "purchase_fen", "exclusive_fen", "growth_fen", "payment_fen", "total_fen", "disqualified", "state"],
    hide: ["lines"],
    rows: { payouts: { columns: ["kind", "amount_fen", "pay_on", "receipt_kind", "receipt_number", "paid_on", "held", "state"] }, payments: { columns: ["month", "payable_fen", "amount_fen", "settled_on"] } },
    related: [{ noun: "rewards/payouts", by: "statement_id" }],
  },
  "rewards/payouts": { ...plain("reward_payout", [], "open", "paid"), columns: ["number", "customer", "kind", "amount_fen", "pay_on", "receipt_kind", "receipt_number", "paid_on", "held", "state"] },
  "rewards/payments": { makers: ["FIN"] },
  "rewards/violations": { ...plain("reward_violation", ["REP", "SM", "MKT", "FIN"], "reported", "under_investigation", "disqualified", "appealed"), columns: ["number", "customer", "kind", "evidence", "reported_at", "due_at", "state"] },
  "rewards/purchases": { columns: ["customer", "on_day", "series", "sku", "units", "fen", "own_make", "source_kind", "excluded"] },
  "rewards/provisions": { columns: ["number", "month", "dealers", "purchase_fen", "exclusive_fen", "growth_fen", "total_fen", "charge_fen"] },
  "franchising/applications": {
    ...plain("franchise_application", ["REP", "MKT"], "understanding", "form_submitted", "reservation_signed", "site_assessed", "plan_agreed", "contracted", "licensing", "pre_opening", "open_supported"),
    columns: ["number", "customer", "city", "source", "step_no", "made_on", "answer_due", "result_due", "late", "reserved_to", "term_to", "opened_on", "state"],
    starts: {
      edit: (asked) =>
        Object.fromEntries(
          ["source", "city", "same_industry", "similar_experience", "trained", "education", "potential", "healthy", "health_consent", "knows_company", "accepts_philosophy", "competing_chain", "funds_fen", "conduct", "disclosed_on"].map((name) => [name, asked[name]]),
        ),
      "sign-contract": () => ({ responsibilities: RESPONSIBILITIES }),
    },
    more: { tick: { states: ["licensing", "pre_opening"], duties: ["SM", "CMO", "REP", "MKT"] }, support: { states: ["open_supported"], duties: ["SM", "CMO", "REP", "MKT"] } },
    rows: { checks: { columns: ["zh", "en", "met"] } },
    related: [{ noun: "franchising/support", by: "application_id" }],
    hide: ["checklist_needed", "licences_needed"],
  },
  "franchising/support": { opens: { noun: "franchising/applications", by: "application_id" } },
}
