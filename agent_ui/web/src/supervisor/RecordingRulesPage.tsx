import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Form, Input, InputNumber, Modal, Select, Switch, Table, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Page } from "../ui/Page"
import { Mark } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"
import { dayAndTime } from "../ui/time"

type Policies = Schemas["Policies"]
type Body = Schemas["PolicyBody"]
type Told = Body["announcement"]
const TOLD: readonly Exclude<Told, undefined>[] = ["agent_says", "played", "none"]
const MOST_CAMPAIGNS = 200
const MOST_DAYS = 3650

interface Row {
  readonly id: string
  readonly name: string
  readonly records: boolean
  readonly rule: Required<Body>
  readonly changed: string
}

/** For each campaign: how long its recordings are kept, how the customer is told, who may listen. */
export default function RecordingRulesPage() {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<Row | null>(null)
  const policies = useQuery({ queryKey: ["recordings", "policies"], queryFn: () => taken(api.GET("/api/recordings/policies")) })
  const campaigns = useQuery({
    queryKey: ["campaigns", "recordings"],
    queryFn: () => taken(api.GET("/api/campaigns", { params: { query: { limit: MOST_CAMPAIGNS } } })),
  })
  if (policies.isPending || campaigns.isPending) return <Loading rows={8} />
  if (policies.isError || campaigns.isError) return <Failed error={policies.isError ? policies.error : campaigns.error} retry={() => void Promise.all([policies.refetch(), campaigns.refetch()])} />
  const rows = campaigns.data.rows.map((campaign) => rowOf(campaign, policies.data))
  return (
    <Page title={t("menu.recordings")} more={t("lines.recordings.more")}>
      {policies.data.store === "off" && <Alert type="warning" showIcon title={t("lines.recordings.off")} style={{ marginBottom: 12 }} />}
      <div className="sheet">
        <RulesTable rows={rows} edit={setEditing} />
      </div>
      {editing !== null && <Editor row={editing} usual={policies.data} close={() => setEditing(null)} />}
    </Page>
  )
}

function rowOf(campaign: Schemas["CampaignRow"], policies: Policies): Row {
  const own = policies.rows.find((row) => row.queue_id === campaign.id)
  return {
    id: campaign.id,
    name: campaign.name,
    records: campaign.record_calls,
    rule: {
      retention_days: own?.retention_days ?? policies.usual_days,
      agents_may_listen: own?.agents_may_listen ?? false,
      announcement: own?.announcement ?? policies.usual_announcement,
      announcement_text: own?.announcement_text ?? "",
    },
    changed: own === undefined ? "" : [dayAndTime(own.changed_at), own.changed_by].filter((part) => part !== "").join(" · "),
  }
}

function RulesTable({ rows, edit }: { readonly rows: readonly Row[]; readonly edit: (row: Row) => void }) {
  const { t } = useTranslation()
  const columns: TableProps<Row>["columns"] = [
    { title: t("lines.recordings.campaign"), width: 200, render: (_, row) => <strong>{row.name}</strong> },
    { title: t("lines.recordings.records"), width: 90, render: (_, row) => <Mark tone={row.records ? "good" : "plain"}>{t(row.records ? "lines.recordings.yes" : "lines.recordings.no")}</Mark> },
    { title: t("lines.recordings.days"), width: 110, render: (_, row) => <span className="num">{t("lines.recordings.daysValue", { n: row.rule.retention_days })}</span> },
    {
      title: t("lines.recordings.told"),
      width: 280,
      render: (_, row) => (
        <>
          <Mark tone={row.rule.announcement === "none" ? "warn" : "plain"}>{t(`lines.recordings.${row.rule.announcement}`)}</Mark>
          {row.rule.announcement !== "none" && row.rule.announcement_text !== "" && <div className="dim small">{row.rule.announcement_text}</div>}
        </>
      ),
    },
    { title: t("lines.recordings.agentsShort"), width: 120, render: (_, row) => t(row.rule.agents_may_listen ? "lines.recordings.yes" : "lines.recordings.no") },
    { title: t("lines.recordings.changed"), width: 190, render: (_, row) => <span className="dim small">{row.changed === "" ? t("lines.recordings.usual") : row.changed}</span> },
    {
      title: t("ui.actions"),
      width: 90,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => edit(row)}>
          {t("do.edit")}
        </Button>
      ),
    },
  ]
  return <Table<Row> size="small" rowKey="id" columns={columns} dataSource={[...rows]} pagination={false} scroll={{ x: 1080 }} locale={{ emptyText: <Nothing /> }} />
}

function Editor({ row, usual, close }: { readonly row: Row; readonly usual: Policies; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Required<Body>>()
  const told = (Form.useWatch("announcement", form) as Required<Body>["announcement"] | undefined) ?? row.rule.announcement
  const save = useMutation({
    mutationFn: (body: Required<Body>) => taken(api.PUT("/api/recordings/policies/{queue_id}", { params: { path: { queue_id: row.id } }, body })),
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["recordings"] })
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={t("lines.recordings.edit", { name: row.name })} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={save.isPending} width={520}>
      <Form<Required<Body>> form={form} layout="vertical" requiredMark={false} initialValues={row.rule} onFinish={(values) => save.mutate({ ...row.rule, ...values })}>
        <Form.Item name="retention_days" label={t("lines.recordings.days")} extra={t("lines.recordings.daysMore")} rules={[{ required: true, message: t("say.required") }]}>
          <InputNumber min={1} max={MOST_DAYS} precision={0} style={{ width: 140 }} />
        </Form.Item>
        <Form.Item name="announcement" label={t("lines.recordings.told")} {...(told === "none" ? { extra: t("lines.recordings.noneMore") } : {})}>
          <Select options={TOLD.map((value) => ({ value, label: t(`lines.recordings.${value}`) }))} />
        </Form.Item>
        {told !== "none" && (
          <Form.Item
            name="announcement_text"
            label={t("lines.recordings.text")}
            extra={`${t("lines.recordings.textMore", { text: usual.usual_text })}${told === "played" ? ` ${t("lines.recordings.soundMore")}` : ""}`}
          >
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
          </Form.Item>
        )}
        <Form.Item name="agents_may_listen" label={t("lines.recordings.agents")} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Form>
    </Modal>
  )
}
