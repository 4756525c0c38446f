import { CheckCircleFilled, CoffeeOutlined, StopOutlined } from "@ant-design/icons"
import { Button, Dropdown, Input } from "antd"
import { type RefObject, useState } from "react"
import { useTranslation } from "../i18n/use"
import { currentLanguage, wordFor } from "../i18n"
import { nowMs } from "../live/clock"
import type { AgentView, BreakReason, CallView, SaveDisposition } from "../live/protocol.gen"
import { CallbackField } from "./CallbackField"
import { instantOfText, type Windows } from "./callback"
import { BREAKS } from "./breaks"
import { type Disposition, type Draft, grouped, type Item, lacks } from "./dispositions"
import { OrderFields } from "./OrderFields"

type Then = SaveDisposition["then"]
export type Result = Omit<SaveDisposition, "id" | "type">

interface Props {
  readonly agent: AgentView
  readonly call: CallView
  readonly dispositions: readonly Disposition[]
  readonly items: readonly Item[]
  readonly legal: Windows
  readonly daysMax: number
  readonly draft: Draft
  readonly change: (part: Partial<Draft>) => void
  readonly enabled: boolean
  readonly busy: boolean
  readonly noteRef: RefObject<HTMLTextAreaElement | null>
  readonly save: (result: Result) => void
  readonly go: (then: "ready" | BreakReason) => void
}

export const nameOf = (of: Disposition): string => (currentLanguage() === "zh" ? of.name_zh : of.name_en)

/** The message that saves a draft, or null while something is missing. */
export function resultOf(call: CallView, draft: Draft, chosen: Disposition | undefined, items: readonly Item[], then: Then, reason: BreakReason | null): Result | null {
  const zone = call.card?.customer.timezone ?? "Asia/Shanghai"
  const callbackMs = instantOfText(draft.callback, zone)
  if (chosen === undefined || lacks(draft, chosen, items, callbackMs, nowMs()).length > 0) return null
  return {
    call_id: call.id,
    code: chosen.code,
    note: draft.note.trim(),
    callback_at: chosen.callback && callbackMs !== null ? new Date(callbackMs).toISOString() : null,
    order: chosen.sale
      ? {
          lines: items
            .map((item) => ({ item_id: item.id, quantity: draft.order.quantities[item.id] ?? 0 }))
            .filter((line) => line.quantity > 0),
          recipient: draft.order.recipient.trim(),
          address: draft.order.address.trim(),
          payment: draft.order.payment,
          note: draft.order.note.trim(),
        }
      : null,
    then,
    break_reason: then === "break" ? reason : null,
  }
}

/** The result of the call: chosen by meaning, and with it opens what it demands. */
export function ResultPanel(props: Props) {
  const { agent, call, dispositions, items, draft, change, enabled, busy, noteRef, save, go } = props
  const { t } = useTranslation()
  const [tried, setTried] = useState(false)
  const [all, setAll] = useState(false)
  const chosen = dispositions.find((of) => of.code === draft.code)
  const zone = call.card?.customer.timezone ?? "Asia/Shanghai"
  const missing = lacks(draft, chosen, items, instantOfText(draft.callback, zone), nowMs())
  const talking = agent.state === "talking"
  const plannedBreak = agent.next_state === "on_break" ? ((agent.next_reason ?? "short_break") as BreakReason) : null

  function submit(then: Then, reason: BreakReason | null = null) {
    const result = resultOf(call, draft, chosen, items, then, reason)
    if (result === null) setTried(true)
    else save(result)
  }

  if (call.disposition !== null) {
    const saved = dispositions.find((of) => of.code === call.disposition)
    return (
      <section className="pane result saved" aria-label={t("agent.result")}>
        <div className="saved-box" role="status">
          <CheckCircleFilled aria-hidden />
          <strong>{t("agent.savedTitle", { what: saved === undefined ? call.disposition : nameOf(saved) })}</strong>
          {talking && (
            <span className="dim">
              {t("agent.savedInCall", { what: t(plannedBreak === null ? "agentState.ready" : "agentState.on_break") })}
            </span>
          )}
        </div>
        {!talking && (
          <div className="save-row">
            <Button type="primary" size="large" disabled={!enabled} loading={busy} onClick={() => go("ready")} style={{ flex: 1 }}>
              {t("agent.ready")}
            </Button>
            <BreakMenu disabled={!enabled} choose={(reason) => go(reason)} label={t("agent.break")} />
          </div>
        )}
      </section>
    )
  }

  const demanding = chosen !== undefined && (chosen.sale || chosen.callback || chosen.do_not_call)
  const folded = demanding && !all
  const error = tried ? missing[0] : undefined
  return (
    <section className="pane result" aria-label={t("agent.result")}>
      <h3>
        {t("agent.result")}
        {demanding && (
          <Button type="link" size="small" onClick={() => setAll(!all)}>
            {t(all ? "do.close" : "agent.changeResult")}
          </Button>
        )}
      </h3>
      <div className="result-scroll">
        <div role="radiogroup" aria-label={t("agent.result")} className="result-groups">
          {grouped(dispositions).map(({ group, choices }) => {
            const shown = folded ? choices.filter(({ disposition }) => disposition.code === draft.code) : choices
            if (shown.length === 0) return null
            return (
              <div key={group} className="result-group" data-group={group}>
                <span className="group-name">{t(`agent.group.${group}`)}</span>
                <div className="chips">
                  {shown.map(({ disposition, digit }) => (
                    <button
                      key={disposition.code}
                      type="button"
                      role="radio"
                      className="chip"
                      aria-checked={draft.code === disposition.code}
                      onClick={() => {
                        setAll(false)
                        change({ code: disposition.code })
                      }}
                    >
                      {digit !== null && <kbd aria-hidden>{digit}</kbd>}
                      {nameOf(disposition)}
                    </button>
                  ))}
                </div>
              </div>
            )
          })}
        </div>
        {chosen !== undefined && <Consequence of={chosen} />}
        {chosen?.callback === true && (
          <CallbackField value={draft.callback} zone={zone} lastDay={call.card?.mailing.last_day ?? null} legal={props.legal} daysMax={props.daysMax} onChange={(callback) => change({ callback })} />
        )}
        {chosen?.sale === true && <OrderFields order={draft.order} items={items} onChange={(order) => change({ order })} />}
        <label className="note">
          <span>{t("agent.note")}</span>
          <Input.TextArea
            ref={(area) => {
              noteRef.current = area?.resizableTextArea?.textArea ?? null
            }}
            value={draft.note}
            maxLength={4000}
            autoSize={{ minRows: 2, maxRows: 6 }}
            placeholder={t("agent.noteHint")}
            onChange={(event) => change({ note: event.target.value })}
          />
        </label>
      </div>
      <div className="save-box">
        {error !== undefined && (
          <div className="save-error" role="alert">
            {t(`agent.${error}`)}
          </div>
        )}
        {talking ? (
          <Button type="primary" size="large" block disabled={!enabled} loading={busy} onClick={() => submit(plannedBreak === null ? "ready" : "break", plannedBreak)}>
            {t("agent.saveInCall")}
          </Button>
        ) : (
          <>
            <Button
              type="primary"
              size="large"
              block
              disabled={!enabled || agent.state !== "wrap_up"}
              loading={busy}
              onClick={() => submit(plannedBreak === null ? "ready" : "break", plannedBreak)}
            >
              {t(plannedBreak === null ? "agent.saveReady" : "agent.saveBreak")}
            </Button>
            <div className="save-row">
              <BreakMenu
                disabled={!enabled || busy || agent.state !== "wrap_up"}
                choose={(reason) => submit("break", reason)}
                label={t("agent.saveBreak")}
              />
              <Button disabled={!enabled || busy || agent.state !== "wrap_up"} onClick={() => submit("stay")} style={{ flex: 1 }}>
                {t("agent.saveStay")}
              </Button>
            </div>
          </>
        )}
      </div>
    </section>
  )
}

function BreakMenu(props: { readonly label: string; readonly disabled: boolean; readonly choose: (reason: BreakReason) => void }) {
  const { t } = useTranslation()
  return (
    <Dropdown
      trigger={["click"]}
      disabled={props.disabled}
      menu={{ items: BREAKS.map((reason) => ({ key: reason, label: t(`breakReason.${reason}`), onClick: () => props.choose(reason) })) }}
    >
      <Button icon={<CoffeeOutlined />} style={{ flex: 1 }}>
        {props.label}
      </Button>
    </Dropdown>
  )
}

/** Said before it is done: a refusal is final, a follow-up is made, the lead is closed. */
function Consequence({ of }: { readonly of: Disposition }) {
  const { t } = useTranslation()
  if (of.do_not_call) {
    return (
      <div className="consequence" data-tone="bad" role="note">
        <StopOutlined aria-hidden />
        <div>
          <strong>{t("agent.refusalTitle")}</strong>
          <div>{t("agent.refusalMore")}</div>
        </div>
      </div>
    )
  }
  const lines = [
    of.follow_up_case === null ? null : t("agent.followNote", { what: wordFor("followUp", of.follow_up_case) }),
    of.closes_lead === null || of.sale ? null : t("agent.closesLead", { reason: wordFor("leadClosed", of.closes_lead) }),
  ].filter((line) => line !== null)
  return lines.length === 0 ? null : <div className="consequence plain">{lines.join(" · ")}</div>
}
