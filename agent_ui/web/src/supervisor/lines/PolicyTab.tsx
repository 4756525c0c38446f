import { useQuery } from "@tanstack/react-query"
import { Button, Form, InputNumber, Switch } from "antd"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Failed, Loading } from "../../ui/states"
import { PERCENT, useDone } from "./useLines"

type Policy = Schemas["CallerPolicyBody"]
const SHARES = ["answer_share", "declined_share", "short_share"] as const
const LIMITS = {
  days: [1, 60],
  least_calls: [1, 1_000_000],
  answer_share: [0, PERCENT],
  declined_share: [0, PERCENT],
  short_share: [0, PERCENT],
  short_s: [1, 60],
  signs: [0, 1000],
  rest_hours: [1, 2160],
  keep_days: [0, 3650],
} as const

/** When a number is sent to rest, and which one is next. */
export function PolicyTab() {
  const { t } = useTranslation()
  const asked = useQuery({ queryKey: ["lines", "policy"], queryFn: () => taken(api.GET("/api/lines/policy")) })
  if (asked.isPending) return <Loading rows={8} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <>
      <p className="dim">{t("lines.policy.more")}</p>
      <PolicyForm policy={asked.data} />
    </>
  )
}

const times = (policy: Policy, factor: number): Policy => ({
  ...policy,
  ...Object.fromEntries(SHARES.map((name) => [name, Math.round(policy[name] * factor * 10_000) / 10_000])),
})

function PolicyForm({ policy }: { readonly policy: Policy }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Policy>()
  const save = useDone((body: Policy) => taken(api.PUT("/api/lines/policy", { body })))
  const needed = { required: true, message: t("say.required") }
  return (
    <Form<Policy>
      form={form}
      layout="horizontal"
      labelCol={{ flex: "240px" }}
      labelAlign="left"
      colon={false}
      requiredMark={false}
      initialValues={times(policy, PERCENT)}
      onFinish={(values) => save.mutate(times(values, 1 / PERCENT))}
      style={{ maxWidth: 760 }}
    >
      {(Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => (
        <Form.Item key={name} name={name} label={t(`lines.policy.${name}`)} extra={t(`lines.policyMore.${name}`)} rules={[needed]}>
          <InputNumber min={LIMITS[name][0]} max={LIMITS[name][1]} style={{ width: 140 }} suffix={t(`lines.policyUnit.${name}`)} />
        </Form.Item>
      ))}
      <Form.Item name="local_presence" label={t("lines.policy.local_presence")} extra={t("lines.policyMore.local_presence")} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("do.save")}
      </Button>
    </Form>
  )
}
