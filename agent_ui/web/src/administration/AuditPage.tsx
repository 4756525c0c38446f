import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Input, Select, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { wordFor, words } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useUserOptions } from "../ui/lookups"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { type Days, instantsOf, Period } from "../ui/Period"
import { Nothing } from "../ui/states"
import { fullTime } from "../ui/time"

type Row = Schemas["AuditOut"]
const ACTIONS = Object.keys(words.office.audit.did)
const THINGS = Object.keys(words.office.audit.things)

export default function AuditPage() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [days, setDays] = useState<Days>(null)
  const [user, setUser] = useState<string>()
  const [action, setAction] = useState<string>()
  const [thing, setThing] = useState<string>()
  const [id, setId] = useState("")
  const users = useUserOptions()
  const query = {
    ...instantsOf(days),
    ...(user === undefined ? {} : { user_id: user }),
    ...(action === undefined ? {} : { action }),
    ...(thing === undefined ? {} : { thing }),
    ...(id === "" ? {} : { thing_id: id }),
  }
  const asked = useQuery({
    queryKey: ["audit", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/audit", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const again = (then: () => void) => {
    then()
    paging.rewind()
  }
  const columns: TableProps<Row>["columns"] = [
    { title: t("office.audit.at"), width: 175, render: (_, row) => <span className="num">{fullTime(row.at)}</span> },
    { title: t("office.audit.who"), width: 120, ellipsis: true, render: (_, row) => row.user_name ?? <span className="dim">{t("office.audit.nobody")}</span> },
    { title: t("office.audit.action"), width: 150, render: (_, row) => wordFor("office.audit.did", row.action) },
    { title: t("office.audit.thing"), width: 100, render: (_, row) => wordFor("office.audit.things", row.thing) },
    { title: t("office.audit.id"), width: 130, ellipsis: true, render: (_, row) => <span className="num dim" title={row.thing_id}>{row.thing_id}</span> },
    {
      title: t("office.audit.detail"),
      ellipsis: true,
      render: (_, row) => <span className="small">{Object.entries(row.detail).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(" · ")}</span>,
    },
    { title: t("office.audit.address"), width: 120, render: (_, row) => <span className="num dim">{row.address}</span> },
  ]
  return (
    <Page title={t("menu.audit")} more={t("office.audit.more")}>
      <div className="sheet">
        <div className="filters">
          <Period value={days} onChange={(value) => again(() => setDays(value))} />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("office.audit.who")} aria-label={t("office.audit.who")} options={users} value={user} onChange={(value?: string) => again(() => setUser(value))} style={{ width: 140 }} />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("office.audit.action")} aria-label={t("office.audit.action")} options={ACTIONS.map((value) => ({ value, label: wordFor("office.audit.did", value) }))} value={action} onChange={(value?: string) => again(() => setAction(value))} style={{ width: 170 }} />
          <Select allowClear placeholder={t("office.audit.thing")} aria-label={t("office.audit.thing")} options={THINGS.map((value) => ({ value, label: wordFor("office.audit.things", value) }))} value={thing} onChange={(value?: string) => again(() => setThing(value))} style={{ width: 130 }} />
          <Input.Search allowClear placeholder={t("office.audit.id")} aria-label={t("office.audit.id")} maxLength={100} onSearch={(value) => again(() => setId(value.trim()))} style={{ width: 180 }} />
        </div>
        <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={1050} empty={<Nothing title={t("office.audit.none")} />} />
      </div>
    </Page>
  )
}
