import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Form, InputNumber, Modal, Switch, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Mark } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"
import { calendarDate, dateOf, fullTime } from "../ui/time"

type Term = Schemas["RetentionTermRow"]
type Run = Schemas["RetentionRunRow"]
interface Values {
  readonly days: number
  readonly active: boolean
}

/** How long each kind of personal data is kept, why, and what the nights took out. */
export function RetentionTab() {
  const { t } = useTranslation()
  const zh = currentLanguage() === "zh"
  const [editing, setEditing] = useState<Term | null>(null)
  const paging = usePaging(20)
  const asked = useQuery({ queryKey: ["retention"], queryFn: () => taken(api.GET("/api/retention")) })
  const runs = useQuery({
    queryKey: ["retention", "runs", paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/retention/runs", { params: { query: { limit: paging.limit, offset: paging.offset } } })),
  })
  if (asked.isPending) return <Loading rows={6} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <>
      <p className="dim">{t("steer.retention.more")}</p>
      <Table<Term>
        size="small"
        rowKey="kind"
        pagination={false}
        scroll={{ x: 1000 }}
        dataSource={asked.data.rows}
        columns={[
          { title: t("steer.retention.what"), width: 200, render: (_, row) => t(`steer.retention.kind.${row.kind}`) },
          { title: t("steer.retention.days"), width: 100, render: (_, row) => <span className="num">{row.days}</span> },
          { title: t("steer.retention.least"), width: 90, render: (_, row) => <span className="num">{row.least_days}</span> },
          { title: t("steer.retention.why"), render: (_, row) => (zh ? row.why_zh : row.why_en) },
          { title: t("live.follow.state"), width: 130, render: (_, row) => <Mark tone={row.active ? "good" : "plain"}>{t(row.active ? "steer.retention.active" : "steer.retention.off")}</Mark> },
          { title: t("steer.retention.until"), width: 120, render: (_, row) => (row.done_until === null ? "–" : <span className="num">{calendarDate(dateOf(row.done_until))}</span>) },
          {
            title: t("ui.actions"),
            width: 90,
            render: (_, row) => (
              <Button type="link" size="small" onClick={() => setEditing(row)}>
                {t("do.edit")}
              </Button>
            ),
          },
        ]}
      />
      <h3 style={{ margin: "18px 0 6px" }}>{t("steer.retention.runs")}</h3>
      <PagedTable<Run>
        asked={runs}
        paging={paging}
        rowKey="id"
        width={700}
        empty={<Nothing title={t("steer.retention.noRuns")} />}
        columns={[
          { title: t("steer.rule.at"), width: 190, render: (_, run) => <span className="num">{fullTime(run.at)}</span> },
          { title: t("steer.retention.what"), render: (_, run) => t(`steer.retention.kind.${run.kind}`) },
          { title: t("steer.retention.before"), width: 190, render: (_, run) => <span className="num">{fullTime(run.before)}</span> },
          { title: t("steer.retention.gone"), width: 220, render: (_, run) => <><span className="num">{run.gone}</span> {run.more && <span className="dim">{t("steer.retention.more_")}</span>}</> },
        ]}
      />
      {editing !== null && <Edit row={editing} close={() => setEditing(null)} />}
    </>
  )
}

function Edit({ row, close }: { readonly row: Term; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: (values: Values) => taken(api.PUT("/api/retention/{kind}", { params: { path: { kind: row.kind } }, body: { ...values, version: row.version } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["retention"] })
      void message.success(t("say.saved"))
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={`${t("steer.retention.edit")}：${t(`steer.retention.kind.${row.kind}`)}`} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={save.isPending} width={420}>
      <p className="dim">{currentLanguage() === "zh" ? row.why_zh : row.why_en}</p>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={{ days: row.days, active: row.active }} onFinish={(values) => save.mutate(values)}>
        <Form.Item name="days" label={t("steer.retention.days")} extra={`${t("steer.retention.least")} ${row.least_days}`} rules={[{ required: true, message: t("say.required") }]}>
          <InputNumber min={1} max={36_600} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="active" label={t("steer.retention.active")} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Form>
    </Modal>
  )
}
