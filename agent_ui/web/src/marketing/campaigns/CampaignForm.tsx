import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Checkbox, Collapse, Form, Input, InputNumber, Segmented, Select, Switch, TimePicker } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { useState } from "react"
import { useNavigate } from "react-router"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage, wordFor } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { Page } from "../../ui/Page"
import { Failed, Loading } from "../../ui/states"
import { useMailings, useScripts } from "../lookups"
import { type Rules, rulesOf, windowProblem } from "./rules"
import { HolidayFields, PresetCompare, RetryFields, useCapWords } from "./RulesMore"
import { type OutcomeName, raised, retryBody, retryOf, type RetryRow } from "./retry"

type Campaign = Schemas["CampaignDetail"]
const MODES = ["preview", "progressive", "power", "predictive"] as const
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const PER_MINUTE = 60
const NUMBER = /^\+[1-9][0-9]{4,14}$/

interface Values {
  readonly name: string
  readonly mailing_id: string
  readonly script_id?: string | null
  readonly from_number: string
  readonly mode: Campaign["mode"]
  readonly limit: number
  readonly patience_s: number
  readonly ring_timeout_s: number
  readonly wrap_up_s: number
  readonly max_lines: number
  readonly max_lines_per_agent: number
  readonly calls_per_second: number
  readonly machine: boolean
  readonly taken?: number
  readonly shift_ends: Dayjs | null
  readonly record_calls: boolean
  readonly abandoned_message: string
  readonly windows: readonly (readonly [Dayjs, Dayjs] | null)[]
  readonly weekdays: readonly number[]
  readonly days_from: number
  readonly days_to: number
  readonly preset: string
  readonly attempts_max: number
  readonly attempts_total: number
  readonly gap_minutes: number
  readonly consent: Rules["consent"]
  readonly follow_up_days: number
  readonly callback_days_max: number
  readonly owner_minutes: number
  readonly holidays: string
  readonly makeup_days: boolean
  readonly first_calls_first: boolean
  readonly closed_days: readonly Dayjs[]
  readonly retry: Record<OutcomeName, RetryRow>
}

const time = (text: string) => dayjs(`2000-01-01T${text}`)

function initial(campaign: Campaign | null, usual: Readonly<Record<string, unknown>>): Partial<Values> {
  const stored = campaign?.rules ?? usual
  const { windows, min_gap_s, legal_windows: _, ...rules } = rulesOf(campaign?.rules ?? {})
  const calling = {
    ...rules,
    windows: windows.map(([start, end]) => [time(start), time(end)] as const),
    gap_minutes: min_gap_s / PER_MINUTE,
    owner_minutes: (typeof stored.callback_owner_s === "number" ? stored.callback_owner_s : 900) / PER_MINUTE,
    holidays: typeof stored.holidays === "string" ? stored.holidays : "CN",
    makeup_days: stored.makeup_days === true,
    first_calls_first: stored.first_calls_first === true,
    closed_days: Array.isArray(stored.closed_days) ? stored.closed_days.map((day) => dayjs(String(day))) : [],
    retry: retryOf(stored, usual),
  }
  if (campaign === null) {
    return {
      ...calling,
      mode: "predictive",
      limit: 3,
      patience_s: 2,
      ring_timeout_s: 25,
      wrap_up_s: 30,
      max_lines: 200,
      max_lines_per_agent: 15,
      calls_per_second: 10,
      machine: false,
      taken: 0,
      shift_ends: null,
      record_calls: false,
      abandoned_message: "",
    }
  }
  const percent = (share: number) => Math.round(share * 1e4) / 100
  return {
    ...campaign,
    ...calling,
    limit: percent(campaign.target_abandonment),
    machine: campaign.machine_detection === "async",
    taken: percent(campaign.people_taken_for_machines),
    shift_ends: campaign.shift_ends === "" ? null : time(campaign.shift_ends),
  }
}

const windowsOf = (values: Pick<Values, "windows">): Rules["windows"] =>
  values.windows.flatMap((pair) => (pair === null ? [] : [[pair[0].format("HH:mm"), pair[1].format("HH:mm")] as const]))

function bodyOf(values: Values, stored: Readonly<Record<string, unknown>>, presetRules: Readonly<Record<string, unknown>> | undefined) {
  return {
    name: values.name,
    script_id: values.script_id ?? null,
    from_number: values.from_number,
    mode: values.mode,
    target_abandonment: values.limit / 100,
    patience_s: values.patience_s,
    ring_timeout_s: values.ring_timeout_s,
    wrap_up_s: values.wrap_up_s,
    max_lines: values.max_lines,
    max_lines_per_agent: values.max_lines_per_agent,
    calls_per_second: values.calls_per_second,
    machine_detection: values.machine ? ("async" as const) : ("off" as const),
    people_taken_for_machines: (values.taken ?? 0) / 100,
    shift_ends: values.shift_ends?.format("HH:mm") ?? "",
    record_calls: values.record_calls,
    abandoned_message: values.abandoned_message,
    rules: {
      ...stored,
      // A preset that was chosen anew brings its legal hours, caps and days.
      ...(presetRules === undefined
        ? {}
        : Object.fromEntries(["legal_windows", "legal_weekdays", "legal_holidays", "caps"].map((name) => [name, presetRules[name]]))),
      days_from: values.days_from,
      days_to: values.days_to,
      windows: windowsOf(values),
      weekdays: values.weekdays,
      preset: values.preset,
      attempts_max: values.attempts_max,
      attempts_total: values.attempts_total,
      min_gap_s: Math.round(values.gap_minutes * PER_MINUTE),
      consent: values.consent,
      follow_up_days: values.follow_up_days,
      callback_days_max: values.callback_days_max,
      callback_owner_s: Math.round(values.owner_minutes * PER_MINUTE),
      holidays: values.holidays,
      makeup_days: values.makeup_days,
      first_calls_first: values.first_calls_first,
      closed_days: values.closed_days.map((day) => day.format("YYYY-MM-DD")).sort(),
      retry: retryBody(values.retry, stored),
    },
  }
}

interface Props {
  readonly campaign: Campaign | null
  readonly saved?: () => void
}

/** Everything a campaign runs with, in four parts. The server judges the whole; its sentence names what to mend. */
export function CampaignForm(props: Props) {
  const presets = useQuery({ queryKey: ["presets"], queryFn: () => taken(api.GET("/api/campaigns/presets")), staleTime: Infinity })
  if (presets.isPending) return <Loading />
  if (presets.isError) return <Failed error={presets.error} retry={() => void presets.refetch()} />
  return <Fields {...props} presets={presets.data} />
}

function Fields({ campaign, saved, presets }: Props & { readonly presets: readonly Schemas["PresetRow"][] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const go = useNavigate()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const mode = (Form.useWatch("mode", form) as Values["mode"] | undefined) ?? campaign?.mode ?? "predictive"
  const machine = Form.useWatch("machine", form) as boolean | undefined
  const preset = (Form.useWatch("preset", form) as string | undefined) ?? "CN"
  const mailings = useMailings()
  const scripts = useScripts()
  const [comparing, setComparing] = useState(false)
  const capWords = useCapWords()
  const chosen = presets.find(({ code }) => code === preset)
  const usual = presets[0]?.rules ?? {}
  // The law of another country is taken over where it can be seen, before anything is saved.
  const takeOver = (code: string) => {
    const rules = presets.find((row) => row.code === code)?.rules
    if (rules === undefined) return
    const { consent, min_gap_s } = rulesOf(rules)
    form.setFieldsValue({ consent, gap_minutes: Math.max(min_gap_s / PER_MINUTE, (form.getFieldValue("gap_minutes") as number | null) ?? 0), holidays: rules.holidays === "CN" ? "CN" : "none", retry: raised(form.getFieldValue("retry") as Values["retry"], rules) })
  }

  const save = useMutation({
    mutationFn: (values: Values) => {
      const stored = campaign?.rules ?? {}
      const body = bodyOf(values, stored, values.preset === stored.preset ? undefined : chosen?.rules)
      return campaign === null
        ? taken(api.POST("/api/campaigns", { body: { ...body, mailing_id: values.mailing_id } }))
        : taken(api.PATCH("/api/campaigns/{campaign_id}", { params: { path: { campaign_id: campaign.id } }, body: { ...body, version: campaign.version } }))
    },
    onSuccess: async (row) => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["campaigns"] })
      await queries.invalidateQueries({ queryKey: ["campaign", row.id] })
      if (campaign === null) void go(`/campaigns/${row.id}`)
      else saved?.()
    },
    onError: failed,
  })

  const needed = { required: true, message: t("say.required") }
  const number = (name: keyof Values, label: string, min: number, max: number, step = 1) => (
    <Form.Item name={name} label={label} rules={[{ ...needed, type: "number", min, max, message: `${min} – ${max}` }]}>
      <InputNumber min={min} max={max} step={step} style={{ width: "100%" }} />
    </Form.Item>
  )

  const form_ = (
    <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={initial(campaign, usual)} onFinish={(values) => save.mutate(values)} scrollToFirstError className="campaign-form">
      <section className="block">
        <h3>{t("marketing.campaigns.section.what")}</h3>
        <div className="form-row">
          <Form.Item name="name" label={t("marketing.campaigns.name")} rules={[{ ...needed, whitespace: true }]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="mailing_id" label={t("marketing.campaigns.mailing")} rules={[needed]}>
            <Select
              disabled={campaign !== null}
              loading={mailings.isPending}
              showSearch={{ optionFilterProp: "label" }}
              options={(mailings.data?.rows ?? []).map((row) => ({ value: row.id, label: `${row.name} · ${row.brochure_title}` }))}
            />
          </Form.Item>
          <Form.Item name="script_id" label={t("marketing.campaigns.script")}>
            <Select
              allowClear
              loading={scripts.isPending}
              options={(scripts.data?.rows ?? []).map((row) => ({ value: row.id, label: `${row.name} · ${t("marketing.scripts.version", { n: row.version })}` }))}
            />
          </Form.Item>
        </div>
      </section>
      <section className="block">
        <h3>{t("marketing.campaigns.section.when")}</h3>
        <div className="form-row">
          <Form.Item label={t("marketing.campaigns.days")}>
            <div className="row">
              <Form.Item name="days_from" noStyle rules={[needed]}>
                <InputNumber min={0} max={365} aria-label={`${t("marketing.campaigns.days")} ${t("say.from")}`} />
              </Form.Item>
              –
              <Form.Item name="days_to" noStyle rules={[needed]}>
                <InputNumber min={0} max={365} aria-label={`${t("marketing.campaigns.days")} ${t("say.until")}`} />
              </Form.Item>
              {t("unit.day")}
            </div>
          </Form.Item>
          <Form.Item
            name="weekdays"
            label={t("marketing.campaigns.weekdays")}
            // Not `required`: it would put an attribute on the group that a group may not have.
            rules={[{ validator: (_, days: unknown) => (Array.isArray(days) && days.length > 0 ? Promise.resolve() : Promise.reject(new Error(t("say.required")))) }]}
          >
            <Checkbox.Group options={DAYS.map((day) => ({ value: day, label: t(`marketing.campaigns.weekday.d${day}`) }))} />
          </Form.Item>
        </div>
        <Form.Item label={t("marketing.campaigns.windows")} extra={t("marketing.campaigns.windowsMore")}>
          <Form.List
            name="windows"
            rules={[
              {
                validator: (_, value: unknown) =>
                  windowProblem(windowsOf({ windows: value as Values["windows"] })) === null ? Promise.resolve() : Promise.reject(new Error(t("marketing.campaigns.windowBad"))),
              },
            ]}
          >
            {(fields, { add, remove }, { errors }) => (
              <>
                <div className="row wrap">
                  {fields.map(({ key, name }) => (
                    <span key={key} className="row" style={{ gap: 2 }}>
                      <Form.Item name={name} noStyle rules={[needed]}>
                        <TimePicker.RangePicker format="HH:mm" minuteStep={5} needConfirm={false} order={false} allowClear={false} aria-label={t("marketing.campaigns.windows")} style={{ width: 170 }} />
                      </Form.Item>
                      <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("do.remove")} disabled={fields.length === 1} onClick={() => remove(name)} />
                    </span>
                  ))}
                  <Button size="small" icon={<PlusOutlined />} disabled={fields.length >= 12} onClick={() => add([time("17:00"), time("18:00")])}>
                    {t("marketing.campaigns.addWindow")}
                  </Button>
                </div>
                <Form.ErrorList errors={errors} />
              </>
            )}
          </Form.List>
        </Form.Item>
        <div className="form-row">
          {number("attempts_max", t("marketing.campaigns.attempts"), 1, 50)}
          {number("attempts_total", t("marketing.campaigns.attemptsTotal"), 1, 50)}
          {number("gap_minutes", t("marketing.campaigns.gap"), 0, 86_400)}
          {number("follow_up_days", t("marketing.campaigns.followUpDays"), 0, 365)}
          {number("callback_days_max", t("marketing.campaigns.callbackDays"), 1, 365)}
          {number("owner_minutes", t("edit.rules.owner"), 0, 1440)}
        </div>
        <Form.Item name="first_calls_first" label={t("steer.firstCalls")} extra={t("steer.firstCallsMore")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <HolidayFields />
        <Collapse ghost items={[{ key: "retry", forceRender: true, label: t("edit.rules.retry"), children: <RetryFields /> }]} />
      </section>
      <section className="block">
        <h3>{t("marketing.campaigns.section.how")}</h3>
        <Form.Item name="mode" label={t("marketing.campaigns.mode")} style={{ marginBottom: 4 }}>
          <Segmented options={MODES.map((value) => ({ value, label: t(`mode.${value}`) }))} />
        </Form.Item>
        <p className="form-note" style={{ marginTop: 0 }}>
          {wordFor("modeMore", mode)}
        </p>
        <div className="form-row">
          {number("ring_timeout_s", t("marketing.campaigns.ring"), 15, 120)}
          {number("wrap_up_s", t("marketing.campaigns.wrapUp"), 0, 600, 5)}
          {number("max_lines", t("marketing.campaigns.maxLines"), 1, 10_000)}
          {number("max_lines_per_agent", t("marketing.campaigns.perAgent"), 1, 100, 0.5)}
          {number("calls_per_second", t("marketing.campaigns.perSecond"), 0.1, 1000)}
          <Form.Item name="shift_ends" label={t("marketing.campaigns.shiftEnds")} extra={t("marketing.campaigns.shiftEndsMore")}>
            <TimePicker format="HH:mm" minuteStep={5} needConfirm={false} />
          </Form.Item>
        </div>
      </section>
      <section className="block">
        <h3>{t("marketing.campaigns.section.care")}</h3>
        <div className="form-row">
          <Form.Item
            name="preset"
            label={t("marketing.campaigns.preset")}
            extra={
              chosen === undefined ? undefined : (
                <>
                  {t("marketing.campaigns.legal", { hours: rulesOf(chosen.rules).legal_windows.map((window) => window.join("–")).join("、") })} · {capWords(chosen.rules)}{" "}
                  <button type="button" className="link-button" onClick={() => setComparing(true)}>
                    {t("edit.rules.compare")}
                  </button>
                </>
              )
            }
          >
            <Select onChange={takeOver} options={presets.map((row) => ({ value: row.code, label: currentLanguage() === "zh" ? row.zh : row.en, title: currentLanguage() === "zh" ? row.source_zh : row.source_en }))} />
          </Form.Item>
          <Form.Item name="consent" label={t("marketing.campaigns.consent")}>
            <Select options={(["not_refused", "required"] as const).map((value) => ({ value, label: t(`marketing.campaigns.consents.${value}`) }))} />
          </Form.Item>
          {number("limit", t("marketing.campaigns.limit"), 0.1, 10, 0.1)}
          {number("patience_s", t("marketing.campaigns.patience"), 0.5, 10, 0.5)}
        </div>
        <div className="form-row">
          <Form.Item name="from_number" label={t("marketing.campaigns.from")} extra={t("marketing.campaigns.fromMore")} rules={[{ ...needed, pattern: NUMBER, message: t("marketing.campaigns.fromBad") }]}>
            <Input maxLength={16} placeholder="+864001234567" />
          </Form.Item>
          <Form.Item name="machine" label={t("marketing.campaigns.machine")} valuePropName="checked">
            <Switch />
          </Form.Item>
          {machine === true && number("taken", t("marketing.campaigns.taken"), 0, 20, 0.1)}
          <Form.Item name="record_calls" label={t("marketing.campaigns.record")} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
        <Form.Item name="abandoned_message" label={t("marketing.campaigns.message")} extra={t("marketing.campaigns.messageMore")}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
      </section>
      {comparing && <PresetCompare presets={presets} inUse={preset} close={() => setComparing(false)} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={campaign?.state === "closed"}>
          {t("do.save")}
        </Button>
        {campaign === null && <Button onClick={() => void go("/campaigns")}>{t("do.cancel")}</Button>}
      </div>
    </Form>
  )
  if (campaign !== null) return form_
  return (
    <Page title={t("marketing.campaigns.new")} more={t("marketing.campaigns.noneMore")}>
      <div className="sheet" style={{ padding: "18px 22px 24px" }}>
        {form_}
      </div>
    </Page>
  )
}
