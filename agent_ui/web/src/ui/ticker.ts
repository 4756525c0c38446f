/** One second-beat for the whole page: a leaf that shows a running time listens to it, and nothing else renders. */
import { useSyncExternalStore } from "react"
import { nowMs, speed } from "../live/clock"

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let shown = nowMs()

function beat(): void {
  shown = nowMs()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) timer = setInterval(beat, speed() > 1 ? 250 : 500)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** Whole seconds of the installation's clock. Changes once a second, so it renders once a second. */
export function useSeconds(): number {
  return useSyncExternalStore(subscribe, () => Math.floor((listeners.size === 0 ? nowMs() : shown) / 1000))
}
