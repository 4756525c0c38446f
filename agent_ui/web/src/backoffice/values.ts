/** A form's values are the body of its command: money in fen, dates as `2026-03-09`, ids as text. */
import type { Field } from "./catalogue"

export type Values = Readonly<Record<string, unknown>>

const isEmpty = (value: unknown) => value === undefined || value === null || value === ""

/** What a new form starts with: the server's defaults, then what is given. */
export function startOf(fields: readonly Field[], given: Values = {}): Values {
  const out: Record<string, unknown> = {}
  for (const field of fields) {
    if (field.kind === "part") {
      out[field.name] = startOf(field.of ?? [], (given[field.name] ?? {}) as Values)
      continue
    }
    const value = isEmpty(given[field.name]) ? field.default : given[field.name]
    if (!isEmpty(value)) out[field.name] = value
    else if (field.kind === "rows") out[field.name] = field.required === true ? [startOf(field.of ?? [])] : []
  }
  return out
}

/** The body to send: nothing for what was left empty, no row that holds nothing. */
export function bodyOf(fields: readonly Field[], values: Values): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values[field.name]
    if (isEmpty(value)) continue
    if (field.kind === "part") {
      const inside = bodyOf(field.of ?? [], value as Values)
      if (Object.keys(inside).length > 0 || field.required === true) out[field.name] = inside
    } else if (field.kind === "integers") {
      const numbers = (value as readonly unknown[]).filter((one) => typeof one === "number")
      if (numbers.length > 0) out[field.name] = numbers
    } else if (field.kind === "rows" && field.of !== undefined) {
      const inner = field.of
      out[field.name] = (value as Values[]).map((row) => bodyOf(inner, row)).filter((row) => Object.keys(row).length > 0)
    } else out[field.name] = value
  }
  return out
}

/** `lines.0.quantity` → the path of the form's field. */
export const pathOfField = (name: string): (string | number)[] => name.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part))

/** Whether the form has a field at this path. */
export function hasField(fields: readonly Field[], path: readonly (string | number)[]): boolean {
  const [name, index, ...rest] = path
  const field = fields.find((one) => one.name === name)
  if (field === undefined) return false
  if (field.kind === "part" && index !== undefined) return hasField(field.of ?? [], [index, ...rest])
  return index === undefined || (field.of !== undefined && typeof index === "number" && (rest.length === 0 || hasField(field.of, rest)))
}
