/** What came back of a mailing: letters, reply slips, and people who telephoned before being called. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Drawer, Input, Popconfirm, Segmented, Select, type TableProps } from "antd"
import { useState } from "react"
import { type OrderDraft, totalFen } from "../agent/dispositions"
import { fullAddress } from "../agent/draft"
import { OrderFields } from "../agent/OrderFields"
import "../agent/desk.css"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { useFailure } from "../ui/failure"
import { yuan } from "../ui/money"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Mark } from "../ui/StateMark"
import { Loading } from "../ui/states"
import { calendarDate, dateOf } from "../ui/time"

type Mailing = Schemas["MailingRow"]
type Row = Schemas["RecipientRow"]
const CAMES = ["nothing", "returned", "replied"] as const
type Came = (typeof CAMES)[number]
const SOURCES = ["reply_slip", "phone_in"] as const

export function Replies({ mailing, close }: { readonly mailing: Mailing; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const paging = usePaging(20)
  const [search, setSearch] = useState("")
  const [came, setCame] = useState<Came>()
  const [ordering, setOrdering] = useState<Row | null>(null)
  const path = { path: { mailing_id: mailing.id } }
  const asked = useQuery({
    queryKey: ["mailing", mailing.id, "recipients", search, came, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/mailings/{mailing_id}/recipients", { params: { ...path, query: { search, ...(came === undefined ? {} : { came }), limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const again = () => Promise.all([queries.invalidateQueries({ queryKey: ["mailing", mailing.id] }), queries.invalidateQueries({ queryKey: ["mailings"] })])
  const returned = useMutation({
    mutationFn: (row: Row) => taken(api.POST("/api/mailings/{mailing_id}/returned", { params: path, body: { customer_id: row.customer_id, on: dateOf(nowMs()) } })),
    onSuccess: async () => {
      void message.success(t("edit.replies.marked"))
      await again()
    },
    onError: failed,
  })
  const columns: TableProps<Row>["columns"] = [
    { title: t("marketing.customers.name"), width: 110, dataIndex: "name", ellipsis: true },
    { title: t("marketing.customers.phone"), width: 130, render: (_, row) => <span className="num">{row.masked_phone}</span> },
    { title: t("edit.replies.place"), width: 130, dataIndex: "place", ellipsis: true },
    { title: t("edit.replies.postedOn"), width: 120, render: (_, row) => (row.posted_on === null ? <span className="dim">{t("edit.replies.notPosted")}</span> : <span className="num">{calendarDate(row.posted_on)}</span>) },
    {
      title: t("edit.replies.came"),
      render: (_, row) => (
        <span className="row wrap" style={{ gap: 5 }}>
          {row.replied_on !== null && <Mark tone="good">{t("edit.replies.repliedOn", { date: calendarDate(row.replied_on) })}</Mark>}
          {row.returned_on !== null && <Mark tone="bad">{t("edit.replies.returnedOn", { date: calendarDate(row.returned_on) })}</Mark>}
        </span>
      ),
    },
    {
      title: t("ui.actions"),
      width: 210,
      fixed: "right",
      render: (_, row) => (
        <span className="row" style={{ gap: 0 }}>
          <Button type="link" size="small" disabled={row.posted_on === null} onClick={() => setOrdering(row)}>
            {t("edit.replies.take")}
          </Button>
          <Popconfirm title={t("edit.replies.markReturnedSure")} okText={t("edit.replies.markReturned")} cancelText={t("do.cancel")} onConfirm={() => returned.mutate(row)}>
            <Button type="link" size="small" disabled={row.posted_on === null || row.returned_on !== null || row.replied_on !== null}>
              {t("edit.replies.markReturned")}
            </Button>
          </Popconfirm>
        </span>
      ),
    },
  ]
  return (
    <Drawer open size={960} onClose={close} title={t("edit.replies.title", { name: mailing.name })}>
      <p className="dim" style={{ marginTop: 0 }}>
        {t("edit.replies.more")}
      </p>
      <div className="filters">
        <Input.Search
          allowClear
          autoFocus
          placeholder={t("edit.replies.search")}
          aria-label={t("edit.replies.search")}
          maxLength={60}
          style={{ width: 260 }}
          onSearch={(words) => {
            setSearch(words)
            paging.rewind()
          }}
        />
        <Select<Came>
          allowClear
          placeholder={t("edit.replies.came")}
          aria-label={t("edit.replies.came")}
          options={CAMES.map((value) => ({ value, label: t(`edit.replies.cames.${value}`) }))}
          style={{ width: 150 }}
          onChange={(value?: Came) => {
            setCame(value)
            paging.rewind()
          }}
        />
      </div>
      <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="customer_id" width={860} />
      {ordering !== null && (
        <Order
          mailing={mailing}
          row={ordering}
          close={() => {
            setOrdering(null)
            void again()
          }}
        />
      )}
    </Drawer>
  )
}

/** What the slip says. Prices are the brochure's: they are not typed. */
function Order({ mailing, row, close }: { readonly mailing: Mailing; readonly row: Row; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const [source, setSource] = useState<(typeof SOURCES)[number]>("reply_slip")
  const [given, setGiven] = useState<Partial<OrderDraft>>({})
  const [tried, setTried] = useState(false)
  const customer = useQuery({
    queryKey: ["customer", row.customer_id],
    queryFn: () => taken(api.GET("/api/customers/{customer_id}", { params: { path: { customer_id: row.customer_id } } })),
  })
  const brochure = useQuery({
    queryKey: ["brochure", mailing.brochure_id],
    queryFn: () => taken(api.GET("/api/brochures/{brochure_id}", { params: { path: { brochure_id: mailing.brochure_id } } })),
  })
  const items = brochure.data?.items ?? []
  const order: OrderDraft = { quantities: {}, recipient: row.name, address: fullAddress(customer.data), payment: "cash_on_delivery", note: "", ...given }
  const missing = totalFen(order, items) <= 0 ? "orderNeedsItem" : order.recipient.trim() === "" ? "recipientNeeded" : order.address.trim() === "" ? "addressNeeded" : null
  const path = { path: { mailing_id: mailing.id } }
  const done = (said: string) => {
    void message.success(said, 5)
    close()
  }
  const take = useMutation({
    mutationFn: () =>
      taken(
        api.POST("/api/mailings/{mailing_id}/replies", {
          params: path,
          body: {
            customer_id: row.customer_id,
            source,
            lines: items.map((item) => ({ item_id: item.id, quantity: order.quantities[item.id] ?? 0 })).filter(({ quantity }) => quantity > 0),
            recipient: order.recipient.trim(),
            address: order.address.trim(),
            payment: order.payment,
            note: order.note.trim(),
          },
        }),
      ),
    onSuccess: (made) => done(t("edit.replies.taken", { number: made.order_number, total: yuan(made.total_fen) })),
    onError: failed,
  })
  const slip = useMutation({
    mutationFn: () => taken(api.POST("/api/mailings/{mailing_id}/replied", { params: path, body: { customer_id: row.customer_id, on: dateOf(nowMs()) } })),
    onSuccess: () => done(t("edit.replies.marked")),
    onError: failed,
  })
  return (
    <Drawer
      open
      size={520}
      onClose={close}
      title={t("edit.replies.takeTitle", { name: row.name })}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          {row.replied_on === null && (
            <Button type="text" loading={slip.isPending} onClick={() => slip.mutate()}>
              {t("edit.replies.onlySlip")}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={take.isPending} onClick={() => (missing === null ? take.mutate() : setTried(true))}>
            {t("edit.replies.take")}
          </Button>
        </div>
      }
    >
      {customer.isPending || brochure.isPending ? (
        <Loading />
      ) : (
        <>
          <div className="field" style={{ marginBottom: 12 }}>
            <span id="came-by">{t("edit.replies.source")}</span>
            <Segmented aria-labelledby="came-by" value={source} onChange={setSource} options={SOURCES.map((value) => ({ value, label: t(`edit.replies.sources.${value}`) }))} />
          </div>
          <OrderFields order={order} items={items} onChange={(next) => setGiven(next)} />
          {tried && missing !== null && (
            <div className="save-error" role="alert">
              {t(`agent.${missing}`)}
            </div>
          )}
        </>
      )}
    </Drawer>
  )
}
