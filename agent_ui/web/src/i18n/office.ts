import type { Words } from "./pairs"

export const officeWords = {
} as const satisfies Words
