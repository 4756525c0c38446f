import { DatePicker } from "antd"
import dayjs from "dayjs"
import { useTranslation } from "react-i18next"
import { nowMs } from "../live/clock"
import { dateOf, getCompanyZone } from "../ui/time"
import { quickChoices } from "./callback"

interface Props {
  readonly value: string | null
  readonly zone: string
  readonly lastDay: string | null
  readonly onChange: (wall: string | null) => void
}

/** A time at the customer's: quick choices first, the picker for the rest. The picker's time is wall time. */
export function CallbackField({ value, zone, lastDay, onChange }: Props) {
  const { t } = useTranslation()
  const today = dateOf(nowMs(), zone)
  return (
    <div className="demand">
      <div className="demand-title" id="callback-label">
        {t("agent.callbackAt")}
        {zone !== getCompanyZone() && <span className="dim small"> {t("agent.callbackZone", { zone })}</span>}
      </div>
      <div className="chips">
        {quickChoices(nowMs(), zone).map((choice) => (
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
        disabledDate={(day) => day.format("YYYY-MM-DD") < today}
        needConfirm={false}
        placement="topRight"
      />
      {value !== null && lastDay !== null && value.slice(0, 10) > lastDay && <div className="dim small">{t("agent.callbackAfterLastDay")}</div>}
    </div>
  )
}
