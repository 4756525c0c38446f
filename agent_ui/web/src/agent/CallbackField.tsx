import { DatePicker } from "antd"
import dayjs from "dayjs"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { addDays, dateOf, getCompanyZone } from "../ui/time"
import { inside, quickChoices, type Windows } from "./callback"

interface Props {
  readonly value: string | null
  readonly zone: string
  readonly lastDay: string | null
  readonly legal: Windows
  /** How far ahead a callback may be promised. */
  readonly daysMax: number
  readonly onChange: (wall: string | null) => void
}

/** A time at the customer's: quick choices first, the picker for the rest. The picker's time is wall time. */
export function CallbackField({ value, zone, lastDay, legal, daysMax, onChange }: Props) {
  const { t } = useTranslation()
  const today = dateOf(nowMs(), zone)
  return (
    <div className="demand">
      <div className="demand-title" id="callback-label">
        {t("agent.callbackAt")}
        {zone !== getCompanyZone() && <span className="dim small"> {t("agent.callbackZone", { zone })}</span>}
      </div>
      <div className="chips">
        {quickChoices(nowMs(), zone, legal).map((choice) => (
          <button key={choice.key} type="button" className="chip" aria-pressed={value === choice.wall} onClick={() => onChange(choice.wall)}>
            {t(`agent.quick.${choice.key}`)}
          </button>
        ))}
      </div>
      <DatePicker
        aria-labelledby="callback-label"
        style={{ width: "100%" }}
        showTime={{ format: "HH:mm", minuteStep: 5 }}
        format="YYYY-MM-DD HH:mm"
        value={value === null ? null : dayjs(value)}
        onChange={(chosen) => onChange(chosen === null ? null : chosen.format("YYYY-MM-DDTHH:mm"))}
        disabledDate={(day) => day.format("YYYY-MM-DD") < today || day.format("YYYY-MM-DD") > addDays(today, daysMax)}
        needConfirm={false}
        placement="topRight"
      />
      {value !== null && !inside(value, legal) && (
        <div className="save-error">{t("agent.callbackLegal", { hours: legal.map((window) => window.join("–")).join("、") })}</div>
      )}
      {value !== null && lastDay !== null && value.slice(0, 10) > lastDay && <div className="dim small">{t("agent.callbackAfterLastDay")}</div>}
    </div>
  )
}
