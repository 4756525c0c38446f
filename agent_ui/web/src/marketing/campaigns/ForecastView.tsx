import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { InputNumber, Table } from "antd"
import { useEffect, useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { Facts } from "../../ui/Facts"
import { Mark } from "../../ui/StateMark"
import { Failed, Loading, Nothing } from "../../ui/states"
import { calendarDay } from "../../ui/time"
import { ForecastChart } from "./ForecastChart"

type Day = Schemas["ForecastDay"]

const MOST_AGENTS = 5000
const PAUSE_MS = 400

/** Who can be called on which day with so many agents, who will be lost, and how many agents would save them. */
export function ForecastView({ campaignId, version }: { readonly campaignId: string; readonly version: number }) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState<number | null>(null)
  const [agents, setAgents] = useState<number | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setAgents(wanted), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [wanted])
  const asked = useQuery({
    queryKey: ["forecast", campaignId, version, agents],
    queryFn: () =>
      taken(api.GET("/api/campaigns/{campaign_id}/forecast", { params: { path: { campaign_id: campaignId }, query: agents === null ? {} : { agents } } })),
    placeholderData: keepPreviousData,
  })
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { basis, days, lost, lost_anyway: anyway, agents_needed: needed, uncalled } = asked.data
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const from = (source: "own_calls" | "default") => t(`marketing.forecast.from.${source}`)
  return (
    <>
      <section className="block" data-stale={asked.isFetching} aria-live="polite">
        <div className="row wrap" style={{ gap: 24, alignItems: "end" }}>
          <label>
            {t("marketing.forecast.agents")}
            <br />
            <InputNumber min={0} max={MOST_AGENTS} value={wanted ?? basis.agents} onChange={setWanted} />
          </label>
          <strong style={{ fontSize: 18 }} className={lost > 0 ? "warn" : undefined}>
            {lost === 0 ? t("marketing.forecast.noneLost", { n: uncalled }) : t("marketing.forecast.lost", { lost, of: uncalled })}
          </strong>
          {needed !== null && needed > basis.agents && <Mark tone="warn">{t("marketing.forecast.needed", { n: needed })}</Mark>}
          {needed === null && <Mark tone="bad">{t("marketing.forecast.beyond")}</Mark>}
          {anyway > 0 && <span className="dim">{t("marketing.forecast.anyway", { n: anyway })}</span>}
        </div>
        {(asked.data.warnings ?? []).map((one) => (
          <p key={one.code} className="warn">
            {currentLanguage() === "zh" ? one.zh : one.en}
          </p>
        ))}
      </section>
      {days.length === 0 ? (
        <Nothing />
      ) : (
        <>
          <ForecastChart days={days} />
          <Days days={days} />
        </>
      )}
      <section className="block">
        <h3>{t("marketing.forecast.basis")}</h3>
        <Facts
          rows={[
            [t("marketing.forecast.agents"), `${basis.agents} (${t(`marketing.forecast.agentsFrom.${basis.agents_from}`)})`],
            [t("marketing.forecast.calls"), `${basis.calls_per_agent_hour.toFixed(1)} (${from(basis.calls_from)})`],
            [t("marketing.forecast.again"), `${percent(basis.again)} (${from(basis.again_from)})`],
            [t("marketing.forecast.promisedShare"), percent(basis.promised)],
            [t("marketing.forecast.hours"), basis.hours_a_day.toFixed(1)],
            [t("marketing.forecast.seen"), t("marketing.forecast.seenN", { calls: basis.attempts_seen, hours: basis.agent_hours_seen.toFixed(1) })],
          ]}
        />
        <p className="dim small">{currentLanguage() === "zh" ? asked.data.left_out_zh : asked.data.left_out_en}</p>
      </section>
    </>
  )
}

function Days({ days }: { readonly days: readonly Day[] }) {
  const { t } = useTranslation()
  const number = (name: "callable" | "becoming" | "capacity" | "first_calls" | "repeats" | "promised" | "expiring" | "expiring_tried") => ({
    title: t(`marketing.forecast.columns.${name}`),
    dataIndex: name,
    align: "right" as const,
    render: (n: number) => (
      <span className={`num${name === "expiring" && n > 0 ? " warn" : ""}`} style={n === 0 ? { opacity: 0.4 } : undefined}>
        {n.toLocaleString("en")}
      </span>
    ),
  })
  return (
    <section className="block">
      <h3>{t("targeting.chart.table")}</h3>
      <Table<Day>
        size="small"
        rowKey="day"
        pagination={false}
        scroll={{ x: 820 }}
        dataSource={[...days]}
        columns={[
          {
            title: t("marketing.forecast.columns.day"),
            width: 130,
            render: (_, row) => (
              <span>
                {calendarDay(row.day)} {!row.is_open && <span className="dim">{t("marketing.campaigns.dayOff")}</span>}
              </span>
            ),
          },
          number("callable"),
          number("becoming"),
          number("capacity"),
          number("first_calls"),
          number("repeats"),
          number("promised"),
          number("expiring"),
          number("expiring_tried"),
        ]}
      />
    </section>
  )
}
