/** Talks whose agent vanished before saving a result; a supervisor listens and saves it in their place. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Alert, Button, Drawer, Input, Select, type TableProps } from "antd"
import { useState } from "react"
import { CallbackField } from "../agent/CallbackField"
import { instantOfText } from "../agent/callback"
import { type Draft, grouped, lacks } from "../agent/dispositions"
import { fullAddress } from "../agent/draft"
import { OrderFields } from "../agent/OrderFields"
import { nameOf } from "../agent/ResultPanel"
import { useWorkplace } from "../agent/workplace"
import "../agent/desk.css"
import { api, type Schemas, taken } from "../api/client"
import { wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { Facts } from "../ui/Facts"
import { useFailure } from "../ui/failure"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Loading, Nothing } from "../ui/states"
import { dayAndTime, duration } from "../ui/time"
import { AWAY_MIN, useUnresulted } from "./BoardNotices"
import { CallRecordings } from "./RecordingPlayer"

type Row = Schemas["UnresultedCall"]
const MINUTES = [1, 5, 15, 60] as const

export function Unresulted() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [away, setAway] = useState(AWAY_MIN)
  const [chosen, setChosen] = useState<Row | null>(null)
  const asked = useUnresulted(away, paging.limit, paging.offset)
  const columns: TableProps<Row>["columns"] = [
    { title: t("live.unresulted.ended"), width: 150, render: (_, row) => <span className="num">{dayAndTime(row.ended_at)}</span> },
    { title: t("live.customer"), width: 120, dataIndex: "customer_name", ellipsis: true },
    { title: t("live.phone"), width: 150, render: (_, row) => <span className="num">{row.masked_phone}</span> },
    { title: t("live.log.talk"), width: 90, align: "right", render: (_, row) => <span className="num">{row.talk_s === null ? "" : duration(row.talk_s)}</span> },
    { title: t("live.log.stage"), width: 130, render: (_, row) => wordFor("stage", row.stage) },
    { title: t("live.unresulted.agent"), width: 120, dataIndex: "agent_name", ellipsis: true },
    { title: t("live.unresulted.awayFor"), width: 120, render: (_, row) => (row.away_s === null ? t("live.unresulted.back") : <span className="num">{duration(row.away_s)}</span>) },
    { title: t("live.campaign"), dataIndex: "campaign_name", ellipsis: true },
    {
      title: t("ui.actions"),
      width: 110,
      fixed: "right",
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => setChosen(row)}>
          {t("live.unresulted.do")}
        </Button>
      ),
    },
  ]
  return (
    <>
      <p className="dim" style={{ margin: "2px 0 10px" }}>
        {t("live.unresulted.more")}
      </p>
      <div className="filters">
        <label className="row" style={{ gap: 8 }}>
          {t("live.unresulted.away")}
          <Select<number> value={away} onChange={setAway} options={MINUTES.map((n) => ({ value: n, label: t("live.unresulted.minutes", { n }) }))} style={{ width: 120 }} />
        </label>
      </div>
      <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="call_id" width={1060} empty={<Nothing title={t("live.unresulted.none")} />} />
      {chosen !== null && <InPlace row={chosen} close={() => setChosen(null)} />}
    </>
  )
}

const EMPTY: Draft = { code: null, note: "", callback: null, order: { quantities: {}, recipient: "", address: "", payment: "cash_on_delivery", note: "" } }

function InPlace({ row, close }: { readonly row: Row; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const workplace = useWorkplace(row.campaign_id)
  const customer = useQuery({
    queryKey: ["customer", row.customer_id],
    queryFn: () => taken(api.GET("/api/customers/{customer_id}", { params: { path: { customer_id: row.customer_id } } })),
  })
  const [given, setGiven] = useState<Partial<Draft>>({})
  const [tried, setTried] = useState(false)
  const zone = customer.data?.timezone ?? "Asia/Shanghai"
  const draft: Draft = { ...EMPTY, order: { ...EMPTY.order, recipient: row.customer_name, address: fullAddress(customer.data) }, ...given }
  const change = (part: Partial<Draft>) => setGiven((before) => ({ ...before, ...part }))
  const dispositions = workplace.data?.dispositions ?? []
  const items = workplace.data?.items ?? []
  const chosen = dispositions.find(({ code }) => code === draft.code)
  const at = instantOfText(draft.callback, zone)
  const missing = lacks(draft, chosen, items, at, nowMs())
  const save = useMutation({
    mutationFn: () =>
      taken(
        api.POST("/api/unresulted-calls/{call_id}/result", {
          params: { path: { call_id: row.call_id } },
          body: {
            code: draft.code ?? "",
            note: draft.note.trim(),
            callback_at: chosen?.callback === true && at !== null ? new Date(at).toISOString() : null,
            order:
              chosen?.sale === true
                ? {
                    ...draft.order,
                    quantities: undefined,
                    lines: items.map((item) => ({ item_id: item.id, quantity: draft.order.quantities[item.id] ?? 0 })).filter(({ quantity }) => quantity > 0),
                  }
                : null,
          },
        }),
      ),
    onSuccess: async () => {
      void message.success(t("live.unresulted.saved"))
      await queries.invalidateQueries({ queryKey: ["unresulted"] })
      close()
    },
    onError: failed,
  })
  return (
    <Drawer
      open
      size={620}
      onClose={close}
      title={t("live.unresulted.title", { name: row.agent_name })}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => (missing.length === 0 ? save.mutate() : setTried(true))}>
            {t("live.unresulted.save")}
          </Button>
        </div>
      }
    >
      <Facts
        rows={[
          [t("live.customer"), row.customer_name],
          [t("live.phone"), row.masked_phone],
          [t("live.unresulted.ended"), dayAndTime(row.ended_at)],
          [t("live.log.talk"), row.talk_s === null ? null : duration(row.talk_s)],
        ]}
      />
      <CallRecordings callId={row.call_id} />
      {workplace.isPending || customer.isPending ? (
        <Loading />
      ) : (
        <section className="block" style={{ marginTop: 14 }}>
          <div role="radiogroup" aria-label={t("agent.result")} className="result-groups">
            {grouped(dispositions).map(({ group, choices }) => (
              <div key={group} className="result-group" data-group={group}>
                <span className="group-name">{t(`agent.group.${group}`)}</span>
                <div className="chips">
                  {choices.map(({ disposition }) => (
                    <button key={disposition.code} type="button" role="radio" className="chip" aria-checked={draft.code === disposition.code} onClick={() => change({ code: disposition.code })}>
                      {nameOf(disposition)}
                    </button>
                  ))}
                </div>
              </div>
            ))}
          </div>
          {chosen?.callback === true && (
            <CallbackField value={draft.callback} zone={zone} lastDay={null} legal={workplace.data?.legal_windows ?? []} daysMax={workplace.data?.callback_days_max ?? 30} onChange={(callback) => change({ callback })} />
          )}
          {chosen?.sale === true && <OrderFields order={draft.order} items={items} onChange={(order) => change({ order })} />}
          <label className="note">
            <span>{t("agent.note")}</span>
            <Input.TextArea value={draft.note} maxLength={4000} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(event) => change({ note: event.target.value })} />
          </label>
          {tried && missing[0] !== undefined && (
            <div className="save-error" role="alert">
              {t(`agent.${missing[0]}`)}
            </div>
          )}
          {row.held && <Alert type="info" showIcon title={t("live.unresulted.held")} style={{ marginTop: 10 }} />}
        </section>
      )}
    </Drawer>
  )
}
