/** What is needed now and then in a talk: passing the call on, asking somebody first, keys, pausing the recording. */
import { AuditOutlined, NumberOutlined, PauseCircleOutlined, PlayCircleOutlined, RollbackOutlined, SwapOutlined, TeamOutlined } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Button, Empty, Input, Popover, Segmented } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import type { CallView } from "../live/protocol.gen"
import type { Command } from "../live/socket"

interface Props {
  readonly call: CallView
  readonly enabled: boolean
  readonly run: (what: Command, then?: () => void) => void
  /** Whether calls of this campaign are recorded. */
  readonly recorded: boolean
}

export function CallExtras({ call, enabled, run, recorded }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<"transfer" | "keys" | null>(null)
  const call_id = call.id
  if (call.state !== "connected" && call.state !== "held") return null
  if (call.consult !== null) {
    const there = call.consult === "there"
    return (
      <div className="consulting" role="status">
        <p>
          <TeamOutlined aria-hidden /> {t(there ? "agent.transfer.there" : "agent.transfer.asked")}
        </p>
        <div className="row" style={{ gap: 8 }}>
          <Button type="primary" icon={<SwapOutlined />} disabled={!enabled || !there} onClick={() => run({ type: "complete_transfer", call_id })}>
            {t("agent.transfer.complete")}
          </Button>
          <Button icon={<RollbackOutlined />} disabled={!enabled} onClick={() => run({ type: "end_consultation", call_id })}>
            {t("agent.transfer.back")}
          </Button>
        </div>
      </div>
    )
  }
  const paused = call.recording_paused_at !== null
  return (
    <div className="call-extras">
      <Popover
        trigger="click"
        placement="bottomRight"
        open={open === "transfer"}
        onOpenChange={(show) => setOpen(show ? "transfer" : null)}
        title={t("agent.transfer.title")}
        content={<Targets enabled={enabled} call={call} run={(what) => run(what, () => setOpen(null))} />}
        destroyOnHidden
      >
        <Button size="small" icon={<SwapOutlined />} disabled={!enabled}>
          {t("agent.transfer.do")}
        </Button>
      </Popover>
      <Popover
        trigger="click"
        placement="bottomRight"
        open={open === "keys"}
        onOpenChange={(show) => setOpen(show ? "keys" : null)}
        title={t("sound.digits")}
        content={<Keypad enabled={enabled} press={(digits) => run({ type: "digits", call_id, digits })} />}
        destroyOnHidden
      >
        <Button size="small" icon={<NumberOutlined />} disabled={!enabled || call.state === "held"}>
          {t("sound.digits")}
        </Button>
      </Popover>
      {recorded && (
        <Button
          size="small"
          type={paused ? "primary" : "default"}
          icon={paused ? <PlayCircleOutlined /> : <PauseCircleOutlined />}
          disabled={!enabled}
          onClick={() => run({ type: paused ? "resume_recording" : "pause_recording", call_id })}
        >
          {t(paused ? "agent.recording.resume" : "agent.recording.pause")}
        </Button>
      )}
      {recorded && (
        <span className="small recorded" data-paused={paused}>
          <AuditOutlined aria-hidden /> {t(paused ? "agent.recording.paused" : "agent.recording.on")}
        </span>
      )}
    </div>
  )
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const

function Keypad({ enabled, press }: { readonly enabled: boolean; readonly press: (digit: string) => void }) {
  const { t } = useTranslation()
  const [sent, setSent] = useState("")
  return (
    <>
      <p className="num keypad-sent" aria-live="polite">
        {sent === "" ? "–" : sent}
      </p>
      <div className="keypad">
        {KEYS.map((key) => (
          <Button
            key={key}
            disabled={!enabled}
            aria-label={t("sound.digit", { n: key })}
            onClick={() => {
              press(key)
              setSent((before) => (before + key).slice(-16))
            }}
          >
            {key}
          </Button>
        ))}
      </div>
    </>
  )
}

type Targets = Schemas["TransferTargets"]
type Kind = "agents" | "queues" | "numbers"

interface TargetsProps {
  readonly call: CallView
  readonly enabled: boolean
  readonly run: (what: Command) => void
}

/** Whom to pass the call to: at once, or after asking. */
function Targets({ call, enabled, run }: TargetsProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<Kind>("agents")
  const [word, setWord] = useState("")
  const asked = useQuery({ queryKey: ["transfer-targets"], queryFn: () => taken(api.GET("/api/transfer-targets")), refetchInterval: 3000, staleTime: 0 })
  const call_id = call.id
  const found = asked.data
  return (
    <div className="targets">
      <Segmented<Kind>
        block
        value={kind}
        onChange={setKind}
        options={(["agents", "queues", "numbers"] as const).map((value) => ({ value, label: t(`agent.transfer.${value}`) }))}
      />
      {kind === "agents" && <Input size="small" allowClear aria-label={t("live.searchAgent")} placeholder={t("live.searchAgent")} value={word} onChange={(event) => setWord(event.target.value)} style={{ margin: "8px 0" }} />}
      <ul className="target-list">
        {kind === "agents" &&
          found?.agents
            .filter((one) => one.name.includes(word.trim()))
            .map((one) => (
              <li key={one.id}>
                <span className="grow clip">
                  <strong>{one.name}</strong> <span className="dim small">{wordFor("agentState", one.state)}</span>
                </span>
                <Button size="small" disabled={!enabled || !one.free} onClick={() => run({ type: "consult", call_id, agent_id: one.id })}>
                  {t("agent.transfer.ask")}
                </Button>
                <Button size="small" type="primary" disabled={!enabled || !one.free} onClick={() => run({ type: "transfer", call_id, agent_id: one.id })}>
                  {t("agent.transfer.blind")}
                </Button>
              </li>
            ))}
        {kind === "queues" &&
          found?.queues.map((one) => (
            <li key={one.id}>
              <span className="grow clip">
                <strong>{one.name}</strong> <span className="dim small">{t("agent.transfer.ready", { n: one.ready })}</span>
              </span>
              <Button size="small" type="primary" disabled={!enabled} onClick={() => run({ type: "transfer", call_id, queue_id: one.id })}>
                {t("agent.transfer.blind")}
              </Button>
            </li>
          ))}
        {kind === "numbers" &&
          found?.numbers.map((number) => (
            <li key={number}>
              <strong className="grow num">{number}</strong>
              <Button size="small" disabled={!enabled} onClick={() => run({ type: "consult", call_id, number })}>
                {t("agent.transfer.ask")}
              </Button>
              <Button size="small" type="primary" disabled={!enabled} onClick={() => run({ type: "transfer", call_id, number })}>
                {t("agent.transfer.blind")}
              </Button>
            </li>
          ))}
      </ul>
      {found?.[kind].length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`agent.transfer.none.${kind}`)} />}
    </div>
  )
}
