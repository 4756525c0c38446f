import type { Words } from "./pairs"

export const marketingWords = {
} as const satisfies Words
