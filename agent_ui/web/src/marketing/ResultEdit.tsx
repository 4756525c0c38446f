import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, Drawer, Form, Input, InputNumber, Select, Switch } from "antd"
import { api, type Schemas, taken } from "../api/client"
import { currentLanguage, wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"

type Row = Schemas["DispositionRow"]
type New = Schemas["DispositionNew"]
type Flags = Schemas["DispositionFlags"]

const PER_HOUR = 3600
const CASES = ["asked_to_buy", "great_interest", "considering", "not_now", "not_reached"] as const
const SORTINGS = ["buys_now", "interested", "considering", "not_now", "never"] as const
const GRADES = ["A", "B", "C", "D"] as const
const ENDS = ["sold", "not_interested", "refused", "do_not_call", "wrong_number"] as const
const CODE = /^[a-z][a-z0-9_]{0,39}$/

type Values = Omit<New, "retry_after_s"> & { readonly rest_hours?: number | null }

/** What the server is told: hours become seconds, and what contradicts itself is not sent. */
export function flagsOf(values: Values): Flags {
  const { code: _, rest_hours: hours, ...flags } = values
  return {
    ...flags,
    follow_up_case: flags.follow_up_case ?? null,
    sorting: flags.sorting ?? null,
    // Only a talk that is followed up has a pace.
    grade: flags.follow_up_case == null || flags.follow_up_case === "not_reached" ? null : (flags.grade ?? null),
    closes_lead: flags.closes_lead ?? null,
    // A refusal is final: its number is never called again.
    do_not_call: flags.refusal === true || flags.do_not_call === true,
    right_party: flags.person !== false && flags.right_party !== false,
    retry_after_s: hours === null || hours === undefined ? null : Math.round(hours * PER_HOUR),
  }
}

export function flagsOfRow({ code: _, ...flags }: Row): Flags {
  return flags
}

export function useSaveResult(done: () => void) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ code, flags, isNew }: { readonly code: string; readonly flags: Flags; readonly isNew: boolean }) =>
      isNew
        ? taken(api.POST("/api/dispositions", { body: { ...flags, code } }))
        : taken(api.PUT("/api/dispositions/{code}", { params: { path: { code } }, body: flags })),
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["dispositions"] })
      done()
    },
    onError: failed,
  })
}

export function ResultEdit({ row, last, close }: { readonly row: Row | null; readonly last: number; readonly close: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const save = useSaveResult(close)
  const refusal = Form.useWatch("refusal", form) === true
  const person = Form.useWatch("person", form) !== false
  const sale = Form.useWatch("sale", form) === true
  const followed = Form.useWatch("follow_up_case", form)
  const graded = followed != null && followed !== "not_reached"
  const needed = { required: true, whitespace: true, message: t("say.required") }
  const toggle = (name: "active" | "person" | "right_party" | "sale" | "refusal" | "do_not_call" | "callback", label: string, disabled = false) => (
    <div className="row switch-row">
      <Form.Item name={name} valuePropName="checked" noStyle>
        <Switch size="small" disabled={disabled} aria-label={label} />
      </Form.Item>
      <span>{label}</span>
    </div>
  )
  const initial: Partial<Values> =
    row === null
      ? { active: true, person: true, right_party: true, position: last + 1 }
      : { ...row, rest_hours: row.retry_after_s == null ? null : row.retry_after_s / PER_HOUR }
  const rowName = row === null ? "" : currentLanguage() === "zh" ? row.name_zh : row.name_en
  return (
    <Drawer
      open
      size={520}
      onClose={close}
      title={row === null ? t("edit.result.new") : t("edit.result.edit", { name: rowName })}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("do.save")}
          </Button>
        </div>
      }
    >
      <p className="dim">{t("edit.result.frozen")}</p>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(values) => save.mutate({ code: row?.code ?? values.code, flags: flagsOf(values), isNew: row === null })}>
        {row === null && (
          <Form.Item name="code" label={t("edit.result.code")} extra={t("edit.result.codeMore")} rules={[needed, { pattern: CODE, message: t("edit.result.codeMore") }]}>
            <Input maxLength={40} />
          </Form.Item>
        )}
        <div className="form-row">
          <Form.Item name="name_zh" label={t("edit.result.nameZh")} rules={[needed]}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="name_en" label={t("edit.result.nameEn")} rules={[needed]}>
            <Input maxLength={60} />
          </Form.Item>
        </div>
        <div className="form-row">
          <Form.Item name="position" label={t("edit.result.position")} extra={t("edit.result.positionMore")}>
            <InputNumber min={0} max={10_000} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item label={t("edit.result.active")}>{toggle("active", t("edit.result.active"))}</Form.Item>
        </div>
        <section className="block">
          <h3>{t("edit.result.who")}</h3>
          {toggle("person", t("edit.result.person"))}
          {toggle("right_party", t("edit.result.right"), !person)}
        </section>
        <section className="block">
          <h3>{t("edit.result.meaning")}</h3>
          {toggle("sale", t("edit.result.sale"), refusal)}
          {toggle("callback", t("edit.result.callback"), sale)}
          {toggle("refusal", t("edit.result.refusal"), sale)}
          {toggle("do_not_call", t("edit.result.dnc"), refusal)}
        </section>
        <section className="block">
          <h3>{t("edit.result.then")}</h3>
          <div className="form-row">
            <Form.Item name="sorting" label={t("steer.rhythm.kind")}>
              <Select allowClear placeholder={t("say.none")} options={SORTINGS.map((value) => ({ value, label: t(`steer.rhythm.sorting.${value}`) }))} />
            </Form.Item>
            <Form.Item name="grade" label={t("steer.rhythm.grade")}>
              <Select allowClear placeholder={t("steer.rhythm.none")} disabled={!graded} options={GRADES.map((value) => ({ value, label: value }))} />
            </Form.Item>
          </div>
          <Form.Item name="follow_up_case" label={t("edit.result.follow")}>
            <Select allowClear placeholder={t("say.none")} options={CASES.map((value) => ({ value, label: t(`followUp.${value}`) }))} />
          </Form.Item>
          <Form.Item name="closes_lead" label={t("edit.result.closes")}>
            <Select allowClear placeholder={t("edit.result.stays")} options={ENDS.map((value) => ({ value, label: wordFor("leadClosed", value) }))} />
          </Form.Item>
          <Form.Item label={t("edit.result.rest")} extra={t("edit.result.restMore")}>
            <div className="row">
              <Form.Item name="rest_hours" noStyle>
                <InputNumber min={0} max={1440} step={0.5} style={{ width: 140 }} aria-label={t("edit.result.rest")} />
              </Form.Item>
              {t("edit.result.hour")}
            </div>
          </Form.Item>
        </section>
      </Form>
    </Drawer>
  )
}
