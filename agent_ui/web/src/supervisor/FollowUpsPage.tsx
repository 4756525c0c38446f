import { ClockCircleFilled } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, DatePicker, Form, Input, Modal, Select, type TableProps, Tabs } from "antd"
import dayjs from "dayjs"
import { useState } from "react"
import { useSearchParams } from "react-router"
import { wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import { instantOfText } from "../agent/callback"
import { api, type Schemas, taken } from "../api/client"
import { useFailure } from "../ui/failure"
import { useCampaignOptions, useDispositionName, useUserOptions } from "../ui/lookups"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Mark, Stand } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { dayAndTime, getCompanyZone, wallAt } from "../ui/time"
import { textOf } from "../agent/callback"
import { AWAY_MIN, useUnresulted } from "./BoardNotices"
import { FollowUpHistory } from "./FollowUpHistory"
import { RhythmTab } from "./RhythmTab"
import { Unresulted } from "./Unresulted"

type Row = Schemas["FollowUpRow"]
type Case = Row["case"]
type State = Row["state"]
type Grade = NonNullable<Row["grade"]>

const CASES: readonly Case[] = ["asked_to_buy", "great_interest", "considering", "not_now", "not_reached"]
const GRADES: readonly Grade[] = ["A", "B", "C", "D"]
const STATES: readonly State[] = ["due", "done", "dropped"]

/** Two ways in which a customer waits for us: what was promised, and a talk whose result nobody saved. */
export default function FollowUpsPage() {
  const { t } = useTranslation()
  const [query, setQuery] = useSearchParams()
  const waiting = useUnresulted(AWAY_MIN, 1, 0).data?.total ?? 0
  return (
    <Page title={t("live.follow.title")} more={t("live.follow.more")}>
      <div className="sheet" style={{ padding: "0 14px 14px" }}>
        <Tabs
          activeKey={query.get("tab") ?? "due"}
          onChange={(tab) => setQuery(tab === "due" ? {} : { tab })}
          items={[
            { key: "due", label: t("live.follow.tab"), children: <Due /> },
            { key: "rhythm", label: t("steer.rhythm.tab"), children: <RhythmTab /> },
            { key: "unresulted", label: waiting === 0 ? t("live.unresulted.tab") : `${t("live.unresulted.tab")} ${String(waiting)}`, children: <Unresulted /> },
          ]}
        />
      </div>
    </Page>
  )
}

function Due() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [campaign, setCampaign] = useState<string>()
  const [which, setWhich] = useState<Case>()
  const [state, setState] = useState<State>("due")
  const [owner, setOwner] = useState<string>()
  const [grade, setGrade] = useState<Grade>()
  const [moving, setMoving] = useState<Row | null>(null)
  const [dropping, setDropping] = useState<Row | null>(null)
  const campaigns = useCampaignOptions()
  const agents = useUserOptions("agent")
  const query = { state, ...(campaign === undefined ? {} : { campaign_id: campaign }), ...(which === undefined ? {} : { case: which }), ...(grade === undefined ? {} : { grade }), ...(owner === undefined ? {} : { owner_id: owner }) }
  const asked = useQuery({
    queryKey: ["follow-ups", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/follow-ups", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const again = (then: () => void) => {
    then()
    paging.rewind()
  }
  const dispositionName = useDispositionName()
  const columns: TableProps<Row>["columns"] = [
    {
      title: t("live.follow.due"),
      width: 190,
      render: (_, row) => (
        <span className="row" style={{ gap: 6 }}>
          <span className="num">{dayAndTime(row.due_at)}</span>
          {row.overdue && (
            <Mark tone="bad" icon={<ClockCircleFilled />}>
              {t("live.follow.overdue")}
            </Mark>
          )}
        </span>
      ),
    },
    { title: t("live.customer"), dataIndex: "customer_name", width: 110, ellipsis: true },
    { title: t("live.follow.case"), width: 190, render: (_, row) => t(`followUp.${row.case}`) },
    {
      title: t("steer.rhythm.grade"),
      width: 150,
      render: (_, row) =>
        row.grade === null ? (
          <span className="dim">–</span>
        ) : (
          <span className="row" style={{ gap: 6 }}>
            <b>{row.grade}</b>
            <span className="dim">{t("steer.rhythm.round", { n: row.round })}</span>
          </span>
        ),
    },
    // An outcome of the line, a result's code, or what somebody wrote: whichever it is, in words.
    { title: t("live.follow.reason"), width: 220, ellipsis: true, render: (_, row) => wordFor("outcome", dispositionName(row.reason)) },
    { title: t("live.follow.owner"), width: 110, ellipsis: true, render: (_, row) => row.owner_name ?? <span className="dim">{t("live.follow.anyone")}</span> },
    { title: t("live.campaign"), dataIndex: "campaign_name", width: 160, ellipsis: true },
    { title: t("live.follow.state"), width: 100, render: (_, row) => <Stand group="followUpState" state={row.state} /> },
    {
      title: t("ui.actions"),
      width: 130,
      fixed: "right",
      render: (_, row) =>
        row.state !== "due" ? null : (
          <span className="row" style={{ gap: 0 }}>
            <Button type="link" size="small" onClick={() => setMoving(row)}>
              {t("live.follow.move")}
            </Button>
            <Button type="link" size="small" danger onClick={() => setDropping(row)}>
              {t("live.follow.drop")}
            </Button>
          </span>
        ),
    },
  ]
  return (
    <>
      <div>
        <div className="filters">
          <Select aria-label={t("live.follow.state")} options={STATES.map((value) => ({ value, label: t(`followUpState.${value}`) }))} value={state} onChange={(value: State) => again(() => setState(value))} style={{ width: 110 }} />
          <Select allowClear placeholder={t("live.follow.case")} aria-label={t("live.follow.case")} options={CASES.map((value) => ({ value, label: t(`followUp.${value}`) }))} value={which} onChange={(value?: Case) => again(() => setWhich(value))} style={{ width: 200 }} />
          <Select allowClear placeholder={t("steer.rhythm.grade")} aria-label={t("steer.rhythm.grade")} options={GRADES.map((value) => ({ value, label: value }))} value={grade} onChange={(value?: Grade) => again(() => setGrade(value))} style={{ width: 100 }} />
          <Select allowClear placeholder={t("live.campaign")} aria-label={t("live.campaign")} options={campaigns} value={campaign} onChange={(value?: string) => again(() => setCampaign(value))} style={{ width: 180 }} />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("live.follow.owner")} aria-label={t("live.follow.owner")} options={agents} value={owner} onChange={(value?: string) => again(() => setOwner(value))} style={{ width: 140 }} />
        </div>
        <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={1450} empty={<Nothing title={t("live.follow.none")} />} expandable={{ expandedRowRender: (row) => <FollowUpHistory row={row} /> }} />
      </div>
      {dropping !== null && <Drop row={dropping} close={() => setDropping(null)} />}
      {moving !== null && <Move row={moving} agents={agents} close={() => setMoving(null)} />}
    </>
  )
}

function useChange() {
  const failed = useFailure()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, body }: { readonly id: string; readonly body: Schemas["FollowUpChange"] }) =>
      taken(api.PATCH("/api/follow-ups/{follow_up_id}", { params: { path: { follow_up_id: id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["follow-ups"] }),
    onError: failed,
  })
}

/** Dropping asks why: the server keeps the reason with the follow-up. */
function Drop({ row, close }: { readonly row: Row; readonly close: () => void }) {
  const { t } = useTranslation()
  const change = useChange()
  const [why, setWhy] = useState("")
  return (
    <Modal
      open
      title={`${t("live.follow.drop")}: ${row.customer_name}`}
      onCancel={close}
      onOk={() => change.mutate({ id: row.id, body: { drop: true, reason: why } }, { onSuccess: close })}
      okText={t("live.follow.drop")}
      okButtonProps={{ danger: true, disabled: why.trim() === "" }}
      confirmLoading={change.isPending}
      width={440}
    >
      <p>{t("live.follow.dropSure")}</p>
      <Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={1000} autoSize={{ minRows: 2, maxRows: 5 }} placeholder={t("steer.rhythm.dropWhy")} aria-label={t("steer.rhythm.dropWhy")} />
    </Modal>
  )
}

interface Values {
  readonly due: dayjs.Dayjs
  readonly owner_id?: string
  readonly grade?: Grade
  readonly reason: string
}

function Move({ row, agents, close }: { readonly row: Row; readonly agents: { value: string; label: string }[]; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const change = useChange()
  const [form] = Form.useForm<Values>()
  function save(values: Values) {
    const due = instantOfText(values.due.format("YYYY-MM-DDTHH:mm"), getCompanyZone())
    change.mutate(
      {
        id: row.id,
        body: {
          ...(due === null ? {} : { due_at: new Date(due).toISOString() }),
          ...(values.owner_id === undefined ? {} : { owner_id: values.owner_id }),
          ...(values.grade === undefined ? {} : { grade: values.grade }),
          reason: values.reason,
        },
      },
      {
        onSuccess: () => {
          void message.success(t("say.saved"))
          close()
        },
      },
    )
  }
  return (
    <Modal open title={`${t("live.follow.move")}: ${row.customer_name}`} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={change.isPending} width={440}>
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={save}
        initialValues={{ due: dayjs(textOf(wallAt(Date.parse(row.due_at)))), owner_id: row.owner_id ?? undefined, grade: row.grade ?? undefined, reason: row.reason }}
      >
        <Form.Item name="due" label={t("live.follow.due")} rules={[{ required: true, message: t("say.required") }]}>
          <DatePicker showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} allowClear={false} />
        </Form.Item>
        <Form.Item name="owner_id" label={t("live.follow.owner")}>
          <Select options={agents} showSearch={{ optionFilterProp: "label" }} placeholder={t("live.follow.anyone")} />
        </Form.Item>
        {row.case !== "not_reached" && (
          <Form.Item name="grade" label={t("steer.rhythm.grade")}>
            <Select options={GRADES.map((value) => ({ value, label: value }))} placeholder={t("steer.rhythm.none")} />
          </Form.Item>
        )}
        <Form.Item name="reason" label={t("live.follow.reason")}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
