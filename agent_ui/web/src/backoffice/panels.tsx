/** What some documents show beside what the catalogue says of them; loaded when it is asked for. */
import { type ComponentType, lazy } from "react"
import type { NounName, Thing } from "./catalogue"

export interface PanelProps {
  readonly thing: Thing
  /** The verbs that the reader may use now. */
  readonly verbs: readonly string[]
}

export const PANELS: Partial<Record<NounName, ComponentType<PanelProps>>> = {
  "rewards/schemes": lazy(() => import("./RewardTables")),
  "rewards/statements": lazy(() => import("./RewardTrace")),
  "franchising/applications": lazy(() => import("./FranchiseSteps")),
}
