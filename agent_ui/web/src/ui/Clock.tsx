import { useSeconds } from "./ticker"
import { clockTime, duration } from "./time"

/** Time since `at`, ticking. */
export function Since({ at }: { readonly at: string }) {
  const now = useSeconds()
  return <span className="num">{duration(now - Date.parse(at) / 1000)}</span>
}

/** The time on the wall of `zone`, ticking. */
export function WallClock({ zone }: { readonly zone?: string }) {
  const now = useSeconds()
  return <span className="num">{clockTime(now * 1000, zone)}</span>
}
