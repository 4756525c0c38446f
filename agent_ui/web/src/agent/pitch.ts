/** The source's measure of a pitch: ten to fifteen minutes (7.3.1 三.2). */
export const PITCH_FROM_S = 600
export const PITCH_TO_S = 900
const SCALE_S = 1200

export type PitchPhase = "early" | "good" | "long"

export function pitchPhase(seconds: number): PitchPhase {
  if (seconds < PITCH_FROM_S) return "early"
  return seconds <= PITCH_TO_S ? "good" : "long"
}

/** Position on the bar, 0..100. */
export const pitchPercent = (seconds: number): number => Math.min(100, Math.max(0, (seconds / SCALE_S) * 100))

/** Seconds of talk so far, time on hold taken out as the server does. */
export function talkSeconds(
  call: { readonly connected_at: string | null; readonly held_at: string | null; readonly ended_at: string | null; readonly hold_s: number },
  nowMs: number,
): number {
  if (call.connected_at === null) return 0
  const until = call.ended_at !== null ? Date.parse(call.ended_at) : call.held_at !== null ? Date.parse(call.held_at) : nowMs
  return Math.max(0, (until - Date.parse(call.connected_at)) / 1000 - call.hold_s)
}
