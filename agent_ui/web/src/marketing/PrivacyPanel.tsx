/** What a person allowed and refused, and the noting of what they ask about their data. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, DatePicker, Form, Input, Modal, Radio } from "antd"
import dayjs from "dayjs"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useSession } from "../app/session"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { useFailure } from "../ui/failure"
import { Stand } from "../ui/StateMark"
import { calendarDate, dateOf, fullTime } from "../ui/time"

export function PrivacyPanel({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const { me } = useSession()
  const [noting, setNoting] = useState(false)
  const { data } = useQuery({
    queryKey: ["privacy", "consents", customerId],
    queryFn: () => taken(api.GET("/api/privacy/consents/{customer_id}", { params: { path: { customer_id: customerId } } })),
  })
  if (data === undefined) return null
  return (
    <section className="block">
      <h3>{t("privacy.consents")}</h3>
      {data.length === 0 ? (
        <p className="dim">{t("privacy.noConsents")}</p>
      ) : (
        <ul className="plain-list">
          {data.map((row) => (
            <li key={`${row.at}${row.consent}`} className="row" style={{ gap: 10 }}>
              <span className="num">{fullTime(row.at)}</span>
              <Stand group="consent" state={row.consent} />
              <span className="dim">{row.source}</span>
            </li>
          ))}
        </ul>
      )}
      {me != null && me.role !== "marketing" && (
        <Button size="small" onClick={() => setNoting(true)}>
          {t("privacy.note")}
        </Button>
      )}
      {noting && <Note customerId={customerId} close={() => setNoting(false)} />}
    </section>
  )
}

interface Values {
  readonly kind: Schemas["RequestKind"]
  readonly received: dayjs.Dayjs
  readonly how: string
}

function Note({ customerId, close }: { readonly customerId: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const note = useMutation({
    mutationFn: (values: Values) =>
      taken(api.POST("/api/privacy/requests", { body: { kind: values.kind, customer_id: customerId, received_on: values.received.format("YYYY-MM-DD"), how: values.how } })),
    onSuccess: async (row) => {
      await queries.invalidateQueries({ queryKey: ["privacy"] })
      void message.success(t("privacy.noted", { due: calendarDate(row.due_on) }))
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={t("privacy.note")} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={note.isPending} width={440}>
      <Form<Values> form={form} layout="vertical" initialValues={{ kind: "copy", received: dayjs(dateOf(nowMs())) }} onFinish={(values) => note.mutate(values)}>
        <Form.Item name="kind" label={t("privacy.what")}>
          <Radio.Group options={(["copy", "erasure"] as const).map((value) => ({ value, label: t(`privacy.kind.${value}`) }))} />
        </Form.Item>
        <Form.Item name="received" label={t("privacy.received")} rules={[{ required: true, message: t("say.required") }]}>
          <DatePicker allowClear={false} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="how" label={t("privacy.how")} rules={[{ required: true, whitespace: true, message: t("say.required") }]}>
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
