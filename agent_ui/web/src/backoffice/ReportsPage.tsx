/** The figures of the back office. Every number is asked of the list whose rows it opens, so the two cannot differ. */
import { useQueries, useQuery } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { Link } from "react-router"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { Page } from "../ui/Page"
import { type Days, Period } from "../ui/Period"
import { Failed } from "../ui/states"
import { yuan } from "../ui/money"
import { addDays, dateOf } from "../ui/time"
import { addressOf, questionOf, type Wish } from "./address"
import { factsOf, type ListPage, type NounName, numberOf, type Thing } from "./catalogue"
import { office } from "./rest"
import { OfficeList } from "./OfficeList"
import { share } from "./figures"
import { pathOf } from "./sections"
import { useWord } from "./words"
import "./office.css"

interface Line {
  readonly word: string
  readonly noun: NounName
  readonly filters: Wish["filters"]
  /** Total of this column instead of the number of rows. */
  readonly money?: string
  /** Whether the list's own date is held to the period. */
  readonly dated?: boolean
}

interface Report {
  readonly word: string
  readonly lines: readonly Line[]
  /** A share of the first line in this sum of lines. */
  readonly of?: readonly [part: number, whole: readonly number[]]
}

const REPORTS: readonly Report[] = [
  {
    word: "report.book",
    lines: [
      { word: "report.open_orders", noun: "orders", filters: { status: ["to_deliver_and_bill", "to_deliver", "on_hold"] }, money: "open_fen" },
      { word: "submitted", noun: "orders", filters: { status: ["submitted"] }, money: "total_fen" },
      { word: "on_hold", noun: "orders", filters: { status: ["on_hold"] }, money: "open_fen" },
      { word: "back_orders", noun: "back-orders", filters: {}, money: "open_fen" },
    ],
  },
  {
    word: "report.holds",
    lines: (["credit", "cash", "overdue", "case", "price"] as const).map((kind) => ({ word: `kind.${kind}`, noun: "order-holds" as const, filters: { status: ["held", "release_expired"], kind: [kind] }, money: "short_fen" })),
  },
  {
    word: "report.otif",
    lines: [
      { word: "report.on_time", noun: "deliveries", filters: { on_time_in_full: ["true"] }, dated: true },
      { word: "report.not_on_time", noun: "deliveries", filters: { on_time_in_full: ["false"] }, dated: true },
      { word: "report.unsigned", noun: "deliveries", filters: { state: ["shipped"] }, dated: true },
    ],
    of: [0, [0, 1]],
  },
  {
    word: "report.promises",
    lines: (["kept", "broken", "open"] as const).map((promise) => ({ word: `promise.${promise}`, noun: "dunnings" as const, filters: { promise: [promise] }, dated: true })),
    of: [0, [0, 1]],
  },
  {
    word: "report.cases",
    lines: [
      { word: "report.cases_all", noun: "problem-cases", filters: {}, money: "outstanding_fen", dated: true },
      { word: "report.report_late", noun: "problem-cases", filters: { report_late: ["true"] }, dated: true },
      { word: "report.plan_late", noun: "problem-cases", filters: { plan_late: ["true"] }, dated: true },
      { word: "full_liability", noun: "problem-cases", filters: { full_liability: ["true"] }, dated: true },
    ],
  },
  {
    word: "report.money",
    lines: [
      { word: "report.unpaid", noun: "invoices", filters: { status: ["issued", "partly_paid", "overdue", "disputed", "problem"] }, money: "outstanding_fen" },
      { word: "overdue", noun: "invoices", filters: { status: ["overdue", "problem"] }, money: "overdue_fen" },
      { word: "report.advances", noun: "advances", filters: {}, money: "balance_fen" },
      { word: "report.memo", noun: "write-offs", filters: { status: ["written_off", "partly_recovered"] }, money: "memo_fen" },
    ],
  },
]

const BACK_DAYS = 89

export default function ReportsPage() {
  const { t } = useTranslation()
  const w = useWord()
  const today = dateOf(nowMs())
  const [days, setDays] = useState<Days>([addDays(today, -BACK_DAYS), today])
  const [from, to] = days ?? [addDays(today, -BACK_DAYS), today]
  const wishes = REPORTS.flatMap((report) =>
    report.lines.map((line): readonly [Line, Wish] => [
      line,
      { q: "", filters: line.filters, from: line.dated === true ? from : "", to: line.dated === true ? to : "", sort: "", page: 1, size: 50 },
    ]),
  )
  const asked = useQueries({
    queries: wishes.map(([line, wish]) => {
      const question = questionOf({ ...wish, size: 20 })
      return { queryKey: ["office", line.noun, "report", question], queryFn: () => office<ListPage>(`${line.noun}${question}`) }
    }),
  })
  const pages = new Map(wishes.map(([line], index) => [line, asked[index]?.data] as const))
  const countOf = (line: Line | undefined) => (line === undefined ? 0 : (pages.get(line)?.total ?? 0))
  const failed = asked.find((one) => one.isError)
  return (
    <Page title={t("menu.reports")} more={t("office.reports.more")} actions={<Period value={days} onChange={setDays} />}>
      {failed !== undefined && <Failed error={failed.error} retry={() => void failed.refetch()} />}
      <div className="office-reports">
        <Figures from={from} to={to} />
        {REPORTS.map((report) => (
          <section key={report.word} className="sheet office-box" data-report={report.word}>
            <h3>
              {w(report.word)}
              <span className="grow" />
              {report.of !== undefined && (
                <span className="office-share num">
                  {share(
                    countOf(report.lines[report.of[0]]),
                    report.of[1].reduce((sum, index) => sum + countOf(report.lines[index]), 0),
                  )}
                </span>
              )}
            </h3>
            <table className="office-figures">
              <tbody>
                {report.lines.map((line) => {
                  const page = pages.get(line)
                  const wish = wishes.find(([one]) => one === line)?.[1]
                  const query = wish === undefined ? "" : addressOf(wish).toString()
                  return (
                    <tr key={line.word}>
                      <th scope="row">
                        <Link to={`${pathOf(line.noun)}?${query}`}>{w(line.word)}</Link>
                      </th>
                      <td className="num right">{page === undefined ? "…" : t("unit.rows", { n: page.total })}</td>
                      <td className="num right">{line.money !== undefined && page !== undefined ? yuan(page.totals[line.money] ?? 0) : ""}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </section>
        ))}
      </div>
      <h2 className="office-heading">{w(factsOf("reports/ageing").word ?? "ageing")}</h2>
      <OfficeList name="reports/ageing" />
    </Page>
  )
}

/** DSO and collection rate of the period, with what they are made of. */
function Figures({ from, to }: { readonly from: string; readonly to: string }) {
  const { t } = useTranslation()
  const w = useWord()
  const asked = useQuery({ queryKey: ["office", "reports", from, to], queryFn: () => office<Thing>(`reports/receivables?from_on=${from}&to_on=${to}`) })
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const figures = asked.data
  if (figures === undefined) return null
  const dso = figures.dso_tenths
  const rate = figures.collection_rate
  const lines: readonly (readonly [string, ReactNode])[] = [
    ["report.receivable", yuan(numberOf(figures.receivable_fen))],
    ["report.credit_sales", yuan(numberOf(figures.credit_sales_fen))],
    ["report.due", yuan(numberOf(figures.due_fen))],
    ["report.received", yuan(numberOf(figures.received_fen))],
  ]
  return (
    <section className="sheet office-box" data-report="figures">
      <h3>{w("report.dso")}</h3>
      <p className="office-big">
        <span>
          <strong className="num">{typeof dso === "number" ? (dso / 10).toFixed(1) : "–"}</strong> {t("unit.day")}
          <small>DSO</small>
        </span>
        <span>
          <strong className="num">{typeof rate === "number" ? `${(rate / 100).toFixed(1)}%` : "–"}</strong>
          <small>{w("report.rate")}</small>
        </span>
      </p>
      <table className="office-figures">
        <tbody>
          {lines.map(([word, value]) => (
            <tr key={word}>
              <th scope="row">{w(word)}</th>
              <td className="num right">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
