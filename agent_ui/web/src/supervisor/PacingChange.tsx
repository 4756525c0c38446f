import { ArrowRightOutlined, WarningFilled } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Form, InputNumber, Modal, Segmented } from "antd"
import { useTranslation } from "../i18n/use"
import { api, type Schemas, taken } from "../api/client"
import { wordFor } from "../i18n"
import { useFailure } from "../ui/failure"
import { Failed, Loading } from "../ui/states"

type Campaign = Schemas["CampaignDetail"]

const MODES = ["preview", "progressive", "power", "predictive"] as const
const LAW = 3

interface Values {
  readonly mode: Campaign["mode"]
  /** In percent. */
  readonly limit: number
  readonly max_lines: number
  readonly max_lines_per_agent: number
  readonly calls_per_second: number
  readonly ring_timeout_s: number
  readonly wrap_up_s: number
}

const LABEL = {
  mode: "live.change.mode",
  limit: "live.change.limit",
  max_lines: "live.change.maxLines",
  max_lines_per_agent: "live.change.perAgent",
  calls_per_second: "live.change.perSecond",
  ring_timeout_s: "live.change.ring",
  wrap_up_s: "live.change.wrapUp",
} as const satisfies Record<keyof Values, string>
const FIELDS = Object.keys(LABEL) as (keyof Values)[]

const valuesOf = (campaign: Campaign): Values => ({
  mode: campaign.mode,
  limit: Math.round(campaign.target_abandonment * 1e4) / 100,
  max_lines: campaign.max_lines,
  max_lines_per_agent: campaign.max_lines_per_agent,
  calls_per_second: campaign.calls_per_second,
  ring_timeout_s: campaign.ring_timeout_s,
  wrap_up_s: campaign.wrap_up_s,
})

/** Mode and limits of a running campaign: what will change is shown before it does. */
export function PacingChange({ campaignId, close }: { readonly campaignId: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["campaign", campaignId],
    queryFn: () => taken(api.GET("/api/campaigns/{campaign_id}", { params: { path: { campaign_id: campaignId } } })),
    staleTime: 0,
    gcTime: 0,
  })
  if (asked.data !== undefined) return <Change campaign={asked.data} close={close} />
  return (
    <Modal open onCancel={close} footer={null} title={t("live.changePacing")}>
      {asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Loading />}
    </Modal>
  )
}

function Change({ campaign, close }: { readonly campaign: Campaign; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const before = valuesOf(campaign)
  const after = { ...before, ...(Form.useWatch([], form) as Partial<Values> | undefined) }
  const changed = FIELDS.filter((field) => after[field] !== before[field])
  const show = (field: keyof Values, values: Values) =>
    field === "mode" ? wordFor("mode", values.mode) : field === "limit" ? `${values.limit}%` : String(values[field])

  const save = useMutation({
    mutationFn: (values: Values) => {
      const part = (field: keyof Values) => changed.includes(field)
      return taken(
        api.PATCH("/api/campaigns/{campaign_id}", {
          params: { path: { campaign_id: campaign.id } },
          body: {
            version: campaign.version,
            ...(part("mode") ? { mode: values.mode } : {}),
            ...(part("limit") ? { target_abandonment: values.limit / 100 } : {}),
            ...(part("max_lines") ? { max_lines: values.max_lines } : {}),
            ...(part("max_lines_per_agent") ? { max_lines_per_agent: values.max_lines_per_agent } : {}),
            ...(part("calls_per_second") ? { calls_per_second: values.calls_per_second } : {}),
            ...(part("ring_timeout_s") ? { ring_timeout_s: values.ring_timeout_s } : {}),
            ...(part("wrap_up_s") ? { wrap_up_s: values.wrap_up_s } : {}),
          },
        }),
      )
    },
    onSuccess: async () => {
      void message.success(t("live.change.done"))
      await queries.invalidateQueries({ queryKey: ["campaign", campaign.id] })
      close()
    },
    onError: failed,
  })

  const number = (field: Exclude<keyof Values, "mode">, min: number, max: number, step: number, after?: string) => (
    <Form.Item name={field} label={t(LABEL[field])} rules={[{ required: true, type: "number", min, max, message: `${min} – ${max}` }]}>
      <InputNumber min={min} max={max} step={step} {...(after === undefined ? {} : { suffix: after })} style={{ width: "100%" }} />
    </Form.Item>
  )
  return (
    <Modal
      open
      width={600}
      title={t("live.change.title", { name: campaign.name })}
      onCancel={close}
      okText={t("live.change.apply")}
      okButtonProps={{ disabled: changed.length === 0 }}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" initialValues={before} onFinish={(values) => save.mutate(values)} requiredMark={false}>
        <Form.Item name="mode" label={t("live.change.mode")} style={{ marginBottom: 6 }}>
          <Segmented block options={MODES.map((mode) => ({ value: mode, label: t(`mode.${mode}`) }))} />
        </Form.Item>
        <p className="form-note" style={{ marginTop: 0 }}>
          {wordFor("modeMore", after.mode)}
        </p>
        <div className="form-row">
          {number("limit", 0.1, 10, 0.1, "%")}
          {number("max_lines", 1, 10_000, 1)}
          {number("max_lines_per_agent", 1, 100, 0.5)}
          {number("calls_per_second", 0.1, 1000, 1)}
          {number("ring_timeout_s", 15, 120, 1)}
          {number("wrap_up_s", 0, 600, 5)}
        </div>
      </Form>
      <div className="block" style={{ marginBottom: 0 }} aria-live="polite">
        <h3>{t("live.change.preview")}</h3>
        {changed.length === 0 ? (
          <p className="dim">{t("live.change.nothing")}</p>
        ) : (
          <table className="changes">
            <tbody>
              {changed.map((field) => (
                <tr key={field}>
                  <th scope="row">{t(LABEL[field])}</th>
                  <td className="num">
                    <del>{show(field, before)}</del> <ArrowRightOutlined aria-hidden /> <ins>{show(field, after)}</ins>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {after.limit > LAW && (
          <p style={{ color: "var(--bad)" }}>
            <WarningFilled aria-hidden /> {t("live.change.warnLegal")}
          </p>
        )}
        <p className="dim small">{t("live.change.recorded")}</p>
      </div>
    </Modal>
  )
}
