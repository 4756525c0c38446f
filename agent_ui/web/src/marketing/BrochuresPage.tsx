import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Drawer, Form, Input, Table, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { parseYuan, yuan } from "../ui/money"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Nothing } from "../ui/states"
import { fullTime } from "../ui/time"
import { ReplySlip } from "./ReplySlip"

type Row = Schemas["BrochureRow"]
type Item = Row["items"][number]

export default function BrochuresPage() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [editing, setEditing] = useState<Row | "new" | null>(null)
  const [slip, setSlip] = useState<Row | null>(null)
  const asked = useQuery({
    queryKey: ["brochures", paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/brochures", { params: { query: { limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const columns: TableProps<Row>["columns"] = [
    { title: t("marketing.brochures.code"), dataIndex: "code", width: 130 },
    { title: t("marketing.brochures.title"), dataIndex: "title", render: (title: string) => <strong>{title}</strong> },
    { title: t("marketing.brochures.newEdition"), width: 110, render: (_, row) => t("marketing.brochures.edition", { n: row.edition }) },
    { title: t("marketing.brochures.items"), width: 120, render: (_, row) => t("marketing.brochures.itemCount", { n: row.items.length }) },
    { title: t("marketing.brochures.created"), width: 180, render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
    {
      title: t("ui.actions"),
      width: 210,
      render: (_, row) => (
        <span className="row" style={{ gap: 0 }}>
          <Button type="link" size="small" onClick={() => setEditing(row)}>
            {t("marketing.brochures.newEdition")}
          </Button>
          <Button type="link" size="small" onClick={() => setSlip(row)}>
            {t("edit.replies.slip")}
          </Button>
        </span>
      ),
    },
  ]
  return (
    <Page
      title={t("menu.brochures")}
      more={t("marketing.brochures.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("marketing.brochures.new")}
        </Button>
      }
    >
      <div className="sheet">
        <PagedTable<Row>
          asked={asked}
          paging={paging}
          columns={columns}
          rowKey="id"
          width={900}
          expandable={{ expandedRowRender: (row) => <Items items={row.items} /> }}
          empty={<Nothing title={t("marketing.brochures.none")} />}
        />
      </div>
      {slip !== null && <ReplySlip brochure={slip} close={() => setSlip(null)} />}
      {editing !== null && <Editor from={editing === "new" ? null : editing} close={() => setEditing(null)} />}
    </Page>
  )
}

function Items({ items }: { readonly items: readonly Item[] }) {
  const { t } = useTranslation()
  return (
    <Table<Item>
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={[...items]}
      style={{ maxWidth: 640 }}
      columns={[
        { title: t("marketing.brochures.sku"), dataIndex: "sku", width: 120 },
        { title: t("marketing.brochures.itemName"), dataIndex: "name" },
        { title: t("marketing.brochures.unit"), dataIndex: "unit", width: 80 },
        { title: t("marketing.brochures.price"), width: 120, align: "right", render: (_, item) => <span className="num">{yuan(item.price_fen)}</span> },
      ]}
    />
  )
}

interface Values {
  readonly code: string
  readonly title: string
  readonly items: readonly { readonly sku: string; readonly name: string; readonly unit: string; readonly price: string }[]
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/

function Editor({ from, close }: { readonly from: Row | null; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: (values: Values) =>
      taken(
        api.POST("/api/brochures", {
          body: {
            code: values.code,
            title: values.title,
            items: values.items.map(({ price, ...item }) => ({ ...item, price_fen: parseYuan(price) ?? 0 })),
          },
        }),
      ),
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["brochures"] })
      close()
    },
    onError: failed,
  })
  const needed = { required: true, whitespace: true, message: t("say.required") }
  const code = { pattern: CODE, message: t("marketing.brochures.badCode") }
  const initial: Values =
    from === null
      ? { code: "", title: "", items: [{ sku: "", name: "", unit: "盒", price: "" }] }
      : { code: from.code, title: from.title, items: from.items.map(({ sku, name, unit, price_fen }) => ({ sku, name, unit, price: yuan(price_fen).replaceAll(",", "") })) }
  return (
    <Drawer
      open
      size={720}
      onClose={close}
      title={t(from === null ? "marketing.brochures.new" : "marketing.brochures.newEdition")}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("do.save")}
          </Button>
        </div>
      }
    >
      {from !== null && <p className="dim">{t("marketing.brochures.newEditionMore")}</p>}
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(values) => save.mutate(values)}>
        <div className="form-row" style={{ gridTemplateColumns: "160px 1fr" }}>
          <Form.Item name="code" label={t("marketing.brochures.code")} rules={[needed, code]}>
            <Input disabled={from !== null} maxLength={40} />
          </Form.Item>
          <Form.Item name="title" label={t("marketing.brochures.title")} rules={[needed]}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
        <section className="block">
          <h3>{t("marketing.brochures.items")}</h3>
          <Form.List name="items">
            {(fields, { add, remove }) => (
              <>
                {fields.map(({ key, name }) => (
                  <div key={key} style={{ display: "grid", gridTemplateColumns: "110px 1fr 70px 110px 32px", gap: 8 }}>
                    <Form.Item name={[name, "sku"]} rules={[needed, code]}>
                      <Input aria-label={t("marketing.brochures.sku")} placeholder={t("marketing.brochures.sku")} maxLength={40} />
                    </Form.Item>
                    <Form.Item name={[name, "name"]} rules={[needed]}>
                      <Input aria-label={t("marketing.brochures.itemName")} placeholder={t("marketing.brochures.itemName")} maxLength={200} />
                    </Form.Item>
                    <Form.Item name={[name, "unit"]} rules={[needed]}>
                      <Input aria-label={t("marketing.brochures.unit")} placeholder={t("marketing.brochures.unit")} maxLength={20} />
                    </Form.Item>
                    <Form.Item
                      name={[name, "price"]}
                      rules={[
                        {
                          validator: (_, value: unknown) =>
                            typeof value === "string" && (parseYuan(value) ?? 0) > 0 ? Promise.resolve() : Promise.reject(new Error(t("marketing.brochures.badPrice"))),
                        },
                      ]}
                    >
                      <Input aria-label={t("marketing.brochures.price")} placeholder={t("marketing.brochures.price")} inputMode="decimal" style={{ textAlign: "right" }} />
                    </Form.Item>
                    <Button type="text" icon={<DeleteOutlined />} aria-label={t("do.remove")} disabled={fields.length === 1} onClick={() => remove(name)} />
                  </div>
                ))}
                <Button icon={<PlusOutlined />} onClick={() => add({ sku: "", name: "", unit: "盒", price: "" })} disabled={fields.length >= 100}>
                  {t("marketing.brochures.addItem")}
                </Button>
              </>
            )}
          </Form.List>
        </section>
      </Form>
    </Drawer>
  )
}
