import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Drawer, Form, Input, InputNumber, Select } from "antd"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"

type Customer = Schemas["CustomerOut"]
type Change = Schemas["CustomerChange"]

const TEXTS = ["name", "province", "city", "address", "postcode", "email", "company", "occupation", "income_band", "interests", "consent_source"] as const
const CONSENTS = ["given", "unknown", "refused"] as const
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

type Values = Partial<Record<(typeof TEXTS)[number], string>> & {
  readonly gender?: "f" | "m" | null
  readonly birth_year?: number | null
  readonly timezone: string
  readonly consent: Customer["consent"]
  readonly phone?: string
}

/** Only what differs is sent: two people may edit different fields of one customer, and nothing is emptied by accident. */
export function changeOf(customer: Customer, values: Values): Change {
  const texts = TEXTS.filter((name) => (values[name] ?? "").trim() !== (customer[name] ?? "")).map((name) => [name, (values[name] ?? "").trim()] as const)
  const { consent_source: _, ...rest } = Object.fromEntries(texts) as Partial<Record<(typeof TEXTS)[number], string>>
  const consentChanged = values.consent !== customer.consent
  const ground = texts.find(([name]) => name === "consent_source")?.[1]
  const phone = (values.phone ?? "").trim()
  return {
    version: customer.version,
    // A schema field that may not be empty text is emptied with null.
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, name === "email" && value === "" ? null : value])),
    ...((values.gender ?? null) === customer.gender ? {} : { gender: values.gender ?? null }),
    ...((values.birth_year ?? null) === customer.birth_year ? {} : { birth_year: values.birth_year ?? null }),
    ...(values.timezone === customer.timezone ? {} : { timezone: values.timezone }),
    ...(consentChanged ? { consent: values.consent } : {}),
    ...(ground === undefined ? {} : { consent_source: ground }),
    ...(phone === "" ? {} : { phone }),
  }
}

const zones = (): string[] => (typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [])

/** Changing what is known of a person; the server keeps a refusal final and writes down who changed which fields. */
export function CustomerEdit({ customer, close }: { readonly customer: Customer; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const consent = (Form.useWatch("consent", form) as Values["consent"] | undefined) ?? customer.consent
  const save = useMutation({
    mutationFn: (change: Change) => taken(api.PATCH("/api/customers/{customer_id}", { params: { path: { customer_id: customer.id } }, body: change })),
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await Promise.all([queries.invalidateQueries({ queryKey: ["customer", customer.id] }), queries.invalidateQueries({ queryKey: ["customers"] }), queries.invalidateQueries({ queryKey: ["privacy", "consents", customer.id] })])
      close()
    },
    onError: failed,
  })
  function submit(values: Values) {
    const change = changeOf(customer, values)
    if (Object.keys(change).length === 1) void message.info(t("edit.customer.nothing"))
    else save.mutate(change)
  }
  const text = (name: (typeof TEXTS)[number], label: string, max = 100) => (
    <Form.Item name={name} label={label}>
      <Input maxLength={max} />
    </Form.Item>
  )
  const barred = customer.consent === "refused"
  return (
    <Drawer
      open
      size={600}
      onClose={close}
      title={t("edit.customer.title")}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <span className="dim small grow">{t("edit.customer.recorded")}</span>
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
        onFinish={submit}
        initialValues={{ ...customer, ...Object.fromEntries(TEXTS.map((name) => [name, customer[name] ?? ""])), gender: customer.gender ?? undefined }}
      >
        <section className="block">
          <h3>{t("edit.customer.who")}</h3>
          <div className="form-row">
            <Form.Item name="name" label={t("marketing.customers.name")} rules={[{ required: true, whitespace: true, message: t("say.required") }]}>
              <Input maxLength={100} />
            </Form.Item>
            <Form.Item name="gender" label={t("marketing.customers.gender")}>
              <Select allowClear options={(["f", "m"] as const).map((value) => ({ value, label: t(`gender.${value}`) }))} />
            </Form.Item>
            <Form.Item name="birth_year" label={t("marketing.customers.birth")}>
              <InputNumber min={1900} max={2100} style={{ width: "100%" }} />
            </Form.Item>
          </div>
          <Form.Item name="phone" label={t("edit.customer.phone")} extra={t("edit.customer.phoneMore", { masked: customer.masked_phone })}>
            <Input maxLength={60} inputMode="tel" autoComplete="off" />
          </Form.Item>
          <div className="form-row">
            {text("occupation", t("marketing.customers.occupation"))}
            {text("company", t("marketing.customers.company"))}
            {text("income_band", t("edit.customer.incomes"))}
          </div>
          <Form.Item name="email" label={t("marketing.customers.email")} rules={[{ pattern: EMAIL, message: t("edit.customer.badEmail") }]}>
            <Input maxLength={200} inputMode="email" autoComplete="off" />
          </Form.Item>
        </section>
        <section className="block">
          <h3>{t("edit.customer.where")}</h3>
          <div className="form-row">
            {text("province", t("marketing.customers.province"))}
            {text("city", t("marketing.customers.city"))}
            {text("postcode", t("marketing.customers.postcode"), 20)}
          </div>
          {text("address", t("marketing.customers.address"), 500)}
          <Form.Item name="timezone" label={t("edit.customer.zone")}>
            <Select showSearch options={[...new Set([customer.timezone, ...zones()])].map((value) => ({ value, label: value }))} />
          </Form.Item>
        </section>
        <section className="block">
          <h3>{t("edit.customer.wishes")}</h3>
          {text("interests", t("marketing.customers.interests"), 500)}
          <div className="form-row">
            <Form.Item name="consent" label={t("marketing.customers.consent")} extra={barred ? t("edit.customer.refusedAlready") : undefined}>
              <Select disabled={barred} options={CONSENTS.map((value) => ({ value, label: t(`consent.${value}`) }))} />
            </Form.Item>
            <Form.Item name="consent_source" label={t("edit.customer.ground")}>
              <Input maxLength={500} placeholder={t("edit.customer.groundHint")} />
            </Form.Item>
          </div>
          {!barred && consent === "refused" && <Alert type="warning" showIcon title={t("edit.customer.refusedFinal")} />}
        </section>
      </Form>
    </Drawer>
  )
}
