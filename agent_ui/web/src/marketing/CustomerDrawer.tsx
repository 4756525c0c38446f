import { EditOutlined, StopOutlined } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Button, Drawer, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { Facts } from "../ui/Facts"
import { useDispositionName } from "../ui/lookups"
import { yuan } from "../ui/money"
import { Phone } from "../ui/Phone"
import { Mark, OutcomeMark, Stand } from "../ui/StateMark"
import { Failed, Loading } from "../ui/states"
import { calendarDate, duration, fullTime } from "../ui/time"
import { CustomerEdit } from "./CustomerEdit"
import { NumbersPanel } from "./NumbersPanel"
import { PrivacyPanel } from "./PrivacyPanel"

type Customer = Schemas["CustomerOut"]

export function CustomerDrawer({ customerId, close }: { readonly customerId: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["customer", customerId],
    queryFn: () => taken(api.GET("/api/customers/{customer_id}", { params: { path: { customer_id: customerId } } })),
  })
  return (
    <Drawer open onClose={close} size={640} title={t("agent.customer")}>
      {asked.isPending ? <Loading /> : asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Detail customer={asked.data} />}
    </Drawer>
  )
}

function Detail({ customer }: { readonly customer: Customer }) {
  const { t } = useTranslation()
  const extra = Object.entries(customer.attributes).filter(([, value]) => typeof value === "string" || typeof value === "number")
  const [editing, setEditing] = useState(false)
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 18 }}>
        <strong style={{ fontSize: 20 }}>{customer.name}</strong>
        <Phone masked={customer.masked_phone} customerId={customer.id} />
        <span className="grow" />
        <Button size="small" icon={<EditOutlined />} onClick={() => setEditing(true)}>
          {t("do.edit")}
        </Button>
        <Stand group="consent" state={customer.consent} />
        {customer.do_not_call && (
          <Mark tone="bad" icon={<StopOutlined />}>
            {t("marketing.customers.never")}
          </Mark>
        )}
      </div>
      <section className="block">
        <Facts
          rows={[
            [t("marketing.customers.gender"), customer.gender === null ? null : t(`gender.${customer.gender as "f" | "m"}`)],
            [t("marketing.customers.birth"), customer.birth_year],
            [t("marketing.customers.place"), [customer.province, customer.city].filter((part) => part !== null).join(" ")],
            [t("marketing.customers.postcode"), customer.postcode],
            [t("marketing.customers.occupation"), customer.occupation],
            [t("marketing.customers.company"), customer.company],
            [t("marketing.customers.income"), customer.income_band],
            [t("marketing.customers.interests"), customer.interests],
            [t("marketing.customers.bought"), customer.total_purchases_fen > 0 ? `¥${yuan(customer.total_purchases_fen)}` : null],
            [t("marketing.customers.lastBought"), customer.last_purchase_on === null ? null : calendarDate(customer.last_purchase_on)],
            [t("marketing.customers.email"), customer.email],
            [t("marketing.customers.source"), customer.source],
            [t("marketing.customers.zone"), customer.timezone_known ? customer.timezone : `${customer.timezone} (${t("marketing.customers.zoneGuess")})`],
            [t("marketing.customers.consentSource"), customer.consent_source],
            [t("marketing.customers.created"), fullTime(customer.created_at)],
            [t("marketing.customers.updated"), fullTime(customer.updated_at)],
          ]}
        />
        {customer.address !== null && (
          <div style={{ marginTop: 8 }}>
            <Facts columns={1} rows={[[t("marketing.customers.address"), customer.address]]} />
          </div>
        )}
      </section>
      {extra.length > 0 && (
        <section className="block">
          <h3>{t("marketing.customers.attributes")}</h3>
          <Facts rows={extra.map(([name, value]) => [name, String(value)])} />
        </section>
      )}
      <NumbersPanel customerId={customer.id} />
      <Calls customerId={customer.id} />
      <Orders customerId={customer.id} />
      <PrivacyPanel customerId={customer.id} />
      {editing && <CustomerEdit customer={customer} close={() => setEditing(false)} />}
    </>
  )
}

const FEW = 20

function Calls({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const name = useDispositionName()
  const { data } = useQuery({
    queryKey: ["calls", "of", customerId],
    queryFn: () => taken(api.GET("/api/calls", { params: { query: { customer_id: customerId, limit: FEW } } })),
  })
  return (
    <section className="block">
      <h3>
        {t("marketing.customers.calls")} {data !== undefined && <span className="num">{data.total}</span>}
      </h3>
      {data?.total === 0 ? (
        <p className="dim">{t("marketing.customers.noCalls")}</p>
      ) : (
        <Table<Schemas["CallRow"]>
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={data?.rows ?? []}
          columns={[
            { title: t("live.log.at"), render: (_, row) => <span className="num">{fullTime(row.launched_at ?? row.created_at)}</span> },
            { title: t("live.log.outcome"), render: (_, row) => (row.outcome === null ? "" : <OutcomeMark outcome={row.outcome} />) },
            { title: t("live.log.disposition"), render: (_, row) => name(row.disposition) },
            { title: t("live.log.talk"), align: "right", render: (_, row) => <span className="num">{row.talk_s === null ? "" : duration(row.talk_s)}</span> },
            { title: t("live.log.agent"), render: (_, row) => row.agent_name ?? "" },
          ]}
        />
      )}
    </section>
  )
}

function Orders({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ["orders", "of", customerId],
    queryFn: () => taken(api.GET("/api/orders", { params: { query: { customer_id: customerId, limit: FEW } } })),
    // Marketing may not read orders: then the section stays away.
    retry: false,
  })
  if (data === undefined) return null
  return (
    <section className="block">
      <h3>
        {t("marketing.customers.orders")} <span className="num">{data.total}</span>
      </h3>
      {data.total === 0 ? (
        <p className="dim">{t("marketing.customers.noOrders")}</p>
      ) : (
        <Table<Schemas["OrderRow"]>
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={data.rows}
          columns={[
            { title: t("office.orders.number"), dataIndex: "number" },
            { title: t("office.orders.at"), render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
            { title: t("office.orders.state"), render: (_, row) => <Stand group="orderState" state={row.state} /> },
            { title: t("office.orders.total"), align: "right", render: (_, row) => <span className="num">{yuan(row.total_fen)}</span> },
          ]}
        />
      )}
    </section>
  )
}
