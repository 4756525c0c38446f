/** Who holds which duty, who stands in for whom, which approvals need whom, and every number of every rule. */
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Form, Input, Modal, Select, Table, Tabs, Tag } from "antd"
import { useState } from "react"
import { useSearchParams } from "react-router"
import { call } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { yuan } from "../ui/money"
import { Page } from "../ui/Page"
import { Failed, Loading } from "../ui/states"
import { calendarDate } from "../ui/time"
import { dutyWords, type Duty, factsOf, numberOf, textOf, type Thing } from "./catalogue"
import { BASE, office, order } from "./rest"
import { ApprovalRules, useDutyWord } from "./ApprovalRules"
import { CommandForm } from "./CommandForm"
import { CompanyCalendar } from "./CompanyCalendar"
import { MoneyInput } from "./FieldInput"
import { OfficeList } from "./OfficeList"
import { type Person, useAdministrator, useDuties, useNameOf, usePeople } from "./people"
import { useWord } from "./words"
import "./office.css"

const TABS = ["duties", "delegations", "rules", "calendar", "numbers", "groups", "floors", "nightly"] as const
type Tab = (typeof TABS)[number]

export default function OfficeSettingsPage() {
  const { t } = useTranslation()
  const [address, setAddress] = useSearchParams()
  const tab = TABS.find((name) => name === address.get("tab")) ?? "duties"
  const shown: Record<Tab, React.ReactNode> = {
    duties: <Duties />,
    delegations: <Delegations />,
    rules: <ApprovalRules />,
    calendar: <CompanyCalendar />,
    numbers: <Numbers />,
    groups: <Priced path="credit-groups" name="name" money="limit_fen" duty="CRED" />,
    floors: <Priced path="price-floors" name="sku" money="floor_fen" duty="CMO" />,
    nightly: <OfficeList name="nightly-runs" />,
  }
  return (
    <Page title={t("menu.officeSettings")} more={t("office.settings.more")}>
      <Tabs className="office-tabs" activeKey={tab} onChange={(key) => setAddress({ tab: key })} items={TABS.map((key) => ({ key, label: t(`office.settings.${key}`) }))} />
      {tab === "nightly" ? shown[tab] : <div className="sheet office-box">{shown[tab]}</div>}
    </Page>
  )
}

function Duties() {
  const { t } = useTranslation()
  const word = useDutyWord()
  const people = usePeople()
  const administrator = useAdministrator()
  const [changing, setChanging] = useState<Person | null>(null)
  return (
    <>
      <Table<Person>
        size="small"
        rowKey="user_id"
        pagination={false}
        dataSource={[...people]}
        columns={[
          { title: t("office.settings.person"), width: 160, render: (_, row) => row.name },
          { title: t("office.settings.duties"), render: (_, row) => (row.roles.length === 0 ? <span className="dim">–</span> : row.roles.map((duty) => <Tag key={duty}>{word(duty)}</Tag>)) },
          { title: t("office.settings.active"), width: 100, render: (_, row) => t(row.active ? "say.yes" : "say.no") },
          ...(administrator ? [{ title: "", width: 90, render: (_: unknown, row: Person) => <Button size="small" onClick={() => setChanging(row)}>{t("do.edit")}</Button> }] : []),
        ]}
      />
      {changing !== null && <DutiesForm person={changing} close={() => setChanging(null)} />}
    </>
  )
}

function DutiesForm({ person, close }: { readonly person: Person; readonly close: () => void }) {
  const { t } = useTranslation()
  const word = useDutyWord()
  const failed = useFailure()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<readonly Duty[]>(person.roles)
  async function save() {
    try {
      await call("PUT", `${BASE}/roles/${person.user_id}`, { roles: chosen })
      await queries.invalidateQueries({ queryKey: ["office"] })
      close()
    } catch (error) {
      failed(error)
    }
  }
  return (
    <Modal open title={`${person.name} · ${t("office.settings.duties")}`} onCancel={close} onOk={() => void save()} okText={t("do.save")}>
      <Select mode="multiple" aria-label={t("office.settings.duties")} value={[...chosen]} onChange={(duties: Duty[]) => setChosen(duties)} options={Object.keys(dutyWords).map((duty) => ({ value: duty, label: word(duty) }))} style={{ width: "100%" }} />
    </Modal>
  )
}

function Delegations() {
  const { t } = useTranslation()
  const w = useWord()
  const word = useDutyWord()
  const nameOf = useNameOf()
  const failed = useFailure()
  const queries = useQueryClient()
  const asked = useQuery({ queryKey: ["office", "delegations"], queryFn: () => office<readonly Thing[]>("approvals/delegations") })
  const [making, setMaking] = useState(false)
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  async function revoke(id: string) {
    try {
      await order(`approvals/delegations/${id}/revoke`, {})
      await queries.invalidateQueries({ queryKey: ["office"] })
    } catch (error) {
      failed(error)
    }
  }
  return (
    <>
      <p className="row">
        <span className="dim grow">{t("office.settings.delegationsMore")}</span>
        <Button type="primary" onClick={() => setMaking(true)}>
          {t("do.create")}
        </Button>
      </p>
      <Table<Thing>
        size="small"
        rowKey={(row) => textOf(row.id)}
        pagination={false}
        dataSource={[...asked.data]}
        columns={[
          { title: w("absent"), render: (_, row) => nameOf(row.absent_id) },
          { title: w("deputy_id"), render: (_, row) => nameOf(row.deputy_id) },
          { title: w("role"), render: (_, row) => (row.role === null ? t("say.all") : word(textOf(row.role))) },
          { title: w("first_day"), render: (_, row) => calendarDate(textOf(row.first_day)) },
          { title: w("last_day"), render: (_, row) => calendarDate(textOf(row.last_day)) },
          { title: w("reason"), render: (_, row) => textOf(row.reason) },
          { title: "", width: 100, render: (_, row) => row.revoked_at === null && <Button size="small" onClick={() => void revoke(textOf(row.id))}>{w("revoke")}</Button> },
        ]}
      />
      {making && <CommandForm noun="approvals" fields={factsOf("approvals").runs?.delegations ?? []} title={t("office.settings.delegate")} send="approvals/delegations" close={() => setMaking(false)} />}
    </>
  )
}

interface Setting {
  readonly room: string
  readonly name: string
  readonly value: unknown
  readonly default: unknown
  readonly source: string
  readonly zh: string
  readonly en: string
}

const said = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))

function Numbers() {
  const { t, language } = useTranslation()
  const w = useWord()
  const administrator = useAdministrator()
  const [q, setQ] = useState("")
  const [changing, setChanging] = useState<Setting | null>(null)
  const asked = useQuery({ queryKey: ["office", "settings"], queryFn: () => office<readonly Setting[]>("settings") })
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const rows = asked.data.filter((row) => `${row.room} ${row.name} ${row.zh} ${row.en}`.toLowerCase().includes(q.toLowerCase()))
  return (
    <>
      <Input.Search allowClear placeholder={t("do.search")} aria-label={t("do.search")} onChange={(event) => setQ(event.target.value)} style={{ width: 260, marginBottom: 10 }} />
      <Table<Setting>
        size="small"
        rowKey={(row) => `${row.room}.${row.name}`}
        pagination={false}
        dataSource={rows}
        columns={[
          { title: t("office.settings.room"), width: 150, render: (_, row) => w(row.room) },
          { title: t("office.settings.rule"), render: (_, row) => (language === "zh" ? row.zh : row.en) },
          { title: t("office.settings.value"), width: 220, align: "right", render: (_, row) => <span className="num office-json">{said(row.value)}</span> },
          { title: t("office.settings.default"), width: 180, align: "right", render: (_, row) => <span className="num dim office-json">{said(row.default)}</span> },
          { title: t("office.settings.source"), width: 90, render: (_, row) => <Tag title={t(`office.settings.sources.${row.source as "S"}`)}>{row.source}</Tag> },
          ...(administrator ? [{ title: "", width: 80, render: (_: unknown, row: Setting) => <Button size="small" onClick={() => setChanging(row)}>{t("do.edit")}</Button> }] : []),
        ]}
      />
      {changing !== null && <NumberForm setting={changing} close={() => setChanging(null)} />}
    </>
  )
}

function NumberForm({ setting, close }: { readonly setting: Setting; readonly close: () => void }) {
  const { t, language } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [text, setText] = useState(said(setting.value))
  async function save(value: unknown) {
    try {
      await call("PUT", `${BASE}/settings/${setting.room}/${setting.name}`, { value })
      await queries.invalidateQueries({ queryKey: ["office"] })
      void message.success(t("say.saved"))
      close()
    } catch (error) {
      failed(error)
    }
  }
  function read(): unknown {
    if (typeof setting.default === "string") return text
    try {
      return JSON.parse(text) as unknown
    } catch {
      return text
    }
  }
  return (
    <Modal open title={language === "zh" ? setting.zh : setting.en} onCancel={close} onOk={() => void save(read())} okText={t("do.save")}>
      <Input value={text} aria-label={t("office.settings.value")} onChange={(event) => setText(event.target.value)} />
      <p>
        <Button size="small" onClick={() => void save(null)}>
          {t("office.settings.reset", { value: said(setting.default) })}
        </Button>
      </p>
    </Modal>
  )
}

/** A short list of names with an amount, changed by one duty. */
function Priced({ path, name, money, duty }: { readonly path: string; readonly name: string; readonly money: string; readonly duty: Duty }) {
  const { t } = useTranslation()
  const w = useWord()
  const failed = useFailure()
  const queries = useQueryClient()
  const may = useDuties().includes(duty)
  const [form] = Form.useForm<Record<string, unknown>>()
  const [changing, setChanging] = useState<Thing | null>(null)
  const asked = useQuery({ queryKey: ["office", path], queryFn: () => office<readonly Thing[]>(path) })
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  async function save(values: Record<string, unknown>) {
    try {
      await call("PUT", `${BASE}/${path}`, { ...(changing?.id === undefined ? {} : { id: changing.id }), ...values })
      await queries.invalidateQueries({ queryKey: ["office"] })
      setChanging(null)
    } catch (error) {
      failed(error)
    }
  }
  return (
    <>
      {may && (
        <p className="right">
          <Button type="primary" onClick={() => setChanging({})}>
            {t("do.create")}
          </Button>
        </p>
      )}
      <Table<Thing>
        size="small"
        rowKey={(row) => textOf(row.id) || textOf(row[name])}
        pagination={false}
        dataSource={[...asked.data]}
        columns={[
          { title: w(name === "name" ? "group_name" : name), render: (_, row) => textOf(row[name]) },
          { title: w(money), width: 180, align: "right", render: (_, row) => <span className="num">{yuan(numberOf(row[money]))}</span> },
          ...(may ? [{ title: "", width: 80, render: (_: unknown, row: Thing) => <Button size="small" onClick={() => setChanging(row)}>{t("do.edit")}</Button> }] : []),
        ]}
      />
      {changing !== null && (
        <Modal open title={w(money)} onCancel={() => setChanging(null)} onOk={() => form.submit()} okText={t("do.save")} destroyOnHidden>
          <Form form={form} layout="vertical" initialValues={{ [name]: changing[name], [money]: changing[money] }} onFinish={(values: Record<string, unknown>) => void save(values)}>
            <Form.Item name={name} label={w(name === "name" ? "group_name" : name)} rules={[{ required: true, message: t("say.required") }]}>
              <Input />
            </Form.Item>
            <Form.Item name={money} label={w(money)} rules={[{ required: true, message: t("say.required") }]}>
              <MoneyInput />
            </Form.Item>
          </Form>
        </Modal>
      )}
    </>
  )
}
