/** The agent's desk: one page from sitting down to the saved result. */
import { App } from "antd"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "../i18n/use"
import { ended, LinkEnded, LinkNotice } from "../app/HeaderParts"
import { type Me, useSession } from "../app/session"
import type { AgentView, BreakReason, CallView, Stage } from "../live/protocol.gen"
import type { Command } from "../live/socket"
import { command, useLive } from "../live/store"
import { toggleMute, useBrowserSound } from "../sound/SoundButton"
import { useAgentSound } from "../sound/useAgentSound"
import { useFailure } from "../ui/failure"
import { Failed, Loading } from "../ui/states"
import { calendarDay } from "../ui/time"
import { CallPanel } from "./CallPanel"
import { chime } from "./chime"
import { CustomerCard } from "./CustomerCard"
import "./desk.css"
import { DeskBar } from "./DeskBar"
import { grouped } from "./dispositions"
import { useDraft } from "./draft"
import { IdlePane } from "./IdlePane"
import { KeysModal } from "./KeysModal"
import { useKeySettings, useShortcuts } from "./keys"
import { nameOf, ResultPanel, type Result, resultOf } from "./ResultPanel"
import { ScriptPane } from "./ScriptPane"
import { SitDown } from "./SitDown"
import { type Blanks, useCompany } from "./Spoken"
import { usePaint } from "./usePaint"
import { STAGES, scriptOf, type Workplace, useWorkplace } from "./workplace"

export default function Desk() {
  const me = useSession((session) => session.me)
  return me ? <DeskOf me={me} /> : null
}

/** Sends commands one at a time, and says why one was not carried out: out of step, the socket refuses it. */
function useCommands() {
  const failed = useFailure()
  const [busy, setBusy] = useState(false)
  const inStep = useLive((live) => live.link === "in_step")
  async function run(what: Command, then?: () => void) {
    if (busy) return
    setBusy(true)
    try {
      await command(what)
      then?.()
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }
  return { run: (what: Command, then?: () => void) => void run(what, then), busy, enabled: inStep && !busy, inStep }
}

type Commands = ReturnType<typeof useCommands>

function DeskOf({ me }: { readonly me: Me }) {
  const link = useLive((live) => live.link)
  const agent = useLive((live) => live.state.agent)
  const call = useLive((live) => live.state.call)
  const started = useLive((live) => live.state.epoch !== null)
  const commands = useCommands()
  // A call of a campaign that shares these agents brings its own script and results.
  const workplace = useWorkplace(call?.queue_id ?? agent?.queue_id ?? null)
  const [keysOpen, setKeysOpen] = useState(false)
  const [breakOpen, setBreakOpen] = useState(false)
  const [choosing, setChoosing] = useState(false)
  usePaint()
  useArrival(agent, call)

  const away = agent === null || agent.state === "offline"
  useAgentSound(!away && !ended(link), call?.id ?? null)
  const hasMicrophone = useBrowserSound()
  const { run } = commands
  useShortcuts({
    ready: () => run({ type: "ready" }),
    break: () => setBreakOpen(!away),
    help: () => setKeysOpen((open) => !open),
    ...(hasMicrophone && agent?.state === "talking" ? { mute: toggleMute } : {}),
  })

  if (ended(link)) return <LinkEnded />
  return (
    <div className="desk">
      <DeskBar
        me={me}
        agent={agent}
        campaignName={workplace.data?.name ?? null}
        enabled={commands.enabled}
        breakOpen={breakOpen}
        setBreakOpen={setBreakOpen}
        ready={() => run({ type: "ready" })}
        pause={(reason) => run({ type: "break", reason }, () => setBreakOpen(false))}
        signOff={() => run({ type: "sign_off" })}
        changeCampaign={() => setChoosing(true)}
        showKeys={() => setKeysOpen(true)}
      />
      <LinkNotice />
      <div className="desk-body" data-locked={!commands.inStep && started}>
        {!started ? (
          <Loading rows={8} />
        ) : away || choosing ? (
          <SitDown
            enabled={commands.enabled}
            busy={commands.busy}
            current={agent?.queue_id ?? null}
            signOn={(queue_id) => run({ type: "sign_on", queue_id }, () => setChoosing(false))}
          />
        ) : workplace.isPending ? (
          <Loading rows={8} />
        ) : workplace.isError && call === null ? (
          <Failed error={workplace.error} retry={() => void workplace.refetch()} />
        ) : call === null ? (
          <IdlePane me={me} agent={agent} workplace={workplace.data ?? null} />
        ) : (
          <AtWork key={call.id} me={me} agent={agent} call={call} workplace={workplace.data ?? null} commands={commands} />
        )}
      </div>
      {keysOpen && <KeysModal close={() => setKeysOpen(false)} />}
    </div>
  )
}

/** A call that arrives is heard, and seen in the window's title from another tab. */
function useArrival(agent: AgentView | null, call: CallView | null): void {
  const { t } = useTranslation()
  const callId = call?.id ?? null
  const state = agent?.state ?? "offline"
  const customer = call?.customer_name ?? ""
  const known = useRef<string | null>(null)
  useEffect(() => {
    if (callId !== null && callId !== known.current && useKeySettings.getState().chime) chime()
    known.current = callId
  }, [callId])
  useEffect(() => {
    const what = t(`agentState.${state}`)
    document.title = callId === null ? `${what} · ${t("product")}` : `● ${what} ${customer}`
  }, [callId, state, customer, t])
}

interface AtWorkProps {
  readonly me: Me
  readonly agent: AgentView
  readonly call: CallView
  readonly workplace: Workplace | null
  readonly commands: Commands
}

/** Customer, script, call and result: everything about one person, side by side. */
function AtWork({ me, agent, call, workplace, commands }: AtWorkProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { run, enabled, busy } = commands
  const [draft, change, forget] = useDraft(call)
  const note = useRef<HTMLTextAreaElement | null>(null)
  const dispositions = workplace?.dispositions ?? []
  const items = workplace?.items ?? []
  const company = useCompany()
  const blanks: Blanks =
    call.card === null
      ? { ...company, agent: me.name }
      : { ...company, name: call.customer_name, agent: me.name, posted_on: calendarDay(call.card.mailing.posted_on), brochure: call.card.mailing.brochure_title }
  const resultName = (code: string) => {
    const found = dispositions.find((of) => of.code === code)
    return found === undefined ? code : nameOf(found)
  }
  const call_id = call.id
  const previewing = agent.state === "previewing"
  const live = agent.state === "talking" || agent.state === "dialing"

  const save = (result: Result) =>
    run({ type: "disposition", ...result }, () => {
      forget()
      void message.success(t("agent.saved"), 2)
    })
  const reach = (stage: Stage) => run({ type: "stage", call_id, stage })
  const act = {
    dial: () => run({ type: "dial", call_id }),
    skip: () => run({ type: "skip", call_id }),
    hangUp: () => run({ type: "hang_up", call_id }),
    holdOrResume: () => run({ type: call.state === "held" ? "resume" : "hold", call_id }),
  }
  const go = (then: "ready" | BreakReason) => run(then === "ready" ? { type: "ready" } : { type: "break", reason: then })
  const toStage = (i: number) => {
    const stage = STAGES[i]
    if (stage !== undefined) document.getElementById(`stage-${stage}`)?.click()
  }

  useShortcuts({
    ...(previewing ? { dial: act.dial, skip: act.skip } : {}),
    ...(live ? { hangUp: act.hangUp } : {}),
    ...(call.state === "connected" || call.state === "held" ? { hold: act.holdOrResume } : {}),
    stage1: () => toStage(0),
    stage2: () => toStage(1),
    stage3: () => toStage(2),
    note: () => note.current?.focus(),
    saveReady: () => {
      if (call.disposition !== null || agent.state !== "wrap_up") return
      const chosen = dispositions.find((of) => of.code === draft.code)
      const result = resultOf(call, draft, chosen, items, "ready", null)
      if (result !== null) save(result)
      else void message.warning(t("agent.saveNow"))
    },
    digit: (digit) => {
      if (call.disposition !== null || previewing) return
      const found = grouped(dispositions).flatMap(({ choices }) => choices).find((choice) => choice.digit === digit)
      if (found !== undefined) change({ code: found.disposition.code })
    },
  })

  return (
    <main className="at-work">
      {call.card === null ? <div className="pane desk-col">{t("agent.wrapWithout")}</div> : <CustomerCard card={call.card} resultName={resultName} />}
      <ScriptPane
        script={scriptOf(workplace)}
        call={call}
        blanks={blanks}
        selling={dispositions.find((of) => of.code === draft.code)?.sale === true}
        {...(agent.state === "talking" ? { reach } : {})}
      />
      <div className="desk-col act">
        <CallPanel agent={agent} call={call} enabled={enabled} act={act} run={run} recorded={workplace?.recorded === true} />
        {!previewing && (
          <ResultPanel
            agent={agent}
            call={call}
            dispositions={dispositions}
            items={items}
            legal={workplace?.legal_windows ?? []}
            daysMax={workplace?.callback_days_max ?? 30}
            draft={draft}
            change={change}
            enabled={enabled}
            busy={busy}
            noteRef={note}
            save={save}
            go={go}
          />
        )}
      </div>
    </main>
  )
}
