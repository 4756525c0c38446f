import type { Schemas } from "../../api/client"
import { currentLanguage } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { calendarDay } from "../../ui/time"
import "../targeting.css"

type Day = Schemas["ForecastDay"]

const WIDE = 1080
const LEAST_STEP = 56
const MOST_STEP = 104
const BAR = 18
const HIGH = 170
const TOP = 18
const EDGE = 52

const monthAndDay = (day: string) => `${Number(day.slice(5, 7))}/${Number(day.slice(8))}`
const weekday = (day: string) => new Date(`${day}T00:00:00Z`).toLocaleDateString(currentLanguage() === "zh" ? "zh-CN" : "en", { weekday: "short", timeZone: "UTC" })

/** For each day: how many may be called, how many calls the agents can make, and who expires uncalled. */
export function ForecastChart({ days }: { readonly days: readonly Day[] }) {
  const { t } = useTranslation()
  const calls = (day: Day) => day.first_calls + day.repeats + day.promised
  const most = Math.max(1, ...days.map((day) => Math.max(day.callable, calls(day), day.expiring)))
  const high = (n: number) => (n / most) * HIGH
  const step = Math.max(LEAST_STEP, Math.min(MOST_STEP, Math.floor(WIDE / days.length)))
  const wide = EDGE + days.length * step + 8
  return (
    <section className="block">
      <h3>{t("targeting.chart.title")}</h3>
      <div className="forecast-chart" tabIndex={0} role="group" aria-label={t("targeting.chart.title")}>
        <svg width={wide} height={TOP + HIGH + 44} role="img" aria-label={t("targeting.chart.title")}>
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line x1={EDGE} x2={wide} y1={TOP + HIGH * (1 - share)} y2={TOP + HIGH * (1 - share)} className="grid" />
              <text x={EDGE - 6} y={TOP + HIGH * (1 - share) + 4} textAnchor="end">
                {Math.round(most * share).toLocaleString("en")}
              </text>
            </g>
          ))}
          {days.map((day, n) => {
            const left = EDGE + n * step
            const first = (step - BAR * 3 - 2) / 2
            const bar = (what: string, value: number, at: number, from = 0) => (
              <rect className={what} x={left + at} width={BAR} y={TOP + HIGH - high(value + from)} height={high(value)} />
            )
            return (
              <g key={day.day}>
                <title>
                  {t("targeting.chart.day", { day: calendarDay(day.day), callable: day.callable, calls: calls(day), first: day.first_calls, lost: day.expiring })}
                </title>
                {!day.is_open && <rect className="closed" x={left} width={step - 2} y={TOP} height={HIGH} />}
                {bar("callable", day.callable, first)}
                {bar("first", day.first_calls, first + BAR + 1)}
                {bar("calls", calls(day) - day.first_calls, first + BAR + 1, day.first_calls)}
                {bar("lost", day.expiring, first + BAR * 2 + 2)}
                {day.expiring > 0 && (
                  <text x={left + first + BAR * 2.5 + 4} y={TOP + HIGH - high(day.expiring) - 4} textAnchor="middle">
                    {day.expiring.toLocaleString("en")}
                  </text>
                )}
                <text x={left + step / 2} y={TOP + HIGH + 16} textAnchor="middle">
                  {monthAndDay(day.day)}
                </text>
                <text x={left + step / 2} y={TOP + HIGH + 32} textAnchor="middle">
                  {day.is_open ? weekday(day.day) : t("marketing.campaigns.dayOff")}
                </text>
              </g>
            )
          })}
        </svg>
      </div>
      <p className="legend">
        {(["callable", "first", "calls", "lost"] as const).map((what) => (
          <span key={what}>
            <i className={`of-${what}`} />
            {t(`targeting.chart.${what}`)}
          </span>
        ))}
      </p>
    </section>
  )
}
