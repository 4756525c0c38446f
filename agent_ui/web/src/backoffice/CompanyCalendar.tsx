/** The company's calendar: which days differ from Monday to Friday. Deadlines in working days count by it. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input, Modal, Radio } from "antd"
import { useState } from "react"
import { call } from "../api/client"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { sentenceOf } from "../ui/failure"
import { Failed, Loading } from "../ui/states"
import { dateOf } from "../ui/time"
import { monthsOf } from "./days"
import { useAdministrator } from "./people"
import { BASE, office } from "./rest"

interface Day {
  readonly day: string
  readonly working: boolean
  readonly note: string
}

export function CompanyCalendar() {
  const { t, language } = useTranslation()
  const administrator = useAdministrator()
  const today = dateOf(nowMs())
  const [year, setYear] = useState(Number(today.slice(0, 4)))
  const [changing, setChanging] = useState<string | null>(null)
  const asked = useQuery({ queryKey: ["office", "calendar", year], queryFn: () => office<readonly Day[]>(`calendar/${String(year)}`) })
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const differing = new Map(asked.data.map((day) => [day.day, day]))
  const locale = language === "zh" ? "zh-CN" : "en"
  const named = (date: string, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(Date.parse(date))
  return (
    <>
      <p className="row">
        <Button icon={<LeftOutlined />} aria-label={String(year - 1)} onClick={() => setYear(year - 1)} />
        <strong className="num">{year}</strong>
        <Button icon={<RightOutlined />} aria-label={String(year + 1)} onClick={() => setYear(year + 1)} />
        <span className="dim grow">{t(administrator ? "office.calendar.more" : "office.calendar.look")}</span>
        <span className="office-legend" data-kind="rest">{t("office.calendar.rest")}</span>
        <span className="office-legend" data-kind="work">{t("office.calendar.work")}</span>
      </p>
      <div className="office-year">
        {monthsOf(year).map((weeks) => (
          <table key={weeks[1]?.[0] ?? ""} className="office-month">
            <caption>{named(weeks[1]?.[0] ?? "", { month: "long" })}</caption>
            <thead>
              <tr>
                {(weeks[1] ?? []).map((date) => (
                  <th key={date} scope="col">{named(date ?? "", { weekday: "narrow" })}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weeks.map((week, row) => (
                <tr key={String(row)}>
                  {week.map((date, column) => {
                    if (date === null) return <td key={String(column)} />
                    const differs = differing.get(date)
                    const kind = differs === undefined ? (column > 4 ? "weekend" : "usual") : differs.working ? "work" : "rest"
                    const text = `${named(date, { dateStyle: "full" })}${differs === undefined ? "" : ` · ${t(`office.calendar.${kind as "work" | "rest"}`)} ${differs.note}`}`
                    return (
                      <td key={date} data-kind={kind} data-today={date === today}>
                        <button type="button" title={text} aria-label={text} disabled={!administrator} onClick={() => setChanging(date)}>
                          {Number(date.slice(8))}
                        </button>
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
      {differing.size > 0 && (
        <ul className="office-differing">
          {[...differing.values()].map((day) => (
            <li key={day.day}>
              <span className="num">{named(day.day, { month: "numeric", day: "numeric", weekday: "short" })}</span> {t(day.working ? "office.calendar.work" : "office.calendar.rest")} <span className="dim">{day.note}</span>
            </li>
          ))}
        </ul>
      )}
      {changing !== null && <DayForm date={changing} given={differing.get(changing)} title={named(changing, { dateStyle: "full" })} close={() => setChanging(null)} />}
    </>
  )
}

interface FormProps {
  readonly date: string
  readonly given: Day | undefined
  readonly title: string
  readonly close: () => void
}

function DayForm({ date, given, title, close }: FormProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [kind, setKind] = useState<"usual" | "work" | "rest">(given === undefined ? "usual" : given.working ? "work" : "rest")
  const [note, setNote] = useState(given?.note ?? "")
  const [refusal, setRefusal] = useState("")
  async function save() {
    try {
      await call("PUT", `${BASE}/calendar/${date}`, { working: kind === "usual" ? null : kind === "work", note: kind === "usual" ? "" : note.trim() })
      await queries.invalidateQueries({ queryKey: ["office", "calendar"] })
      void message.success(t("say.saved"))
      close()
    } catch (error) {
      setRefusal(sentenceOf(error, t))
    }
  }
  return (
    <Modal open title={title} onCancel={close} onOk={() => void save()} okText={t("do.save")}>
      {refusal !== "" && <Alert type="error" showIcon title={refusal} />}
      <Radio.Group
        value={kind}
        onChange={(event) => setKind(event.target.value as typeof kind)}
        options={(["usual", "rest", "work"] as const).map((value) => ({ value, label: t(`office.calendar.${value}`) }))}
      />
      <Input value={note} maxLength={100} disabled={kind === "usual"} placeholder={t("office.calendar.why")} aria-label={t("office.calendar.why")} onChange={(event) => setNote(event.target.value)} style={{ marginTop: 12 }} />
    </Modal>
  )
}
