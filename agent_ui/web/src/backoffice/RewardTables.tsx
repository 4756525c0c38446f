/** The tables of a reward scheme as the source draws them: limits by city class; other limits are tried before they are approved. */
import { useQueryClient } from "@tanstack/react-query"
import { Button, InputNumber } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { yuan } from "../ui/money"
import { numberOf, rowsOf, textOf, type Thing } from "./catalogue"
import { MoneyInput } from "./FieldInput"
import type { PanelProps } from "./panelProps"
import { order } from "./rest"
import { useWord } from "./words"

interface Limit {
  readonly series: string
  readonly city_class: number
  readonly row_no: number
  readonly low: number | null
  readonly high: number | null
  readonly value: number
}

type Outcome = Readonly<Record<"dealers" | "rewarded" | "purchase_fen" | "exclusive_fen" | "growth_fen", number>>

const CLASSES = [1, 2, 3] as const
const HEAD = ["title", "year", "from_on", "to_on", "purchase_pay_on", "exclusive_pay_on", "growth_pay_on"] as const

/** A row ends where the next one begins; the last one has no end. */
export const closed = (limits: readonly Limit[]): Limit[] =>
  limits.map((limit) => ({ ...limit, high: limits.find((next) => next.series === limit.series && next.city_class === limit.city_class && next.row_no === limit.row_no + 1)?.low ?? null }))

/** The limits of a series are units where the scheme is read so; those of the coefficients are always money. */
export const countsUnits = (series: string, scheme: Thing): boolean => series !== "" && (scheme.readings as Thing | undefined)?.average_of === "units"

interface LowProps {
  readonly units: boolean
  readonly value: number | null
  readonly onChange: (low: number | null) => void
  readonly "aria-label": string
}

function Low({ units, ...given }: LowProps) {
  const { t } = useTranslation()
  return units ? <InputNumber {...given} min={0} precision={0} suffix={t("office.rewards.units")} /> : <MoneyInput {...given} />
}

export default function RewardTables({ thing, verbs }: PanelProps) {
  const { t } = useTranslation()
  const w = useWord()
  const failed = useFailure()
  const queries = useQueryClient()
  const asWritten = rowsOf(thing.rows) as unknown as readonly Limit[]
  const [typed, setTyped] = useState<readonly Limit[]>(asWritten)
  const [years, setYears] = useState(0)
  const [busy, setBusy] = useState(false)
  const [tried, setTried] = useState<{ readonly before: Outcome; readonly after: Outcome } | null>(null)
  const mayEdit = verbs.includes("edit")
  const rows = closed(typed)
  const body = rows.map(({ series, city_class, row_no, low, high }) => ({ series, city_class, row_no, low, high }))

  const inUnits = (series: string) => countsUnits(series, thing)

  async function run(what: () => Promise<void>) {
    setBusy(true)
    try {
      await what()
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }
  const attempt = () => run(async () => setTried(await order(`rewards/schemes/${textOf(thing.id)}/what-if`, { rows: body, years_back: years })))
  const save = () =>
    run(async () => {
      await order<Thing>(`rewards/schemes/${textOf(thing.id)}/edit`, { ...Object.fromEntries(HEAD.map((name) => [name, thing[name]])), version: thing.version, rows: body })
      await queries.invalidateQueries({ queryKey: ["office"] })
    })
  const write = (limit: Limit, low: number | null) => setTyped(typed.map((one) => (one.series === limit.series && one.city_class === limit.city_class && one.row_no === limit.row_no ? { ...one, low } : one)))

  return (
    <section className="sheet office-box" data-panel="reward-tables">
      <h3>{t("office.rewards.tables")}</h3>
      <p className="dim small">{t("office.rewards.tablesMore")}</p>
      {[...new Set(rows.map((row) => row.series))].sort().reverse().map((series) => (
        <table key={series} className="office-tiers">
          <caption>{series === "" ? t("office.rewards.coefficients") : t("office.rewards.series", { series })}</caption>
          <thead>
            <tr>
              {CLASSES.map((one) => (
                <th key={one} scope="col">
                  {t("office.rewards.cityClass", { n: one })}
                </th>
              ))}
              <th scope="col" className="right">
                {series === "" ? t("office.rewards.coefficient") : t("office.rewards.perUnit")}
              </th>
            </tr>
          </thead>
          <tbody>
            {[1, 2, 3].map((no) => (
              <tr key={no}>
                {CLASSES.map((one) => {
                  const limit = rows.find((row) => row.series === series && row.city_class === one && row.row_no === no)
                  if (limit === undefined) return <td key={one}>–</td>
                  return (
                    <td key={one}>
                      <span className="office-limit">
                        <Low units={inUnits(series)} aria-label={`${series || t("office.rewards.coefficients")} ${String(one)}.${String(no)}`} value={limit.low} onChange={(low) => write(limit, low)} />
                        <span className="num dim">{limit.high === null ? t("office.rewards.andAbove") : `~ ${inUnits(series) ? String(limit.high) : yuan(limit.high)}`}</span>
                      </span>
                    </td>
                  )
                })}
                <td className="num right">{valueOf(series, rows.find((row) => row.series === series && row.row_no === no)?.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      <div className="row wrap office-try">
        {mayEdit && (
          <Button type="primary" loading={busy} data-panel-command="save" onClick={() => void save()}>
            {t("do.save")}
          </Button>
        )}
        <Button loading={busy} data-panel-command="try" onClick={() => void attempt()}>
          {t("office.rewards.whatIf")}
        </Button>
        <label className="row">
          {t("office.rewards.yearsBack")} <InputNumber min={0} max={5} value={years} onChange={(value) => setYears(value ?? 0)} />
        </label>
      </div>
      {tried !== null && (
        <table className="office-figures" data-panel="what-if">
          <thead>
            <tr>
              <th />
              <th className="right">{t("office.rewards.before")}</th>
              <th className="right">{t("office.rewards.after")}</th>
              <th className="right">{t("office.rewards.change")}</th>
            </tr>
          </thead>
          <tbody>
            {(["dealers", "rewarded", "purchase_fen", "exclusive_fen", "growth_fen"] as const).map((name) => {
              const said = (value: number) => (name.endsWith("_fen") ? yuan(value) : String(value))
              return (
                <tr key={name}>
                  <th scope="row">{w(name, "rewards/schemes")}</th>
                  <td className="num right">{said(tried.before[name])}</td>
                  <td className="num right">{said(tried.after[name])}</td>
                  <td className="num right">{said(tried.after[name] - tried.before[name])}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </section>
  )
}

const valueOf = (series: string, value: number | undefined) => (value === undefined ? "" : series === "" ? (numberOf(value) / 100).toFixed(1) : yuan(value))
