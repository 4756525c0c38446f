/** The agent's own figures of today: in the bar in short, between calls in full. */
import { LineChartOutlined } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Popover } from "antd"
import { api, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import type { AgentView } from "../live/protocol.gen"
import { duration } from "../ui/time"

const EVERY_MS = 60_000
const PER_MINUTE = 60

/** Asked anew whenever the agent's state changes: that is when the figures do. */
function useMyDay(agent: AgentView) {
  return useQuery({
    queryKey: ["my-day", agent.user_id, agent.state_since],
    queryFn: () => taken(api.GET("/api/control/mine")),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  }).data
}

const share = (part: number | null) => (part === null ? "–" : `${(part * 100).toFixed(0)} %`)
const time = (seconds: number | null) => (seconds === null ? "–" : duration(seconds))

export function MyDayButton({ agent }: { readonly agent: AgentView }) {
  const { t } = useTranslation()
  const day = useMyDay(agent)
  if (day === undefined) return null
  const short = t("agent.day.short", { talks: day.talks, orders: day.orders })
  return (
    <Popover trigger="click" placement="bottomRight" title={t("agent.day.title")} content={<Figures day={day} />}>
      <button type="button" className="bar-button num my-day" aria-label={short}>
        <LineChartOutlined aria-hidden />
        <span>{short}</span>
      </button>
    </Popover>
  )
}

export function MyDay({ agent }: { readonly agent: AgentView }) {
  const { t } = useTranslation()
  const day = useMyDay(agent)
  if (day === undefined) return null
  return (
    <section className="my-day-box" aria-label={t("agent.day.title")}>
      <h3>{t("agent.day.title")}</h3>
      <Figures day={day} />
    </section>
  )
}

function Figures({ day }: { readonly day: NonNullable<ReturnType<typeof useMyDay>> }) {
  const { t } = useTranslation()
  const [from = 0, to = 0] = day.pitch_s
  const aim = t("agent.day.aim", { from: from / PER_MINUTE, to: to / PER_MINUTE })
  const outside = day.talk_s_mean !== null && (day.talk_s_mean < from || day.talk_s_mean > to)
  const rows: readonly (readonly [string, string, string?])[] = [
    [t("agent.day.talks"), String(day.talks)],
    [t("agent.day.orders"), String(day.orders)],
    [t("agent.day.rate"), share(day.talks === 0 ? null : day.orders / day.talks)],
    [t("agent.day.mean"), time(day.talk_s_mean), aim],
    [t("agent.day.talk"), time(day.talk_s)],
    [t("agent.day.wrapUpMean"), time(day.wrap_up_s_mean)],
    [t("agent.day.ready"), time(day.ready_s)],
    [t("agent.day.pause"), time(day.break_s)],
    [t("agent.day.occupancy"), share(day.occupancy)],
  ]
  return (
    <dl className="my-day-grid">
      {rows.map(([label, value, more]) => (
        <div key={label} title={label === t("agent.day.occupancy") ? t("agent.day.occupancyMore") : undefined}>
          <dt>{label}</dt>
          <dd className="num" data-outside={more !== undefined && outside}>
            {value}
            {more !== undefined && <small>{more}</small>}
          </dd>
        </div>
      ))}
      {day.follow_ups_due > 0 && (
        <div>
          <dt>{t("agent.day.followUps")}</dt>
          <dd className="num">{day.follow_ups_due}</dd>
        </div>
      )}
    </dl>
  )
}
