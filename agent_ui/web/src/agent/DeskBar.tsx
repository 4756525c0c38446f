import { CheckCircleOutlined, CoffeeOutlined, PoweroffOutlined, QuestionCircleOutlined, SwapOutlined } from "@ant-design/icons"
import { Dropdown, Popconfirm, Tooltip } from "antd"
import { useTranslation } from "../i18n/use"
import { LanguageButton, LinkMark, SimulatedBadge, UserMenu } from "../app/HeaderParts"
import type { Me } from "../app/session"
import type { AgentView, BreakReason } from "../live/protocol.gen"
import { SoundButton } from "../sound/SoundButton"
import { Since } from "../ui/Clock"
import { AgentMark } from "../ui/StateMark"
import { BREAKS } from "./breaks"
import { MyDayButton } from "./MyDay"
import { keyName, useKeySettings } from "./keys"

interface Props {
  readonly me: Me
  readonly agent: AgentView | null
  readonly campaignName: string | null
  readonly enabled: boolean
  readonly breakOpen: boolean
  readonly setBreakOpen: (open: boolean) => void
  readonly ready: () => void
  readonly pause: (reason: BreakReason) => void
  readonly signOff: () => void
  readonly changeCampaign: () => void
  readonly showKeys: () => void
}

/** The agent's own bar: the state, how long, what comes next, and whether the screen can be trusted. */
export function DeskBar(props: Props) {
  const { me, agent, campaignName, enabled } = props
  const { t } = useTranslation()
  const { on, keymap } = useKeySettings()
  const state = agent?.state ?? "offline"
  const away = state === "offline"
  const planned = agent?.next_state === "on_break"
  const key = (name: "ready" | "break") => (on ? ` (${keyName(keymap[name])})` : "")
  return (
    <header className="bar desk-bar">
      <img src="/icon.svg" alt={t("product")} width={26} height={26} />
      {agent !== null && (
        <div className="state-now" data-state={state}>
          <AgentMark state={state} reason={agent.reason} big />
          <strong className="num state-time">
            <Since at={agent.state_since} />
          </strong>
        </div>
      )}
      {!away && (
        <div className="state-segment" role="group" aria-label={t("agent.stateChoice")}>
          {(state === "talking" || state === "wrap_up" || state === "dialing") && <span className="after">{t("agent.then")}</span>}
          <Tooltip title={t("agent.ready") + key("ready")}>
            <button
              type="button"
              className="segment"
              aria-pressed={state === "ready" || ((state === "talking" || state === "wrap_up") && !planned)}
              disabled={!enabled || (state === "wrap_up" && !planned) || state === "dialing" || state === "previewing"}
              onClick={props.ready}
            >
              <CheckCircleOutlined aria-hidden />
              {t("agent.ready")}
            </button>
          </Tooltip>
          <Dropdown
            trigger={["click"]}
            open={props.breakOpen}
            onOpenChange={props.setBreakOpen}
            disabled={!enabled}
            menu={{
              items: BREAKS.map((reason) => ({ key: reason, label: t(`breakReason.${reason}`) })),
              onClick: ({ key: reason }) => props.pause(reason as BreakReason),
            }}
          >
            <button type="button" className="segment" aria-pressed={state === "on_break" || planned} disabled={!enabled} title={t("agent.break") + key("break")}>
              <CoffeeOutlined aria-hidden />
              {planned ? `${t("agent.break")} · ${t(`breakReason.${(agent.next_reason ?? "short_break") as BreakReason}`)}` : t("agent.break")}
            </button>
          </Dropdown>
          <Popconfirm title={t("agent.signOffSure")} onConfirm={props.signOff} okText={t("agent.signOff")} cancelText={t("do.cancel")}>
            <button type="button" className="segment" disabled={!enabled || (state !== "ready" && state !== "on_break" && state !== "previewing")}>
              <PoweroffOutlined aria-hidden />
              {t("agent.signOff")}
            </button>
          </Popconfirm>
        </div>
      )}
      {campaignName !== null && !away && (
        <button
          type="button"
          className="bar-button campaign-name"
          disabled={!enabled || state !== "on_break"}
          title={state === "on_break" ? t("agent.change") : t("agent.changeNeedsBreak")}
          onClick={props.changeCampaign}
        >
          <span className="clip">{campaignName}</span>
          {state === "on_break" && <SwapOutlined aria-label={t("agent.change")} />}
        </button>
      )}
      <span className="grow" />
      {!away && agent !== null && <MyDayButton agent={agent} />}
      {!away && <SoundButton />}
      <SimulatedBadge />
      <LinkMark />
      <button type="button" className="bar-button" onClick={props.showKeys} aria-label={t("agent.keys.open")} title={t("agent.keys.open") + " (?)"}>
        <QuestionCircleOutlined aria-hidden />
      </button>
      <LanguageButton />
      <UserMenu me={me} />
    </header>
  )
}
