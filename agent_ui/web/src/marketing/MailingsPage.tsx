import { BarChartOutlined, DownloadOutlined, InboxOutlined, PlusOutlined, SendOutlined } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, DatePicker, Dropdown, Form, Input, InputNumber, Modal, Select, type TableProps } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { useState } from "react"
import { api, download, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { useFailure } from "../ui/failure"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Stand } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { addDays, calendarDate, calendarDay, dateOf } from "../ui/time"
import { useBrochures, useSegments } from "./lookups"
import { LiftDrawer } from "./LiftDrawer"
import { Replies } from "./Replies"

type Row = Schemas["MailingRow"]

/** The source's days of calling, 7.3.1 三.2(1); a campaign may set others. */
const FIRST_DAY = 7
const LAST_DAY = 14

export default function MailingsPage() {
  const { t } = useTranslation()
  const failed = useFailure()
  const paging = usePaging()
  const [creating, setCreating] = useState(false)
  const [marking, setMarking] = useState<Row | null>(null)
  const [open, setOpen] = useState<Row | null>(null)
  const [lifted, setLifted] = useState<Row | null>(null)
  const segments = useSegments()
  const asked = useQuery({
    queryKey: ["mailings", paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/mailings", { params: { query: { limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const addresses = (row: Row, format: string) =>
    void download(`/api/mailings/${row.id}/address-file?format=${format}`, `${row.name}.${format}`).catch(failed)
  const columns: TableProps<Row>["columns"] = [
    { title: t("marketing.mailings.name"), dataIndex: "name", width: 190, render: (name: string) => <strong>{name}</strong> },
    { title: t("marketing.mailings.brochure"), dataIndex: "brochure_title", width: 150, ellipsis: true },
    {
      title: t("marketing.mailings.segment"),
      width: 130,
      ellipsis: true,
      render: (_, row) => (row.segment_id === null ? t("marketing.segments.everybody") : (segments.data?.rows.find(({ id }) => id === row.segment_id)?.name ?? "")),
    },
    { title: t("marketing.mailings.state"), width: 100, render: (_, row) => <Stand group="mailingState" state={row.state} /> },
    { title: t("marketing.mailings.posted"), width: 130, align: "right", render: (_, row) => <span className="num">{t("marketing.mailings.progress", { n: row.posted, all: row.recipients })}</span> },
    {
      title: t("marketing.mailings.postedOn"),
      width: 190,
      render: (_, row) => (
        <span className="num">
          {row.first_posted_on === null ? "" : calendarDate(row.first_posted_on)}
          {row.last_posted_on !== null && row.last_posted_on !== row.first_posted_on && ` – ${calendarDate(row.last_posted_on)}`}
        </span>
      ),
    },
    { title: t("marketing.mailings.returned"), width: 100, align: "right", render: (_, row) => <span className="num">{row.returned}</span> },
    { title: t("marketing.mailings.replied"), width: 100, align: "right", render: (_, row) => <span className="num">{row.replied}</span> },
    {
      title: t("targeting.draw.column"),
      width: 190,
      render: (_, row) =>
        row.controls === 0 ? null : (
          <Button type="link" size="small" icon={<BarChartOutlined />} onClick={() => setLifted(row)}>
            {t("targeting.draw.of", { n: row.controls, percent: row.control_percent })} · {t("targeting.lift.open")}
          </Button>
        ),
    },
    {
      title: t("ui.actions"),
      width: 330,
      fixed: "right",
      render: (_, row) => (
        <span className="row" style={{ gap: 0 }}>
          <Button type="link" size="small" icon={<InboxOutlined />} disabled={row.posted === 0} onClick={() => setOpen(row)}>
            {t("edit.replies.open")}
          </Button>
          <Button type="link" size="small" icon={<SendOutlined />} disabled={row.posted >= row.recipients} onClick={() => setMarking(row)}>
            {t("marketing.mailings.markPosted")}
          </Button>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "xlsx", label: "Excel (.xlsx)" },
                { key: "csv", label: "CSV" },
              ],
              onClick: ({ key }) => addresses(row, key),
            }}
          >
            <Button type="link" size="small" icon={<DownloadOutlined />}>
              {t("marketing.mailings.addresses")}
            </Button>
          </Dropdown>
        </span>
      ),
    },
  ]
  return (
    <Page
      title={t("menu.mailings")}
      more={t("marketing.mailings.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
          {t("marketing.mailings.new")}
        </Button>
      }
    >
      <div className="sheet">
        <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={1530} empty={<Nothing title={t("marketing.mailings.none")} more={t("marketing.mailings.noneMore")} />} />
      </div>
      {creating && <Create close={() => setCreating(false)} />}
      {open !== null && <Replies mailing={open} close={() => setOpen(null)} />}
      {lifted !== null && <LiftDrawer mailing={lifted} close={() => setLifted(null)} />}
      {marking !== null && <MarkPosted row={marking} close={() => setMarking(null)} />}
    </Page>
  )
}

interface Values {
  readonly name: string
  readonly brochure_id: string
  readonly segment_id?: string
  readonly batch_size?: number | null
  readonly sample_size?: number | null
  readonly control_percent?: number | null
  readonly draw_seed?: number | null
}

function Create({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const brochures = useBrochures()
  const segments = useSegments()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: (values: Values) =>
      taken(
        api.POST("/api/mailings", {
          body: {
            name: values.name,
            brochure_id: values.brochure_id,
            segment_id: values.segment_id ?? null,
            batch_size: values.batch_size ?? null,
            sample_size: values.sample_size ?? null,
            control_percent: values.control_percent ?? 0,
            draw_seed: values.draw_seed ?? null,
          },
        }),
      ),
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["mailings"] })
      close()
    },
    onError: failed,
  })
  const needed = { required: true, message: t("say.required") }
  return (
    <Modal open title={t("marketing.mailings.new")} onCancel={close} onOk={() => form.submit()} okText={t("do.create")} confirmLoading={save.isPending} width={500}>
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={(values) => save.mutate(values)}>
        <Form.Item name="name" label={t("marketing.mailings.name")} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="brochure_id" label={t("marketing.mailings.brochure")} rules={[needed]}>
          <Select
            loading={brochures.isPending}
            showSearch={{ optionFilterProp: "label" }}
            options={(brochures.data?.rows ?? []).map((row) => ({ value: row.id, label: `${row.title} · ${t("marketing.brochures.edition", { n: row.edition })}` }))}
          />
        </Form.Item>
        <Form.Item name="segment_id" label={t("marketing.mailings.segment")}>
          <Select
            allowClear
            loading={segments.isPending}
            placeholder={t("marketing.segments.everybody")}
            showSearch={{ optionFilterProp: "label" }}
            options={(segments.data?.rows ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item name="batch_size" label={t("marketing.mailings.batchSize")} extra={t("marketing.mailings.batchMore")}>
          <InputNumber min={1} max={10_000_000} style={{ width: "100%" }} />
        </Form.Item>
        <h3>{t("targeting.draw.title")}</h3>
        <div className="form-row">
          <Form.Item name="sample_size" label={t("targeting.draw.sample")} extra={t("targeting.draw.sampleMore")}>
            <InputNumber min={1} max={100_000_000} precision={0} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="draw_seed" label={t("targeting.draw.seed")} extra={t("targeting.draw.seedMore")}>
            <InputNumber min={0} max={2_147_483_647} precision={0} style={{ width: "100%" }} />
          </Form.Item>
        </div>
        <Form.Item name="control_percent" label={t("targeting.draw.control")} extra={t("targeting.draw.controlMore")}>
          <InputNumber min={0} max={50} precision={0} style={{ width: "100%" }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

interface Posting {
  readonly posted_on: Dayjs
  readonly batch_no: number
}

const ALL = 0

function MarkPosted({ row, close }: { readonly row: Row; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Posting>()
  const today = dateOf(nowMs())
  const chosen = (Form.useWatch("posted_on", form) as Dayjs | undefined)?.format("YYYY-MM-DD") ?? today
  const save = useMutation({
    mutationFn: (values: Posting) =>
      taken(
        api.POST("/api/mailings/{mailing_id}/posted", {
          params: { path: { mailing_id: row.id } },
          body: { posted_on: values.posted_on.format("YYYY-MM-DD"), batch_no: values.batch_no === ALL ? null : values.batch_no },
        }),
      ),
    onSuccess: async () => {
      void message.success(t("marketing.mailings.marked"))
      await queries.invalidateQueries({ queryKey: ["mailings"] })
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={t("marketing.mailings.markTitle", { name: row.name })} onCancel={close} onOk={() => form.submit()} okText={t("marketing.mailings.markPosted")} confirmLoading={save.isPending} width={460}>
      <Form<Posting> form={form} layout="vertical" initialValues={{ posted_on: dayjs(today), batch_no: ALL }} onFinish={(values) => save.mutate(values)}>
        <Form.Item name="posted_on" label={t("marketing.mailings.postedOn")} rules={[{ required: true, message: t("say.required") }]}>
          <DatePicker allowClear={false} disabledDate={(day) => day.format("YYYY-MM-DD") > today} style={{ width: "100%" }} />
        </Form.Item>
        {row.batches > 1 && (
          <Form.Item name="batch_no" label={t("marketing.mailings.batch")}>
            <Select
              options={[{ value: ALL, label: t("marketing.mailings.allBatches") }, ...Array.from({ length: row.batches }, (_, i) => ({ value: i + 1, label: `${t("marketing.mailings.batch")} ${i + 1}` }))]}
            />
          </Form.Item>
        )}
      </Form>
      <p className="dim">{t("marketing.mailings.firstCall", { from: calendarDay(addDays(chosen, FIRST_DAY)), to: calendarDay(addDays(chosen, LAST_DAY)) })}</p>
    </Modal>
  )
}
