import { useTranslation } from "../i18n/use"
import type { CallView } from "../live/protocol.gen"
import { useSeconds } from "../ui/ticker"
import { duration } from "../ui/time"
import { PITCH_FROM_S, PITCH_TO_S, pitchPercent, pitchPhase, talkSeconds } from "./pitch"

const WORD = { early: "agent.pitchEarly", good: "agent.pitchGood", long: "agent.pitchLong" } as const

/** How long the talk has gone, against the recommended ten to fifteen minutes. */
export function PitchClock({ call }: { readonly call: CallView | null }) {
  const { t } = useTranslation()
  const now = useSeconds()
  const running = call !== null && call.connected_at !== null
  const seconds = running ? talkSeconds(call, now * 1000) : 0
  const phase = pitchPhase(seconds)
  return (
    <div className="pitch" data-phase={running ? phase : "idle"}>
      <span className="pitch-label">{t("agent.pitch")}</span>
      <span className="pitch-time num">{duration(seconds)}</span>
      <div className="pitch-bar" aria-hidden>
        <span className="pitch-zone" style={{ left: `${pitchPercent(PITCH_FROM_S)}%`, right: `${100 - pitchPercent(PITCH_TO_S)}%` }} />
        <span className="pitch-fill" style={{ width: `${pitchPercent(seconds)}%` }} />
        <span className="pitch-tick num" style={{ left: `${pitchPercent(PITCH_FROM_S)}%` }}>
          10
        </span>
        <span className="pitch-tick num" style={{ left: `${pitchPercent(PITCH_TO_S)}%` }}>
          15
        </span>
      </div>
      <span className="pitch-word">{t(running ? WORD[phase] : "agent.pitchIdle")}</span>
    </div>
  )
}
