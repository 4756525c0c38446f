/**
 * In somebody's call: listen, whisper, barge in, take over. Listening always comes first and is silent; whatever lets
 * the supervisor be heard is a step of its own that is confirmed. Each is written down on the server with who and when.
 */
import { AudioMutedOutlined, CloseOutlined, EyeOutlined, SoundOutlined, SwapOutlined, TeamOutlined } from "@ant-design/icons"
import { Button, Popconfirm, Tooltip } from "antd"
import { useEffect, useState } from "react"
import { useTranslation } from "../i18n/use"
import type { AgentView, Board, CallView, Supervising as How, SupervisionView } from "../live/protocol.gen"
import { command, useLive } from "../live/store"
import { useSession } from "../app/session"
import { Meter, SoundButton } from "../sound/SoundButton"
import { setMuted, startSound, stopSound, useSound } from "../sound/store"
import { Since } from "../ui/Clock"
import { useFailure } from "../ui/failure"

/** The calls that a supervisor can go into: somebody talks. */
export const canSupervise = (call: CallView | undefined): call is CallView => call !== undefined && (call.state === "connected" || call.state === "held")

export function useSupervision() {
  const me = useSession((session) => session.me?.id)
  const all = useLive((live) => live.state.supervisions)
  const mine = Object.values(all).find((one) => one.supervisor_id === me)
  return { mine, all }
}

/** In the row of an agent who talks: go in, silently. And whether somebody is in it already. */
export function ListenButton({ call, agent }: { readonly call: CallView; readonly agent: AgentView }) {
  const { t } = useTranslation()
  const failed = useFailure()
  const { mine, all } = useSupervision()
  const [busy, setBusy] = useState(false)
  const others = Object.values(all).filter((one) => one.call_id === call.id && one.id !== mine?.id)
  const here = mine?.call_id === call.id
  async function listen() {
    setBusy(true)
    try {
      startSound()
      setMuted(true)
      await command({ type: "supervise", call_id: call.id, how: "listen" })
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <span className="row" style={{ gap: 6 }}>
      <Button size="small" type={here ? "primary" : "default"} icon={<EyeOutlined />} disabled={here} loading={busy} onClick={() => void listen()} aria-label={t("live.supervise.listenTo", { name: agent.name })}>
        {t(here ? "live.supervise.here" : "live.supervise.listen")}
      </Button>
      {others.map((one) => (
        <Tooltip key={one.id} title={`${one.supervisor_name} · ${t(`live.supervise.${one.how}`)}`}>
          <TeamOutlined aria-label={`${one.supervisor_name} · ${t(`live.supervise.${one.how}`)}`} />
        </Tooltip>
      ))}
    </span>
  )
}

/** The bar while the supervisor is in a call: how, for how long, and the next step up or out. */
export function SupervisionBar({ board }: { readonly board: Board }) {
  const { mine } = useSupervision()
  const inCall = mine !== undefined
  // The line stays up between calls; it goes with the page.
  useEffect(() => stopSound, [])
  useEffect(() => {
    if (inCall) startSound()
  }, [inCall])
  const how = mine?.how ?? "listen"
  // Heard is only who wants to be: each step decides anew, and listening is always silent.
  useEffect(() => setMuted(how === "listen"), [how, mine?.call_id])
  if (mine === undefined) return null
  return <Bar mine={mine} call={board.calls[mine.call_id]} agent={mine.agent_id === null ? undefined : board.agents[mine.agent_id]} />
}

interface BarProps {
  readonly mine: SupervisionView
  readonly call: CallView | undefined
  readonly agent: AgentView | undefined
}

const STEPS = ["listen", "whisper", "barge", "take_over"] as const
const ICON = { listen: <EyeOutlined />, whisper: <SoundOutlined />, barge: <TeamOutlined />, take_over: <SwapOutlined /> } as const

function Bar({ mine, call, agent }: BarProps) {
  const { t } = useTranslation()
  const failed = useFailure()
  const enabled = useLive((live) => live.link === "in_step")
  const simulated = useSound((sound) => sound.kind === "simulated")
  const muted = useSound((sound) => sound.muted)
  async function go(how: How) {
    try {
      await command({ type: "supervise", call_id: mine.call_id, how })
    } catch (error) {
      failed(error)
    }
  }
  const leave = () => void command({ type: "stop_supervising" }).catch(failed)
  return (
    <section className="supervision" data-how={mine.how} aria-label={t("live.supervise.title")}>
      <strong>
        {ICON[mine.how]} {t(`live.supervise.${mine.how}`)}
      </strong>
      <span>
        {agent?.name ?? ""} ↔ {call?.customer_name ?? ""}
      </span>
      <span className="num">
        <Since at={mine.began_at} />
      </span>
      <span role="status" className="small">
        {mine.trouble !== null ? t("live.supervise.trouble", { why: mine.trouble }) : mine.heard ? t(`live.supervise.now.${mine.how}`) : t("live.supervise.soon")}
      </span>
      {mine.how === "listen" && !simulated && muted && (
        <span className="small">
          <AudioMutedOutlined aria-hidden /> {t("live.supervise.silent")}
        </span>
      )}
      <Meter what="ear" />
      <span className="grow" />
      <SoundButton />
      {STEPS.map((how) =>
        how === mine.how ? null : how === "listen" ? (
          <Button key={how} size="small" icon={ICON[how]} disabled={!enabled} onClick={() => void go(how)}>
            {t("live.supervise.listen")}
          </Button>
        ) : (
          <Popconfirm key={how} title={t(`live.supervise.sure.${how}`)} okText={t(`live.supervise.${how}`)} cancelText={t("do.cancel")} onConfirm={() => void go(how)}>
            <Button size="small" danger={how === "take_over"} icon={ICON[how]} disabled={!enabled}>
              {t(`live.supervise.${how}`)}
            </Button>
          </Popconfirm>
        ),
      )}
      <Button size="small" icon={<CloseOutlined />} disabled={!enabled} onClick={leave}>
        {t("live.supervise.leave")}
      </Button>
    </section>
  )
}
