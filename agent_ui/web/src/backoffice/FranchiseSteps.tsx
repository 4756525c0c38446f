/** The nine steps of a franchise application, and what is still to be obtained in the one it is in. */
import { useQueryClient } from "@tanstack/react-query"
import { CheckCircleFilled } from "@ant-design/icons"
import { Button, Steps } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { numberOf, textOf, type Thing } from "./catalogue"
import type { PanelProps } from "./panelProps"
import { order } from "./rest"
import { useWord } from "./words"

const STEPS = ["understanding", "form_submitted", "reservation_signed", "site_assessed", "plan_agreed", "contracted", "licensing", "pre_opening", "open_supported"] as const

export default function FranchiseSteps({ thing, verbs }: PanelProps) {
  const { t } = useTranslation()
  const w = useWord()
  const at = numberOf(thing.step_no) - 1
  const held = thing.responsibilities as Readonly<Record<string, readonly string[]>> | null
  return (
    <section className="sheet office-box" data-panel="franchise-steps">
      <h3>{t("office.franchise.steps")}</h3>
      <Steps
        size="small"
        titlePlacement="vertical"
        current={at}
        {...(at < 0 ? { status: "error" as const } : {})}
        items={STEPS.map((step) => ({ title: w(step) }))}
        className="office-nine"
      />
      {thing.state === "licensing" && <Checklist thing={thing} wanted={thing.licences_needed} done={thing.licences} may={verbs.includes("tick")} title={t("office.franchise.licences")} />}
      {thing.state === "pre_opening" && <Checklist thing={thing} wanted={thing.checklist_needed} done={thing.checklist} may={verbs.includes("tick")} title={t("office.franchise.checklist")} />}
      {held !== null && Object.keys(held).length > 0 && (
        <dl className="office-held">
          {Object.entries(held).map(([kind, names]) => (
            <div key={kind}>
              <dt>{w(kind, "franchising/applications")}</dt>
              <dd>{names.map((name) => w(name, kind)).join(w("list_comma"))}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

interface ChecklistProps {
  readonly thing: Thing
  readonly wanted: unknown
  readonly done: unknown
  readonly may: boolean
  readonly title: string
}

function Checklist({ thing, wanted, done, may, title }: ChecklistProps) {
  const { t } = useTranslation()
  const w = useWord()
  const failed = useFailure()
  const queries = useQueryClient()
  const [busy, setBusy] = useState("")
  const days = (done ?? {}) as Readonly<Record<string, string>>
  async function tick(name: string) {
    setBusy(name)
    try {
      await order(`franchising/applications/${textOf(thing.id)}/tick`, { version: thing.version, name })
      await queries.invalidateQueries({ queryKey: ["office"] })
    } catch (error) {
      failed(error)
    } finally {
      setBusy("")
    }
  }
  return (
    <>
      <h4 className="office-group">{title}</h4>
      <ul className="office-ticks">
        {((wanted ?? []) as string[]).map((name) => (
          <li key={name}>
            {days[name] === undefined ? (
              <Button size="small" disabled={!may} loading={busy === name} data-tick={name} onClick={() => void tick(name)}>
                {t("office.franchise.obtained")}
              </Button>
            ) : (
              <span className="num">
                <CheckCircleFilled className="office-good" /> {days[name]}
              </span>
            )}
            {w(name, "franchising/applications")}
          </li>
        ))}
      </ul>
    </>
  )
}
