import { useQuery } from "@tanstack/react-query"
import { Drawer, Table } from "antd"
import { useTranslation } from "../i18n/use"
import { api, type Schemas, taken } from "../api/client"
import { wordFor } from "../i18n"
import { Facts } from "../ui/Facts"
import { useDispositionName } from "../ui/lookups"
import { Phone } from "../ui/Phone"
import { OutcomeMark } from "../ui/StateMark"
import { Failed, Loading } from "../ui/states"
import { clockSeconds, duration, fullTime } from "../ui/time"
import { CallRecordings } from "./RecordingPlayer"
import { ScorePanel } from "./ScorePanel"

type Call = Schemas["CallDetail"]

const STEPS = ["created_at", "launched_at", "ringing_at", "answered_at", "claimed_at", "connected_at", "given_up_at", "ended_at", "disposed_at"] as const

export function CallDrawer({ callId, close }: { readonly callId: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["call", callId],
    queryFn: () => taken(api.GET("/api/calls/{call_id}", { params: { path: { call_id: callId } } })),
  })
  return (
    <Drawer open onClose={close} size={640} title={t("live.log.detail")}>
      {asked.isPending ? <Loading /> : asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Detail call={asked.data} />}
    </Drawer>
  )
}

function Detail({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const dispositionName = useDispositionName()
  const steps = STEPS.flatMap((step) => {
    const at = call[step]
    return at === null ? [] : [{ step, at }]
  }).sort((a, b) => a.at.localeCompare(b.at))
  const seconds = (value: number | null) => (value === null ? null : duration(value))
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 18 }}>
        <strong style={{ fontSize: 18 }}>{call.customer_name}</strong>
        <Phone masked={call.masked_phone} customerId={call.customer_id} />
        <span className="grow" />
        {call.outcome !== null && <OutcomeMark outcome={call.outcome} />}
      </div>
      <CallRecordings callId={call.id} />
      <section className="block">
        <h3>{t("live.log.times")}</h3>
        <ol className="steps-line">
          {steps.map(({ step, at }, i) => {
            const before = steps[i - 1]
            return (
              <li key={step}>
                <span>{t(`live.log.step.${step}`)}</span>
                <span className="num">{clockSeconds(at)}</span>
                <span className="dim num small">
                  {before === undefined ? fullTime(at).slice(0, 10) : `+${((Date.parse(at) - Date.parse(before.at)) / 1000).toFixed(1)} s`}
                </span>
              </li>
            )
          })}
        </ol>
      </section>
      <section className="block">
        <h3>{t("live.log.facts")}</h3>
        <Facts
          rows={[
            [t("live.log.agent"), call.agent_name],
            [t("live.log.disposition"), dispositionName(call.disposition)],
            [t("live.log.stage"), wordFor("stage", call.stage)],
            [t("live.log.cause"), wordFor("cause", call.cause)],
            [t("live.log.ring"), seconds(call.ring_s)],
            [t("live.log.wait"), call.wait_s === null ? null : `${call.wait_s.toFixed(2)} s`],
            [t("live.log.talk"), seconds(call.talk_s)],
            [t("live.log.hold"), call.hold_s > 0 ? duration(call.hold_s) : null],
            [t("live.log.wrapUp"), seconds(call.wrap_up_s)],
            [t("live.log.billable"), call.billable_s],
            [t("live.log.mode"), wordFor("mode", call.mode)],
            [t("live.log.attempt"), call.attempt_no],
            [t("live.log.answeredBy"), wordFor("live.log.by", call.answered_by)],
            [t("live.log.from"), call.from_number],
            [t("live.log.carrier"), call.carrier],
          ]}
        />
      </section>
      {call.note !== "" && (
        <section className="block">
          <h3>{t("live.log.note")}</h3>
          <p style={{ whiteSpace: "pre-wrap", margin: 0 }}>{call.note}</p>
        </section>
      )}
      {call.connected_at !== null && call.agent_id !== null && <ScorePanel callId={call.id} />}
      <section className="block">
        <h3>{t("live.log.events")}</h3>
        <Table<Call["events"][number]>
          size="small"
          rowKey="sequence"
          pagination={false}
          dataSource={call.events}
          columns={[
            { title: "#", dataIndex: "sequence", width: 50 },
            { title: t("live.state"), render: (_, event) => wordFor("callEvent", event.kind) },
            { title: t("live.time"), width: 110, render: (_, event) => <span className="num">{clockSeconds(event.at)}</span> },
            { title: "", render: (_, event) => (event.applied ? "" : <span className="dim">{t("live.log.notApplied")}</span>) },
          ]}
        />
      </section>
    </>
  )
}
