import { DatePicker } from "antd"
import dayjs from "dayjs"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { addDays, dateOf, instantOf } from "./time"

/** Two calendar dates, both included. */
export type Days = readonly [from: string, to: string] | null

const midnight = (date: string): string => {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number)
  return new Date(instantOf({ year, month, day, hour: 0, minute: 0, second: 0 })).toISOString()
}

/** The instants of a period in the company's zone: `since` included, `until` not. */
export function instantsOf(days: Days): { readonly since?: string; readonly until?: string } {
  return days === null ? {} : { since: midnight(days[0]), until: midnight(addDays(days[1], 1)) }
}

export function Period({ value, onChange }: { readonly value: Days; readonly onChange: (days: Days) => void }) {
  const { t } = useTranslation()
  const today = dateOf(nowMs())
  const back = (days: number): [dayjs.Dayjs, dayjs.Dayjs] => [dayjs(addDays(today, -days)), dayjs(today)]
  return (
    <DatePicker.RangePicker
      aria-label={t("ui.period")}
      value={value === null ? null : [dayjs(value[0]), dayjs(value[1])]}
      onChange={(chosen) => {
        const [from, to] = chosen ?? []
        onChange(from == null || to == null ? null : [from.format("YYYY-MM-DD"), to.format("YYYY-MM-DD")])
      }}
      presets={[
        { label: t("ui.today"), value: back(0) },
        { label: t("ui.week"), value: back(6) },
        { label: t("ui.month"), value: back(29) },
      ]}
      style={{ width: 240 }}
    />
  )
}
