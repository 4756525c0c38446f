import { CheckOutlined, StopOutlined } from "@ant-design/icons"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { CallView, Stage } from "../live/protocol.gen"
import { Nothing } from "../ui/states"
import { PitchClock } from "./PitchClock"
import { STAGES, type WorkScript } from "./workplace"

interface Props {
  readonly script: WorkScript | null
  readonly call: CallView | null
  /** Absent where no stage can be reached now: the script is read only. */
  readonly reach?: (stage: Stage) => void
}

/** The script by buying stage. Looking at a stage during a talk is reaching it: that is what is recorded. */
export function ScriptPane({ script, call, reach }: Props) {
  const { t } = useTranslation()
  const [looked, setLooked] = useState<{ readonly of: string | null; readonly stage: Stage | null }>({ of: null, stage: null })
  const reached = call?.stage ?? null
  const callId = call?.id ?? null
  const stage = (looked.of === callId ? looked.stage : null) ?? reached ?? "felt_need"
  const reachedIndex = reached === null ? -1 : STAGES.indexOf(reached)
  if (script === null) {
    return (
      <section className="desk-col script pane" aria-label={t("agent.script")}>
        <PitchClock call={call} />
        <Nothing title={t("agent.noScript")} />
      </section>
    )
  }
  const shown = script.stages.find((part) => part.stage === stage)

  function choose(next: Stage) {
    setLooked({ of: callId, stage: next })
    if (STAGES.indexOf(next) > reachedIndex) reach?.(next)
  }

  return (
    <section className="desk-col script pane" aria-label={t("agent.script")}>
      <PitchClock call={call} />
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
      <div className="script-body" id="stage-text" role="tabpanel" aria-labelledby={`stage-${stage}`} tabIndex={0}>
        {stage === "felt_need" && script.opening !== "" && (
          <Part title={t("agent.opening")}>
            <Paragraphs text={script.opening} />
          </Part>
        )}
        {shown !== undefined && (
          <>
            <Part title={t("agent.sayIt")}>
              <Paragraphs text={shown.text} />
            </Part>
            {shown.questions.length > 0 && (
              <Part title={t("agent.ask")}>
                <ul className="asks">
                  {shown.questions.map((question) => (
                    <li key={question}>{question}</li>
                  ))}
                </ul>
              </Part>
            )}
            {shown.signs.length > 0 && (
              <Part title={t("agent.signs")}>
                <ul className="signs">
                  {shown.signs.map((sign) => (
                    <li key={sign}>{sign}</li>
                  ))}
                </ul>
              </Part>
            )}
          </>
        )}
        {script.objections.length > 0 && (
          <Part title={t("agent.objections")}>
            {script.objections.map((objection) => (
              <details key={objection.says} className="objection">
                <summary>{objection.says}</summary>
                <Paragraphs text={objection.answer} />
              </details>
            ))}
          </Part>
        )}
      </div>
      {script.forbidden.length > 0 && (
        <aside className="forbidden" aria-label={t("agent.forbidden")}>
          <strong>
            <StopOutlined aria-hidden /> {t("agent.forbidden")}
          </strong>
          <ul>
            {script.forbidden.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </aside>
      )}
    </section>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div className="script-part">
      <h3>{title}</h3>
      {children}
    </div>
  )
}

function Paragraphs({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .split(/\n+/)
        .filter((line) => line.trim() !== "")
        .map((line, i) => (
          <p key={i}>{line}</p>
        ))}
    </>
  )
}
