import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, DatePicker, Drawer, Form, Input, InputNumber, Select, Switch, TimePicker } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { type Condition, comparisonWord, COMPARISONS, dateOfNumber, type Metric, METRICS, numberOfDate, timeOf } from "./automation"

type Row = Schemas["AutomationRow"]
type Settings = Schemas["AutomationSettings"]
interface Line {
  readonly metric: Metric
  readonly comparison: Condition["comparison"]
  readonly value: number
}
interface Values {
  readonly name: string
  readonly active: boolean
  readonly conditions: readonly Line[]
  readonly deed: Row["deed"]
  readonly settings?: Settings
}

const DEEDS: readonly Row["deed"][] = ["open", "pause", "close", "change"]
const MODES = ["preview", "progressive", "power", "predictive"] as const
const PER_HOUR = 60

/** One rule: all conditions, and what is done when they begin to hold. */
export function AutomationEdit({ campaignId, row, last, close }: { readonly campaignId: string; readonly row: Row | null; readonly last: number; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const deed = Form.useWatch("deed", form)
  const save = useMutation({
    mutationFn: (values: Values) => {
      const given = Object.fromEntries(Object.entries(values.settings ?? {}).filter(([, value]) => value !== null))
      const body = { name: values.name, active: values.active, conditions: [...values.conditions], deed: values.deed, position: row?.position ?? last, settings: values.deed === "change" ? given : {} }
      return row === null
        ? taken(api.POST("/api/campaign-rules", { body: { ...body, campaign_id: campaignId } }))
        : taken(api.PATCH("/api/campaign-rules/{rule_id}", { params: { path: { rule_id: row.id } }, body: { ...body, version: row.version } }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["automation", campaignId] })
      void message.success(t("say.saved"))
      close()
    },
    onError: failed,
  })
  const needed = { required: true, message: t("say.required") }
  return (
    <Drawer
      open
      size={560}
      onClose={close}
      title={t(row === null ? "steer.rule.new" : "steer.rule.edit")}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("do.save")}
          </Button>
        </div>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={row ?? { active: true, conditions: [{ metric: "progress", comparison: "at_least", value: 100 }], deed: "pause" }}
        onFinish={(values) => save.mutate(values)}
      >
        <Form.Item name="name" label={t("steer.rule.name")} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="active" label={t("steer.rule.active")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.List name="conditions">
          {(fields, { add, remove }) => (
            <Form.Item label={t("steer.rule.when")}>
              {fields.map(({ key, name }) => (
                <div key={key} className="row" style={{ marginBottom: 8 }}>
                  <Form.Item name={[name, "metric"]} noStyle>
                    <Select aria-label={t("steer.rule.when")} style={{ width: 190 }} options={METRICS.map((value) => ({ value, label: t(`steer.rule.metric.${value}`) }))} />
                  </Form.Item>
                  <Form.Item noStyle shouldUpdate>
                    {() => {
                      const metric = (form.getFieldValue(["conditions", name, "metric"]) as Metric | undefined) ?? "progress"
                      return (
                        <>
                          <Form.Item name={[name, "comparison"]} noStyle>
                            <Select style={{ width: 100 }} aria-label={t("steer.rule.when")} options={COMPARISONS.map((value) => ({ value, label: comparisonWord(metric, value, t) }))} />
                          </Form.Item>
                          <Form.Item name={[name, "value"]} noStyle rules={[needed]}>
                            <Figure metric={metric} />
                          </Form.Item>
                        </>
                      )
                    }}
                  </Form.Item>
                  {fields.length > 1 && <Button type="text" icon={<DeleteOutlined />} aria-label={t("do.remove")} onClick={() => remove(name)} />}
                </div>
              ))}
              {fields.length < 10 && (
                <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => add({ metric: "agents", comparison: "at_least", value: 1 })}>
                  {t("steer.rule.addCondition")}
                </Button>
              )}
            </Form.Item>
          )}
        </Form.List>
        <Form.Item name="deed" label={t("steer.rule.then")}>
          <Select options={DEEDS.map((value) => ({ value, label: t(`steer.rule.deed.${value}`) }))} />
        </Form.Item>
        {deed === "change" && (
          <div className="form-row">
            <Form.Item name={["settings", "mode"]} label={t("steer.rule.setting.mode")}>
              <Select allowClear placeholder={t("steer.rule.unchanged")} options={MODES.map((value) => ({ value, label: t(`mode.${value}`) }))} />
            </Form.Item>
            {(["target_abandonment", "max_lines", "max_lines_per_agent", "calls_per_second"] as const).map((name) => (
              <Form.Item key={name} name={["settings", name]} label={t(`steer.rule.setting.${name}`)}>
                <InputNumber min={0} step={name === "target_abandonment" ? 0.005 : 1} placeholder={t("steer.rule.unchanged")} style={{ width: "100%" }} />
              </Form.Item>
            ))}
          </div>
        )}
      </Form>
    </Drawer>
  )
}

interface FigureProps {
  readonly metric: Metric
  readonly value?: number
  readonly onChange?: (value: number | null) => void
}

/** The number of a condition, written as what it means. */
function Figure({ metric, value, onChange }: FigureProps) {
  const { t } = useTranslation()
  const label = t(`steer.rule.metric.${metric}`)
  const style = { width: 130 }
  if (metric === "minute_of_day") {
    const at = (minutes: number) => dayjs(`2000-01-01T${timeOf(Math.min(minutes, 24 * PER_HOUR - 1))}`)
    return <TimePicker aria-label={label} format="HH:mm" style={style} allowClear={false} value={value === undefined ? null : at(value)} onChange={(time: Dayjs | null) => onChange?.(time === null ? null : time.hour() * PER_HOUR + time.minute())} />
  }
  if (metric === "date") {
    const day = value === undefined ? null : dayjs(dateOfNumber(value))
    return <DatePicker aria-label={label} style={style} allowClear={false} value={day?.isValid() === true ? day : null} onChange={(date: Dayjs | null) => onChange?.(date === null ? null : numberOfDate(date.format("YYYY-MM-DD")))} />
  }
  if (metric === "weekday") {
    const days = ["1", "2", "3", "4", "5", "6", "7"] as const
    return <Select aria-label={label} style={style} value={value === undefined ? undefined : String(value)} options={days.map((day) => ({ value: day, label: t(`control.weekday.${day}`) }))} onChange={(day: string) => onChange?.(Number(day))} />
  }
  return <InputNumber aria-label={label} min={0} style={style} value={value ?? null} onChange={(number) => onChange?.(number)} />
}
