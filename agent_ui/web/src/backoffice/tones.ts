/** Which colour a state has beside its word. Nobody needs the colour to understand it. */
import type { Tone } from "../ui/StateMark"

const TONES: Readonly<Partial<Record<Tone, readonly string[]>>> = {
  good: [
    "approved", "completed", "paid", "confirmed", "closed", "signed", "in_force", "effective", "settled", "released", "lifted", "recovered",
    "recovered_after", "fulfilled", "done", "kept", "resolved", "delivered", "credited", "fully_allocated", "finance_cleared", "back", "recorded_ok",
    "issued_ok", "active", "verified", "applied", "on_track", "eligible", "cleared", "attended", "signed_up",
  ],
  warn: [
    "overdue", "partly_paid", "due", "on_hold", "held", "pending", "uncollected", "partly_delivered", "signed_with_difference", "differing", "waiting",
    "returned_for_correction", "dormant", "refunding", "release_expired", "requested", "detected", "watch", "escalated", "disputed", "amending",
    "partly_recovered", "partly_allocated", "partly_settled", "expired", "stop", "warn",
  ],
  bad: [
    "rejected", "refused", "bounced", "broken", "problem", "written_off", "under_collection", "quasi_bad", "bad", "breached", "lapsed", "terminated",
    "loss_proposed", "failed", "off_track", "exceeded", "disqualified",
  ],
  info: [
    "submitted", "issued", "sent", "recorded", "shipped", "picking", "under_review", "proposed", "first_checked", "checked", "answered", "reported", "planned",
    "decided", "executing", "sealed", "lent", "received", "inspected", "invoiced", "to_invoice", "to_deliver", "open", "received_unconfirmed", "draft_sent",
  ],
}

const byState = new Map(Object.entries(TONES).flatMap(([tone, states]) => states.map((state) => [state, tone as Tone] as const)))

export const toneOf = (state: string): Tone => byState.get(state) ?? "plain"
