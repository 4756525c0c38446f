import { ArrowRightOutlined, CheckOutlined, SafetyOutlined, StopOutlined } from "@ant-design/icons"
import { type ReactNode, useRef, useState } from "react"
import { useTranslation } from "../i18n/use"
import type { CallView, Stage } from "../live/protocol.gen"
import { Nothing } from "../ui/states"
import { type Blanks, Spoken } from "./Spoken"
import { PitchClock } from "./PitchClock"
import { type Script, STAGES } from "./workplace"

type ScriptStage = Script["stages"][number]
type Branch = NonNullable<ScriptStage["steps"][number]["branches"]>[number]

interface Props {
  readonly script: Script | null
  /** undefined: the script is looked at away from any desk, without a clock. */
  readonly call: CallView | null | undefined
  readonly blanks: Blanks
  /** An order is being taken: what must be told first is shown. */
  readonly selling?: boolean
  /** Absent where no stage can be reached now: the script is read only. */
  readonly reach?: (stage: Stage) => void
}

/** The stage in which a key stands, or null for an objection's. */
const stageOfKey = (script: Script, key: string): Stage | null =>
  script.stages.find((part) => part.steps.some((step) => step.key === key))?.stage ?? null

/** The script by buying stage. Going to a stage during a talk is reaching it: that is what is recorded. */
export function ScriptPane({ script, call, blanks, selling, reach }: Props) {
  const { t } = useTranslation()
  const [looked, setLooked] = useState<{ readonly of: string | null; readonly stage: Stage | null }>({ of: null, stage: null })
  const body = useRef<HTMLDivElement>(null)
  const reached = call?.stage ?? null
  const callId = call?.id ?? null
  const stage = (looked.of === callId ? looked.stage : null) ?? reached ?? "felt_need"
  const reachedIndex = reached === null ? -1 : STAGES.indexOf(reached)
  if (script === null) {
    return (
      <section className="desk-col script pane" aria-label={t("agent.script")}>
        {call !== undefined && <PitchClock call={call} />}
        <Nothing title={t("agent.noScript")} />
      </section>
    )
  }
  const shown = script.stages.find((part) => part.stage === stage)
  const must = script.must_say ?? []

  function choose(next: Stage) {
    setLooked({ of: callId, stage: next })
    if (STAGES.indexOf(next) > reachedIndex) reach?.(next)
    if (body.current !== null) body.current.scrollTop = 0
  }

  function goTo(key: string) {
    if (script === null) return
    const there = stageOfKey(script, key)
    if (there !== null && there !== stage) choose(there)
    // After the stage is on the screen.
    requestAnimationFrame(() => {
      const target = document.getElementById(`script-${key}`)
      if (target instanceof HTMLDetailsElement) target.open = true
      target?.scrollIntoView({ block: "nearest" })
    })
  }

  return (
    <section className="desk-col script pane" aria-label={t("agent.script")}>
      {call !== undefined && <PitchClock call={call} />}
      <div className="stages" role="tablist" aria-label={t("agent.script")}>
        {STAGES.map((name, i) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`stage-${name}`}
            aria-selected={name === stage}
            aria-controls="stage-text"
            data-reached={i <= reachedIndex}
            onClick={() => choose(name)}
          >
            <span className="stage-no" aria-hidden>
              {i <= reachedIndex ? <CheckOutlined /> : i + 1}
            </span>
            <span className="clip">{t(`stage.${name}`)}</span>
            {i <= reachedIndex && <span className="sr-only">{t("agent.stageReached")}</span>}
          </button>
        ))}
      </div>
      <div className="script-body" id="stage-text" ref={body} role="tabpanel" aria-labelledby={`stage-${stage}`} tabIndex={0}>
        {stage === "felt_need" && (
          <Part title={t("agent.opening")}>
            <Spoken text={script.opening} blanks={blanks} />
          </Part>
        )}
        {shown !== undefined && (
          <>
            <p className="goal">
              <strong>{t("agent.goal")}</strong> {shown.goal}
            </p>
            {shown.steps.map((step, i) => (
              <div key={step.key} id={`script-${step.key}`} className="step">
                <span className="step-no num" aria-hidden>
                  {i + 1}
                </span>
                <div>
                  <Spoken text={step.say} blanks={blanks} />
                  {step.hint !== undefined && step.hint !== "" && <p className="hint">{step.hint}</p>}
                  {(step.branches ?? []).map((branch) => (
                    <BranchLine key={branch.when} branch={branch} blanks={blanks} goTo={goTo} />
                  ))}
                </div>
              </div>
            ))}
          </>
        )}
        {(script.objections ?? []).length > 0 && (
          <Part title={t("agent.objections")}>
            {(script.objections ?? []).map((objection) => (
              <details key={objection.key} id={`script-${objection.key}`} className="objection">
                <summary>{objection.objection}</summary>
                <Spoken text={objection.answer} blanks={blanks} />
              </details>
            ))}
          </Part>
        )}
        {stage === "trust" && (
          <Part title={t("agent.closing")}>
            <Spoken text={script.closing} blanks={blanks} />
          </Part>
        )}
      </div>
      {(selling === true || stage === "trust") && must.length > 0 && (
        <Rules tone="must" title={t("agent.mustSay")} icon={<SafetyOutlined aria-hidden />} lines={must.map((text) => ({ text }))} />
      )}
      <Rules
        tone="never"
        title={t("agent.forbidden")}
        icon={<StopOutlined aria-hidden />}
        lines={script.forbidden.map(({ statement, law }) => ({ text: statement, why: law }))}
      />
    </section>
  )
}

function BranchLine({ branch, blanks, goTo }: { readonly branch: Branch; readonly blanks: Blanks; readonly goTo: (key: string) => void }) {
  const { t } = useTranslation()
  const next = branch.go_to
  return (
    <details className="objection">
      <summary>
        <span className="dim small">{t("agent.theySay")}</span> {branch.when}
      </summary>
      <Spoken text={branch.say} blanks={blanks} />
      {next != null && (
        <button type="button" className="go-to" onClick={() => goTo(next)}>
          <ArrowRightOutlined aria-hidden /> {t("agent.goOn")}
        </button>
      )}
    </details>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="script-part">
      <h3>{title}</h3>
      {children}
    </div>
  )
}

interface RulesProps {
  readonly tone: "must" | "never"
  readonly title: string
  readonly icon: ReactNode
  readonly lines: readonly { readonly text: string; readonly why?: string }[]
}

function Rules({ tone, title, icon, lines }: RulesProps) {
  return (
    <aside className="rules" data-tone={tone} aria-label={title}>
      <strong>
        {icon} {title}
      </strong>
      <ul tabIndex={0} aria-label={title}>
        {lines.map(({ text, why }) => (
          <li key={text} title={why}>
            {text}
          </li>
        ))}
      </ul>
    </aside>
  )
}
