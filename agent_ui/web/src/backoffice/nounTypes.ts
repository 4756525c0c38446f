/** The shape of what nouns.ts and its two sisters say of each noun. */
import type { Duty, MachineName, NounName, Thing } from "./catalogue"
import type { Values } from "./values"

export interface View {
  /** Code of the tab's word. */
  readonly word: string
  readonly filters: Readonly<Record<string, readonly string[]>>
}

export interface Beginning {
  readonly noun: NounName
  readonly duties: readonly Duty[]
  readonly when?: (thing: Thing) => boolean
  readonly with: (thing: Thing) => Values
}

export interface RowRule {
  readonly verb?: string
  /** What the form starts with. */
  readonly starts?: (row: Thing) => Values
  /** What the row says by itself: sent, not asked for. */
  readonly fixed?: (row: Thing) => Values
  readonly when?: (row: Thing) => boolean
  readonly group?: string
  readonly columns?: readonly string[]
}

export interface Noun {
  readonly machine?: MachineName
  /** Columns of the list, in order. Left out: all of the row. */
  readonly columns?: readonly string[]
  readonly views?: readonly View[]
  /** Members of filters that the server takes as plain text. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
  /** Duties that may make one. Left out: nobody makes one from the list. */
  readonly makers?: readonly Duty[]
  /** Lists beside the document: those of `noun` whose field `by` holds this thing's id (or its `of`). */
  readonly related?: readonly { readonly noun: NounName; readonly by: string; readonly of?: string }[]
  /** The machine's command → the verbs of its forms, where they are named differently. */
  readonly verbs?: Readonly<Record<string, readonly string[]>>
  /** Forms that are no command of the machine: in which states, for whom, and when. */
  readonly more?: Readonly<Record<string, { readonly states: readonly string[]; readonly duties: readonly Duty[] }>>
  readonly when?: Readonly<Record<string, (thing: Thing) => boolean>>
  readonly begins?: readonly Beginning[]
  /** What a form starts with. */
  readonly starts?: Readonly<Record<string, (thing: Thing) => Values>>
  /** Fields of the head that say nothing to a person. */
  readonly hide?: readonly string[]
  /** Tables of the document: a form for each of their rows, apart by a field, some columns only. */
  readonly rows?: Readonly<Record<string, RowRule>>
  /** Where a row leads when the noun has no document of its own. */
  readonly opens?: { readonly noun: NounName; readonly by: string }
}
