import type { Thing } from "./catalogue"

/** What a panel beside a document is given. */
export interface PanelProps {
  readonly thing: Thing
  /** The verbs that the reader may use now. */
  readonly verbs: readonly string[]
}
