import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  CoffeeOutlined,
  EditOutlined,
  ExclamationCircleOutlined,
  EyeOutlined,
  InfoCircleOutlined,
  MinusCircleOutlined,
  PauseCircleOutlined,
  PhoneFilled,
  PhoneOutlined,
  PoweroffOutlined,
  StopOutlined,
  SwapOutlined,
} from "@ant-design/icons"
import type { ReactNode } from "react"
import { useTranslation } from "../i18n/use"
import { wordFor } from "../i18n"
import type { AgentState, CallState } from "../live/protocol.gen"

export type Tone =
  | "ready" | "talking" | "wrap_up" | "on_break" | "previewing" | "dialing" | "offline"
  | "good" | "warn" | "bad" | "info" | "plain"

/** Colour, icon and word together: none of the three is needed to understand it. */
export function Mark(props: { readonly tone: Tone; readonly icon?: ReactNode; readonly big?: boolean; readonly children: ReactNode; readonly title?: string }) {
  return (
    <span className={props.big === true ? "mark big" : "mark"} data-tone={props.tone} title={props.title}>
      {props.icon}
      {props.children}
    </span>
  )
}

const AGENT_ICON: Record<AgentState, ReactNode> = {
  offline: <PoweroffOutlined />,
  on_break: <CoffeeOutlined />,
  ready: <CheckCircleOutlined />,
  previewing: <EyeOutlined />,
  dialing: <PhoneOutlined />,
  talking: <PhoneFilled />,
  wrap_up: <EditOutlined />,
}

export function AgentMark(props: { readonly state: AgentState; readonly reason?: string | null; readonly big?: boolean }) {
  const { t } = useTranslation()
  const reason = props.state === "on_break" && props.reason != null ? wordFor("breakReason", props.reason) : ""
  return (
    <Mark tone={props.state} icon={AGENT_ICON[props.state]} {...(props.big === true ? { big: true } : {})}>
      {t(`agentState.${props.state}`)}
      {reason !== "" && ` · ${reason}`}
    </Mark>
  )
}

const CALL: Record<CallState, readonly [Tone, ReactNode]> = {
  reserved: ["previewing", <EyeOutlined key="i" />],
  launching: ["plain", <PhoneOutlined key="i" />],
  ringing: ["plain", <PhoneOutlined key="i" />],
  waiting: ["bad", <ClockCircleOutlined key="i" />],
  connecting: ["dialing", <SwapOutlined key="i" />],
  connected: ["talking", <PhoneFilled key="i" />],
  held: ["warn", <PauseCircleOutlined key="i" />],
  ended: ["plain", <StopOutlined key="i" />],
}

export function CallMark({ state, big }: { readonly state: CallState; readonly big?: boolean }) {
  const { t } = useTranslation()
  const [tone, icon] = CALL[state]
  return (
    <Mark tone={tone} icon={icon} {...(big === true ? { big: true } : {})}>
      {t(`callState.${state}`)}
    </Mark>
  )
}

const OUTCOME: Readonly<Record<string, readonly [Tone, ReactNode]>> = {
  talked: ["good", <PhoneFilled key="i" />],
  abandoned: ["bad", <ExclamationCircleOutlined key="i" />],
  invalid_number: ["bad", <CloseCircleOutlined key="i" />],
  failed: ["bad", <CloseCircleOutlined key="i" />],
  congestion: ["warn", <ExclamationCircleOutlined key="i" />],
  machine: ["info", <InfoCircleOutlined key="i" />],
}

export function OutcomeMark({ outcome }: { readonly outcome: string }) {
  const [tone, icon] = OUTCOME[outcome] ?? ["plain", <MinusCircleOutlined key="i" />]
  return (
    <Mark tone={tone} icon={icon}>
      {wordFor("outcome", outcome)}
    </Mark>
  )
}

const GENERAL: Readonly<Record<string, readonly [Tone, ReactNode]>> = {
  open: ["good", <CheckCircleOutlined key="i" />],
  paused: ["warn", <PauseCircleOutlined key="i" />],
  closed: ["plain", <StopOutlined key="i" />],
  draft: ["plain", <EditOutlined key="i" />],
  posted: ["good", <CheckCircleOutlined key="i" />],
  planned: ["warn", <ClockCircleOutlined key="i" />],
  submitted: ["info", <ClockCircleOutlined key="i" />],
  confirmed: ["good", <CheckCircleOutlined key="i" />],
  cancelled: ["plain", <StopOutlined key="i" />],
  due: ["warn", <ClockCircleOutlined key="i" />],
  done: ["good", <CheckCircleOutlined key="i" />],
  dropped: ["plain", <StopOutlined key="i" />],
  given: ["good", <CheckCircleOutlined key="i" />],
  refused: ["bad", <StopOutlined key="i" />],
  unknown: ["plain", <MinusCircleOutlined key="i" />],
  committed: ["good", <CheckCircleOutlined key="i" />],
  checked: ["info", <EyeOutlined key="i" />],
  failed: ["bad", <CloseCircleOutlined key="i" />],
}

/** The state of a campaign, mailing, order, follow-up … `group` names its words. */
export function Stand({ group, state }: { readonly group: string; readonly state: string }) {
  const [tone, icon] = GENERAL[state] ?? ["plain", <MinusCircleOutlined key="i" />]
  return (
    <Mark tone={tone} icon={icon}>
      {wordFor(group, state)}
    </Mark>
  )
}
