import { type BreakReason, ENUMS } from "../live/protocol.gen"

/** The reasons a person chooses; the other two are given by the system. */
export const BREAKS: readonly BreakReason[] = ENUMS.BreakReason.filter((reason) => reason !== "just_arrived" && reason !== "line_lost")
