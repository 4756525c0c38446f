/** Parts of a campaign's rules: days off, what follows an outcome, and the law's presets side by side. */
import { DatePicker, Form, InputNumber, Modal, Select, Switch } from "antd"
import { type Schemas } from "../../api/client"
import { currentLanguage, wordFor } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { rulesOf } from "./rules"
import { capsOf, OUTCOMES, retryOf, spanOf, HOUR } from "./retry"
import "../edit.css"

type Preset = Schemas["PresetRow"]
type Stored = Readonly<Record<string, unknown>>
const CALENDARS = ["CN", "none"] as const
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const

export function HolidayFields() {
  const { t } = useTranslation()
  return (
    <div className="form-row">
      <Form.Item name="holidays" label={t("edit.rules.holidays")}>
        <Select options={CALENDARS.map((value) => ({ value, label: t(`edit.rules.calendars.${value}`) }))} />
      </Form.Item>
      <Form.Item name="closed_days" label={t("edit.rules.closed")} extra={t("edit.rules.closedMore")}>
        <DatePicker multiple maxTagCount="responsive" format="YYYY-MM-DD" style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item name="makeup_days" label={t("edit.rules.makeup")} valuePropName="checked">
        <Switch />
      </Form.Item>
    </div>
  )
}

/** Each outcome: how long the person is left in peace, and whether to try another window or give up. */
export function RetryFields() {
  const { t } = useTranslation()
  return (
    <table className="plain-table retry-table">
      <caption className="sr-only">{t("edit.rules.retry")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("edit.rules.outcome")}</th>
          <th scope="col">{t("edit.rules.after")}</th>
          <th scope="col">{t("edit.rules.otherWindow")}</th>
          <th scope="col">{t("edit.rules.closeAfter")}</th>
          <th scope="col">{t("edit.rules.counts")}</th>
        </tr>
      </thead>
      <tbody>
        {OUTCOMES.map((name) => {
          const outcome = wordFor("outcome", name)
          return (
            <tr key={name}>
              <th scope="row">{outcome}</th>
              <td>
                <Form.Item name={["retry", name, "hours"]} noStyle rules={[{ required: true, type: "number", min: 0, max: 1440, message: t("say.required") }]}>
                  <InputNumber size="small" min={0} max={1440} step={0.5} aria-label={`${outcome} ${t("edit.rules.after")}`} style={{ width: 90 }} />
                </Form.Item>
              </td>
              <td>
                <Form.Item name={["retry", name, "other_window"]} noStyle valuePropName="checked">
                  <Switch size="small" aria-label={`${outcome} ${t("edit.rules.otherWindow")}`} />
                </Form.Item>
              </td>
              <td>
                <Form.Item name={["retry", name, "close_after"]} noStyle>
                  <InputNumber size="small" min={1} max={50} placeholder={t("edit.rules.never")} aria-label={`${outcome} ${t("edit.rules.closeAfter")}`} style={{ width: 120 }} />
                </Form.Item>
              </td>
              <td>
                <Form.Item name={["retry", name, "counts"]} noStyle valuePropName="checked">
                  <Switch size="small" aria-label={`${outcome} ${t("edit.rules.counts")}`} />
                </Form.Item>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** The caps in words, for the rules now in force. */
export function useCapWords(): (rules: Stored) => string {
  const { t } = useTranslation()
  return (rules) => {
    const caps = capsOf(rules)
    return caps.length === 0
      ? t("edit.rules.noCap")
      : caps
          .map(({ most, within_s }) => {
            const { unit, n } = spanOf(within_s)
            return t("edit.rules.cap", { n: most, period: t(`edit.rules.${unit}`, { n }) })
          })
          .join(currentLanguage() === "zh" ? "；" : "; ")
  }
}

/** What each country asks, with what differs from the preset in use marked. */
export function PresetCompare({ presets, inUse, close }: { readonly presets: readonly Preset[]; readonly inUse: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const caps = useCapWords()
  const span = (seconds: number) => {
    const { unit, n } = spanOf(seconds)
    return seconds === 0 ? t("edit.rules.noCap") : t(`edit.rules.${unit}`, { n })
  }
  const weekdays = (rules: Stored) => {
    const days = Array.isArray(rules.legal_weekdays) ? (rules.legal_weekdays as number[]) : []
    return DAYS.filter((day) => days.includes(day))
      .map((day) => t(`marketing.campaigns.weekday.d${day}`))
      .join(currentLanguage() === "zh" ? "" : " ")
  }
  const after = (rules: Stored, name: "abandoned" | "machine") => span(retryOf(rules, undefined)[name].hours * HOUR)
  const lines: readonly (readonly [string, (rules: Stored) => string])[] = [
    [t("edit.rules.hours"), (rules) => rulesOf(rules).legal_windows.map((window) => window.join("–")).join(", ")],
    [t("edit.rules.legalDays"), weekdays],
    [t("edit.rules.onHolidays"), (rules) => t(rules.legal_holidays === false ? "edit.rules.forbidden" : "edit.rules.allowed")],
    [t("edit.rules.caps"), caps],
    [t("edit.rules.gap"), (rules) => span(rulesOf(rules).min_gap_s)],
    [t("marketing.campaigns.consent"), (rules) => t(`marketing.campaigns.consents.${rulesOf(rules).consent}`)],
    [t("edit.rules.afterAbandoned"), (rules) => after(rules, "abandoned")],
    [t("edit.rules.afterMachine"), (rules) => after(rules, "machine")],
  ]
  const base = presets.find(({ code }) => code === inUse) ?? presets[0]
  const name = (preset: Preset) => (currentLanguage() === "zh" ? preset.zh : preset.en)
  return (
    <Modal open width={1080} footer={null} onCancel={close} title={t("edit.rules.compare")}>
      <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label={t("edit.rules.compare")}>
        <table className="plain-table preset-table">
          <thead>
            <tr>
              <th scope="col">{t("edit.rules.presetWhat")}</th>
              {presets.map((preset) => (
                <th key={preset.code} scope="col">
                  {name(preset)}
                  {preset.code === base?.code && <span className="mark" data-tone="info" style={{ marginInlineStart: 6 }}>{t("edit.rules.now")}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(([label, value]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {presets.map((preset) => {
                  const differs = base !== undefined && value(preset.rules) !== value(base.rules)
                  return (
                    <td key={preset.code} data-differs={differs} title={differs ? t("edit.rules.differs", { name: name(base) }) : undefined}>
                      {differs && <span aria-hidden>≠ </span>}
                      {value(preset.rules)}
                    </td>
                  )
                })}
              </tr>
            ))}
            <tr>
              <th scope="row">{t("edit.rules.presetSource")}</th>
              {presets.map((preset) => (
                <td key={preset.code} className="dim small">
                  {currentLanguage() === "zh" ? preset.source_zh : preset.source_en}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </Modal>
  )
}
