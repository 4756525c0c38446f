import { Form, Input, InputNumber, Modal, Select, Switch } from "antd"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useCampaignOptions } from "../../ui/lookups"
import { type NumberRow, useDone } from "./useLines"

const NUMBER = /^\+[1-9][0-9]{6,14}$/
const PREFIX = /^(\+[1-9][0-9]{0,9})?$/
const MOST_CALLS = 100_000
const MOST_HOURS = 2160
const USUAL_HOURS = 48

interface Added {
  readonly number: string
  readonly label?: string
  readonly queue_id?: string
  readonly prefix?: string
  readonly daily_cap?: number | null
}

export function AddNumber({ number, close }: { readonly number?: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Added>()
  const campaigns = useCampaignOptions()
  const add = useDone(
    (given: Added) =>
      taken(
        api.POST("/api/lines/numbers", {
          body: { number: given.number.trim(), label: given.label ?? "", prefix: given.prefix ?? "", daily_cap: given.daily_cap ?? 0, queue_id: given.queue_id ?? null },
        }),
      ),
    close,
  )
  return (
    <Modal open title={t("lines.add")} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={add.isPending} width={480}>
      <p className="dim">{t("lines.addMore")}</p>
      <Form<Added> form={form} layout="vertical" requiredMark={false} initialValues={number === undefined ? {} : { number }} onFinish={(values) => add.mutate(values)}>
        <Form.Item name="number" label={t("lines.number")} rules={[{ required: true, pattern: NUMBER, message: t("lines.badNumber") }]}>
          <Input placeholder="+862012345678" autoFocus maxLength={16} />
        </Form.Item>
        <Form.Item name="queue_id" label={t("lines.whose")} extra={t("lines.whoseMore")}>
          <Select allowClear options={campaigns} placeholder={t("lines.everybody")} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Shared />
      </Form>
    </Modal>
  )
}

function Shared() {
  const { t } = useTranslation()
  return (
    <>
      <Form.Item name="label" label={t("lines.label")}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="prefix" label={t("lines.prefix")} extra={t("lines.prefixMore")} rules={[{ pattern: PREFIX, message: t("lines.badPrefix") }]}>
        <Input placeholder="+8620" maxLength={11} />
      </Form.Item>
      <Form.Item name="daily_cap" label={t("lines.cap")} extra={t("lines.capMore")}>
        <InputNumber min={0} max={MOST_CALLS} precision={0} style={{ width: 160 }} />
      </Form.Item>
    </>
  )
}

interface Changed {
  readonly label: string
  readonly prefix: string
  readonly daily_cap: number | null
  readonly active: boolean
}

export function ChangeNumber({ row, close }: { readonly row: NumberRow; readonly close: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Changed>()
  const change = useDone(
    (given: Changed) =>
      taken(
        api.PATCH("/api/lines/numbers/{number}", {
          params: { path: { number: row.number } },
          body: { version: row.version, label: given.label, prefix: given.prefix, daily_cap: given.daily_cap ?? 0, active: given.active },
        }),
      ),
    close,
  )
  return (
    <Modal open title={row.number} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={change.isPending} width={480}>
      <Form<Changed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ label: row.label, prefix: row.prefix, daily_cap: row.daily_cap, active: row.active }}
        onFinish={(values) => change.mutate(values)}
      >
        <Shared />
        <Form.Item name="active" label={t("lines.active")} extra={t("lines.activeMore")} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Form>
    </Modal>
  )
}

export function RestNumber({ row, close }: { readonly row: NumberRow; readonly close: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ hours: number }>()
  const rest = useDone(
    ({ hours }: { hours: number }) => taken(api.POST("/api/lines/numbers/{number}/rest", { params: { path: { number: row.number } }, body: { hours } })),
    close,
  )
  return (
    <Modal open title={t("lines.rest", { number: row.number })} onCancel={close} onOk={() => form.submit()} okText={t("lines.do.rest")} confirmLoading={rest.isPending} width={420}>
      <p className="dim">{t("lines.restMore")}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ hours: USUAL_HOURS }} onFinish={(values) => rest.mutate(values)}>
        <Form.Item name="hours" label={t("lines.hours")} rules={[{ required: true, message: t("say.required") }]}>
          <InputNumber min={1} max={MOST_HOURS} style={{ width: 160 }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

type Sign = Schemas["CallerSignNew"]
const SIGNS: readonly Sign["sign"][] = ["complaint", "marked", "blocked"]

export function AddSign({ number, close }: { readonly number: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Sign>()
  const add = useDone((body: Sign) => taken(api.POST("/api/lines/numbers/{number}/signs", { params: { path: { number } }, body })), close)
  return (
    <Modal open title={t("lines.sign.title", { number })} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={add.isPending} width={460}>
      <p className="dim">{t("lines.sign.more")}</p>
      <Form<Sign> form={form} layout="vertical" requiredMark={false} initialValues={{ sign: "complaint", note: "" }} onFinish={(values) => add.mutate(values)}>
        <Form.Item name="sign" label={t("lines.sign.kind")}>
          <Select options={SIGNS.map((value) => ({ value, label: t(`lines.sign.${value}`) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("lines.sign.note")} extra={t("lines.sign.noteMore")}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
