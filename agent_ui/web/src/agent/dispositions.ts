/** What a disposition means and demands, read from its flags, never from its code. */

export interface Disposition {
  readonly code: string
  readonly name_zh: string
  readonly name_en: string
  readonly person: boolean
  readonly right_party: boolean
  readonly sale: boolean
  readonly refusal: boolean
  readonly do_not_call: boolean
  readonly callback: boolean
  readonly follow_up_case: string | null
  readonly closes_lead: string | null
}

export const GROUPS = ["sale", "follow", "refused", "unreached"] as const
export type Group = (typeof GROUPS)[number]

export function groupOf(of: Disposition): Group {
  if (of.sale) return "sale"
  if (!of.person || !of.right_party) return "unreached"
  if (of.callback || (of.follow_up_case !== null && of.follow_up_case !== "not_reached")) return "follow"
  if (of.refusal || of.do_not_call || of.closes_lead !== null) return "refused"
  return "follow"
}

export interface Choice {
  readonly disposition: Disposition
  /** The digit that chooses it, for the first ten. */
  readonly digit: string | null
}

export interface ChoiceGroup {
  readonly group: Group
  readonly choices: readonly Choice[]
}

/** The dispositions by meaning, in the order they come, with shortcut digits running through all groups. */
export function grouped(all: readonly Disposition[]): readonly ChoiceGroup[] {
  let next = 0
  return GROUPS.map((group) => ({
    group,
    choices: all
      .filter((of) => groupOf(of) === group)
      .map((disposition) => {
        next += 1
        return { disposition, digit: next > 10 ? null : String(next % 10) }
      }),
  })).filter(({ choices }) => choices.length > 0)
}

export interface OrderDraft {
  /** Item id → quantity; 0 is none. */
  readonly quantities: Readonly<Record<string, number>>
  readonly recipient: string
  readonly address: string
  readonly payment: "cash_on_delivery" | "prepaid" | "credit"
  readonly note: string
}

export interface Draft {
  readonly code: string | null
  readonly note: string
  /** Wall time at the customer's, `2026-03-10T15:00`. */
  readonly callback: string | null
  readonly order: OrderDraft
}

export interface Item {
  readonly id: string
  readonly sku: string
  readonly name: string
  readonly unit: string
  readonly price_fen: number
}

export function totalFen(order: OrderDraft, items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.price_fen * (order.quantities[item.id] ?? 0), 0)
}

export type Lack = "resultNeeded" | "callbackNeeded" | "callbackPast" | "orderNeedsItem" | "recipientNeeded" | "addressNeeded"

/** What is still missing before the result may be saved; empty when nothing is. */
export function lacks(
  draft: Draft,
  disposition: Disposition | undefined,
  items: readonly Item[],
  callbackMs: number | null,
  nowMs: number,
): readonly Lack[] {
  if (disposition === undefined) return ["resultNeeded"]
  const missing: Lack[] = []
  if (disposition.callback) {
    if (callbackMs === null) missing.push("callbackNeeded")
    else if (callbackMs <= nowMs) missing.push("callbackPast")
  }
  if (disposition.sale) {
    if (totalFen(draft.order, items) <= 0) missing.push("orderNeedsItem")
    if (draft.order.recipient.trim() === "") missing.push("recipientNeeded")
    if (draft.order.address.trim() === "") missing.push("addressNeeded")
  }
  return missing
}
