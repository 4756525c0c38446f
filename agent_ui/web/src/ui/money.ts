/** Money is an integer number of fen; yuan exist only on screens. */

/** 123456 → `1,234.56`. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? "-" : ""
  const whole = Math.floor(Math.abs(fen) / 100).toString()
  const rest = (Math.abs(fen) % 100).toString().padStart(2, "0")
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${rest}`
}

/** `1,234.5` → 123450 fen; null for what is no amount with at most two decimals. */
export function parseYuan(text: string): number | null {
  const match = /^¥?\s*(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim().replaceAll(",", ""))
  if (match === null) return null
  const fen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"))
  return Number.isSafeInteger(fen) ? fen : null
}
