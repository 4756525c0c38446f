import { useLayoutEffect } from "react"
import { painted, useLive } from "../live/store"

/**
 * Measures from the receipt of the event that brought a call to the frame that shows it, and tells the server.
 * Two animation frames: the first runs before the paint, the second when it has happened. A page that is not
 * in front paints nothing, so nothing is measured there.
 */
export function usePaint(): void {
  const pop = useLive((live) => live.pop)
  useLayoutEffect(() => {
    if (pop === null) return
    if (document.visibilityState !== "visible") return
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        const ms = performance.now() - pop.receivedMs
        if (document.visibilityState === "visible") painted(pop.callId, Math.round(ms * 10) / 10)
      })
    })
    return () => cancelAnimationFrame(frame)
  }, [pop])
}
