import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Form, InputNumber, Modal } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Facts } from "../../ui/Facts"
import { useFailure } from "../../ui/failure"
import { Failed, Loading, Nothing } from "../../ui/states"
import { duration } from "../../ui/time"
import type { Choice } from "./choice"

type Norm = Schemas["Norm"]
const LAST = 30

export function LengthsTab({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation()
  const [setting, setSetting] = useState(false)
  const asked = useQuery({
    queryKey: ["control", "lengths", choice],
    queryFn: () => taken(api.GET("/api/control/lengths", { params: { query: choice } })),
  })
  if (asked.isPending) return <Loading rows={8} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { bins, norm, mean_s } = asked.data
  const most = Math.max(1, ...bins.map((bin) => bin.talks))
  const [from = 0, to = 0] = asked.data.pitch_s.map((seconds) => seconds / 60)
  return (
    <div style={{ padding: "0 14px 14px" }}>
      <Facts
        rows={[
          [t("control.talkMean"), mean_s === null ? "–" : duration(mean_s)],
          [t("control.pitch"), `${from}–${to}`],
          [t("control.average"), norm === null ? null : (norm.average_s ?? t("control.averageUnset"))],
          [t("control.shortLimit"), norm?.too_short_s],
          [t("control.longLimit"), norm?.too_long_s],
        ]}
      />
      {norm !== null && choice.campaign_id !== undefined && (
        <Button size="small" onClick={() => setSetting(true)} style={{ margin: "10px 0" }}>
          {t("control.setNorm")}
        </Button>
      )}
      {bins.length === 0 ? (
        <Nothing title={t("say.nothingFound")} />
      ) : (
        <ol className="lengths" aria-label={t("control.lengths")}>
          {bins.map((bin) => (
            <li key={bin.minute} data-pitch={bin.minute >= from && bin.minute < to}>
              <span className="num">{bin.minute >= LAST ? t("control.halfHour") : t("control.minute", { n: bin.minute })}</span>
              <span className="track">
                <i style={{ width: `${(bin.talks / most) * 100}%` }} />
              </span>
              <span className="num">{t("control.talks", { n: bin.talks })}</span>
              <span className="num dim">{bin.orders > 0 ? `${t("control.orders")} ${bin.orders}` : ""}</span>
            </li>
          ))}
        </ol>
      )}
      {setting && norm !== null && choice.campaign_id !== undefined && <SetNorm campaignId={choice.campaign_id} norm={norm} close={() => setSetting(false)} />}
    </div>
  )
}

function SetNorm({ campaignId, norm, close }: { readonly campaignId: string; readonly norm: Norm; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Norm>()
  const save = useMutation({
    mutationFn: (body: Norm) => taken(api.PUT("/api/control/norms/{campaign_id}", { params: { path: { campaign_id: campaignId } }, body: { ...body, average_s: body.average_s ?? null } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["control"] })
      void message.success(t("say.saved"))
      close()
    },
    onError: failed,
  })
  const whole = (name: keyof Norm, label: string, required: boolean) => (
    <Form.Item name={name} label={label} rules={required ? [{ required: true, message: t("say.required") }] : []}>
      <InputNumber min={0} max={14_400} precision={0} style={{ width: "100%" }} />
    </Form.Item>
  )
  return (
    <Modal open title={t("control.setNorm")} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={save.isPending} width={380}>
      <Form<Norm> form={form} layout="vertical" initialValues={norm} onFinish={(values) => save.mutate(values)}>
        {whole("average_s", t("control.average"), false)}
        {whole("too_short_s", t("control.shortLimit"), true)}
        {whole("too_long_s", t("control.longLimit"), true)}
      </Form>
    </Modal>
  )
}
