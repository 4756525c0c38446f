import { CheckCircleFilled, PhoneFilled, QuestionCircleOutlined } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Button, Popover, Select, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage, wordFor } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { ENUMS } from "../../live/protocol.gen"
import { useDispositionName } from "../../ui/lookups"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark, OutcomeMark } from "../../ui/StateMark"
import { Failed, Loading } from "../../ui/states"
import { pointsLine } from "../../ui/points"
import { calendarDay, dayAndTime } from "../../ui/time"

type Row = Schemas["LeadRow"]
/** Reasons that pass by themselves, at no time that could be told. */
const PASSING: readonly string[] = ["in_call", "campaign_not_open"]
/** The last outcome of a talk is the result the agent chose; of the rest, the line's own. */
const isOutcome = (code: string): boolean => (ENUMS.Outcome as readonly string[]).includes(code)
const STATES = ["open", "closed"] as const

/** The leads in calling order; each can be asked why it is not called now, and when it will be. */
export function CampaignLeads({ campaignId }: { readonly campaignId: string }) {
  const { t } = useTranslation()
  const paging = usePaging(20)
  const [state, setState] = useState<(typeof STATES)[number]>("open")
  const asked = useQuery({
    queryKey: ["leads", campaignId, state, paging.limit, paging.offset],
    queryFn: () =>
      taken(
        api.GET("/api/campaigns/{campaign_id}/leads", {
          params: { path: { campaign_id: campaignId }, query: { state, limit: paging.limit, offset: paging.offset } },
        }),
      ),
    placeholderData: keepPreviousData,
  })
  const dispositionName = useDispositionName()
  const columns: TableProps<Row>["columns"] = [
    { title: t("marketing.campaigns.lead.customer"), width: 120, dataIndex: "customer_name", ellipsis: true, render: (name: string) => <strong>{name}</strong> },
    { title: t("live.phone"), width: 125, render: (_, row) => <span className="num">{row.masked_phone}</span> },
    { title: t("marketing.customers.place"), width: 110, ellipsis: true, render: (_, row) => [row.province, row.city].filter((part) => part !== null).join(" ") },
    { title: t("marketing.campaigns.lead.day"), width: 110, render: (_, row) => <span className="num">{calendarDay(row.posted_on)}</span> },
    { title: t("marketing.campaigns.lead.last"), width: 110, render: (_, row) => <span className="num">{calendarDay(row.last_day)}</span> },
    { title: t("marketing.campaigns.lead.score"), width: 180, ellipsis: true, render: (_, row) => <span title={pointsLine(row.score_reasons)}><strong className="num">{row.score}</strong> <span className="dim small">{pointsLine(row.score_reasons)}</span></span> },
    { title: t("marketing.campaigns.lead.attempts"), width: 70, align: "right", render: (_, row) => <span className="num">{row.attempts}</span> },
    { title: t("marketing.campaigns.lead.lastOutcome"), width: 120, render: (_, row) => (row.in_call ? <Mark tone="talking">{t("reason.in_call")}</Mark> : row.last_outcome === null ? "" : isOutcome(row.last_outcome) ? <OutcomeMark outcome={row.last_outcome} /> : <Mark tone="good" icon={<PhoneFilled />}>{dispositionName(row.last_outcome)}</Mark>) },
    {
      title: state === "open" ? t("marketing.campaigns.lead.callback") : t("marketing.campaigns.lead.state.closed"),
      width: 130,
      render: (_, row) => (row.closed_reason === null ? <span className="num">{row.callback_at === null ? "" : dayAndTime(row.callback_at, row.timezone)}</span> : wordFor("leadClosed", row.closed_reason)),
    },
    { title: "", width: 110, fixed: "right", render: (_, row) => <WhyButton leadId={row.id} /> },
  ]
  return (
    <>
      <div className="filters" style={{ padding: "0 0 10px", borderBottom: 0 }}>
        <Select
          aria-label={t("marketing.campaigns.state")}
          value={state}
          options={STATES.map((value) => ({ value, label: t(`marketing.campaigns.lead.state.${value}`) }))}
          style={{ width: 130 }}
          onChange={(value: (typeof STATES)[number]) => {
            setState(value)
            paging.rewind()
          }}
        />
      </div>
      <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={1150} />
    </>
  )
}

function WhyButton({ leadId }: { readonly leadId: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Popover trigger="click" open={open} onOpenChange={setOpen} placement="left" title={t("marketing.campaigns.lead.whyTitle")} content={open ? <Why leadId={leadId} /> : null}>
      <Button type="link" size="small" icon={<QuestionCircleOutlined />}>
        {t("marketing.campaigns.lead.why")}
      </Button>
    </Popover>
  )
}

function Why({ leadId }: { readonly leadId: string }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["why", leadId],
    queryFn: () => taken(api.GET("/api/leads/{lead_id}/why", { params: { path: { lead_id: leadId } } })),
    staleTime: 0,
  })
  return (
    <div style={{ width: 320 }}>
      {asked.isPending ? (
        <Loading rows={2} />
      ) : asked.isError ? (
        <Failed error={asked.error} />
      ) : (
        <>
          <p style={{ margin: "0 0 6px" }}>
            {asked.data.allowed && <CheckCircleFilled style={{ color: "var(--good)", marginRight: 6 }} aria-hidden />}
            {currentLanguage() === "zh" ? asked.data.zh : asked.data.en}
          </p>
          {!asked.data.allowed && !PASSING.includes(asked.data.reason) && (
            <p className="dim num" style={{ margin: 0 }}>
              {asked.data.next_at === null ? t("marketing.campaigns.lead.never") : t("marketing.campaigns.lead.next", { time: dayAndTime(asked.data.next_at) })}
            </p>
          )}
        </>
      )}
    </div>
  )
}
