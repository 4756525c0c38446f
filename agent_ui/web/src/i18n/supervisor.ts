import type { Words } from "./pairs"

export const supervisorWords = {
} as const satisfies Words
