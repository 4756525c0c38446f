import { CaretRightOutlined, ForwardOutlined, PauseOutlined, PhoneFilled, PhoneOutlined } from "@ant-design/icons"
import { Button } from "antd"
import { useTranslation } from "../i18n/use"
import { wordFor } from "../i18n"
import type { AgentView, CallView } from "../live/protocol.gen"
import { LineLostNotice } from "../sound/LineLostNotice"
import { MuteButton, MutedNotice } from "../sound/MuteButton"
import { Since } from "../ui/Clock"
import { CallMark } from "../ui/StateMark"
import { useSeconds } from "../ui/ticker"
import { duration } from "../ui/time"
import type { Command } from "../live/socket"
import { Announcement } from "./Announcement"
import { CallExtras } from "./CallExtras"
import { talkSeconds } from "./pitch"
import { Watched } from "./Watched"

export interface CallActions {
  readonly dial: () => void
  readonly skip: () => void
  readonly hangUp: () => void
  readonly holdOrResume: () => void
}

interface Props {
  readonly agent: AgentView
  readonly call: CallView
  /** In step, and no command of this call under way. */
  readonly enabled: boolean
  readonly act: CallActions
  readonly run: (what: Command, then?: () => void) => void
  /** Whether calls of this campaign are recorded. */
  readonly recorded: boolean
}

/** What the line is doing, for how long, and what can be done with it. */
export function CallPanel({ agent, call, enabled, act, run, recorded }: Props) {
  const { t } = useTranslation()
  const ended = call.state === "ended" || agent.state === "wrap_up"
  return (
    <section className="pane call-panel" data-state={ended ? "ended" : call.state} aria-label={t("agent.call")}>
      <div className="call-top">
        <CallMark state={ended ? "ended" : call.state} big />
        <span className="grow" />
        <CallTime agent={agent} call={call} />
      </div>
      {ended ? (
        <WrapUp agent={agent} call={call} />
      ) : agent.state === "previewing" ? (
        <div className="call-buttons">
          <Button type="primary" size="large" icon={<PhoneFilled />} disabled={!enabled} onClick={act.dial} style={{ flex: 2 }}>
            {t("agent.dial")}
          </Button>
          <Button size="large" icon={<ForwardOutlined />} disabled={!enabled} onClick={act.skip} style={{ flex: 1 }}>
            {t("agent.skip")}
          </Button>
        </div>
      ) : (
        <>
          <LineLostNotice since={call.agent_lost_at} />
          <MutedNotice />
          <Watched callId={call.id} />
          {recorded && call.state === "connected" && <Announcement key={call.id} queueId={call.queue_id} />}
          <div className="call-buttons">
            <MuteButton />
            <Button
              size="large"
              icon={call.state === "held" ? <CaretRightOutlined /> : <PauseOutlined />}
              type={call.state === "held" ? "primary" : "default"}
              disabled={!enabled || (call.state !== "connected" && call.state !== "held")}
              onClick={act.holdOrResume}
              style={{ flex: 1 }}
            >
              {t(call.state === "held" ? "agent.resume" : "agent.hold")}
            </Button>
            <Button size="large" danger type="primary" icon={<PhoneOutlined rotate={225} />} disabled={!enabled} onClick={act.hangUp} style={{ flex: 1 }}>
              {t("agent.hangUp")}
            </Button>
          </div>
          <CallExtras call={call} enabled={enabled} run={run} recorded={recorded} />
        </>
      )}
    </section>
  )
}

function CallTime({ agent, call }: { readonly agent: AgentView; readonly call: CallView }) {
  const { t } = useTranslation()
  const now = useSeconds()
  if (call.connected_at !== null) {
    const heldSince = call.state === "held" ? call.held_at : null
    const onHold = heldSince !== null
    return (
      <div className="call-time">
        <span className="dim small">{t(onHold ? "agent.onHoldFor" : "agent.talkTime")}</span>
        <strong className="num">{duration(onHold ? now - Date.parse(heldSince) / 1000 : talkSeconds(call, now * 1000))}</strong>
      </div>
    )
  }
  const since = call.ringing_at ?? call.launched_at
  return (
    <div className="call-time">
      <span className="dim small">{t(since === null ? "agent.previewTime" : "agent.ringTime")}</span>
      <strong className="num">
        <Since at={since ?? agent.state_since} />
      </strong>
    </div>
  )
}

function WrapUp({ agent, call }: { readonly agent: AgentView; readonly call: CallView }) {
  const { t } = useTranslation()
  const now = useSeconds()
  const left = agent.wrap_up_until === null ? null : Date.parse(agent.wrap_up_until) / 1000 - now
  const total = agent.wrap_up_until === null ? 1 : (Date.parse(agent.wrap_up_until) - Date.parse(agent.state_since)) / 1000
  const late = left !== null && left <= 0 && call.disposition === null
  return (
    <div className="wrap-up" data-late={late}>
      <div className="row small">
        <span className="dim grow clip">
          {call.cause !== null && wordFor("cause", call.cause)}
          {call.outcome !== null && call.outcome !== "talked" && ` · ${wordFor("outcome", call.outcome)}`}
        </span>
        <span role={late ? "alert" : undefined}>
          {late ? t("agent.overTime") : left === null ? t("agent.saveNow") : t("agent.leftTime")}
          {left !== null && !late && <strong className="num"> {duration(left)}</strong>}
        </span>
      </div>
      <div className="wrap-bar" aria-hidden>
        <span style={{ width: `${left === null ? 100 : Math.max(0, Math.min(100, (left / Math.max(total, 1)) * 100))}%` }} />
      </div>
    </div>
  )
}
