/**
 * The installation's time. A demonstration's clock may start elsewhere and run faster than the browser's, so
 * every time on a screen comes from here: an instant the server told, plus what has passed here since, times
 * the speed. Before the server has told anything, the browser's own time stands in.
 */

interface Anchor {
  readonly virtualMs: number
  readonly realMs: number
  readonly speed: number
}

let anchor: Anchor = { virtualMs: Date.now(), realMs: performance.now(), speed: 1 }

/** The server said it is `now` (ISO 8601), with its clock running at `speed`. */
export function anchorClock(now: string, speed?: number): void {
  const virtualMs = Date.parse(now)
  if (Number.isNaN(virtualMs)) return
  anchor = { virtualMs, realMs: performance.now(), speed: speed ?? anchor.speed }
}

/** Milliseconds since 1970 of the installation's clock. */
export function nowMs(): number {
  return anchor.virtualMs + (performance.now() - anchor.realMs) * anchor.speed
}

export function speed(): number {
  return anchor.speed
}
