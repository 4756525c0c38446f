import { StopOutlined } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Button, Checkbox, Input, Select, type TableProps } from "antd"
import { useState } from "react"
import { useNavigate } from "react-router"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { yuan } from "../ui/money"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Mark, Stand } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { calendarDate } from "../ui/time"
import { CustomerDrawer } from "./CustomerDrawer"
import { useSources } from "./lookups"

type Row = Schemas["CustomerRow"]
const ORDERS = ["newest", "name", "last_purchase", "total_purchases"] as const
const CONSENTS = ["given", "unknown", "refused"] as const

interface Filters {
  readonly search?: string
  readonly phone?: string
  readonly province?: string
  readonly source?: string | undefined
  readonly consent?: (typeof CONSENTS)[number] | undefined
  readonly do_not_call?: true | undefined
  readonly order: (typeof ORDERS)[number]
}

export default function CustomersPage() {
  const { t } = useTranslation()
  const go = useNavigate()
  const paging = usePaging()
  const [filters, setFilters] = useState<Filters>({ order: "newest" })
  const [shown, setShown] = useState<string | null>(null)
  const sources = useSources()
  const asked = useQuery({
    queryKey: ["customers", filters, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/customers", { params: { query: { ...filters, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const set = (part: Partial<Filters>) => {
    setFilters((before) => ({ ...before, ...part }))
    paging.rewind()
  }
  const columns: TableProps<Row>["columns"] = [
    {
      title: t("marketing.customers.name"),
      width: 150,
      render: (_, row) => (
        <span className="row" style={{ gap: 6 }}>
          <button type="button" className="link-button" onClick={() => setShown(row.id)}>
            {row.name}
          </button>
          {row.do_not_call && (
            <Mark tone="bad" icon={<StopOutlined />}>
              {t("marketing.customers.never")}
            </Mark>
          )}
        </span>
      ),
    },
    { title: t("marketing.customers.phone"), width: 130, render: (_, row) => <span className="num">{row.masked_phone}</span> },
    { title: t("marketing.customers.gender"), width: 80, render: (_, row) => (row.gender === null ? "" : t(`gender.${row.gender as "f" | "m"}`)) },
    { title: t("marketing.customers.birth"), width: 110, dataIndex: "birth_year", className: "num" },
    { title: t("marketing.customers.place"), width: 130, ellipsis: true, render: (_, row) => [row.province, row.city].filter((part) => part !== null).join(" ") },
    { title: t("marketing.customers.occupation"), width: 120, dataIndex: "occupation", ellipsis: true },
    { title: t("marketing.customers.bought"), width: 120, align: "right", render: (_, row) => <span className="num">{row.total_purchases_fen > 0 ? yuan(row.total_purchases_fen) : ""}</span> },
    { title: t("marketing.customers.lastBought"), width: 125, render: (_, row) => <span className="num">{row.last_purchase_on === null ? "" : calendarDate(row.last_purchase_on)}</span> },
    { title: t("marketing.customers.consent"), width: 100, render: (_, row) => <Stand group="consent" state={row.consent} /> },
    { title: t("marketing.customers.source"), width: 150, dataIndex: "source", ellipsis: true },
  ]
  const bare = filters.search === undefined && filters.phone === undefined && filters.source === undefined && filters.consent === undefined
  return (
    <Page title={t("menu.customers")} more={t("marketing.customers.more")}>
      <div className="sheet">
        <div className="filters">
          <Input.Search allowClear placeholder={t("marketing.customers.searchName")} aria-label={t("marketing.customers.searchName")} maxLength={100} onSearch={(search) => set({ search })} style={{ width: 180 }} />
          <Input.Search allowClear placeholder={t("marketing.customers.searchPhone")} aria-label={t("marketing.customers.searchPhone")} maxLength={60} onSearch={(phone) => set({ phone })} style={{ width: 190 }} />
          <Input.Search allowClear placeholder={t("marketing.customers.province")} aria-label={t("marketing.customers.province")} maxLength={60} onSearch={(province) => set({ province })} style={{ width: 130 }} />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("marketing.customers.source")} aria-label={t("marketing.customers.source")} options={sources} value={filters.source} onChange={(source?: string) => set({ source })} style={{ width: 180 }} />
          <Select allowClear placeholder={t("marketing.customers.consent")} aria-label={t("marketing.customers.consent")} options={CONSENTS.map((value) => ({ value, label: t(`consent.${value}`) }))} value={filters.consent} onChange={(consent?: (typeof CONSENTS)[number]) => set({ consent })} style={{ width: 110 }} />
          <Checkbox checked={filters.do_not_call === true} onChange={(event) => set({ do_not_call: event.target.checked ? true : undefined })}>
            {t("marketing.customers.onlyNever")}
          </Checkbox>
          <span className="grow" />
          <Select aria-label={t("marketing.customers.created")} options={ORDERS.map((value) => ({ value, label: t(`marketing.customers.order.${value}`) }))} value={filters.order} onChange={(order: Filters["order"]) => set({ order })} style={{ width: 130 }} />
        </div>
        <PagedTable<Row>
          asked={asked}
          paging={paging}
          columns={columns}
          rowKey="id"
          width={1220}
          open={(row) => setShown(row.id)}
          empty={
            bare ? (
              <Nothing title={t("marketing.customers.none")} more={t("marketing.customers.noneMore")}>
                <Button type="primary" onClick={() => void go("/imports")}>
                  {t("marketing.customers.goImport")}
                </Button>
              </Nothing>
            ) : undefined
          }
        />
      </div>
      {shown !== null && <CustomerDrawer customerId={shown} close={() => setShown(null)} />}
    </Page>
  )
}
