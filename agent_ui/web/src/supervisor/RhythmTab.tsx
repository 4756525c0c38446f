import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Form, Input, InputNumber, Modal, Select, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { useDispositions } from "../ui/lookups"
import { Failed, Loading } from "../ui/states"

type Row = Schemas["RhythmRow"]
type Values = Omit<Schemas["RhythmChange"], "version" | "every_h"> & { readonly every_d: number }
const PER_DAY = 24
const SORTINGS = ["buys_now", "interested", "considering", "not_now", "never"] as const

/** The table of grades, and which results sort people into which kind. */
export function RhythmTab() {
  const { t } = useTranslation()
  const zh = currentLanguage() === "zh"
  const [editing, setEditing] = useState<Row | null>(null)
  const results = useDispositions().data?.rows ?? []
  const asked = useQuery({ queryKey: ["rhythms"], queryFn: () => taken(api.GET("/api/follow-up-rhythms")) })
  if (asked.isPending) return <Loading rows={6} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <>
      <p className="dim">{t("steer.rhythm.more")}</p>
      <Table<Row>
        size="small"
        rowKey="grade"
        pagination={false}
        scroll={{ x: 900 }}
        dataSource={asked.data.rows}
        columns={[
          { title: t("steer.rhythm.grade"), width: 130, render: (_, row) => <><b>{row.grade}</b> {zh ? row.name_zh : row.name_en}</> },
          { title: t("steer.rhythm.every"), width: 110, render: (_, row) => <span className="num">{row.every_h / PER_DAY}</span> },
          { title: t("steer.rhythm.rounds"), width: 100, render: (_, row) => <span className="num">{row.rounds_max}</span> },
          { title: t("steer.rhythm.tries"), width: 120, render: (_, row) => <span className="num">{row.tries_max}</span> },
          { title: t("steer.rhythm.next"), width: 100, render: (_, row) => row.then_grade ?? t("steer.rhythm.end") },
          { title: t("steer.rhythm.advice"), render: (_, row) => (zh ? row.advice_zh : row.advice_en) },
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
      <h3 style={{ margin: "18px 0 6px" }}>{t("steer.rhythm.results")}</h3>
      <Table
        size="small"
        rowKey="kind"
        pagination={false}
        dataSource={SORTINGS.map((kind) => ({ kind, results: results.filter((row) => row.sorting === kind && row.active !== false) }))}
        columns={[
          { title: t("steer.rhythm.kind"), width: 160, render: (_, row) => t(`steer.rhythm.sorting.${row.kind}`) },
          {
            title: t("steer.rhythm.result"),
            render: (_, row) =>
              row.results.map((one) => (
                <span key={one.code} style={{ marginRight: 18 }}>
                  {zh ? one.name_zh : one.name_en} {one.grade == null ? null : <b>{one.grade}</b>}
                </span>
              )),
          },
        ]}
      />
      {editing !== null && <Edit row={editing} close={() => setEditing(null)} />}
    </>
  )
}

function Edit({ row, close }: { readonly row: Row; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: ({ every_d, ...values }: Values) =>
      taken(
        api.PUT("/api/follow-up-rhythms/{grade}", {
          params: { path: { grade: row.grade } },
          body: { ...values, then_grade: values.then_grade ?? null, every_h: Math.round(every_d * PER_DAY), version: row.version },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["rhythms"] })
      void message.success(t("say.saved"))
      close()
    },
    onError: failed,
  })
  const needed = { required: true, message: t("say.required") }
  const later = (["B", "C", "D"] as const).filter((grade) => grade > row.grade)
  return (
    <Modal open title={t("steer.rhythm.edit", { grade: row.grade })} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={save.isPending} width={520}>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={{ ...row, then_grade: row.then_grade ?? undefined, every_d: row.every_h / PER_DAY }} onFinish={(values) => save.mutate(values)}>
        <div className="form-row">
          <Form.Item name="name_zh" label={t("edit.result.nameZh")} rules={[needed]}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="name_en" label={t("edit.result.nameEn")} rules={[needed]}>
            <Input maxLength={60} />
          </Form.Item>
        </div>
        <div className="form-row">
          <Form.Item name="every_d" label={t("steer.rhythm.every")} rules={[needed]}>
            <InputNumber min={0.05} max={366} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="rounds_max" label={t("steer.rhythm.rounds")} rules={[needed]}>
            <InputNumber min={1} max={50} precision={0} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="tries_max" label={t("steer.rhythm.tries")} rules={[needed]}>
            <InputNumber min={1} max={50} precision={0} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="then_grade" label={t("steer.rhythm.next")}>
            <Select allowClear placeholder={t("steer.rhythm.end")} options={later.map((value) => ({ value, label: value }))} />
          </Form.Item>
        </div>
        <Form.Item name="advice_zh" label={t("steer.rhythm.adviceZh")}>
          <Input.TextArea maxLength={500} autoSize />
        </Form.Item>
        <Form.Item name="advice_en" label={t("steer.rhythm.adviceEn")}>
          <Input.TextArea maxLength={500} autoSize />
        </Form.Item>
      </Form>
    </Modal>
  )
}
