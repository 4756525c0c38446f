/** What some documents show beside what the catalogue says of them; loaded when it is asked for. */
import { type ComponentType, lazy } from "react"
import type { NounName } from "./catalogue"
import type { PanelProps } from "./panelProps"

export const PANELS: Partial<Record<NounName, ComponentType<PanelProps>>> = {
  "rewards/schemes": lazy(() => import("./RewardTables")),
  "rewards/statements": lazy(() => import("./RewardTrace")),
  "franchising/applications": lazy(() => import("./FranchiseSteps")),
}
