import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Drawer, Input, Select, Table, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { Facts } from "../ui/Facts"
import { yuan } from "../ui/money"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { type Days, instantsOf, Period } from "../ui/Period"
import { Phone } from "../ui/Phone"
import { Stand } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"
import { fullTime } from "../ui/time"

type Row = Schemas["OrderRow"]
type Line = Schemas["OrderLineRow"]
const STATES = ["submitted", "confirmed", "cancelled"] as const
const SOURCES = ["call", "reply_slip", "phone_in", "office"] as const

export default function OrdersPage() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [number, setNumber] = useState("")
  const [state, setState] = useState<(typeof STATES)[number]>()
  const [source, setSource] = useState<(typeof SOURCES)[number]>()
  const [days, setDays] = useState<Days>(null)
  const [shown, setShown] = useState<string | null>(null)
  const query = { ...(number === "" ? {} : { number }), ...(state === undefined ? {} : { state }), ...(source === undefined ? {} : { source }), ...instantsOf(days) }
  const asked = useQuery({
    queryKey: ["orders", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/orders", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const again = (then: () => void) => {
    then()
    paging.rewind()
  }
  const columns: TableProps<Row>["columns"] = [
    {
      title: t("office.orders.number"),
      width: 170,
      render: (_, row) => (
        <button type="button" className="link-button num" onClick={() => setShown(row.id)}>
          {row.number}
        </button>
      ),
    },
    { title: t("office.orders.at"), width: 170, render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
    { title: t("office.orders.customer"), dataIndex: "customer_name", ellipsis: true },
    { title: t("office.orders.state"), width: 110, render: (_, row) => <Stand group="orderState" state={row.state} /> },
    { title: t("office.orders.source"), width: 110, render: (_, row) => t(`orderSource.${row.source}`) },
    { title: t("office.orders.payment"), width: 110, render: (_, row) => t(`payment.${row.payment}`) },
    { title: t("office.orders.by"), width: 110, ellipsis: true, render: (_, row) => row.taken_by_name ?? "" },
    { title: t("office.orders.total"), width: 130, align: "right", render: (_, row) => <strong className="num">{yuan(row.total_fen)}</strong> },
  ]
  const pageTotal = (asked.data?.rows ?? []).reduce((sum, row) => sum + row.total_fen, 0)
  return (
    <Page title={t("menu.orders")} more={t("office.orders.more")}>
      <div className="sheet">
        <div className="filters">
          <Period value={days} onChange={(value) => again(() => setDays(value))} />
          <Input.Search allowClear placeholder={t("office.orders.search")} aria-label={t("office.orders.search")} maxLength={40} onSearch={(value) => again(() => setNumber(value.trim()))} style={{ width: 190 }} />
          <Select allowClear placeholder={t("office.orders.state")} aria-label={t("office.orders.state")} options={STATES.map((value) => ({ value, label: t(`orderState.${value}`) }))} value={state} onChange={(value?: (typeof STATES)[number]) => again(() => setState(value))} style={{ width: 120 }} />
          <Select allowClear placeholder={t("office.orders.source")} aria-label={t("office.orders.source")} options={SOURCES.map((value) => ({ value, label: t(`orderSource.${value}`) }))} value={source} onChange={(value?: (typeof SOURCES)[number]) => again(() => setSource(value))} style={{ width: 130 }} />
          <span className="grow" />
          {pageTotal > 0 && (
            <span className="num">
              <span className="dim">{t("office.orders.pageTotal")}</span> <strong>¥{yuan(pageTotal)}</strong>
            </span>
          )}
        </div>
        <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={1000} open={(row) => setShown(row.id)} empty={Object.keys(query).length === 0 ? <Nothing title={t("office.orders.none")} /> : undefined} />
      </div>
      {shown !== null && <OrderDrawer orderId={shown} close={() => setShown(null)} />}
    </Page>
  )
}

function OrderDrawer({ orderId, close }: { readonly orderId: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["order", orderId],
    queryFn: () => taken(api.GET("/api/orders/{order_id}", { params: { path: { order_id: orderId } } })),
  })
  return (
    <Drawer open size={620} onClose={close} title={asked.data?.number ?? t("menu.orders")}>
      {asked.isPending ? <Loading /> : asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Detail order={asked.data} />}
    </Drawer>
  )
}

function Detail({ order }: { readonly order: Schemas["OrderDetail"] }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 18 }}>
        <strong style={{ fontSize: 18 }}>{order.customer_name}</strong>
        <Stand group="orderState" state={order.state} />
        <span className="grow" />
        <strong className="num" style={{ fontSize: 20 }}>
          ¥{yuan(order.total_fen)}
        </strong>
      </div>
      <section className="block">
        <h3>{t("office.orders.lines")}</h3>
        <Table<Line>
          size="small"
          rowKey="line_no"
          pagination={false}
          dataSource={order.lines}
          columns={[
            { title: t("office.orders.sku"), dataIndex: "sku", width: 90 },
            { title: t("office.orders.name"), dataIndex: "name" },
            { title: t("office.orders.quantity"), dataIndex: "quantity", align: "right", width: 70, className: "num" },
            { title: t("office.orders.price"), align: "right", width: 100, render: (_, line) => <span className="num">{yuan(line.price_fen)}</span> },
            { title: t("office.orders.amount"), align: "right", width: 120, render: (_, line) => <span className="num">{yuan(line.amount_fen)}</span> },
          ]}
          summary={() => (
            <Table.Summary.Row>
              <Table.Summary.Cell index={0} colSpan={4}>
                {t("office.orders.sum")}
              </Table.Summary.Cell>
              <Table.Summary.Cell index={4} align="right">
                <strong className="num">{yuan(order.total_fen)}</strong>
              </Table.Summary.Cell>
            </Table.Summary.Row>
          )}
        />
      </section>
      <section className="block">
        <h3>{t("office.orders.delivery")}</h3>
        <Facts
          columns={1}
          rows={[
            [t("office.orders.recipient"), order.recipient],
            [t("office.orders.phone"), <Phone key="phone" masked={order.masked_phone} customerId={order.customer_id} />],
            [t("office.orders.address"), order.address],
            [t("office.orders.payment"), t(`payment.${order.payment}`)],
            [t("office.orders.source"), t(`orderSource.${order.source}`)],
            [t("office.orders.by"), order.taken_by_name],
            [t("office.orders.at"), fullTime(order.created_at)],
            [t("office.orders.note"), order.note],
          ]}
        />
      </section>
    </>
  )
}

