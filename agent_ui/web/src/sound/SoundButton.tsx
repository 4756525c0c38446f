/** In the top bar: whether the agent can be heard, in words and colour; opened, what can be done about it. */
import { AudioMutedOutlined, AudioOutlined, CustomerServiceOutlined, LoadingOutlined, PhoneOutlined, WarningFilled } from "@ant-design/icons"
import { Button, Popover, Select } from "antd"
import { type ReactNode, useState } from "react"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import type { Device } from "./devices"
import { shown } from "./levels"
import type { Phase } from "./line"
import "./sound.css"
import { choose, echoTest, restartSound, setMuted, useSound } from "./store"

const ICON: Record<Phase, ReactNode> = {
  off: <CustomerServiceOutlined />,
  connecting: <LoadingOutlined />,
  waiting: <LoadingOutlined />,
  up: <AudioOutlined />,
  lost: <WarningFilled />,
  failed: <WarningFilled />,
}

/** The line as a whole: what a person has to know about it at a glance. */
export function SoundButton() {
  const { t } = useTranslation()
  const kind = useSound((sound) => sound.kind)
  const phase = useSound((sound) => sound.phase)
  const muted = useSound((sound) => sound.muted)
  const words = kind === "simulated" ? t("sound.simulated") : kind === "telephone" ? t("sound.telephone") : t(`sound.phase.${phase}`)
  const browser = kind !== "simulated" && kind !== "telephone"
  return (
    <Popover trigger="click" placement="bottomRight" title={t("sound.title")} content={<SoundPanel />}>
      <button type="button" className="bar-button sound-mark" data-phase={browser ? phase : "off"} data-muted={muted && browser}>
        {muted && browser ? <AudioMutedOutlined aria-hidden /> : kind === "telephone" ? <PhoneOutlined aria-hidden /> : <span aria-hidden>{ICON[browser ? phase : "off"]}</span>}
        <span role="status">{words}</span>
        {browser && phase === "up" && <Meter what="mouth" />}
      </button>
    </Popover>
  )
}

export function Meter({ what }: { readonly what: "mouth" | "ear" }) {
  const { t } = useTranslation()
  const level = useSound((sound) => shown(sound.levels[what]))
  const percent = Math.round(level * 100)
  return (
    <span
      className="meter"
      data-what={what}
      role="meter"
      aria-label={t(what === "mouth" ? "sound.mouthLevel" : "sound.earLevel")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ width: `${String(percent)}%` }} />
    </span>
  )
}

function SoundPanel() {
  const { t } = useTranslation()
  const { kind, phase, trouble, refusal, telephone, devices, choice } = useSound()
  if (kind === "simulated") return <p className="sound-panel">{t("sound.simulatedMore")}</p>
  if (kind === "telephone") return <p className="sound-panel">{t("sound.telephoneMore", { address: telephone ?? "" })}</p>
  return (
    <div className="sound-panel">
      <p data-phase={phase}>
        <strong>{t(`sound.phase.${phase}`)}</strong>
        <br />
        {refusal ?? (trouble !== null ? t(`sound.trouble.${trouble}`) : t(`sound.more.${phase}`))}
      </p>
      <Choose label={t("sound.microphone")} devices={devices.microphones} value={choice.microphone} change={(microphone) => choose({ microphone })} />
      <div className="row">
        <span className="dim small sound-label">{t("sound.mouthLevel")}</span>
        <Meter what="mouth" />
      </div>
      <Choose label={t("sound.speaker")} devices={devices.speakers} value={choice.speaker} change={(speaker) => choose({ speaker })} />
      <div className="row">
        <span className="dim small sound-label">{t("sound.earLevel")}</span>
        <Meter what="ear" />
      </div>
      <div className="row" style={{ marginTop: 10 }}>
        <Echo />
        <span className="grow" />
        <Button size="small" onClick={restartSound}>
          {t("sound.reconnect")}
        </Button>
      </div>
    </div>
  )
}

interface ChooseProps {
  readonly label: string
  readonly devices: readonly Device[]
  readonly value: string
  readonly change: (id: string) => void
}

function Choose({ label, devices, value, change }: ChooseProps) {
  const { t } = useTranslation()
  const options = [{ value: "", label: t("sound.usual") }, ...devices.map(({ id, name }) => ({ value: id, label: name }))]
  const there = options.some((option) => option.value === value)
  return (
    <div className="row">
      <span className="dim small sound-label">{label}</span>
      <Select size="small" aria-label={label} options={options} value={there ? value : ""} onChange={change} style={{ width: 220 }} />
    </div>
  )
}

function Echo() {
  const { t } = useTranslation()
  const failed = useFailure()
  const [step, setStep] = useState<"speak" | "listen" | null>(null)
  async function run() {
    try {
      await echoTest(setStep)
    } catch (error) {
      failed(error)
    } finally {
      setStep(null)
    }
  }
  return (
    <Button size="small" disabled={step !== null} onClick={() => void run()}>
      {t(step === null ? "sound.echo" : step === "speak" ? "sound.echoSpeak" : "sound.echoListen")}
    </Button>
  )
}

/** Whether there is a microphone here to be muted. */
export const useBrowserSound = (): boolean => useSound((sound) => sound.kind === "sip" || sound.kind === "twilio")

export const toggleMute = (): void => setMuted(!useSound.getState().muted)
