import { PlusOutlined } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Form, Input, Modal, Select, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Nothing } from "../ui/states"
import { fullTime } from "../ui/time"

type Row = Schemas["DoNotCallOut"] & { readonly key: string }
const SOURCES = ["call", "list", "office", "registry"] as const

export default function DoNotCallPage() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [search, setSearch] = useState("")
  const [source, setSource] = useState<(typeof SOURCES)[number]>()
  const [adding, setAdding] = useState(false)
  const query = { search, ...(source === undefined ? {} : { source }) }
  const asked = useQuery({
    queryKey: ["do-not-call", query, paging.limit, paging.offset],
    queryFn: async () => {
      const page = await taken(api.GET("/api/do-not-call", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } }))
      return { ...page, rows: page.rows.map((row, i) => ({ ...row, key: `${row.added_at}-${String(i)}` })) }
    },
    placeholderData: keepPreviousData,
  })
  const columns: TableProps<Row>["columns"] = [
    { title: t("marketing.dnc.number"), width: 150, render: (_, row) => <span className="num">{row.masked_phone}</span> },
    { title: t("marketing.dnc.source"), width: 140, render: (_, row) => t(`dncSource.${row.source}`) },
    { title: t("marketing.dnc.reason"), dataIndex: "reason", ellipsis: true },
    { title: t("marketing.dnc.by"), width: 130, render: (_, row) => row.added_by_name ?? "" },
    { title: t("marketing.dnc.at"), width: 180, render: (_, row) => <span className="num">{fullTime(row.added_at)}</span> },
  ]
  return (
    <Page
      title={t("menu.doNotCall")}
      more={t("marketing.dnc.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
          {t("marketing.dnc.add")}
        </Button>
      }
    >
      <div className="sheet">
        <div className="filters">
          <Input.Search
            allowClear
            placeholder={t("marketing.dnc.search")}
            aria-label={t("marketing.dnc.search")}
            maxLength={60}
            style={{ width: 220 }}
            onSearch={(value) => {
              setSearch(value)
              paging.rewind()
            }}
          />
          <Select
            allowClear
            placeholder={t("marketing.dnc.source")}
            aria-label={t("marketing.dnc.source")}
            options={SOURCES.map((value) => ({ value, label: t(`dncSource.${value}`) }))}
            value={source}
            style={{ width: 160 }}
            onChange={(value?: (typeof SOURCES)[number]) => {
              setSource(value)
              paging.rewind()
            }}
          />
        </div>
        <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="key" width={800} empty={search === "" && source === undefined ? <Nothing title={t("marketing.dnc.none")} /> : undefined} />
      </div>
      {adding && <Add close={() => setAdding(false)} />}
    </Page>
  )
}

function Add({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Schemas["DoNotCallNew"]>()
  const add = useMutation({
    mutationFn: (body: Schemas["DoNotCallNew"]) => taken(api.POST("/api/do-not-call", { body })),
    onSuccess: async ({ added, masked_phone: phone }) => {
      void (added ? message.success(t("marketing.dnc.added", { phone })) : message.info(t("marketing.dnc.known", { phone })))
      await queries.invalidateQueries({ queryKey: ["do-not-call"] })
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={t("marketing.dnc.add")} onCancel={close} onOk={() => form.submit()} okText={t("do.add")} confirmLoading={add.isPending} width={460}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => add.mutate(values)}>
        <Form.Item name="phone" label={t("marketing.dnc.number")} rules={[{ required: true, min: 3, message: t("say.required") }]}>
          <Input maxLength={60} placeholder="139 1234 5670" />
        </Form.Item>
        <Form.Item name="reason" label={t("marketing.dnc.reason")} rules={[{ required: true, whitespace: true, message: t("say.required") }]}>
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} placeholder={t("marketing.dnc.reasonHint")} />
        </Form.Item>
      </Form>
      <Alert type="warning" showIcon title={t("marketing.dnc.final")} />
    </Modal>
  )
}
