import type { Schemas } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Failed, Loading, Nothing } from "../../ui/states"
import { calendarDay } from "../../ui/time"
import { Expected, useCalendar } from "./BeforeOpen"
import "./calendar.css"

/** How many may be called on each day to come, and how many for the last time: what staffing has to meet. */
export function CalendarView({ campaign }: { readonly campaign: Schemas["CampaignDetail"] }) {
  const { t } = useTranslation()
  const asked = useCalendar(campaign)
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { days, expected } = asked.data
  const most = Math.max(1, ...days.map((day) => day.callable))
  return (
    <>
      <section className="block">
        <h3>{t("marketing.campaigns.calendar")}</h3>
        {days.length === 0 ? (
          <Nothing />
        ) : (
          <ol className="calendar" tabIndex={0} aria-label={t("marketing.campaigns.calendar")}>
            {days.map((day) => (
              <li key={day.day} data-open={day.open}>
                <div className="calendar-bar" aria-hidden>
                  <span style={{ height: `${(day.callable / most) * 100}%` }}>
                    <i style={{ height: `${day.callable === 0 ? 0 : (Math.min(day.last, day.callable) / day.callable) * 100}%` }} />
                  </span>
                </div>
                <strong className="num">{day.callable}</strong>
                <span className="calendar-day">{calendarDay(day.day)}</span>
                <span className="num small" data-last={day.last > 0}>
                  {day.open ? (day.last > 0 ? t("marketing.campaigns.lastN", { n: day.last }) : day.starting > 0 ? t("marketing.campaigns.startN", { n: day.starting }) : " ") : t("marketing.campaigns.dayOff")}
                </span>
              </li>
            ))}
          </ol>
        )}
        <p className="dim small">{t("marketing.campaigns.calendarMore")}</p>
      </section>
      {campaign.state !== "draft" && (
        <section className="block">
          <h3>{t("marketing.campaigns.expected")}</h3>
          <Expected expected={expected} />
        </section>
      )}
    </>
  )
}
