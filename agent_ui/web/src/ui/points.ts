import { wordFor } from "../i18n"

export interface Point {
  readonly text: string
  /** Signed, as text; empty where none was given. */
  readonly points: string
}

/** The reasons of a score as the server stores them, `buyer_age +30, gift +15`, in words. */
export function pointsOf(reasons: string): readonly Point[] {
  return reasons
    .split(/[,;]\s*/)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const match = /^(\S+)\s+([+-]\d+)$/.exec(part.trim())
      return match === null ? { text: part.trim(), points: "" } : { text: wordFor("points", match[1]), points: match[2] ?? "" }
    })
}

/** The same in one line. */
export const pointsLine = (reasons: string): string => pointsOf(reasons).map(({ text, points }) => `${text} ${points}`.trim()).join(" · ")
