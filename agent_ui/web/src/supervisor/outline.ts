/** Where things lie on a recording's outline. Pure: seconds and instants in, shares of the width out. */
import type { Schemas } from "../api/client"

export type Recording = Schemas["RecordingRow"]
export type Mark = Schemas["Mark"]

export interface Point {
  readonly what: string
  readonly seconds: number
  /** 0 to 1, of the whole recording. */
  readonly share: number
}

/** Stages reached, as places in a recording that began at `began_at` and is `seconds` long. What lies outside is left out. */
export function stagePoints(marks: readonly Mark[], began_at: string, seconds: number): Point[] {
  if (seconds <= 0) return []
  return marks
    .filter((mark) => mark.what !== "held" && mark.what !== "resumed")
    .map((mark) => ({ what: mark.what, seconds: (Date.parse(mark.at) - Date.parse(began_at)) / 1000 }))
    .filter((point) => point.seconds >= 0 && point.seconds <= seconds)
    .map((point) => ({ ...point, share: point.seconds / seconds }))
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** Holds as shares of the width; one that was never resumed lasts to the end. */
export function holdSpans(marks: readonly Mark[], began_at: string, seconds: number): Span[] {
  if (seconds <= 0) return []
  const at = (mark: Mark) => Math.min(1, Math.max(0, (Date.parse(mark.at) - Date.parse(began_at)) / 1000 / seconds))
  const spans: Span[] = []
  let from: number | null = null
  for (const mark of marks) {
    if (mark.what === "held") from ??= at(mark)
    else if (mark.what === "resumed" && from !== null) {
      spans.push({ from, to: at(mark) })
      from = null
    }
  }
  if (from !== null) spans.push({ from, to: 1 })
  return spans.filter((span) => span.to > span.from)
}

/** An SVG path of levels 0 to 100, mirrored at the middle of a lane `height` high and `width` wide. */
export function lanePath(levels: readonly number[], width: number, height: number): string {
  if (levels.length === 0) return ""
  const step = width / levels.length
  const middle = height / 2
  const y = (level: number) => (Math.max(1.5, level) / 100) * (middle - 1)
  const up = levels.map((level, i) => `${(i * step).toFixed(1)},${(middle - y(level)).toFixed(1)}`)
  const down = levels.map((level, i) => `${(i * step).toFixed(1)},${(middle + y(level)).toFixed(1)}`).reverse()
  return `M${[...up, ...down].join("L")}Z`
}
