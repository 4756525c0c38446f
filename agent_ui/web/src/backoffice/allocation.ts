import { numberOf, textOf, type Thing } from "./catalogue"

/** Invoice id → fen: what `balance` pays of `invoices`, in their order, none more than is open on it. */
export function fillOldestFirst(balance: number, invoices: readonly Thing[]): Readonly<Record<string, number>> {
  let left = balance
  const out: Record<string, number> = {}
  for (const invoice of invoices) {
    const part = Math.min(left, numberOf(invoice.outstanding_fen))
    if (part <= 0) continue
    out[textOf(invoice.id)] = part
    left -= part
  }
  return out
}

export const addAmounts = (given: Readonly<Record<string, number>>): number => Object.values(given).reduce((sum, fen) => sum + fen, 0)
