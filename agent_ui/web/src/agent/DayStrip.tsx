import { useTranslation } from "../i18n/use"
import type { CardMailing } from "../live/protocol.gen"
import { calendarDay, daysBetween } from "../ui/time"

/** The calling days after posting as cells, today marked. The days come from the card, not from a rule here. */
export function DayStrip({ mailing }: { readonly mailing: CardMailing }) {
  const { t } = useTranslation()
  const first = daysBetween(mailing.posted_on, mailing.first_day)
  const last = daysBetween(mailing.posted_on, mailing.last_day)
  const day = mailing.day_n
  const days = Array.from({ length: Math.min(21, Math.max(1, last - first + 1)) }, (_, i) => first + i)
  const left = last - day
  const inside = day >= first && day <= last
  return (
    <div>
      <div className="day-head">
        <span className="day-n">{t("agent.dayN", { n: day })}</span>
        <span className={inside && left === 0 ? "day-left last" : "day-left"}>
          {!inside ? t("agent.outsideDays") : left === 0 ? t("agent.lastDay") : t("agent.daysLeft", { n: left })}
        </span>
      </div>
      <div className="day-strip" role="img" aria-label={t("agent.dayStrip", { n: day, first, last })}>
        {days.map((n) => (
          <span key={n} data-when={n < day ? "past" : n === day ? "today" : "to-come"}>
            {n}
          </span>
        ))}
      </div>
      <div className="day-ends num">
        <span>{calendarDay(mailing.first_day)}</span>
        <span>{calendarDay(mailing.last_day)}</span>
      </div>
    </div>
  )
}
