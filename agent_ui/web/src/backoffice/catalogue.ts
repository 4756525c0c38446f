/** The server's own description of its back office, typed for the pages that are built from it. */
import { DUTIES, MACHINES, NOUNS, WORDS } from "./office.gen"

export type NounName = keyof typeof NOUNS
export type MachineName = keyof typeof MACHINES
export type Duty = keyof typeof DUTIES

export type Kind =
  | "money" | "integer" | "number" | "yes" | "date" | "instant" | "id" | "text" | "long" | "choice" | "rows" | "words" | "texts" | "part" | "integers" | "clock" | "other"

export interface Field {
  readonly name: string
  readonly kind: Kind
  readonly required?: boolean
  readonly values?: readonly string[]
  readonly min?: number
  readonly above?: number
  readonly max?: number
  readonly default?: unknown
  readonly of?: readonly Field[]
  /** The most members of a list. */
  readonly most?: number | null
}

export interface Facts {
  /** The word for the list (plural), where the noun has one. */
  readonly word?: string
  readonly filters?: readonly string[]
  readonly search?: boolean
  readonly on?: string | null
  readonly sort?: string
  readonly totals?: readonly string[]
  readonly row?: readonly Field[]
  readonly document?: readonly Field[]
  readonly make?: readonly Field[]
  readonly commands?: Readonly<Record<string, readonly Field[]>>
  readonly runs?: Readonly<Record<string, readonly Field[]>>
  readonly print?: boolean
}

export interface MachineFacts {
  readonly states: readonly string[]
  readonly moves: readonly { readonly command: string; readonly from: readonly string[]; readonly to: string; readonly duties: readonly string[] }[]
}

export const factsOf = (noun: NounName): Facts => NOUNS[noun]
export const machineOf = (name: MachineName): MachineFacts => MACHINES[name]
export const nounNames = Object.keys(NOUNS) as NounName[]
export const serverWords: Readonly<Record<string, readonly [zh: string, en: string]>> = WORDS
export const dutyWords: Readonly<Record<string, readonly [zh: string, en: string]>> = DUTIES

/** A row or a document: its fields are those of the catalogue. */
export type Thing = Readonly<Record<string, unknown>>

export interface ListPage {
  readonly rows: readonly Thing[]
  readonly total: number
  readonly totals: Readonly<Record<string, number>>
}

/** The commands that a machine knows in `state` for somebody who holds `duties`. */
export function commandsFor(machine: MachineFacts, state: string, duties: readonly string[]): string[] {
  const found = machine.moves.filter((move) => move.from.includes(state) && move.duties.some((duty) => duties.includes(duty)))
  return [...new Set(found.map((move) => move.command))].sort()
}

export const textOf = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "")
export const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0)
export const rowsOf = (value: unknown): readonly Thing[] => (Array.isArray(value) ? (value as Thing[]) : [])
